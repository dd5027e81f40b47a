// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace weir::testing {

/// A stretch of time `[start, end)`.
struct oracle_span {
    timestamp start{};
    timestamp end{};

    friend bool operator==(oracle_span const&, oracle_span const&) = default;
};

/// How `window_oracle` cuts a stream into windows; it shares no code with the windows that it judges.
///
/// Sizes, advances, steps and gaps must be positive. Times must stay far enough from `beginning_of_time` and `end_of_time`
/// for a window's length to be added to them.
class oracle_rule {
public:
    /// Every window that contains `t`, for windows that depend on the time alone.
    using spans_of_time = std::function<std::vector<oracle_span>(timestamp t)>;

    enum class kind {
        aligned,  ///< windows that depend on the time alone
        session,  ///< items at most a gap apart
        sliding,  ///< one window behind each item
        count,    ///< so many items
    };

    /// Any windows `[start, end)` that depend on the time alone: the function returns all that contain the time.
    [[nodiscard]] static oracle_rule aligned(spans_of_time spans) {
        oracle_rule rule(kind::aligned);
        rule.spans_ = std::move(spans);
        return rule;
    }

    /// Windows of one size side by side.
    [[nodiscard]] static oracle_rule tumbling(duration size, duration offset = {}) { return hopping(size, size, offset); }

    /// All `[offset + k * advance, offset + k * advance + size)` that contain the time.
    [[nodiscard]] static oracle_rule hopping(duration size, duration advance, duration offset = {}) {
        return aligned([=](timestamp t) {
            std::vector<oracle_span> spans;
            for (timestamp start = floor_to(t, advance, offset); start + size > t; start -= advance)
                spans.push_back({start, start + size});
            return spans;
        });
    }

    /// Tumbling windows of `max_size` that also show each of their beginnings of `step`, `2 * step`, ...
    [[nodiscard]] static oracle_rule cumulate(duration max_size, duration step, duration offset = {}) {
        return aligned([=](timestamp t) {
            std::vector<oracle_span> spans;
            timestamp const start = floor_to(t, max_size, offset);
            for (duration length = step; length < max_size + step; length += step) {
                timestamp const end = start + std::min(length, max_size);
                if (end > t) spans.push_back({start, end});
            }
            return spans;
        });
    }

    /// One window for all: it closes when the stream ends.
    [[nodiscard]] static oracle_rule global() {
        return aligned([](timestamp) { return std::vector<oracle_span>{{beginning_of_time, end_of_time}}; });
    }

    /// Items of one key at most `gap` apart, inclusive. It closes when the watermark is beyond its last item plus `gap`.
    [[nodiscard]] static oracle_rule session(duration gap) {
        oracle_rule rule(kind::session);
        rule.length_ = gap;
        return rule;
    }

    /// For each time `t` at which a key has items, the window `[t + 1us - size, t + 1us)`.
    [[nodiscard]] static oracle_rule sliding(duration size) {
        oracle_rule rule(kind::sliding);
        rule.length_ = size;
        return rule;
    }

    /// After every `advance` items of a key, in order of time, the last `size` items; `advance` is at most `size`.
    [[nodiscard]] static oracle_rule count_window(std::size_t size, std::size_t advance) {
        oracle_rule rule(kind::count);
        rule.size_ = size;
        rule.advance_ = advance;
        return rule;
    }
    /// Every `size` items of a key, in order of time.
    [[nodiscard]] static oracle_rule count_window(std::size_t size) { return count_window(size, size); }

    [[nodiscard]] kind what() const noexcept { return what_; }
    /// Aligned: the windows that contain `t`.
    [[nodiscard]] std::vector<oracle_span> spans_of(timestamp t) const { return spans_(t); }
    /// Session: the gap. Sliding: the size.
    [[nodiscard]] duration length() const noexcept { return length_; }
    /// Count: how many items a row covers at most.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Count: after how many items a row comes.
    [[nodiscard]] std::size_t advance() const noexcept { return advance_; }

private:
    explicit oracle_rule(kind what) : what_(what) {}

    /// The greatest `offset + k * step` that is not after `t`.
    static timestamp floor_to(timestamp t, duration step, duration offset) {
        duration const since = t.time_since_epoch() - offset;
        duration rest = since % step;
        if (rest < duration::zero()) rest += step;
        return t - rest;
    }

    kind what_;
    spans_of_time spans_;
    duration length_{};
    std::size_t size_ = 0;
    std::size_t advance_ = 0;
};

}  // namespace weir::testing
