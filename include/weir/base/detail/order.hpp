// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weir::detail {

// std::min and std::max come with all of <algorithm>, which costs every program more compile time than all stages do.

/// The lesser of two values; the first when they are equal.
template <class T>
[[nodiscard, gnu::always_inline]] constexpr T min_of(T a, T b) noexcept {
    return b < a ? b : a;
}

/// The greater of two values; the first when they are equal.
template <class T>
[[nodiscard, gnu::always_inline]] constexpr T max_of(T a, T b) noexcept {
    return a < b ? b : a;
}

/// Whether `holds` is true of one element at least.
template <class Range, class Condition>
[[nodiscard]] constexpr bool holds_for_any(Range const& all, Condition&& holds) {
    for (auto const& each : all)
        if (holds(each)) return true;
    return false;
}

/// Whether `holds` is true of every element.
template <class Range, class Condition>
[[nodiscard]] constexpr bool holds_for_all(Range const& all, Condition&& holds) {
    for (auto const& each : all)
        if (!holds(each)) return false;
    return true;
}

}  // namespace weir::detail
