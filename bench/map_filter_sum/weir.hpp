// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir.hpp>

#include <cstdint>
#include <span>

#include "../harness/answer.hpp"
#include "../harness/barrier.hpp"
#include "../harness/finish.hpp"
#include "data.hpp"

namespace bench::map_filter_sum {

[[gnu::noinline]] inline answer by_weir(std::span<trade const> trades, std::size_t passes) {
    std::uint64_t rows = 0;
    std::int64_t sum = 0;
    auto job = weir::from(weir::push<trade>())
             | weir::map([](trade const& each) { return notional{each.id, each.price * each.quantity}; })
             | weir::filter([](notional const& each) { return each.amount > limit; })
             | weir::call([&](notional const& each) {
                   ++rows;
                   sum += each.amount;
               });
    for (std::size_t pass = 0; pass < passes; ++pass) {
        job.push(trades);
        reread_memory();
    }
    job.stop();
    auto const items = finish(job).total().in;
    return {.items = items, .rows = rows, .checksum = static_cast<std::uint64_t>(sum)};
}

}  // namespace bench::map_filter_sum
