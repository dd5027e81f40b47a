// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka.hpp>

#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>

#include <catch.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::adapter_kafka {

using namespace std::chrono_literals;

TEST_CASE("write to Kafka, read it back, with the runner") {
    weir::kafka::embedded_broker broker({.partitions = 2});
    REQUIRE(broker.create_topic("clicks").has_value());

    std::vector<std::string> pages;
    for (int i = 0; i < 1000; ++i) pages.push_back("/page/" + std::to_string(i % 10));
    auto const written = weir::run(weir::from(weir::values(pages)) |
                                   weir::kafka::sink({.brokers = broker.brokers(), .topic = "clicks"}));
    CHECK(written.exit_code() == 0);
    CHECK(written.balanced());

    int sevens = 0;
    weir::timestamp last = weir::beginning_of_time;
    auto const read = weir::run(
        weir::from(weir::kafka::source({.brokers = broker.brokers(), .topic = "clicks", .group = "readers", .partitions = {0, 1}, .until_end = true})) |
        weir::event_time(weir::record_time, weir::bounded_out_of_orderness(10s)) |
        weir::filter([](weir::kafka::record const& click) { return click.payload() == "/page/7"; }) |
        weir::call([&](weir::kafka::record const& click) {
            ++sevens;
            last = std::max(last, click.time());
        }));
    CHECK(read.exit_code() == 0);
    CHECK(read.balanced());
    CHECK(sevens == 100);
    CHECK(last > weir::timestamp{});
    CHECK(broker.committed("readers", "clicks", 0).value_or(0) + broker.committed("readers", "clicks", 1).value_or(0) == 1000);
}

TEST_CASE("a pipeline as the design shows it compiles, and says what is wrong when there is no broker") {
    auto job = weir::from(weir::kafka::source({.brokers = "127.0.0.1:1", .topic = "web.clicks", .group = "page-minutes"})) |
               weir::map([](weir::kafka::record const& click) { return click.payload().size(); }) |
               weir::call([](std::size_t) {});
    hand_clock clock;
    step(job, clock);
    clock.now += 1min;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().failure->place == "127.0.0.1:1");
}

}  // namespace weir_test::adapter_kafka
