// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace web_clicks {

/// A click as it stands in the topic, and as a row of `clicks_raw`.
struct click {
    std::string_view event_id, user_id;
    weir::timestamp ts;
    std::string_view page, referrer, country, device;
};

/// A row of `page_minute_agg`, and of `page_minute_anomalies` where its count stands out.
struct page_minute {
    weir::timestamp window_start, window_end;
    std::string_view page, country;
    std::uint64_t cnt;
    std::uint64_t unique_users;
    std::optional<double> z_score;  ///< of the count, against the minutes of the same page and country before; absent: too few
    bool is_anomaly;
};

}  // namespace web_clicks
