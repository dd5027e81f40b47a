// SPDX-License-Identifier: Apache-2.0
#include <weir/base/slot_table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <oracle/random_stream.hpp>
#include <support/first_seen_order.hpp>
#include <unordered_map>
#include <vector>

namespace weir_test::base_slot_table {

template <class Table, class Key>
std::uint64_t& value_of(Table& table, Key key) {
    weir::arena unused;
    return table.find_or_insert(key, table.hash(key), unused, [] { return std::uint64_t{0}; }).state;
}

/// The number that marks the empty slots of a table of this seed: the only one that a table leaves to the last slot.
template <class Key>
Key marker_of(std::uint64_t seed) {
    return static_cast<Key>(weir::fold_multiply(seed, seed | 1));
}

/// Counts keys in a table and in the standard library's map; they must agree, in first-seen order, round after round.
template <class Key, std::size_t Near = std::size_t{1} << 20, class NextKey>
void compare_with_map(dice& roll, std::uint64_t table_seed, NextKey next_key) {
    weir::slot_table<Key, std::uint64_t, Near> table(table_seed);
    for (int round = 0; round < 4; ++round) {
        std::unordered_map<Key, std::uint64_t> oracle;
        std::vector<Key> order;
        std::int64_t const steps = roll.once_in(3) ? roll.between(1, 20) : roll.between(1, 4000);
        for (std::int64_t i = 0; i < steps; ++i) {
            Key const key = next_key();
            if (++oracle[key] == 1) order.push_back(key);
            ++value_of(table, key);
        }
        REQUIRE(holds(table, order, oracle));
        table.clear();
        REQUIRE(table.size() == 0);
        table.for_each([](auto const&) { FAIL("a cleared table is empty"); });
    }
}

TEST_CASE(
    "a slot_table is a map in first-seen order, whatever its seed, with the key that marks empty slots among the "
    "keys") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        INFO("seed " << seed);
        for (std::uint64_t const table_seed : {std::uint64_t{0}, seed * 0x9e3779b97f4a7c15, weir::process_seed}) {
            dice roll(seed);
            std::int64_t const range = std::int64_t{1} << roll.between(1, 14);
            auto const marker = marker_of<std::int64_t>(table_seed);
            compare_with_map<std::int64_t>(
                roll, table_seed, [&] { return roll.once_in(50) ? marker : marker + roll.between(-range, range); });
        }
    }
}

TEST_CASE("a slot_table is a map in first-seen order where it counts as large from a few keys on") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        std::int64_t const range = std::int64_t{1} << roll.between(1, 14);
        compare_with_map<std::int64_t, 4096>(roll, seed, [&] { return roll.between(-range, range); });
    }
}

TEST_CASE("a slot_table is a map in first-seen order: small keys, all values of them") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        compare_with_map<std::uint8_t>(roll, seed, [&] { return static_cast<std::uint8_t>(roll.between(0, 255)); });
        compare_with_map<bool>(roll, seed, [&] { return roll.once_in(2); });
        compare_with_map<std::int16_t>(roll, seed,
                                       [&] { return static_cast<std::int16_t>(roll.between(-32768, 32767)); });
    }
}

TEST_CASE("a slot_table is a map in first-seen order where all keys want the last slots, so that the search wraps") {
    weir::slot_table<std::uint64_t, std::uint64_t> const probe(3);
    std::vector<std::uint64_t> last;
    for (std::uint64_t key = 0; last.size() < 600; ++key)
        if (probe.hash(key) >> 54 == 1023) last.push_back(key);
    dice roll(3);
    compare_with_map<std::uint64_t>(roll, 3, [&] { return last[static_cast<std::size_t>(roll.between(0, 599))]; });
}

TEST_CASE("a slot_table of a million keys: found again, in order, and within 64 bytes a key") {
    weir::slot_table<std::uint64_t, std::uint64_t> table(weir::process_seed);
    CHECK_FALSE(table.large());
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        auto const before = table.enter();
        value_of(table, i * 7) = i;
        REQUIRE(table.grew() == (before.slots != table.enter().slots));
        REQUIRE(static_cast<bool>(table.enter()) == !table.large());
    }
    CHECK(table.large());
    std::uint64_t next = 0;
    table.for_each([&](auto const& entry) { next += entry.state == next && entry.key == next * 7 ? 1 : 0; });
    CHECK(next == 1'000'000);
    for (std::uint64_t i = 0; i < 1'000'000; i += 977) {
        auto const spot = table.approach(table.enter(), i * 7, table.hash(i * 7));
        table.approach_entry(spot);
        weir::arena unused;
        REQUIRE(table.find_or_insert(spot, i * 7, unused, [] { return std::uint64_t{0}; }).state == i);
        REQUIRE(value_of(table, i * 7) == i);
    }
    CHECK(table.memory() <= 64 * 1'000'000);
    table.clear();
    for (std::uint64_t i = 0; i < 1000; ++i) ++value_of(table, i);
    table.clear();
    CHECK(table.memory() < 1'000'000);
    CHECK_FALSE(table.large());
}

TEST_CASE("a large slot_table is a map in first-seen order, also where groups of four overflow and the search wraps") {
    weir::slot_table<std::uint64_t, std::uint64_t> const probe(5);
    dice roll(5);
    std::vector<std::uint64_t> crowded;
    for (std::uint64_t key = 0; crowded.size() < 3'000; ++key)
        if (auto const home = probe.hash(key) >> 47; home < 300 || home >= 131'000) crowded.push_back(key);
    weir::slot_table<std::uint64_t, std::uint64_t> table(5);
    std::unordered_map<std::uint64_t, std::uint64_t> oracle;
    std::vector<std::uint64_t> order;
    auto const count = [&](std::uint64_t key) {
        if (++oracle[key] == 1) order.push_back(key);
        ++value_of(table, key);
    };
    for (std::uint64_t key = 0; key < 40'000; ++key) count(key << 20);
    REQUIRE(table.large());
    for (int i = 0; i < 100'000; ++i) {
        count(crowded[static_cast<std::size_t>(roll.between(0, 2'999))]);
        if (roll.once_in(100)) count(marker_of<std::uint64_t>(5));
    }
    REQUIRE(holds(table, order, oracle));
}

enum class device : std::uint8_t { phone, desktop };

TEST_CASE("a slot_table takes enums of a fixed type, also their unnamed values") {
    weir::slot_table<device, std::uint64_t> table(weir::process_seed);
    for (int i = 0; i < 256; ++i) value_of(table, static_cast<device>(i)) = static_cast<std::uint64_t>(i);
    for (int i = 0; i < 256; ++i) REQUIRE(value_of(table, static_cast<device>(i)) == static_cast<std::uint64_t>(i));
    CHECK(table.size() == 256);
}

}  // namespace weir_test::base_slot_table
