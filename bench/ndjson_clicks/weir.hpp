// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>
#include <weir/adapter/simdjson.hpp>
#include <weir/source/lines.hpp>
#include <weir/transform/decode.hpp>

#include <chrono>
#include <string_view>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::ndjson_clicks {

struct click {
    weir::timestamp ts;
    std::string_view page;
    std::string_view country;
};

/// From decoded payloads to counted windows: what follows any source of clicks.
template <class Source>
auto page_minutes(Source source, answer& into) {
    return weir::from(std::move(source))
         | weir::decode(weir::json<click>())
         | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(std::chrono::milliseconds(bound_ms)))
         | weir::key_by<&click::page, &click::country>()
         | weir::window(weir::tumbling(std::chrono::milliseconds(window_ms)), weir::drop_late)
         | weir::aggregate(weir::count())
         | weir::call([consume = checksum_rows{into}](auto const& row) {
               consume(row.template get<"window_start">().time_since_epoch().count(), row.template get<"page">(),
                       row.template get<"country">(), row.template get<"count">());
           });
}

[[gnu::noinline]] inline answer by_weir(clicks const& input) {
    answer result;
    auto job = page_minutes(weir::lines(input.text()), result);
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::ndjson_clicks
