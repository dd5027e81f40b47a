// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "../harness/answer.hpp"

namespace bench::sliding {

/// The consumer that every side ends in.
struct checksum_of {
    answer& into;

    void operator()(std::int64_t end, std::int64_t greatest) const noexcept {
        ++into.rows;
        into.checksum += mix(static_cast<std::uint64_t>(end) ^ (static_cast<std::uint64_t>(greatest) << 20U));
    }

    /// Sides add weights up in orders of their own: means are compared to nine digits.
    void operator()(std::int64_t end, std::uint64_t count, std::int64_t sum, std::int64_t least, std::int64_t greatest,
                    double mean) const noexcept {
        ++into.rows;
        auto const digits = static_cast<std::uint64_t>(std::llround(mean * 1e9));
        into.checksum += mix(static_cast<std::uint64_t>(end) ^ (count << 40U)) + 3 * mix(static_cast<std::uint64_t>(sum)) +
                         5 * mix(static_cast<std::uint64_t>(least) ^ (static_cast<std::uint64_t>(greatest) << 30U)) + 7 * mix(digits);
    }
};

}  // namespace bench::sliding
