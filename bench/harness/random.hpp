// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "answer.hpp"

namespace bench {

/// Seeded generator for input data (splitmix64): the same seed gives the same data on every platform and library.
class random_source {
public:
    explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept { return mix(state_ += 0x9e3779b97f4a7c15U); }

    /// Uniform in `[0, bound)`, `bound` > 0 and below 2^32 (multiply and shift; the bias is below 2^-32).
    std::uint64_t below(std::uint64_t bound) noexcept { return ((next() >> 32U) * bound) >> 32U; }

    /// Uniform in `[0, 1)`.
    double unit() noexcept { return static_cast<double>(next() >> 11U) * 0x1p-53; }

private:
    std::uint64_t state_;
};

/// Draws ranks `[0, n)` with probability proportional to `1 / (rank + 1)^exponent`: popular pages are popular.
class zipf {
public:
    zipf(std::size_t n, double exponent) : cumulative_(n) {
        double total = 0;
        for (std::size_t rank = 0; rank < n; ++rank) {
            total += 1 / std::pow(static_cast<double>(rank + 1), exponent);
            cumulative_[rank] = total;
        }
    }

    std::size_t operator()(random_source& random) const {
        double const point = random.unit() * cumulative_.back();
        auto const at = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
        return std::min(static_cast<std::size_t>(at - cumulative_.begin()), cumulative_.size() - 1);
    }

private:
    std::vector<double> cumulative_;
};

}  // namespace bench
