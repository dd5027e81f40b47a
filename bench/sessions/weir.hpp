// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"
#include "rows.hpp"

namespace bench::sessions {

[[gnu::noinline]] inline answer by_weir(std::span<event const> events) {
    constexpr weir::duration gap(gap_us), bound(bound_us);
    answer result;
    auto job = weir::from(weir::values(events))
             | weir::event_time([](event const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(bound))
             | weir::key_by<&event::key>()
             | weir::window(weir::session(gap), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([consume = checksum_sessions{result}](auto const& row) {
                   consume(row.template get<"window_start">().time_since_epoch().count(),
                           row.template get<"last_event">().time_since_epoch().count(), row.template get<"key">(),
                           row.template get<"count">());
               });
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::sessions
