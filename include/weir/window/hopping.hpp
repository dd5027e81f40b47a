// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/paired_panes.hpp>
#include <weir/window/detail/whole_numbers.hpp>

#include <cstdint>
#include <string_view>

namespace weir {

/// Windows of one size, of which a new one begins after each advance: `hopping(1h, 5min)` is the windows
/// `[k * advance, k * advance + size)` for every whole `k`, aligned to 1970-01-01T00:00:00Z plus an offset, before the epoch
/// too. An event belongs to every window that contains it.
///
/// The size need not be a multiple of the advance. Where the advance is greater than the size there are gaps between the
/// windows: an event in a gap belongs to none and is counted as `filtered`. (Flink and Beam call these windows sliding.)
///
/// A size or an advance that is not positive, or more than 2^30 windows at once, make the job fail with a clear error at its
/// first step.
class hopping {
public:
    static constexpr std::string_view name = "hopping";

    constexpr explicit hopping(duration size, duration advance, duration offset = duration::zero())
        : size_(size.count() > 0 ? size.count() : 1), advance_(advance.count() > 0 ? advance.count() : 1), offset_(offset.count()),
          whole_(size_ / advance_),
          valid_(size.count() > 0 && advance.count() > 0 && whole_ + (size_ % advance_ != 0 ? 1 : 0) <= most_at_once),
          panes_(duration(advance_), duration(size_ % advance_), offset) {}

    /// The panes: cut at the starts and at the ends of windows.
    [[nodiscard]] constexpr detail::paired_panes const& panes() const noexcept { return panes_; }

    [[nodiscard]] constexpr std::int64_t first_pane_of(std::int64_t window) const noexcept {
        return detail::saturated(panes_.paired() ? static_cast<int128>(window) * 2 : static_cast<int128>(window));
    }
    [[nodiscard]] constexpr std::int64_t end_pane_of(std::int64_t window) const noexcept {
        int128 const last = static_cast<int128>(window) + whole_;
        return detail::saturated(panes_.paired() ? last * 2 + 1 : last);
    }
    [[nodiscard]] constexpr std::int64_t first_window_with(std::int64_t pane) const noexcept {
        auto const wide = static_cast<int128>(pane);
        return detail::saturated(panes_.paired() ? -detail::floor_of(-wide, 2) - whole_ : wide - whole_ + 1);
    }
    [[nodiscard]] constexpr std::int64_t last_window_with(std::int64_t pane) const noexcept {
        return panes_.paired() ? static_cast<std::int64_t>(detail::floor_of(pane, 2)) : pane;
    }
    /// How many panes a window has.
    [[nodiscard]] constexpr std::int64_t most_panes() const noexcept { return panes_.paired() ? whole_ * 2 + 1 : whole_; }
    /// The least window that ends after `t`.
    [[nodiscard]] constexpr std::int64_t first_window_ending_after(timestamp t) const noexcept {
        auto const since = static_cast<int128>(t.time_since_epoch().count()) - offset_ - size_;
        return detail::saturated(detail::floor_of(since, advance_) + 1);
    }

    /// The first instant of a window, and the first one behind it.
    [[nodiscard]] constexpr timestamp start_of(std::int64_t window) const noexcept {
        return detail::saturated_time(static_cast<int128>(window) * advance_ + offset_);
    }
    [[nodiscard]] constexpr timestamp end_of(std::int64_t window) const noexcept {
        return detail::saturated_time(static_cast<int128>(window) * advance_ + offset_ + size_);
    }

    [[nodiscard]] constexpr duration size() const noexcept { return duration(size_); }
    [[nodiscard]] constexpr duration advance() const noexcept { return duration(advance_); }
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }
    [[nodiscard]] static error complaint() {
        return {.component = "window",
                .place = "hopping",
                .cause = "the size or the advance of the windows is not positive, or the size is more than 2^30 times the advance",
                .advice = "give a positive size and a positive advance"};
    }

private:
    static constexpr std::int64_t most_at_once = std::int64_t{1} << 30;

    std::int64_t size_;  ///< one tick where it is not valid: what is pushed before the first step must not divide by zero
    std::int64_t advance_;
    std::int64_t offset_;
    std::int64_t whole_;  ///< advances in a size
    bool valid_;
    detail::paired_panes panes_;
};

}  // namespace weir
