// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::map_filter_sum {

/// One item of the input.
struct trade {
    std::uint64_t id;
    std::int64_t price;  ///< in hundredths
    std::int32_t quantity;
    std::int32_t venue;
};

/// What the map makes of a trade.
struct notional {
    std::uint64_t id;
    std::int64_t amount;
};

/// The filter keeps amounts above this. Prices wander, so that the filter's answer comes in streaks as it does in
/// life. With prices drawn afresh each time, a run took the time of its mispredicted branches: 14 ms or 71 ms for the
/// same loop, depending on where the compiler had placed it. That says nothing about the cost of a stage.
inline constexpr std::int64_t limit = 250'000;

inline std::vector<trade> make_trades(std::size_t count, std::uint64_t seed = 1) {
    random_source random(seed);
    std::vector<trade> trades;
    trades.reserve(count);
    std::int64_t price = limit / 50;
    for (std::size_t at = 0; at < count; ++at) {
        price = std::clamp<std::int64_t>(price + static_cast<std::int64_t>(random.below(201)) - 100, 1, 10'000);
        trades.push_back(
            {at, price, static_cast<std::int32_t>(48 + random.below(5)), static_cast<std::int32_t>(random.below(8))});
    }
    return trades;
}

}  // namespace bench::map_filter_sum
