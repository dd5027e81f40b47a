// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/pane_columns.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <support/cases.hpp>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/window/detail/function_set.hpp>

namespace weir_test::window_detail_pane_columns {

struct amount {
    std::int64_t value;
};

template <class... Functions>
auto set_of(Functions... functions) {
    return weir::detail::function_set<Functions...>(std::tuple<Functions...>(functions...));
}

/// What a pane is until it becomes a column: keys and states in the order in which they came, and the numbers of that.
template <class Functions>
struct listed_pane {
    struct entry {
        std::uint64_t key;
        typename Functions::state_type state;
    };
    struct listed {
        std::vector<entry> entries;
        void for_each(auto&& visit) const {
            for (entry const& each : entries) visit(each);
        }
    };
    std::int64_t number = 0;
    std::uint64_t epoch = 1;
    listed table;
    struct {
        std::vector<std::uint64_t> arrivals;
    } notes;
    weir::detail::spread_count items;
};

/// An assertion costs more than what is tested here.
void must(bool holds) {
    if (!holds) FAIL("columns and maps differ");
}

/// Columns, and beside them the same as plain maps.
template <class Functions>
struct both {
    using columns_type = weir::detail::pane_columns<std::uint64_t, Functions>;
    struct known {
        std::vector<std::int64_t> values;
        std::uint64_t arrival;
    };

    Functions functions;
    columns_type columns{};
    weir::arena none{};
    std::map<std::int64_t, std::map<std::uint64_t, known>> oracle{};
    std::map<std::int64_t, listed_pane<Functions>> listed{};
    std::uint32_t arrivals = 0;

    void note(std::int64_t pane, std::uint64_t key, std::int64_t value, std::uint32_t before) {
        auto& keys = oracle[pane];
        auto const found = keys.find(key);
        if (found == keys.end()) must(arrivals == before + 1);
        else must(arrivals == before);
        auto& entry = found == keys.end() ? keys[key] : found->second;
        if (entry.values.empty()) entry.arrival = before;
        entry.values.push_back(value);
    }

    void add(std::int64_t pane, std::uint64_t key, std::int64_t value) {
        std::uint32_t const before = arrivals;
        auto const arrival = [this] { return arrivals++; };
        auto const distance = static_cast<std::uint64_t>(pane - columns.base());
        auto const& near = columns.near_base(distance);
        if (near.of) {
            must(near.of->number == pane);
            auto& target = *near.of;
            auto& cell = columns.at(near, functions, key, arrival);
            must(functions.add(cell.state, none, amount{value}));
            target.items.add_one(key << 60);
        } else if (auto* const found = columns.find(pane)) {
            auto& cell = columns.at(*found, functions, key, arrival);
            must(!columns.near_base(distance).of);
            must(functions.add(cell.state, none, amount{value}));
            found->items.add_one(key << 60);
        } else {
            auto& into = listed[pane];
            into.number = pane;
            auto at = std::find_if(into.table.entries.begin(), into.table.entries.end(), [&](auto const& e) { return e.key == key; });
            if (at == into.table.entries.end()) {
                into.table.entries.push_back({key, functions.init()});
                into.notes.arrivals.push_back(arrivals++);
                at = into.table.entries.end() - 1;
            }
            must(functions.add(at->state, none, amount{value}));
            into.items.add_one(key << 60);
        }
        note(pane, key, value, before);
    }

    /// Closes the window from `first` to `last`; panes before `keep` are forgotten.
    void close(std::int64_t first, std::int64_t last, std::int64_t keep) {
        for (auto at = listed.begin(); at != listed.end() && at->first <= last; at = listed.erase(at))
            columns.take(functions, at->second, none);
        struct row {
            std::uint64_t arrival;
            std::uint64_t key;
            std::vector<std::int64_t> values;
        };
        std::map<std::uint64_t, row> by_key;
        std::map<std::int64_t, std::uint64_t> items_in;
        for (auto const& [pane, keys] : oracle) {
            if (pane < first || pane > last) continue;
            for (auto const& [key, entry] : keys) {
                auto& into = by_key.try_emplace(key, row{entry.arrival, key, {}}).first->second;
                into.arrival = std::min(into.arrival, entry.arrival);
                into.values.insert(into.values.end(), entry.values.begin(), entry.values.end());
                items_in[pane] += entry.values.size();
            }
        }
        std::vector<row> wanted;
        for (auto& [key, each] : by_key) wanted.push_back(std::move(each));
        std::sort(wanted.begin(), wanted.end(), [](row const& a, row const& b) { return a.arrival < b.arrival; });

        std::size_t at = 0;
        std::map<std::int64_t, std::uint64_t> settled;
        columns.close(
            functions, none, [&](std::int64_t number) { return number >= first && number <= last; },
            [&](std::int64_t number) { return number >= keep; },
            [&](auto& column, std::uint64_t items) {
                settled[column.number] = items;
                must(column.item_count() == items);
            },
            [&](std::uint64_t key, auto const& state) {
                must(at < wanted.size());
                must(key == wanted[at].key);
                auto made = functions.init();
                for (std::int64_t const value : wanted[at].values) must(functions.add(made, none, amount{value}));
                must(functions.results_of(state) == functions.results_of(made));
                ++at;
            },
            [](std::uint64_t) { FAIL("overflow"); });
        must(at == wanted.size());
        must(settled == items_in);
        oracle.erase(oracle.begin(), oracle.lower_bound(keep));
    }
};

/// Windows that slide over random items: keys that come and go, panes out of order, some so far away that they are listed.
template <class Functions>
void check(Functions functions, std::uint64_t seed) {
    dice roll(seed);
    both<Functions> all{functions};
    std::int64_t const width = roll.between(1, 12), advance = roll.once_in(4) ? roll.between(1, width) : 1;
    std::int64_t first = roll.between(-50, 50);
    std::uint64_t newest = 1000;
    std::uint64_t const stride = std::uint64_t{1} << (seed % 4 * 7);
    std::int64_t const burst = seed % 9 == 0 ? 3000 : 60;
    for (int step = 0; step < 40; ++step) {
        if (all.columns.empty()) all.columns.move_base(first);
        else all.columns.move_base(std::max(all.columns.base(), first));
        for (std::int64_t items = roll.once_in(6) ? 0 : roll.between(1, burst); items > 0; --items) {
            newest += static_cast<std::uint64_t>(roll.between(0, 1));
            std::uint64_t const key = (newest - static_cast<std::uint64_t>(roll.between(0, roll.once_in(20) ? 900 : 40))) * stride;
            std::int64_t const pane = first + (roll.once_in(30) ? roll.between(0, 60) : roll.between(0, width + 2));
            if (all.columns.is_near(pane) && !all.columns.find(pane) && !all.listed.contains(pane)) all.columns.open(pane, 1);
            all.add(pane, key, roll.between(-9, 9));
        }
        if (roll.once_in(12)) {
            all.columns.forget_near();
            if (all.columns.find(first)) all.add(first, newest * stride, 1);
        }
        all.close(first, first + width - 1, first + advance);
        first += advance;
        if (!roll.once_in(40)) continue;
        all.columns.clear();
        all.oracle.clear();
        all.listed.clear();
    }
}

TEST_CASE("windows over columns equal plain maps, row by row: a count, which says itself where an item came") {
    for (std::uint64_t seed = 1; seed < 1 + cases(100); ++seed) {
        CAPTURE(seed);
        check(set_of(weir::count(), weir::sum<&amount::value>()), seed);
    }
}
TEST_CASE("windows over columns equal plain maps, row by row: a sum, which comes to nothing though items came") {
    for (std::uint64_t seed = 201; seed < 201 + cases(100); ++seed) {
        CAPTURE(seed);
        check(set_of(weir::sum<&amount::value>()), seed);
    }
}
TEST_CASE("windows over columns equal plain maps, row by row: what cannot be subtracted") {
    for (std::uint64_t seed = 401; seed < 401 + cases(100); ++seed) {
        CAPTURE(seed);
        check(set_of(weir::max<&amount::value>()), seed);
    }
}

/// The greatest value; it knows when it is given the state of a pane in which the key did nothing.
struct watched_max {
    static constexpr std::string_view name = "greatest";
    struct state {
        std::int64_t greatest;
        bool empty;
    };
    static inline int empty_merges = 0;

    static state init() { return {0, true}; }
    static void add(state& into, amount const& item) { into = {into.empty ? item.value : std::max(into.greatest, item.value), false}; }
    static void merge(state& into, state const& from) {
        empty_merges += from.empty ? 1 : 0;
        if (!from.empty) add(into, {from.greatest});
    }
    static std::int64_t result(state const& of) { return of.greatest; }
};

TEST_CASE("a function that cannot subtract never sees the state of a pane in which a key did nothing") {
    for (std::uint64_t seed = 601; seed <= 620; ++seed) {
        CAPTURE(seed);
        check(set_of(watched_max{}), seed);
    }
    CHECK(watched_max::empty_merges == 0);
}

TEST_CASE("a pane is dropped with what keys did in it, and its place is taken by another") {
    auto const functions = set_of(weir::count());
    weir::detail::pane_columns<std::uint64_t, std::remove_const_t<decltype(functions)>> columns;
    weir::arena none;
    std::uint32_t arrivals = 0;
    auto const add = [&](std::int64_t pane, std::uint64_t key) {
        auto* const found = columns.find(pane);
        auto& into = found ? *found : columns.open(pane, 1);
        REQUIRE(functions.add(columns.at(into, functions, key, [&] { return arrivals++; }).state, none, amount{1}));
    };
    auto const rows = [&](std::int64_t first, std::int64_t last) {
        std::string text;
        columns.close(
            functions, none, [&](std::int64_t n) { return n >= first && n <= last; }, [](std::int64_t) { return true; },
            [](auto&, std::uint64_t) {},
            [&](std::uint64_t key, auto const& state) { text += std::to_string(key) + ":" + std::to_string(std::get<0>(state)) + " "; },
            [](std::uint64_t) {});
        return text;
    };
    add(1, 7);
    add(2, 8);
    add(2, 7);
    add(1, 9);
    CHECK(rows(1, 2) == "7:2 8:1 9:1 ");
    columns.drop(1);
    add(3, 5);
    CHECK(columns.find(3)->first() == 4);
    add(3, 8);
    CHECK(columns.find(3)->first() == 2);
    CHECK(rows(1, 3) == "8:2 7:1 5:1 ");
    CHECK(rows(3, 3) == "5:1 8:1 ");
}

TEST_CASE("panes are put together in the order of their numbers, whichever was opened first") {
    auto const functions = set_of(weir::sum<&amount::value>());
    weir::detail::pane_columns<std::uint64_t, std::remove_const_t<decltype(functions)>> columns;
    weir::arena none;
    std::uint32_t arrivals = 0;
    for (auto const& [pane, value] : {std::pair<std::int64_t, std::int64_t>{2, INT64_MAX}, {3, 5}, {1, -10}})
        REQUIRE(functions.add(columns.at(columns.open(pane, 1), functions, 7, [&] { return arrivals++; }).state, none, amount{value}));
    std::vector<std::int64_t> sums;
    columns.close(
        functions, none, [](std::int64_t) { return true; }, [](std::int64_t) { return false; }, [](auto&, std::uint64_t) {},
        [&](std::uint64_t, auto const& state) { sums.push_back(std::get<0>(state)); }, [](std::uint64_t) { FAIL("overflow"); });
    CHECK(sums == std::vector<std::int64_t>{INT64_MAX - 5});
    CHECK(columns.empty());
}

TEST_CASE("memory goes back when few keys are left, though panes stay open") {
    auto const functions = set_of(weir::count());
    weir::detail::pane_columns<std::uint64_t, std::remove_const_t<decltype(functions)>> columns;
    weir::arena none;
    std::uint32_t arrivals = 0;
    std::size_t most = 0, rows = 0;
    for (std::int64_t pane = 0; pane < 20; ++pane) {
        auto& into = columns.open(pane, 1);
        for (std::uint64_t key = 0; key < (pane == 3 ? 200'000U : 10U); ++key)
            (void)functions.add(columns.at(into, functions, key * 3, [&] { return arrivals++; }).state, none, amount{1});
        columns.close(
            functions, none, [&](std::int64_t n) { return n >= pane - 2; }, [&](std::int64_t n) { return n >= pane - 1; },
            [](auto&, std::uint64_t) {}, [&](std::uint64_t, auto const&) { ++rows; }, [](std::uint64_t) {});
        most = std::max(most, columns.memory());
    }
    CHECK(rows == 3 * 200'000 + 17 * 10);
    CHECK(most > 200'000 * 20);
    CHECK(columns.memory() < 400'000);
}

TEST_CASE("a sum that does not fit is told with its key, and no row is shown") {
    auto functions = set_of(weir::sum<&amount::value>());
    weir::detail::pane_columns<std::uint64_t, decltype(functions)> columns;
    weir::arena none;
    std::uint32_t arrivals = 0;
    for (std::int64_t pane : {1, 2})
        for (std::uint64_t key : {3u, 4u, 5u}) {
            auto* const found = columns.find(pane);
            auto& into = found ? *found : columns.open(pane, 1);
            std::int64_t const value = key == 4 ? INT64_MAX : 1;
            REQUIRE(functions.add(columns.at(into, functions, key, [&] { return arrivals++; }).state, none, amount{value}));
        }
    std::vector<std::uint64_t> told;
    std::size_t shown = 0;
    columns.close(
        functions, none, [](std::int64_t) { return true; }, [](std::int64_t) { return true; }, [](auto&, std::uint64_t) {},
        [&](std::uint64_t, auto const&) { ++shown; }, [&](std::uint64_t key) { told.push_back(key); });
    CHECK(told == std::vector<std::uint64_t>{4});
    CHECK(shown == 0);
}

}  // namespace weir_test::window_detail_pane_columns
