// SPDX-License-Identifier: Apache-2.0
//
// Problem: at each event, the aggregates of the last so many events. What does a large window cost, and what is gained by
// not computing each window anew?

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

suite problems() {
    using namespace sliding;
    suite all;
    all.comparisons.push_back({"sliding/max_of_100000", 0.5, [](paired_options const&) {
        auto const data = std::make_shared<std::vector<event> const>(make_events(8'000'000));
        return sides{[=] { return max_by_weir(*data, 100'000); },
                     {{"two stacks", [=] { return max_by_two_stacks(*data, 100'000); }}, ""}, data->size()};
    }});
    // The rival is weir itself over ten events: the size of a window must hardly show.
    all.comparisons.push_back({"sliding/max_of_100000_to_10", 1.3, [](paired_options const&) {
        auto const data = std::make_shared<std::vector<event> const>(make_events(8'000'000));
        return sides{[=] { return max_by_weir(*data, 100'000); },
                     {{"weir, 10 events", [=] { return max_by_weir(*data, 10); }}, ""}, data->size()};
    }, {.agree = agreement::items_only}});
    all.comparisons.push_back({"sliding/five_of_1000", 0.05, [](paired_options const&) {
        auto const data = std::make_shared<std::vector<event> const>(make_events(200'000));
        return sides{[=] { return all_by_weir(*data, 1'000); },
                     {{"computed anew", [=] { return all_by_recomputing(*data, 1'000); }}, ""}, data->size()};
    }});
    return all;
}

}  // namespace bench
