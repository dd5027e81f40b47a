// SPDX-License-Identifier: Apache-2.0
// Problem: Nexmark's query 5, hot items: which auction had the most bids in the last ten seconds, told anew every two
// seconds?

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

suite problems() {
    suite all;
    all.comparisons.push_back(
        {"nexmark_q5/hot_items", 1.15, [](paired_options const& options) {
             using namespace nexmark_q5;
             auto const data = std::make_shared<std::vector<bid> const>(make_bids(16'000'000));
             return sides{[data] { return by_weir(*data); },
                          fastest_of({{"counts in the slot", [data] { return by_hand<0>(*data); }},
                                      {"counts in the slot, prefetched", [data] { return by_hand<16>(*data); }}},
                                     options),
                          data->size()};
         }});
    return all;
}

}  // namespace bench
