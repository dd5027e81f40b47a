// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/pane_history.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/total_history.hpp>

namespace weir_test::window_detail_pane_history {

using weir::detail::combining;

/// A number that lies elsewhere, so that a state that is lost, or given back twice, is noticed.
using number = std::vector<std::int64_t>;

struct total {
    static constexpr std::string_view name = "total";
    number init() const { return {0}; }
    void add(number& state, std::int64_t item) const { state[0] += item; }
    void merge(number& into, number const& from) const { into[0] += from[0]; }
    void subtract(number& from, number const& what) const { from[0] -= what[0]; }
    std::int64_t result(number const& state) const { return state[0]; }
};

/// The same without a way back.
struct sum {
    static constexpr std::string_view name = "sum";
    number init() const { return {0}; }
    void add(number& state, std::int64_t item) const { state[0] += item; }
    void merge(number& into, number const& from) const { into[0] += from[0]; }
    std::int64_t result(number const& state) const { return state[0]; }
};

/// What was put into a pane.
struct seen {
    std::int64_t state;
    std::uint32_t arrival;
};

/// Panes come, nearly always behind the others, and go; now and then the history moves, or is given other numbers of arrival.
/// It must always say what a walk over the panes says. One pane in `gaps` is put.
template <class History, class Function>
void check(std::uint64_t seed, std::uint32_t panes, int gaps) {
    dice roll(seed);
    weir::detail::function_set<Function> const functions(std::tuple(Function{}));
    weir::arena memory;
    typename History::pool blocks;
    std::vector<History> home;
    home.push_back(History(functions));
    std::map<std::int64_t, seen> all;
    auto const put = [&](std::int64_t pane) {
        std::int64_t const state = roll.between(1, 1000);
        auto const arrival = static_cast<std::uint32_t>(roll.between(0, 1000));
        auto const [found, is_new] = all.try_emplace(pane, seen{0, arrival});
        found->second.state += state;
        REQUIRE(home[0].put(functions, static_cast<std::uint32_t>(pane), std::tuple(number{state}), is_new ? arrival : 2000, panes,
                            memory, blocks));
    };
    auto const agree = [&] {
        REQUIRE(home[0].empty() == all.empty());
        if (all.empty()) return;
        std::int64_t wanted = 0;
        std::uint32_t first = ~std::uint32_t{0};
        for (auto const& [pane, what] : all) {
            wanted += what.state;
            first = std::min(first, what.arrival);
        }
        REQUIRE(home[0].arrival() == first);
        number got;
        REQUIRE(home[0].combine(functions, memory, [&](auto const& state) { got = std::get<0>(state); }));
        REQUIRE(got == number{wanted});
    };
    // Numbers of panes wrap.
    std::int64_t const begin = (std::int64_t{1} << 32) - 20;
    for (std::int64_t first = begin; first < begin + 60; first += roll.once_in(4) ? roll.between(2, panes + 1) : 1) {
        auto const first_pane = static_cast<std::uint32_t>(first);
        bool const evicts = !all.empty() && all.begin()->first < first;
        REQUIRE(home[0].evicts(first_pane) == evicts);
        REQUIRE(home[0].evict(functions, first_pane, memory, blocks));
        all.erase(all.begin(), all.lower_bound(first));
        agree();
        std::int64_t const newest = first + panes - 1;
        if (roll.once_in(gaps)) put(newest);
        if (roll.once_in(4)) put(roll.between(first, newest));
        if (roll.once_in(4)) put(roll.between(first, newest));
        agree();
        if (roll.once_in(5)) {
            std::vector<History> moved;
            moved.push_back(std::move(home[0]));
            std::swap(home, moved);
            moved[0] = std::move(home[0]);
            home[0] = std::move(moved[0]);
        }
        if (roll.once_in(7)) {
            typename History::pool others;
            home[0].move_house(blocks, others);
            blocks = std::move(others);
        }
        if (roll.once_in(7)) {
            home[0].renumber([](std::uint32_t& arrival) { arrival += 5; });
            for (auto& [pane, what] : all) what.arrival += 5;
        }
        agree();
    }
}

template <class History, class Function>
void check_many() {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        dice roll(seed);
        check<History, Function>(seed, static_cast<std::uint32_t>(roll.between(1, 12)), static_cast<int>(roll.between(1, 6)));
    }
}

TEST_CASE("a history comes to what a walk over its panes comes to") {
    SECTION("a running total") { check_many<weir::detail::total_history<weir::detail::function_set<total>>, total>(); }
    SECTION("two stacks") {
        check_many<weir::detail::pane_history<weir::detail::function_set<sum>, combining::stacks>, sum>();
    }
    SECTION("all merged anew") {
        check_many<weir::detail::pane_history<weir::detail::function_set<sum>, combining::walk>, sum>();
    }
}

TEST_CASE("up to two panes of a running total take no block") {
    using history = weir::detail::total_history<weir::detail::function_set<total>>;
    weir::detail::function_set<total> const functions(std::tuple(total{}));
    weir::arena memory;
    history::pool blocks;
    history one(functions);
    for (std::uint32_t pane : {0u, 0u, 1u, 1u, 0u}) REQUIRE(one.put(functions, pane, std::tuple(number{1}), pane, 5, memory, blocks));
    CHECK(blocks.memory() == 0);
    REQUIRE(one.put(functions, 2, std::tuple(number{1}), 2, 5, memory, blocks));
    CHECK(blocks.memory() != 0);
    REQUIRE(one.evict(functions, 3, memory, blocks));
    CHECK(one.empty());
}

}  // namespace weir_test::window_detail_pane_history
