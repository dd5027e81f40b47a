// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/whole_numbers.hpp>
#include <weir/window/tumbling.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace weir {

/// Windows that begin together and end one step after the other: `cumulate(1h, 10min)` is, in each hour that begins at `p`,
/// `[p, p + 10min)`, `[p, p + 20min)`, and so on up to the whole hour. Aligned to 1970-01-01T00:00:00Z plus an offset,
/// before the epoch too. An event belongs to every window that contains it. (As Flink's CUMULATE.)
///
/// A greatest size that is not a positive multiple of a positive step, or more than 2^30 steps, make the job fail with a
/// clear error at its first step.
class cumulate {
public:
    static constexpr std::string_view name = "cumulate";

    constexpr explicit cumulate(duration max_size, duration step, duration offset = duration::zero())
        : valid_(step.count() > 0 && max_size.count() > 0 && max_size.count() % step.count() == 0 &&
                 max_size.count() / step.count() <= most_at_once),
          steps_(valid_ ? max_size.count() / step.count() : 1), panes_(valid_ ? step : duration(1), offset) {}

    /// The panes: one a step. A window has the number of its last pane.
    [[nodiscard]] constexpr tumbling<> const& panes() const noexcept { return panes_; }

    [[nodiscard]] constexpr std::int64_t first_pane_of(std::int64_t window) const noexcept {
        return detail::saturated(detail::floor_of(window, steps_) * steps_);
    }
    [[nodiscard]] constexpr std::int64_t end_pane_of(std::int64_t window) const noexcept {
        return detail::saturated(static_cast<int128>(window) + 1);
    }
    [[nodiscard]] constexpr std::int64_t first_window_with(std::int64_t pane) const noexcept { return pane; }
    [[nodiscard]] constexpr std::int64_t last_window_with(std::int64_t pane) const noexcept {
        return detail::saturated((detail::floor_of(pane, steps_) + 1) * steps_ - 1);
    }
    /// How many panes the longest window has.
    [[nodiscard]] constexpr std::int64_t most_panes() const noexcept { return steps_; }
    /// The least window that ends after `t`.
    [[nodiscard]] constexpr std::int64_t first_window_ending_after(timestamp t) const noexcept {
        auto const since = static_cast<int128>(t.time_since_epoch().count()) - panes_.offset().count();
        return detail::saturated(detail::floor_of(since, panes_.size().count()));
    }

    /// The first instant of a window, and the first one behind it.
    [[nodiscard]] constexpr timestamp start_of(std::int64_t window) const noexcept {
        return panes_.start_of(first_pane_of(window));
    }
    [[nodiscard]] constexpr timestamp end_of(std::int64_t window) const noexcept {
        if (window == std::numeric_limits<std::int64_t>::max()) return end_of_time;
        return panes_.end_of(window);
    }

    [[nodiscard]] constexpr duration max_size() const noexcept { return duration(steps_ * panes_.size().count()); }
    [[nodiscard]] constexpr duration step() const noexcept { return panes_.size(); }
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }
    [[nodiscard]] static error complaint() {
        return {.component = "window",
                .place = "cumulate",
                .cause = "the greatest size is not a positive multiple of a positive step, or more than 2^30 steps",
                .advice = "give a positive step and a greatest size that is a multiple of it"};
    }

private:
    static constexpr std::int64_t most_at_once = std::int64_t{1} << 30;

    bool valid_;
    std::int64_t steps_;
    tumbling<> panes_;
};

}  // namespace weir
