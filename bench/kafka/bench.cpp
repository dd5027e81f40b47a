// SPDX-License-Identifier: Apache-2.0
// needs: kafka simdjson
//
// Problem: a topic of clicks in a broker inside this process; count the records, and count the clicks per (page,
// country) and minute. Against a bare loop over the same topic, which does nothing with the records.
//
// The wall judges, since librdkafka's threads share in the work, and nothing is pinned, since they inherit the mask.

#include "../harness/suite.hpp"
#include "by_hand.hpp"
#include "data.hpp"
#include "weir.hpp"

#include <memory>

namespace bench {

namespace {

/// Filled once for both comparisons, when the first one runs.
std::shared_ptr<kafka::filled_topic const> topic() {
    static auto const filled = std::make_shared<kafka::filled_topic const>();
    return filled;
}

comparison with_weir(char const* name, double gate, answer (*by_weir)(kafka::filled_topic const&)) {
    return {name,
            gate,
            [by_weir](paired_options const& options) {
                auto const filled = topic();
                return sides{[=] { return by_weir(*filled); },
                             fastest_of({{"consume_batch_queue", [=] { return kafka::by_hand(*filled); }}}, options, 2),
                             filled->records()};
            },
            {.time = time_kind::wall, .agree = agreement::items_only, .pin = false}};
}

}  // namespace

suite problems() {
    suite all;
    all.comparisons.push_back(with_weir("kafka/count", 1.05, kafka::count_by_weir));
    all.comparisons.push_back(with_weir("kafka/json_windows", 1.25, kafka::windows_by_weir));
    return all;
}

}  // namespace bench
