// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../harness/random.hpp"

namespace bench::ysb {

enum class event_type : std::uint32_t { view, click, purchase };

/// One item of the input: an advertisement was seen, clicked, or led to a purchase (the Yahoo streaming benchmark's
/// event).
struct ad_event {
    std::uint64_t user_id;
    std::uint64_t page_id;
    std::uint64_t ad_id;
    std::int64_t ts_us;
    std::uint32_t ad_type;
    event_type type;
    std::uint32_t ip_address;
    std::array<std::uint8_t, 20> padding;
};
static_assert(sizeof(ad_event) == 64);

inline constexpr std::int64_t window_us = 10'000'000;
inline constexpr std::int64_t bound_us = 1'000'000;

inline constexpr std::size_t ad_count = 1'000;
inline constexpr std::size_t campaign_count = 100;

/// A line of the table that is looked up: which campaign an advertisement belongs to. Ids are scattered over 64 bits.
struct ad {
    std::uint64_t ad_id;
    std::uint64_t campaign_id;
};

inline std::vector<ad> make_ads() {
    std::vector<ad> ads;
    for (std::size_t at = 0; at < ad_count; ++at) ads.push_back({mix(1'000'000 + at), mix(1 + at % campaign_count)});
    return ads;
}

/// A third of the events are views, evenly spread over a minute of event time, up to `bound_us` out of order.
inline std::vector<ad_event> make_events(std::size_t count, std::uint64_t seed = 3) {
    constexpr std::int64_t begin = 1'700'000'000'000'000;
    auto const ads = make_ads();
    random_source random(seed);
    std::vector<ad_event> events;
    events.reserve(count);
    double const step = 60e6 / static_cast<double>(count);
    for (std::size_t at = 0; at < count; ++at) {
        auto const latest = begin + static_cast<std::int64_t>(static_cast<double>(at) * step);
        ad_event each{};
        each.user_id = random.next();
        each.page_id = random.next();
        each.ad_id = ads[random.below(ad_count)].ad_id;
        each.ts_us = latest - static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_us)));
        each.ad_type = static_cast<std::uint32_t>(random.below(5));
        each.type = static_cast<event_type>(random.below(3));
        each.ip_address = static_cast<std::uint32_t>(random.next());
        events.push_back(each);
    }
    return events;
}

}  // namespace bench::ysb
