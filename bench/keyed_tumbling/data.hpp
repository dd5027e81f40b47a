// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::keyed_tumbling {

/// One item of the input.
struct event {
    std::uint64_t key;
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
    std::int64_t value;
};
static_assert(sizeof(event) == 24);

inline constexpr std::int64_t window_us = 10'000'000;
inline constexpr std::int64_t bound_us = 10'000'000;  ///< how far out of order an item may be without being late

/// Events spread evenly over four windows, each up to `bound_us` behind the latest. One in 65,536 is a minute further
/// behind, so that the road of the late items is measured and compared too. Keys are uniform over `key_count` values
/// scattered over 64 bits.
inline std::vector<event> make_events(std::size_t count, std::uint64_t key_count, std::uint64_t seed = 2) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    random_source random(seed);
    std::vector<event> events;
    events.reserve(count);
    double const step = 4.0 * static_cast<double>(window_us) / static_cast<double>(count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        auto const behind = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us) + 1));
        bool const late = random.below(65'536) == 0;
        events.push_back({mix(random.below(key_count) + 1), latest - behind - (late ? 60'000'000 : 0),
                          static_cast<std::int64_t>(random.below(1'000))});
    }
    return events;
}

}  // namespace bench::keyed_tumbling
