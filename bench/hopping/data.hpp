// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::hopping {

/// One item of the input.
struct event {
    std::uint64_t key;
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
};

inline constexpr std::int64_t advance_us = 1'000'000;
inline constexpr std::int64_t bound_us = 1'000'000;  ///< how far out of order an item may be without being late
inline constexpr std::size_t advances = 120;         ///< that the events are spread over

/// Events spread evenly over 120 advances, each up to `bound_us` behind the latest. One in 65,536 is ten minutes further
/// behind, late for every window. Keys are uniform over `key_count` values scattered over 64 bits.
inline std::vector<event> make_events(std::size_t count, std::uint64_t key_count, std::uint64_t seed = 3) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    random_source random(seed);
    std::vector<event> events;
    events.reserve(count);
    double const step = static_cast<double>(advances) * static_cast<double>(advance_us) / static_cast<double>(count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        auto const behind = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us) + 1));
        bool const late = at != 0 && random.below(65'536) == 0;
        events.push_back({mix(random.below(key_count) + 1), latest - behind - (late ? 600'000'000 : 0)});
    }
    return events;
}

}  // namespace bench::hopping
