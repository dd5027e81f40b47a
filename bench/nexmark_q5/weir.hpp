// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <span>

#include "../harness/answer.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::nexmark_q5 {

/// Of rows that come window by window, the one with the greatest count in each; of equal ones, the least auction.
class hottest {
public:
    explicit hottest(answer& into) : consume_{into} {}
    hottest(hottest const&) = delete;

    void operator()(std::int64_t window_start_us, std::uint64_t auction, std::uint64_t count) {
        if (window_start_us != start_) finish();
        start_ = window_start_us;
        if (count < count_ || (count == count_ && auction > auction_)) return;
        auction_ = auction;
        count_ = count;
    }
    void finish() {
        if (count_ != 0) consume_(start_, auction_, count_);
        count_ = 0;
    }

private:
    checksum_rows consume_;
    std::int64_t start_ = 0;
    std::uint64_t auction_ = 0;
    std::uint64_t count_ = 0;
};

[[gnu::noinline]] inline answer by_weir(std::span<bid const> bids) {
    answer result;
    hottest top(result);
    auto job = weir::from(weir::values(bids))
             | weir::event_time([](bid const& each) { return weir::timestamp(weir::duration(each.ts_us)); },
                                weir::bounded_out_of_orderness(weir::duration(bound_us)))
             | weir::key_by<&bid::auction>()
             | weir::window(weir::hopping(weir::duration(size_us), weir::duration(advance_us)), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::call([&](auto const& row) {
                   top(row.template get<"window_start">().time_since_epoch().count(), row.template get<"auction">(),
                       row.template get<"count">());
               });
    take_ledger(finish(job), result);
    top.finish();
    return result;
}

}  // namespace bench::nexmark_q5
