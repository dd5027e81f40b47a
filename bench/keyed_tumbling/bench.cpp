// SPDX-License-Identifier: Apache-2.0
// Problem: how many events had each key in each ten seconds, when events come up to ten seconds out of order?

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

comparison with_keys(char const* name, std::uint64_t key_count, std::size_t events) {
    using namespace keyed_tumbling;
    return {name, 1.10, [=](paired_options const& options) {
                auto const data = std::make_shared<std::vector<event> const>(make_events(events, key_count));
                return sides{
                    [data] { return by_weir(*data); },
                    fastest_of({{"sparse table", [data] { return by_hand<sparse_table, 0>(*data); }},
                                {"sparse table, prefetched", [data] { return by_hand<sparse_table, 16>(*data); }},
                                {"groups of four", [data] { return by_hand<grouped_table, 0>(*data); }},
                                {"groups of four, prefetched", [data] { return by_hand<grouped_table, 24>(*data); }}},
                               options),
                    data->size()};
            }};
}

}  // namespace

suite problems() {
    suite all;
    all.comparisons.push_back(with_keys("keyed_tumbling/1000", 1'000, 16'000'000));
    all.comparisons.push_back(with_keys("keyed_tumbling/100000", 100'000, 16'000'000));
    all.comparisons.push_back(with_keys("keyed_tumbling/1000000", 1'000'000, 16'000'000));
    return all;
}

}  // namespace bench
