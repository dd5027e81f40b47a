// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/testing/oracle_rule.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <vector>

namespace weir::testing::detail {

/// What the view of the windows needs of an item. Items are numbered in order of arrival.
struct placed_item {
    timestamp time{};
    std::size_t key = 0;                 ///< keys are numbered in order of arrival
    std::vector<oracle_span> windows{};  ///< its own windows that are not gone; a session of its own: `[time, time + gap]`
};

/// A window of one key, and the items in it, in order of arrival.
struct viewed_window {
    oracle_span span{};
    std::size_t key = 0;
    std::vector<std::size_t> items{};
    std::size_t first = 0;  ///< the item whose arrival gives the row its place among those of the same end

    [[nodiscard]] bool holds(std::size_t item) const { return std::find(items.begin(), items.end(), item) != items.end(); }
};

/// Windows that depend on the time alone: an item is in each of its own.
[[nodiscard]] inline std::vector<viewed_window> view_of_aligned(std::vector<placed_item> const& items) {
    std::vector<viewed_window> all;
    std::map<std::tuple<timestamp, timestamp, std::size_t>, std::size_t> known;
    for (std::size_t i = 0; i < items.size(); ++i)
        for (oracle_span const& span : items[i].windows) {
            auto const [at, is_new] = known.try_emplace({span.end, span.start, items[i].key}, all.size());
            if (is_new) all.push_back({span, items[i].key, {}, i});
            all[at->second].items.push_back(i);
        }
    return all;
}

/// One window for each key and time that has an item; every item of the key whose time it contains is in it.
[[nodiscard]] inline std::vector<viewed_window> view_of_sliding(std::vector<placed_item> const& items) {
    std::vector<viewed_window> all = view_of_aligned(items);
    for (viewed_window& each : all) {
        each.items.clear();
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].key == each.key && items[i].time >= each.span.start && items[i].time < each.span.end)
                each.items.push_back(i);
    }
    return all;
}

/// Sessions: in order of time, an item joins the items before it unless it is beyond the end of all of them.
[[nodiscard]] inline std::vector<viewed_window> view_of_sessions(std::vector<placed_item> const& items) {
    std::vector<std::size_t> by_key_and_time;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!items[i].windows.empty()) by_key_and_time.push_back(i);
    std::sort(by_key_and_time.begin(), by_key_and_time.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(items[a].key, items[a].time, a) < std::tuple(items[b].key, items[b].time, b);
    });
    std::vector<viewed_window> all;
    for (std::size_t i : by_key_and_time) {
        oracle_span const own = items[i].windows.front();
        if (all.empty() || all.back().key != items[i].key || all.back().span.end < own.start)
            all.push_back({own, items[i].key, {}, 0});
        all.back().span.end = std::max(all.back().span.end, own.end);
        all.back().items.push_back(i);
    }
    for (viewed_window& each : all) {
        std::sort(each.items.begin(), each.items.end());
        each.first = each.items.front();
    }
    return all;
}

/// All windows that are not gone, recomputed from the items, in the order of their rows: by end, then by the arrival of
/// the first item.
[[nodiscard]] inline std::vector<viewed_window> view_of(oracle_rule::kind what, std::vector<placed_item> const& items) {
    bool const aligned = what == oracle_rule::kind::aligned;
    std::vector<viewed_window> all = aligned                                ? view_of_aligned(items)
                                     : what == oracle_rule::kind::session ? view_of_sessions(items)
                                                                          : view_of_sliding(items);
    // Aligned windows of one end but different starts are rows of different windows: a window's rows stay together.
    std::sort(all.begin(), all.end(), [&](viewed_window const& a, viewed_window const& b) {
        timestamp const a_start = aligned ? a.span.start : timestamp{};
        timestamp const b_start = aligned ? b.span.start : timestamp{};
        return std::tuple(a.span.end, a_start, a.first) < std::tuple(b.span.end, b_start, b.first);
    });
    return all;
}

}  // namespace weir::testing::detail
