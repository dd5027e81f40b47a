// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/int128.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <limits>

namespace weir::detail {

/// `a / b` rounded towards the past, for `b` > 0.
[[nodiscard]] constexpr int128 floor_of(int128 a, int128 b) noexcept { return a / b - (a % b < 0 ? 1 : 0); }

/// The nearest number of 64 bits.
[[nodiscard]] constexpr std::int64_t saturated(int128 x) noexcept {
    if (x > std::numeric_limits<std::int64_t>::max()) return std::numeric_limits<std::int64_t>::max();
    if (x < std::numeric_limits<std::int64_t>::min()) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(x);
}

/// The nearest instant that a timestamp can hold.
[[nodiscard]] constexpr timestamp saturated_time(int128 micros) noexcept { return timestamp(duration(saturated(micros))); }

}  // namespace weir::detail
