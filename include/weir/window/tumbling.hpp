// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/int128.hpp>
#include <weir/time/timestamp.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

namespace weir {

namespace detail {
class paired_panes;
}
/// Windows side by side: every event belongs to exactly one. `tumbling(1min)` has windows of a fixed length;
/// `tumbling(std::chrono::days{1}, time_zone("Europe/Paris"))` those of a calendar (window/calendar.hpp).
template <class Calendar = void>
class tumbling;

/// Windows of one size side by side: `[start, start + size)`, aligned to 1970-01-01T00:00:00Z plus an offset, before the
/// epoch too.
///
/// A size that is not positive makes the job fail with a clear error at its first step.
template <>
class tumbling<void> {
public:
    static constexpr std::string_view name = "tumbling";

    constexpr explicit tumbling(duration size, duration offset = duration::zero())
        : size_(size.count() > 0 ? size : duration(1)), offset_(offset.count()), valid_(size.count() > 0) {
        auto const divisor = static_cast<std::uint64_t>(size_.count());
        int const bits = static_cast<int>(std::bit_width(divisor)) - 1;
        shift_ = bits - 1;
        reciprocal_ = divisor == 1 ? 0 : static_cast<std::uint64_t>(((static_cast<uint128>(1) << (63 + bits)) + divisor - 1) / divisor);
    }

    /// The number of the window that contains `t`.
    [[nodiscard]] constexpr std::int64_t number_of(timestamp t) const noexcept {
        auto const since = static_cast<int128>(t.time_since_epoch().count()) - offset_;
        int128 const quotient = since / size_.count();
        return static_cast<std::int64_t>(quotient - (since % size_.count() < 0 ? 1 : 0));
    }

    /// How many windows `t` lies behind the window that begins at `start`: a subtraction, a multiplication, a shift.
    ///
    /// Exact for `t` in `[start, start + 2^62 us)`; anything else gives a number of at least 2^62 / size.
    [[nodiscard]] constexpr std::uint64_t windows_since(timestamp t, timestamp start) const noexcept {
        // Division by multiplication with the rounded-up reciprocal of 64 bits: the error, at most one part in 2^63, cannot
        // reach the next integer while the dividend has 62 bits (Granlund and Montgomery, PLDI 1994).
        std::uint64_t const since = static_cast<std::uint64_t>(t.time_since_epoch().count()) -
                                    static_cast<std::uint64_t>(start.time_since_epoch().count());
        if (shift_ < 0) [[unlikely]] return since;  // a size of one tick
        return static_cast<std::uint64_t>((static_cast<uint128>(since) * reciprocal_) >> 64) >> shift_;
    }

    /// The first instant of a window.
    [[nodiscard]] constexpr timestamp start_of(std::int64_t number) const noexcept {
        auto const start = static_cast<int128>(number) * size_.count() + offset_;
        if (start > std::numeric_limits<std::int64_t>::max()) return end_of_time;
        if (start < std::numeric_limits<std::int64_t>::min()) return beginning_of_time;
        return timestamp(duration(static_cast<std::int64_t>(start)));
    }

    /// The first instant behind a window.
    [[nodiscard]] constexpr timestamp end_of(std::int64_t number) const noexcept {
        if (number == std::numeric_limits<std::int64_t>::max()) [[unlikely]] return end_of_time;
        return start_of(number + 1);
    }

    [[nodiscard]] constexpr duration size() const noexcept { return size_; }
    [[nodiscard]] constexpr duration offset() const noexcept { return duration(offset_); }
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }

private:
    friend detail::paired_panes;

    duration size_;  ///< one tick where it is not valid: what is pushed before the first step must not divide by zero
    std::int64_t offset_ = 0;
    bool valid_;
    std::uint64_t reciprocal_ = 0;
    int shift_ = 0;
};

explicit tumbling(duration) -> tumbling<>;
explicit tumbling(duration, duration) -> tumbling<>;

}  // namespace weir
