// SPDX-License-Identifier: Apache-2.0
// Problem: what does it cost when one event in twenty comes late, but within the bound? The rival is weir itself, over the
// same events in order.

#include "../harness/suite.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

suite problems() {
    using namespace out_of_order;
    suite all;
    all.comparisons.push_back({"out_of_order/5_percent", 1.35, [](paired_options const& options) {
                                   constexpr std::size_t events = 16'000'000;
                                   auto const late = std::make_shared<std::vector<event> const>(make_events(events, false));
                                   auto const sorted = std::make_shared<std::vector<event> const>(make_events(events, true));
                                   return sides{[late] { return by_weir(*late); },
                                                fastest_of({{"in order", [sorted] { return by_weir(*sorted); }}}, options), late->size()};
                               }});
    return all;
}

}  // namespace bench
