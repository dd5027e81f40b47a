// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <string_view>

namespace clickstream {

/// One click as it comes in: the fields that the windows need. Its JSON has `referrer` and `event_id` too.
struct click {
    std::string_view user_id, page, country, device;
    weir::timestamp ts;
};

}  // namespace clickstream
