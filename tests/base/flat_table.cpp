// SPDX-License-Identifier: Apache-2.0
#include <weir/base/flat_table.hpp>

#include <catch.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace weir_test::base_flat_table {

/// A key whose hash the test chooses.
struct clashing {
    std::uint32_t number;
    friend bool operator==(clashing, clashing) = default;
    [[nodiscard]] std::uint64_t hash(std::uint64_t) const noexcept {
        return kind == 0 ? 0 : kind == 1 ? ~std::uint64_t{0} : number % 3;
    }
    static inline int kind = 0;  // 0: all hashes zero; 1: all ones; 2: few, and only the lowest bits differ
};

template <class Table, class Key>
std::uint64_t& value_of(Table& table, Key const& key, weir::arena& names) {
    return table.find_or_insert(key, table.hash(key), names, [] { return std::uint64_t{0}; }).state;
}

/// Counts random keys in a table and in the standard library's map; they must agree at the end, in first-seen order.
template <class Key, class MakeKey>
void compare_with_map(std::uint64_t seed, std::uint64_t table_seed, MakeKey make_key) {
    dice roll(seed);
    weir::flat_table<Key, std::uint64_t> table(table_seed);
    weir::arena names;
    for (int round = 0; round < 3; ++round) {  // cleared and used again
        std::unordered_map<std::int64_t, std::uint64_t> oracle;
        std::vector<std::int64_t> order;
        std::int64_t const range = roll.between(1, std::int64_t{1} << roll.between(1, 14));
        std::int64_t const steps = roll.between(1, 3000);
        for (std::int64_t i = 0; i < steps; ++i) {
            std::int64_t const number = roll.between(0, range);
            if (++oracle[number] == 1) order.push_back(number);
            make_key(number, [&](Key const& key) { ++value_of(table, key, names); });
        }
        REQUIRE(table.size() == order.size());
        std::size_t at = 0;
        bool same = true;
        table.for_each([&](auto const& entry) {
            make_key(order[at], [&](Key const& key) { same = same && entry.key == key; });
            same = same && entry.state == oracle[order[at]];
            ++at;
        });
        REQUIRE(same);
        for (std::int64_t number = 0; number < std::min<std::int64_t>(range, 300); ++number)
            make_key(number, [&](Key const& key) {
                auto const* const found = table.find(key, table.hash(key));
                REQUIRE((found != nullptr) == oracle.contains(number));
                if (found) REQUIRE(found->state == oracle[number]);
            });
        table.keep_if([](auto const& entry) { return entry.state % 2 == 1; });
        std::erase_if(order, [&](std::int64_t number) { return oracle[number] % 2 == 0; });
        for (std::int64_t const number : order)
            make_key(number, [&](Key const& key) { same = same && value_of(table, key, names)++ == oracle[number]; });
        REQUIRE(same);
        REQUIRE(table.size() == order.size());
        at = 0;
        table.for_each([&](auto const& entry) { make_key(order[at++], [&](Key const& key) { same = same && entry.key == key; }); });
        REQUIRE(same);
        table.clear();
        names.clear();
        REQUIRE(table.size() == 0);
    }
}

TEST_CASE("a flat_table is a map in first-seen order, whatever its seed: number keys") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        for (std::uint64_t const table_seed : {std::uint64_t{0}, seed * 0x9e3779b97f4a7c15, weir::process_seed})
            compare_with_map<std::int64_t>(seed, table_seed, [](std::int64_t n, auto use) { use(n - 100); });
    }
}

TEST_CASE("a flat_table is a map in first-seen order: text keys that are gone after the call") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        compare_with_map<std::string_view>(seed, seed, [](std::int64_t n, auto use) {
            std::string text = page_of(static_cast<std::uint32_t>(n));
            use(text);
            text.assign(text.size(), '#');
        });
    }
}

TEST_CASE("a flat_table is a map in first-seen order: tuples with optionals and texts") {
    using key = std::tuple<std::optional<std::string_view>, std::int32_t>;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        compare_with_map<key>(seed, seed, [](std::int64_t n, auto use) {
            auto const number = static_cast<std::int32_t>(n);
            std::string text = number % 5 == 0 ? "" : "country " + std::to_string(number / 5);
            use(number % 5 == 1 ? key(std::nullopt, number) : key(text, number % 5 == 0 ? number : number % 5));
            text.assign(text.size(), '#');
        });
    }
}

TEST_CASE("a flat_table is a map in first-seen order when hashes collide") {
    for (clashing::kind = 0; clashing::kind < 3; ++clashing::kind) {
        INFO("kind " << clashing::kind);
        dice roll(static_cast<std::uint64_t>(clashing::kind));
        weir::flat_table<clashing, std::uint64_t> table;
        weir::arena names;
        std::vector<std::uint64_t> oracle(600);
        std::vector<std::uint32_t> order;
        for (int i = 0; i < 2000; ++i) {
            auto const number = static_cast<std::uint32_t>(roll.between(0, 599));
            if (++oracle[number] == 1) order.push_back(number);
            ++value_of(table, clashing{number}, names);
        }
        std::size_t at = 0;
        table.for_each([&](auto const& entry) {
            REQUIRE(entry.key.number == order[at++]);
            REQUIRE(entry.state == oracle[entry.key.number]);
        });
        CHECK(at == order.size());
        CHECK(table.find(clashing{600}, clashing{600}.hash(0)) == nullptr);
    }
}

TEST_CASE("a flat_table of a million keys: found again, in order, and not more memory than it says") {
    weir::flat_table<std::uint64_t, std::uint64_t> table(weir::process_seed);
    weir::arena names;
    CHECK_FALSE(table.large());
    for (std::uint64_t i = 0; i < 1'000'000; ++i) value_of(table, i * 0x9e3779b97f4a7c15, names) = i;
    CHECK(table.large());
    std::uint64_t next = 0;
    table.for_each([&](auto const& entry) { next += entry.state == next ? 1 : 0; });
    CHECK(next == 1'000'000);
    for (std::uint64_t i = 0; i < 1'000'000; i += 977) {
        std::uint64_t const key = i * 0x9e3779b97f4a7c15;
        auto const spot = table.approach(table.enter(), key, table.hash(key));
        table.approach_entry(spot);
        REQUIRE(table.find_or_insert(spot, key, names, [] { return std::uint64_t{0}; }).state == i);
        REQUIRE(value_of(table, key, names) == i);
    }
    CHECK(table.memory() <= 64 * 1'000'000);
    // A window that is seldom as full as it once was does not keep that memory.
    table.clear();
    for (std::uint64_t i = 0; i < 1000; ++i) ++value_of(table, i, names);
    table.clear();
    CHECK(table.memory() < 1'000'000);
    CHECK_FALSE(table.large());
    ++value_of(table, std::uint64_t{5}, names);
    CHECK(table.size() == 1);
}

struct counted {
    explicit counted(int* n) : alive(n) { ++*alive; }
    counted(counted&& other) noexcept : alive(std::exchange(other.alive, nullptr)) {}
    counted& operator=(counted&& other) noexcept {
        std::swap(alive, other.alive);
        return *this;
    }
    ~counted() {
        if (alive) --*alive;
    }
    int* alive;
};

TEST_CASE("a flat_table destroys its states") {
    int alive = 0;
    weir::arena names;
    {
        weir::flat_table<int, counted> table;
        for (int i = 0; i < 500; ++i)
            table.find_or_insert(i % 300, table.hash(i % 300), names, [&] { return counted(&alive); });
        CHECK(alive == 300);
        table.clear();
        CHECK(alive == 0);
        table.find_or_insert(1, table.hash(1), names, [&] { return counted(&alive); });
    }
    CHECK(alive == 0);
}

TEST_CASE("intern_key copies what a key borrows, at any depth, and nothing else") {
    weir::arena names;
    std::string text = "a page";
    auto const one = weir::intern_key(std::string_view(text), names);
    auto const two = weir::intern_key(
        std::tuple(5, std::optional<std::string_view>(text), std::optional<std::string_view>()), names);
    text.assign(text.size(), '#');
    CHECK(one == "a page");
    CHECK(two == std::tuple(5, std::optional<std::string_view>("a page"), std::optional<std::string_view>()));
    CHECK(weir::intern_key(7, names) == 7);
}

}  // namespace weir_test::base_flat_table
