// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::sessions {

/// One item of the input.
struct event {
    std::uint64_t key;
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
};
static_assert(sizeof(event) == 16);

inline constexpr std::int64_t gap_us = 30'000'000;
inline constexpr std::int64_t bound_us = 5'000'000;  ///< how far out of order an item may be without being late

/// Events of uniform keys, a key's on the average 13 s apart, so that a session has some ten of them. One in ten is up to
/// `bound_us` behind the latest, so that now and then sessions are joined and a key has two at once; one in 65,536 is two
/// minutes further behind, so that the road of the late items is measured and compared too.
inline std::vector<event> make_events(std::size_t count, std::uint64_t key_count, std::uint64_t seed = 3) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    random_source random(seed);
    std::vector<event> events;
    events.reserve(count);
    double const step = 13e6 / static_cast<double>(key_count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        bool const disorder = random.below(10) == 0;
        auto const behind = disorder ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us) + 1)) : 0;
        bool const late = random.below(65'536) == 0;
        events.push_back({mix(random.below(key_count) + 1), latest - behind - (late ? 120'000'000 : 0)});
    }
    return events;
}

}  // namespace bench::sessions
