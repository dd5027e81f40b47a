// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../harness/answer.hpp"
#include "click_fields.hpp"
#include "data.hpp"

namespace bench::ndjson_clicks {

/// Parses, reads the three fields, and does nothing with them but prove that they were read. No windows, no keys.
template <auto Read>
[[gnu::noinline]] answer simdjson_alone(clicks const& input) {
    answer result;
    simdjson::ondemand::parser parser;
    auto rest = input.text();
    while (!rest.empty()) {
        for_each_click<Read>(
            parser, take_block(rest),
            [&](click_fields const& click) {
                ++result.items;
                result.checksum += static_cast<std::uint64_t>(click.ts_ms) + 3 * click.page.size() +
                                   static_cast<std::uint8_t>(click.country.front());
            },
            [&] { ++result.rows; });
    }
    return result;
}

}  // namespace bench::ndjson_clicks
