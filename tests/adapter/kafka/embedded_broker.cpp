// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/embedded_broker.hpp>

#include <weir/adapter/kafka/source.hpp>

#include <catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <support/kafka_jobs.hpp>

namespace weir_test::adapter_kafka_embedded_broker {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::kafka::embedded_broker;

TEST_CASE("topics are made with as many partitions as asked for, once") {
    embedded_broker broker({.brokers = 2, .partitions = 3});
    CHECK(broker.failure() == nullptr);
    CHECK_THAT(broker.brokers(), ContainsSubstring(","));
    REQUIRE(broker.create_topic("five", 5).has_value());
    CHECK_FALSE(broker.create_topic("five", 5).has_value());
    CHECK(broker.produce("five", 4, {}, "x").has_value());
    CHECK(broker.produce("three", 2, {}, "x").has_value());
    CHECK(broker.flush().has_value());
    CHECK(*broker.offsets("five", 4) == std::pair<std::int64_t, std::int64_t>(0, 1));
    CHECK(*broker.offsets("five", 0) == std::pair<std::int64_t, std::int64_t>(0, 0));
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "three", .until_end = true}, state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(state->lanes.size() == 6);
}

TEST_CASE("what cannot fit is refused, and what was forgotten is reported: never silence") {
    std::string const kilobyte(1000, 'x');
    SECTION("refused before it is sent") {
        embedded_broker broker({.partitions = 2});
        weir::result<void> done;
        int written = 0;
        while ((done = broker.produce("t", 0, {}, kilobyte)).has_value()) ++written;
        CHECK(written == (5 << 20) / 1007);
        CHECK(done.problem().place == "t/0");
        CHECK_THAT(done.problem().cause, ContainsSubstring("5 MiB"));
        CHECK(broker.produce("t", 1, {}, kilobyte).has_value());
    }
    SECTION("reported by flush: many small batches take more room than their records") {
        embedded_broker broker({.partitions = 1, .compress = weir::kafka::compression::lz4});
        std::string incompressible(1 << 20, '\0');
        std::mt19937 random(3);
        for (char& c : incompressible) c = static_cast<char>(random());
        for (int i = 0; i < 5; ++i) {
            REQUIRE(broker.produce("t", 0, {}, std::string_view(incompressible).substr(0, 900'000)).has_value());
            REQUIRE(broker.flush().has_value());
        }
        for (int i = 0; i < 3; ++i) static_cast<void>(broker.produce("t", 0, {}, std::string_view(incompressible).substr(0, 900'000)));
        weir::result<void> const done = broker.flush();
        REQUIRE_FALSE(done.has_value());
        CHECK(done.problem().place == "t/0");
        CHECK_THAT(done.problem().cause, ContainsSubstring("has forgotten its first"));
        CHECK_FALSE(broker.flush().has_value());
    }
    SECTION("compressed, more fits than it is long") {
        embedded_broker broker({.partitions = 1, .compress = weir::kafka::compression::lz4});
        for (int i = 0; i < 20'000; ++i) REQUIRE(broker.produce("t", 0, {}, kilobyte).has_value());
        REQUIRE(broker.flush().has_value());
        CHECK(broker.offsets("t", 0)->second == 20'000);
    }
}

TEST_CASE("a record that is not stored is an error of flush") {
    embedded_broker broker({.partitions = 1, .timeout = 1s});
    REQUIRE(broker.create_topic("t").has_value());
    broker.broker_down();
    REQUIRE(broker.produce("t", 0, {}, "x").has_value());
    CHECK_FALSE(broker.flush().has_value());
}

TEST_CASE("a group that stored nothing has no offset") {
    embedded_broker broker({.partitions = 1});
    REQUIRE(broker.create_topic("t").has_value());
    CHECK_FALSE(broker.committed("nobody", "t", 0));
}

}  // namespace weir_test::adapter_kafka_embedded_broker
