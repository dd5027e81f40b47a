// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../harness/answer.hpp"
#include "data.hpp"
#include "rows.hpp"

namespace bench::sliding {

/// The two stacks that make a queue with a maximum, as they are written everywhere: each entry is a value and the maximum
/// of it and all below it. Taking from the empty front stack turns the back stack over.
class max_queue {
public:
    explicit max_queue(std::size_t most) {
        front_.reserve(most);
        back_.reserve(most);
    }

    void push(std::int64_t value) { back_.push_back({value, back_.empty() ? value : std::max(back_.back().greatest, value)}); }

    void pop() {
        if (front_.empty()) turn();
        front_.pop_back();
    }

    std::size_t size() const { return front_.size() + back_.size(); }

    std::int64_t greatest() const {
        if (front_.empty()) return back_.back().greatest;
        if (back_.empty()) return front_.back().greatest;
        return std::max(front_.back().greatest, back_.back().greatest);
    }

private:
    struct entry {
        std::int64_t value;
        std::int64_t greatest;
    };

    void turn() {
        std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
        for (std::size_t i = back_.size(); i-- != 0;) {
            greatest = std::max(greatest, back_[i].value);
            front_.push_back({back_[i].value, greatest});
        }
        back_.clear();
    }

    std::vector<entry> front_;
    std::vector<entry> back_;
};

/// The greatest value of the last `window` events, at each event.
[[gnu::noinline]] inline answer max_by_two_stacks(std::span<event const> events, std::size_t window) {
    answer result;
    checksum_of const consume{result};
    max_queue queue(window);
    std::int64_t latest = std::numeric_limits<std::int64_t>::min();
    for (event const& each : events) {
        ++result.items;
        if (each.ts_us < latest) {
            ++result.late;
            continue;
        }
        latest = each.ts_us;
        if (queue.size() == window) queue.pop();
        queue.push(each.value);
        consume(each.ts_us + 1, queue.greatest());
    }
    return result;
}

/// Five aggregates of the last `window` events, each time computed from these events.
[[gnu::noinline]] inline answer all_by_recomputing(std::span<event const> events, std::size_t window) {
    answer result;
    checksum_of const consume{result};
    for (std::size_t end = 1; end <= events.size(); ++end) {
        ++result.items;
        auto const last = events.subspan(end - std::min(end, window), std::min(end, window));
        std::int64_t sum = 0, least = last.front().value, greatest = least;
        double weights = 0;
        for (event const& each : last) {
            sum += each.value;
            least = std::min(least, each.value);
            greatest = std::max(greatest, each.value);
            weights += each.weight;
        }
        consume(last.back().ts_us + 1, last.size(), sum, least, greatest, weights / static_cast<double>(last.size()));
    }
    return result;
}

}  // namespace bench::sliding
