// SPDX-License-Identifier: Apache-2.0
// Problem: the sessions of each key, when one event in ten comes up to five seconds out of order.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

comparison with_keys(char const* name, std::uint64_t key_count, std::size_t events) {
    using namespace sessions;
    return {name, 1.15, [=](paired_options const& options) {
                auto const data = std::make_shared<std::vector<event> const>(make_events(events, key_count));
                return sides{
                    [data] { return by_weir(*data); },
                    fastest_of({{"table and wheel", [data] { return by_hand<0>(*data); }},
                                {"table and wheel, prefetched", [data] { return by_hand<16>(*data); }}},
                               options),
                    data->size()};
            }};
}

}  // namespace

suite problems() {
    suite all;
    all.comparisons.push_back(with_keys("sessions/100000", 100'000, 8'000'000));
    return all;
}

}  // namespace bench
