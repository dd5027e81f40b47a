// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::out_of_order {

/// One item of the input.
struct event {
    std::uint64_t key;
    std::int64_t ts_us;  ///< event time, microseconds since the epoch
    std::int64_t value;
};
static_assert(sizeof(event) == 24);

inline constexpr std::int64_t window_us = 10'000'000;
inline constexpr std::int64_t bound_us = 2'000'000;
inline constexpr std::uint64_t key_count = 1'000;

/// Events spread evenly over four windows, of which one in twenty came up to `bound_us` late. The same events, with
/// `in_order`, as they happened.
inline std::vector<event> make_events(std::size_t count, bool in_order, std::uint64_t seed = 7) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    random_source random(seed);
    std::vector<event> events;
    events.reserve(count);
    double const step = 4.0 * static_cast<double>(window_us) / static_cast<double>(count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        bool const behind = random.below(20) == 0;
        std::int64_t const by = behind ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us) + 1)) : 0;
        events.push_back({mix(random.below(key_count) + 1), latest - by, static_cast<std::int64_t>(random.below(1'000))});
    }
    if (in_order)
        std::stable_sort(events.begin(), events.end(), [](event const& a, event const& b) { return a.ts_us < b.ts_us; });
    return events;
}

}  // namespace bench::out_of_order
