// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/options.hpp>

#include <weir/adapter/kafka/detail/configuration.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>

namespace weir_test::adapter_kafka_options {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("the defaults lose nothing and never wait for ever") {
    weir::kafka::source_options const source{.brokers = "localhost:9092", .topic = "web.clicks", .group = "page-minutes"};
    CHECK(source.start == weir::kafka::start_at::stored);
    CHECK_FALSE(source.idle_timeout);
    CHECK_FALSE(source.until_end);
    CHECK(source.connect_timeout == 10s);
    weir::kafka::sink_options const sink{.brokers = "localhost:9092", .topic = "out"};
    CHECK(sink.acks == weir::kafka::acknowledged_by::all_replicas);
    CHECK(sink.idempotent == weir::kafka::idempotence::automatic);
    CHECK(sink.partitioner == "murmur2_random");
    CHECK(sink.on_undeliverable == weir::kafka::undeliverable::fail);
}

/// What is wrong with these settings of a source, in one line; empty when nothing is.
std::string complaint_about(weir::kafka::settings_map const& settings, std::string const& brokers = "a:1,b:2") {
    weir::kafka::detail::configuration conf(brokers);
    conf.pass_on(settings, weir::kafka::detail::reserved_by_source);
    return conf.problem() ? to_string(*conf.problem()) : "";
}

TEST_CASE("settings pass through, what has a field of its own is refused") {
    CHECK(complaint_about({{"security.protocol", "sasl_ssl"}, {"sasl.mechanism", "SCRAM-SHA-512"}, {"sasl.password", "x"}}).empty());
    for (auto const& reserved : weir::kafka::detail::reserved_by_source)
        CHECK_THAT(complaint_about({{std::string(reserved.name), "1"}}), ContainsSubstring(std::string(reserved.why)));
    CHECK_THAT(complaint_about({{"bootstrap.servers", "c:3"}}), ContainsSubstring("`brokers`"));
    CHECK_THAT(complaint_about({}, ""), ContainsSubstring("`brokers` is empty"));
    CHECK_THAT(complaint_about({{"fetch.min.bytes", "many"}}), ContainsSubstring("kafka: a:1,b:2: the setting `fetch.min.bytes` was refused"));
}

TEST_CASE("every reserved setting of a sink is refused too") {
    for (auto const& reserved : weir::kafka::detail::reserved_by_sink) {
        weir::kafka::detail::configuration conf("a:1");
        conf.pass_on({{std::string(reserved.name), "1"}}, weir::kafka::detail::reserved_by_sink);
        REQUIRE(conf.problem());
        CHECK(conf.problem()->advice == reserved.why);
    }
}

}  // namespace weir_test::adapter_kafka_options
