// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <cstdint>
#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::out_of_order {

[[gnu::noinline]] inline answer by_weir(std::span<event const> events) {
    answer result;
    auto job = weir::from(weir::values(events))
             | weir::event_time([](event const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(weir::duration(bound_us)))
             | weir::key_by<&event::key>()
             | weir::window(weir::tumbling(weir::duration(window_us)), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([consume = checksum_rows{result}](auto const& row) {
                   consume(row.template get<"window_start">().time_since_epoch().count(), row.template get<"key">(),
                           row.template get<"count">());
               });
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::out_of_order
