// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <cstdint>
#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"
#include "rows.hpp"

namespace bench::sliding {

/// The greatest value of the last `window` events, at each event.
[[gnu::noinline]] inline answer max_by_weir(std::span<event const> events, std::int64_t window) {
    answer result;
    auto job = weir::from(weir::values(events))
             | weir::event_time([](event const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(weir::duration(0)))
             | weir::window(weir::count_window(window, 1), weir::drop_late)
             | weir::aggregate(weir::max<&event::value>())
             | weir::call([consume = checksum_of{result}](auto const& row) {
                   consume(row.template get<"window_end">().time_since_epoch().count(), row.template get<"max">());
               });
    take_ledger(finish(job), result);
    return result;
}

/// Five aggregates of the last `window` events, at each event.
[[gnu::noinline]] inline answer all_by_weir(std::span<event const> events, std::int64_t window) {
    answer result;
    auto job = weir::from(weir::values(events))
             | weir::event_time([](event const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(weir::duration(0)))
             | weir::window(weir::count_window(window, 1), weir::drop_late)
             | weir::aggregate(weir::count(), weir::sum<&event::value>(), weir::min<&event::value>(), weir::max<&event::value>(),
                               weir::mean<&event::weight>())
             | weir::call([consume = checksum_of{result}](auto const& row) {
                   consume(row.template get<"window_end">().time_since_epoch().count(), row.template get<"count">(),
                           row.template get<"sum">(), row.template get<"min">(), row.template get<"max">(), *row.template get<"mean">());
               });
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::sliding
