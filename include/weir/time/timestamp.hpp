// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

namespace weir {

/// A span of time, in microseconds.
using duration = std::chrono::microseconds;

/// A point of event or wall-clock time: microseconds since 1970-01-01T00:00:00Z, negative before.
using timestamp = std::chrono::sys_time<duration>;

/// Before every event: a watermark that promises nothing.
inline constexpr timestamp beginning_of_time = timestamp::min();

/// After every event: the watermark of a stream that has ended.
inline constexpr timestamp end_of_time = timestamp::max();

/// `t + d`, held within the range of `timestamp`: a bound far away stays far away instead of overflowing.
[[nodiscard]] constexpr timestamp saturating_add(timestamp t, duration d) noexcept {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(t.time_since_epoch().count(), d.count(), &sum))
        return d.count() > 0 ? end_of_time : beginning_of_time;
    return timestamp(duration(sum));
}

/// `t - d`, held within the range of `timestamp`.
[[nodiscard]] constexpr timestamp saturating_subtract(timestamp t, duration d) noexcept {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(t.time_since_epoch().count(), d.count(), &difference))
        return d.count() > 0 ? beginning_of_time : end_of_time;
    return timestamp(duration(difference));
}

}  // namespace weir
