// SPDX-License-Identifier: Apache-2.0
// needs: kafka
#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/adapter/kafka/source.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::semantics_idle_partitions {

using namespace std::chrono_literals;

TEST_CASE("Kafka's proof is that the position is the high watermark, checked with the broker, and quiet for `idle_timeout`.") {
    weir::kafka::embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 5);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .idle_timeout = 10s}, state);
    auto const idle = [&] { return std::count(state->lanes.begin(), state->lanes.end(), "t/0 idle") != 0; };
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 5; }));
    for (int i = 0; i < 100; ++i) step(job, clock);  // all is read, but not for ten seconds yet
    CHECK_FALSE(idle());
    broker.broker_down();  // long quiet, but the broker cannot be asked
    for (int i = 0; i < 20; ++i) {
        clock.now += 2s;
        step(job, clock);
    }
    CHECK_FALSE(idle());
    broker.broker_up();
    clock.tick = 100ms;
    REQUIRE(step_until(job, clock, idle));
}

}  // namespace weir_test::semantics_idle_partitions
