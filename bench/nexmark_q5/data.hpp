// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::nexmark_q5 {

/// A bid of the auction benchmark Nexmark (Tucker, Tufte, Papadimos, Maier: "NEXMark - A Benchmark for Queries over Data
/// Streams", 2008), without what query 5 does not look at.
struct bid {
    std::uint64_t auction;
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
};

inline constexpr std::int64_t size_us = 10'000'000;
inline constexpr std::int64_t advance_us = 2'000'000;
inline constexpr std::int64_t bound_us = 2'000'000;  ///< how far out of order a bid may come without being late

/// Bids as Nexmark's generator makes them: of 50 events 46 are bids and 3 begin an auction, every other bid is for the
/// hottest auction (the newest with a number that is a multiple of 100), the others are spread over the 100 newest. They
/// come up to `bound_us` out of order, 100,000 a second.
inline std::vector<bid> make_bids(std::size_t count, std::uint64_t seed = 5) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    constexpr std::uint64_t first_auction = 1'000, in_flight = 100, hot = 100;
    random_source random(seed);
    std::vector<bid> bids;
    bids.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        std::uint64_t const newest = first_auction + in_flight + at * 3 / 46;
        std::uint64_t const auction =
            random.below(2) == 0 ? newest / hot * hot : newest - random.below(in_flight);
        auto const behind = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us) + 1));
        bids.push_back({auction, begin + static_cast<std::int64_t>(at) * 10 - behind});
    }
    return bids;
}

}  // namespace bench::nexmark_q5
