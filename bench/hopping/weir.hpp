// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::hopping {

/// Every key's count in windows of so many advances.
[[gnu::noinline]] inline answer by_weir(std::span<event const> events, std::int64_t overlap) {
    constexpr weir::duration advance(advance_us), bound(bound_us);
    answer result;
    auto job = weir::from(weir::values(events))
             | weir::event_time([](event const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(bound))
             | weir::key_by<&event::key>()
             | weir::window(weir::hopping(advance * overlap, advance), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([consume = checksum_rows{result}](auto const& row) {
                   consume(row.template get<"window_start">().time_since_epoch().count(), row.template get<"key">(),
                           row.template get<"count">());
               });
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::hopping
