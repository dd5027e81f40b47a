// SPDX-License-Identifier: Apache-2.0
//
// Problem: map structs, filter them, sum what is left. What does a stage cost that does nearly nothing?

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

comparison over(char const* name, double gate, std::size_t count, std::size_t passes) {
    using namespace map_filter_sum;
    return {name, gate, [=](paired_options const& options) {
                auto const data = std::make_shared<std::vector<trade> const>(make_trades(count));
                return sides{[=] { return by_weir(*data, passes); },
                             fastest_of({{"plain loop", [=] { return by_hand<sum_plain>(*data, passes); }},
                                         {"unrolled", [=] { return by_hand<sum_unrolled>(*data, passes); }},
                                         {"branchless", [=] { return by_hand<sum_branchless>(*data, passes); }}},
                                        options),
                             count * passes};
            }};
}

}  // namespace

suite problems() {
    suite all;
    // A stream comes from memory, as everywhere in this bench. The same trades over and over, in the second-level
    // cache, show what the memory hides, down to how a compiler unrolls: they have the same gate.
    all.comparisons.push_back(over("map_filter_sum/stream", 1.05, 16'000'000, 4));
    all.comparisons.push_back(over("map_filter_sum/in_cache", 1.05, 20'000, 5'000));
    return all;
}

}  // namespace bench
