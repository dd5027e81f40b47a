// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/table_source.hpp>

#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/join/alongside.hpp>
#include <weir/join/decode_table.hpp>
#include <weir/join/lookup.hpp>
#include <weir/join/to_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/transform/map.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::adapter_kafka_table_source {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::kafka::embedded_broker;

/// The payload as it is.
struct as_text {
    using output = std::string_view;
    bool decode(std::string_view payload, std::string_view& into, weir::error&) {
        into = payload;
        return true;
    }
};

using words = weir::table<std::string, std::string_view>;

[[nodiscard]] auto feed(embedded_broker const& broker, words& into, bool until_end = false) {
    return weir::from(weir::kafka::table_source({.brokers = broker.brokers(), .topic = "words", .until_end = until_end, .max_batch = 64})) |
           weir::decode_table(weir::plain_key<std::string_view>(), as_text{}) | weir::to_table(into);
}

[[nodiscard]] std::map<std::string, std::string> contents(words& table) {
    std::map<std::string, std::string> all;
    table.for_each([&](std::string_view key, std::string_view value) { all.emplace(key, value); });
    return all;
}

TEST_CASE("a topic is a table: the last record of each key counts, one without a value erases, an empty value does not") {
    embedded_broker broker({.partitions = 3});
    std::mt19937 random(20261127);
    std::map<std::string, std::string> oracle;
    for (int i = 0; i < 3000; ++i) {
        // A key always goes to the same partition, as producers see to.
        std::string const key = "key " + std::to_string(random() % 200);
        auto const partition = static_cast<std::int32_t>(key.back() % 3);
        if (random() % 4 == 0) {
            REQUIRE(broker.produce("words", partition, key, std::nullopt).has_value());
            oracle.erase(key);
        } else {
            std::string const value(random() % 50, static_cast<char>('a' + i % 26));
            REQUIRE(broker.produce("words", partition, key, value).has_value());
            oracle[key] = value;
        }
    }
    REQUIRE(broker.flush().has_value());
    words table(weir::state_limit(std::size_t{1} << 20));
    auto job = feed(broker, table, true);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
    CHECK(contents(table) == oracle);
    CHECK_FALSE(broker.committed("weir-without-group", "words", 0));
}

TEST_CASE("it has caught up when it has read what was there at the start, and goes on to follow") {
    embedded_broker broker({.partitions = 4});
    for (int i = 0; i < 200; ++i) REQUIRE(broker.produce("words", i % 2, "k" + std::to_string(i), "v").has_value());  // 2 and 3 stay empty
    REQUIRE(broker.flush().has_value());
    words table(weir::unbounded);
    auto job = feed(broker, table);
    hand_clock clock;
    CHECK_FALSE(job.source().caught_up());
    bool early = false;
    REQUIRE(step_until(job, clock, [&] {
        early = early || (job.source().caught_up() && table.size() < 200);
        return job.source().caught_up();
    }));
    CHECK_FALSE(early);
    CHECK(table.size() == 200);

    REQUIRE(broker.produce("words", 0, "k0", "new").has_value());
    REQUIRE(broker.produce("words", 1, "k1", std::nullopt).has_value());
    REQUIRE(broker.flush().has_value());
    REQUIRE(step_until(job, clock, [&] { return table.size() == 199 && *table.find("k0") == "new"; }));
    CHECK_FALSE(job.finished());
    job.stop();
    REQUIRE(run_to_end(job, clock));
}

TEST_CASE("an empty topic has caught up at once") {
    embedded_broker broker({.partitions = 2});
    REQUIRE(broker.create_topic("words").has_value());
    words table(weir::unbounded);
    auto job = feed(broker, table);
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return job.source().caught_up(); }));
    CHECK(table.empty());
}

TEST_CASE("one job of two topics: no click is looked up before the users have been read") {
    embedded_broker broker({.partitions = 2});
    for (int i = 0; i < 2000; ++i) REQUIRE(broker.produce("words", i % 2, std::to_string(i), "user " + std::to_string(i)).has_value());
    for (int i = 0; i < 100; ++i) REQUIRE(broker.produce("clicks", i % 2, std::nullopt, std::to_string(i * 20)).has_value());
    REQUIRE(broker.flush().has_value());
    words users(weir::state_limit(std::size_t{1} << 20));
    std::vector<std::string> made;
    struct click {
        std::string_view user;
    };
    auto job = weir::from(weir::kafka::source({.brokers = broker.brokers(), .topic = "clicks", .until_end = true})) |
               weir::alongside(feed(broker, users)) | weir::map([](weir::kafka::record const& r) { return click{r.value()}; }) |
               weir::lookup<&click::user>(users, weir::left_join,
                                          [](click const& c, std::string_view const* user) {
                                              return std::string(c.user) + ": " + std::string(user ? *user : "?");
                                          }) |
               weir::collect(made);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
    REQUIRE(made.size() == 100);
    for (int i = 0; i < 100; ++i) {
        std::string const number = std::to_string(i * 20);
        CHECK(std::count(made.begin(), made.end(), number + ": user " + number) == 1);
    }
}

TEST_CASE("a topic that is not there fails the job around it, with one error") {
    embedded_broker broker;
    words users(weir::unbounded);
    auto job = weir::from(weir::kafka::source({.brokers = broker.brokers(), .topic = "clicks"})) |
               weir::alongside(weir::from(weir::kafka::table_source({.brokers = broker.brokers(), .topic = "nowhere", .settings = {{"allow.auto.create.topics", "false"}}})) |
                               weir::decode_table(weir::plain_key<std::string_view>(), as_text{}) | weir::to_table(users)) |
               weir::discard();
    broker.fail_topic("nowhere", 3);  // unknown topic or partition
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    REQUIRE(job.report().failure);
    CHECK_THAT(to_string(*job.report().failure), ContainsSubstring("kafka") && ContainsSubstring("nowhere"));
}

}  // namespace weir_test::adapter_kafka_table_source
