// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::sliding {

/// One item of the input: in order of time.
struct event {
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
    std::int64_t value;
    double weight;
};
static_assert(sizeof(event) == 24);

/// Events in order, each up to 20 us behind the one before it, some at the same microsecond.
inline std::vector<event> make_events(std::size_t count, std::uint64_t seed = 11) {
    random_source random(seed);
    std::vector<event> events;
    events.reserve(count);
    std::int64_t now = 1'700'000'000'000'000;
    for (std::size_t at = 0; at < count; ++at) {
        now += static_cast<std::int64_t>(random.below(21));
        events.push_back({now, static_cast<std::int64_t>(random.below(1'000'000'000)), random.unit()});
    }
    return events;
}

}  // namespace bench::sliding
