// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// Sorts by a number, `number_of(each)`, in as many passes over all as the greatest number has pieces of 11 bits; what has
/// the same number keeps its order. `spare` has as much room as there are things to sort. Source: Knuth, "Sorting and
/// Searching", section 5.2.5.
template <class T, class NumberOf>
void radix_sort(owner<T[]>& all, owner<T[]>& spare, std::size_t count, NumberOf&& number_of) {
    constexpr int bits = 11;
    constexpr std::size_t buckets = std::size_t{1} << bits;
    std::uint64_t greatest = 0;
    for (std::size_t i = 0; i < count; ++i) greatest |= number_of(all[i]);
    owner<std::size_t[]> places(new std::size_t[buckets]);
    for (int shift = 0; shift < 64 && greatest >> shift != 0; shift += bits) {
        auto const bucket_of = [&](T const& each) { return static_cast<std::size_t>(number_of(each) >> shift) & (buckets - 1); };
        for (std::size_t i = 0; i < buckets; ++i) places[i] = 0;
        for (std::size_t i = 0; i < count; ++i) ++places[bucket_of(all[i])];
        std::size_t before = 0;
        for (std::size_t i = 0; i < buckets; ++i) before += std::exchange(places[i], before);
        for (std::size_t i = 0; i < count; ++i) spare[places[bucket_of(all[i])]++] = all[i];
        all.swap(spare);
    }
}

}  // namespace weir::detail
