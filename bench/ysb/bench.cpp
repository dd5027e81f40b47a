// SPDX-License-Identifier: Apache-2.0
// Problem: the shape of the Yahoo streaming benchmark. Keep the views (a third), look up the campaign of the
// advertisement (1,000 of 100 campaigns), count per campaign and ten seconds.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

suite problems() {
    using namespace ysb;
    suite all;
    all.comparisons.push_back(
        {"ysb", 1.10, [](paired_options const& options) {
             auto const data = std::make_shared<std::vector<ad_event> const>(make_events(8'000'000));
             auto const ads = std::make_shared<std::vector<ad> const>(make_ads());
             return sides{
                 [=] { return by_weir(*data, *ads); },
                 fastest_of({{"one by one", [=] { return by_hand(*data, *ads); }},
                             {"views gathered, input prefetched", [=] { return by_hand_gathered(*data, *ads); }},
                            {"views gathered, input overlapped", [=] { return by_hand_overlapped(*data, *ads); }}},
                            options),
                 data->size()};
         }});
    return all;
}

}  // namespace bench
