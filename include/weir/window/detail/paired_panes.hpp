// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/window/detail/whole_numbers.hpp>
#include <weir/window/tumbling.hpp>

#include <cstdint>
#include <limits>

namespace weir::detail {

/// Time cut at every multiple of a period and, where the windows do not end there, at one place inside each period: a
/// window of hopping windows is a run of such panes, of which there are one or two a period.
///
/// Source: Krishnamurthy, Wu, Franklin, "On-the-Fly Sharing for Streamed Aggregation" (SIGMOD 2006), paired windows.
class paired_panes {
public:
    /// Where panes are counted from in pairs, a pane with an even number begins a period.
    static constexpr std::int64_t multiple = 2;

    /// `cut`: how far into a period the second cut lies; 0: there is none.
    constexpr paired_panes(duration period, duration cut, duration offset)
        : periods_(period, offset), cut_(cut.count() > 0 ? cut.count() : std::numeric_limits<std::int64_t>::max()),
          paired_(cut.count() > 0), shift_(paired_ ? -1 : periods_.shift_), reciprocal_(periods_.reciprocal_) {}

    [[nodiscard]] constexpr bool paired() const noexcept { return paired_; }

    [[nodiscard]] constexpr std::int64_t number_of(timestamp t) const noexcept {
        std::int64_t const period = periods_.number_of(t);
        if (!paired()) return period;
        auto const since = static_cast<int128>(t.time_since_epoch().count()) - start(period);
        return saturated(static_cast<int128>(period) * 2 + (since >= cut_ ? 1 : 0));
    }

    /// How many panes `t` lies behind the pane that begins at `start`, which must be one with an even number.
    ///
    /// Exact for `t` in `[start, start + 2^61 us)`; anything else gives a number of at least 2^61 / period.
    [[nodiscard, gnu::always_inline]] constexpr std::uint64_t windows_since(timestamp t, timestamp start) const noexcept {
        std::uint64_t const since = static_cast<std::uint64_t>(t.time_since_epoch().count()) -
                                    static_cast<std::uint64_t>(start.time_since_epoch().count());
        if (shift_ >= 0) [[likely]] return static_cast<std::uint64_t>((static_cast<uint128>(since) * reciprocal_) >> 64) >> shift_;
        std::uint64_t const periods = periods_.windows_since(t, start);
        if (!paired_) return periods;
        std::uint64_t const rest = since - periods * static_cast<std::uint64_t>(periods_.size().count());
        return periods * 2 + (rest >= static_cast<std::uint64_t>(cut_) ? 1 : 0);
    }

    [[nodiscard]] constexpr timestamp start_of(std::int64_t number) const noexcept { return start_of_any(number); }
    [[nodiscard]] constexpr timestamp end_of(std::int64_t number) const noexcept {
        return start_of_any(static_cast<int128>(number) + 1);
    }
    [[nodiscard]] constexpr bool valid() const noexcept { return periods_.valid(); }

private:
    [[nodiscard]] constexpr int128 start(int128 period) const noexcept {
        return period * periods_.size().count() + periods_.offset().count();
    }
    [[nodiscard]] constexpr timestamp start_of_any(int128 number) const noexcept {
        if (!paired()) return saturated_time(start(number));
        int128 const period = floor_of(number, 2);
        return saturated_time(start(period) + (number - period * 2 != 0 ? cut_ : 0));
    }

    tumbling<> periods_;
    std::int64_t cut_;
    bool paired_;
    // What `tumbling` divides by, side by side; negative where that alone does not do: one question an item instead of two.
    int shift_;
    std::uint64_t reciprocal_;
};

}  // namespace weir::detail
