// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>

namespace weir {

/// Counts durations in fixed buckets, from a millisecond to five minutes; what is longer falls into a last one.
///
/// It measures nothing itself: durations come from the clocks that the host gave. Cost: 144 bytes, a short search for
/// each duration, and no allocation. Histograms of equal buckets merge by adding.
class latency_histogram {
public:
    /// The upper bounds of the buckets but the last; a duration that equals a bound belongs to its bucket.
    static constexpr duration bounds[] = {
        duration(1'000),      duration(2'500),      duration(5'000),       duration(10'000),
        duration(25'000),     duration(50'000),     duration(100'000),     duration(250'000),
        duration(500'000),    duration(1'000'000),  duration(2'500'000),   duration(5'000'000),
        duration(10'000'000), duration(30'000'000), duration(60'000'000),  duration(300'000'000)};
    static constexpr std::size_t size = sizeof bounds / sizeof bounds[0] + 1;

    /// Counts one duration. One below zero (a clock was set back) counts as nothing.
    constexpr void note(duration took) noexcept {
        if (took < duration::zero()) took = duration::zero();
        std::size_t bucket = 0;
        while (bucket + 1 < size && took > bounds[bucket]) ++bucket;
        ++counts_[bucket];
        sum_ = saturating_add(timestamp(sum_), took).time_since_epoch();
    }

    /// Adds the counts of another.
    constexpr void merge(latency_histogram const& other) noexcept {
        for (std::size_t bucket = 0; bucket < size; ++bucket) counts_[bucket] += other.counts_[bucket];
        sum_ = saturating_add(timestamp(sum_), other.sum_).time_since_epoch();
    }

    /// How many durations fell into the bucket, below `size`.
    [[nodiscard]] constexpr std::uint64_t in_bucket(std::size_t bucket) const noexcept { return counts_[bucket]; }
    /// How many durations there were.
    [[nodiscard]] constexpr std::uint64_t count() const noexcept {
        std::uint64_t all = 0;
        for (std::uint64_t const each : counts_) all += each;
        return all;
    }
    /// All durations together.
    [[nodiscard]] constexpr duration sum() const noexcept { return sum_; }

private:
    std::uint64_t counts_[size] = {};
    duration sum_{};
};

}  // namespace weir
