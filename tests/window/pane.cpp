// SPDX-License-Identifier: Apache-2.0
#include <weir/window/pane.hpp>

#include <catch.hpp>
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <oracle/random_stream.hpp>
#include <string_view>

namespace weir_test::window_pane {

using small_state = std::tuple<std::uint64_t>;
enum plain_enum { red, green };
enum class byte_enum : std::uint8_t { a };

template <class Key, class State>
using table = weir::detail::best_table<Key, State, weir::detail::plain_panes::table_near>;
template <class Key, class State>
constexpr bool in_slots = std::is_same_v<table<Key, State>, weir::slot_table<Key, State>>;
template <class Key, class State>
constexpr bool dense = std::is_same_v<table<Key, State>, weir::dense_table<Key, State>>;

static_assert(in_slots<std::uint32_t, small_state>);
static_assert(dense<byte_enum, small_state> && dense<std::int16_t, small_state> && dense<bool, small_state>);
static_assert(!dense<std::uint16_t, std::array<std::uint64_t, 8>> && !dense<std::uint8_t, std::unique_ptr<int>>);
static_assert(!in_slots<plain_enum, small_state>, "a marker of its own may be no value of such an enum");
static_assert(!in_slots<std::string_view, small_state>);
static_assert(!in_slots<std::uint32_t, std::array<std::uint64_t, 4>>);
static_assert(!in_slots<std::uint32_t, std::unique_ptr<int>>);

TEST_CASE("open panes are found by number, near the oldest that has not fired by their distance, oldest first") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        dice roll(seed);
        weir::detail::pane_set<std::uint32_t, small_state> panes;
        struct expected {
            bool fired;
            std::uint64_t epoch;
        };
        std::map<std::int64_t, expected> oracle;
        std::int64_t const middle = roll.between(-1000, 1000);
        for (int step = 0; step < 100; ++step) {
            std::int64_t const number = middle + roll.between(0, 40);
            if (!oracle.contains(number) && roll.once_in(2)) {
                bool const fired = roll.once_in(4);
                auto const epoch = static_cast<std::uint64_t>(step);
                auto& pane = panes.open(number, epoch, fired);
                REQUIRE((pane.items.total() == 0 && pane.table.size() == 0 && pane.number == number && pane.fired == fired &&
                         pane.epoch == epoch));
                pane.items.add_one(static_cast<std::uint64_t>(roll.between(0, 3)) << 62);
                REQUIRE(pane.items.total() == 1);
                pane.table.find_or_insert(1, pane.table.hash(1), pane.memory, [] { return small_state{}; });
                oracle[number] = {fired, epoch};
            } else if (!oracle.empty() && roll.once_in(3)) {
                panes.close_oldest();
                oracle.erase(oracle.begin());
            } else if (!oracle.empty()) {
                auto const oldest_live =
                    std::find_if(oracle.begin(), oracle.end(), [](auto const& each) { return !each.second.fired; });
                if (oldest_live != oracle.end()) {
                    panes.fired(*panes.find(oldest_live->first));
                    oldest_live->second.fired = true;
                }
            }
            INFO("seed " << seed << ", step " << step);
            REQUIRE(panes.all().size() == oracle.size());
            REQUIRE(panes.empty() == oracle.empty());
            auto at = panes.all().begin();
            for (auto const& [wanted, state] : oracle) {
                REQUIRE((*at)->number == wanted);
                REQUIRE((*at)->fired == state.fired);
                ++at;
            }
            auto const base =
                std::find_if(oracle.begin(), oracle.end(), [](auto const& each) { return !each.second.fired; });
            if (base != oracle.end()) REQUIRE(panes.base() == base->first);
            for (std::uint64_t distance = 0; distance < 50; ++distance) {
                auto* const near = panes.near_base(distance).pane;
                auto const wanted = base == oracle.end()
                                        ? oracle.end()
                                        : oracle.find(base->first + static_cast<std::int64_t>(distance));
                bool const is_open = wanted != oracle.end() && !wanted->second.fired;
                REQUIRE(static_cast<bool>(panes.near_base(distance).entrance) == (near != nullptr));
                if (near) REQUIRE((is_open && near->number == wanted->first));
                else REQUIRE((!is_open || distance >= 16));
            }
            REQUIRE(panes.near_base(~std::uint64_t{0}).pane == nullptr);
            for (std::int64_t n = middle; n < middle + 42; ++n)
                REQUIRE((panes.find(n) != nullptr) == oracle.contains(n));
        }
    }
}

TEST_CASE("the entrance of a near pane's table is renewed as the table grows, until the table is large") {
    weir::detail::pane_set<std::uint64_t, small_state> panes;
    auto& pane = panes.open(7, 1, false);
    auto const make = [&] {
        if (pane.table.grew()) panes.renew_entrance(pane);
        return small_state{};
    };
    for (std::uint64_t key = 0; key < 200'000; ++key) {
        auto const& near = panes.near_base(0);
        REQUIRE(near.pane == &pane);
        REQUIRE(static_cast<bool>(near.entrance) == !pane.table.large());
        std::uint64_t const hash = panes.hash(key);
        REQUIRE(hash == pane.table.hash(key));
        auto& entry = near.entrance ? pane.table.find_or_insert(near.entrance, key, hash, pane.memory, make)
                                    : pane.table.find_or_insert(pane.table.approach(near.entrance, key, hash), key, pane.memory, make);
        std::get<0>(entry.state) = key;
    }
    REQUIRE(pane.table.large());
    std::uint64_t next = 0;
    pane.table.for_each([&](auto const& entry) { next += entry.key == next && std::get<0>(entry.state) == next ? 1U : 0U; });
    CHECK(next == 200'000);
}

TEST_CASE("a pane that lends rests until the poll is over and the next one opens") {
    weir::detail::pane_set<std::string_view, small_state, true> panes;
    auto& first = panes.open(1, 1, false);
    std::string_view const lent = first.memory.intern("a page");
    panes.close_oldest();
    auto const other = panes.open(2, 1, false).memory.intern("another page");
    panes.close_oldest();
    CHECK(lent == "a page");
    panes.settle();
    CHECK(lent == "a page");  // stages behind settle later
    CHECK(other == "another page");
    auto& reused = panes.open(3, 2, false);
    CHECK(reused.table.size() == 0);
}

}  // namespace weir_test::window_pane
