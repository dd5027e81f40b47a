// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <cstdint>
#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "by_hand.hpp"
#include "data.hpp"

namespace bench::ysb {

/// A view with its campaign.
struct campaign_view {
    std::uint16_t campaign;
    weir::timestamp ts;
};

/// The table of advertisements is the host's own on both sides, and on both sides a campaign is known by a small number
/// from there on.
[[gnu::noinline]] inline answer by_weir(std::span<ad_event const> events, std::span<ad const> ads) {
    constexpr weir::duration window(window_us), bound(bound_us);
    answer result;
    campaign_of_ad const campaign_of(ads);
    auto job = weir::from(weir::values(events))
             | weir::filter([](ad_event const& each) { return each.type == event_type::view; })
             | weir::map([&campaign_of](ad_event const& each) {
                   return campaign_view{static_cast<std::uint16_t>(campaign_of[each.ad_id]),
                                        weir::timestamp(weir::duration(each.ts_us))};
               })
             | weir::event_time<&campaign_view::ts>(weir::bounded_out_of_orderness(bound))
             | weir::key_by<&campaign_view::campaign>()
             | weir::window(weir::tumbling(window), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([&campaign_of, consume = checksum_rows{result}](auto const& row) {
                   consume(row.template get<"window_start">().time_since_epoch().count(),
                           campaign_of.campaigns()[row.template get<"campaign">()], row.template get<"count">());
               });
    take_ledger(finish(job), result);
    return result;
}

}  // namespace bench::ysb
