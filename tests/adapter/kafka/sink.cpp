// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/sink.hpp>

#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/adapter/kafka/source.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

#include <algorithm>
#include <array>
#include <catch.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <support/branch.hpp>
#include <support/kafka_jobs.hpp>
#include <thread>
#include <vector>

namespace weir_test::adapter_kafka_sink {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::kafka::embedded_broker;
using weir::kafka::message;

/// Everything in a topic.
std::vector<written_record> all_of(embedded_broker& broker, std::string const& topic) {
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = topic, .until_end = true}, state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    REQUIRE(job.report().exit_code() == 0);
    return state->taken;
}
std::vector<std::string> values_of(embedded_broker& broker, std::string const& topic) {
    std::vector<std::string> all;
    for (written_record const& each : all_of(broker, topic)) all.push_back(each.value.value_or("(null)"));
    return sorted(all);
}

/// Ticks until nothing is on its way, or it has failed. The clock in hand stands still: deliveries go by librdkafka's own.
template <class Sink>
bool settle(Sink& sink, hand_clock& clock) {
    for (patience const still; still.lasts(); std::this_thread::yield()) {
        if (!sink.flow().busy() || sink.flow().failure()) return true;
        sink.tick(clock.now);
    }
    return false;
}

TEST_CASE("messages arrive byte for byte: null and empty, headers, timestamps, partitions, topics") {
    embedded_broker broker({.partitions = 3});
    REQUIRE(broker.create_topic("out").has_value());
    REQUIRE(broker.create_topic("other").has_value());
    auto sink = drive<message>(weir::kafka::sink({.brokers = broker.brokers(), .topic = "out"}));
    hand_clock clock;
    sink.tick(clock.now);
    std::string const binary("\0\xff\n=,\"", 6);
    std::array<weir::kafka::header, 3> const headers{{{"trace", "abc"}, {"empty", ""}, {"null", std::nullopt}}};
    weir::timestamp const time(1763812345678ms);
    sink.poll(message{.key = "k", .value = binary, .time = time, .headers = headers, .partition = 2},
              message{.key = "", .value = "", .partition = 1}, message{.value = std::nullopt, .time = time, .partition = 0},
              message{.key = "gone", .partition = 1}, message{.value = "elsewhere", .partition = 0, .topic = "other"});
    sink.end();
    CHECK(sink.flow().busy());
    REQUIRE(settle(sink, clock));
    CHECK(sink.account().passed == 5);
    CHECK(sink.account().balanced());

    std::vector<written_record> read = all_of(broker, "out");
    REQUIRE(read.size() == 4);
    std::sort(read.begin(), read.end(), [](auto const& a, auto const& b) { return std::pair(a.partition, a.offset) < std::pair(b.partition, b.offset); });
    CHECK(read[0] == written_record{.partition = 0, .value = std::nullopt, .time = time});
    CHECK(read[1].key == "");
    CHECK(read[1].value == "");
    CHECK(read[2].key == "gone");
    CHECK_FALSE(read[2].value);
    CHECK(read[3] == written_record{.partition = 2,
                                    .key = "k",
                                    .value = binary,
                                    .headers = {{"trace", "abc"}, {"empty", ""}, {"null", std::nullopt}},
                                    .time = time});
    CHECK(values_of(broker, "other") == std::vector<std::string>{"elsewhere"});
}

TEST_CASE("equal keys go where a Java producer would put them") {
    // From Kafka's own tests of its murmur2.
    std::map<std::string, std::int32_t> const hashes{{"21", -973932308},
                                                     {"foobar", -790332482},
                                                     {"a-little-bit-long-string", -985981536},
                                                     {"a-little-bit-longer-string", -1486304829},
                                                     {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                                                     {"abc", 479470107}};
    embedded_broker broker({.partitions = 7});
    REQUIRE(broker.create_topic("out").has_value());
    auto sink = drive<message>(weir::kafka::sink({.brokers = broker.brokers(), .topic = "out"}));
    hand_clock clock;
    sink.tick(clock.now);
    for (auto const& [key, hash] : hashes) sink.poll(message{.key = key, .value = "v"});
    REQUIRE(settle(sink, clock));
    std::vector<written_record> const read = all_of(broker, "out");
    REQUIRE(read.size() == hashes.size());
    for (written_record const& each : read) CHECK(each.partition == (hashes.at(*each.key) & 0x7fffffff) % 7);
}

/// Reads numbers from one topic and writes them to another.
auto copier(embedded_broker& broker, weir::kafka::sink_options options) {
    options.brokers = broker.brokers();
    options.topic = "out";
    return weir::from(weir::kafka::source({.brokers = broker.brokers(),
                                           .topic = "in",
                                           .group = "copier",
                                           .partitions = {0, 1, 2},
                                           .until_end = true,
                                           .commit_every = 0s,
                                           .max_batch = 100})) |
           weir::kafka::sink(std::move(options));
}

TEST_CASE("from Kafka to Kafka: records keep what they are, and offsets wait for the deliveries") {
    embedded_broker broker({.partitions = 3});
    REQUIRE(broker.create_topic("out").has_value());
    write_numbers(broker, "in", 3, 0, 3000);
    auto job = copier(broker, {.linger = 0s});
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
    CHECK(values_of(broker, "out") == numbers(0, 3000));
    for (int p = 0; p < 3; ++p) CHECK(broker.committed("copier", "in", p) == 1000);
}

TEST_CASE("what is not delivered is held: its input is not acknowledged") {
    embedded_broker broker({.brokers = 2, .partitions = 3});
    REQUIRE(broker.create_topic("out").has_value());
    write_numbers(broker, "in", 3, 0, 30);
    for (int p = 0; p < 3; ++p) {
        broker.set_leader("in", p, 1);
        broker.set_leader("out", p, 2);
    }
    broker.set_coordinator("copier", 1);
    auto job = copier(broker, {.linger = 0s, .settings = {{"reconnect.backoff.ms", "10"}, {"reconnect.backoff.max.ms", "50"}}});
    hand_clock clock;
    broker.broker_down(2);
    REQUIRE(step_until(job, clock, [&] { return job.report().stages.at(1).count.in == 30; }));
    for (int i = 0; i < 100; ++i) step(job, clock);
    CHECK_FALSE(job.finished());
    CHECK(job.sending());
    CHECK(job.report().stages.at(1).count.in_flight == 30);
    CHECK(job.report().balanced());
    CHECK_FALSE(broker.committed("copier", "in", 0));
    broker.broker_up(2);
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(values_of(broker, "out") == numbers(0, 30));
    CHECK(broker.committed("copier", "in", 0) == 10);
}

TEST_CASE("the broker goes down and comes back in mid-run: nothing is lost") {
    embedded_broker broker({.brokers = 1, .partitions = 3});
    REQUIRE(broker.create_topic("out").has_value());
    write_numbers(broker, "in", 3, 0, 9000);
    // A small queue, so that the source is held up meanwhile.
    auto job = copier(broker, {.max_in_flight = 500, .settings = {{"reconnect.backoff.ms", "10"}, {"reconnect.backoff.max.ms", "50"}}});
    hand_clock clock;
    auto const delivered = [&] { return job.report().stages.at(1).count.passed; };
    REQUIRE(step_until(job, clock, [&] { return delivered() > 1000; }));
    for (int round = 0; round < 3; ++round) {
        broker.broker_down();
        broker.fail_requests(weir::kafka::request::produce, {weir::kafka::disconnect, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION});
        for (int i = 0; i < 60; ++i) step(job, clock);
        CHECK_FALSE(job.finished());
        broker.broker_up();
        auto const before = delivered();
        REQUIRE(step_until(job, clock, [&] { return job.finished() || delivered() > before + 500; }));
    }
    REQUIRE(run_to_end(job, clock));
    INFO(to_string(job.report()));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
    // A retry may repeat a message where the broker does not see to it; none is missing.
    std::vector<std::string> read = values_of(broker, "out");
    read.erase(std::unique(read.begin(), read.end()), read.end());
    CHECK(read == numbers(0, 9000));
}

TEST_CASE("a full queue holds the source up and loses nothing") {
    embedded_broker broker({.partitions = 1});
    REQUIRE(broker.create_topic("out").has_value());
    auto sink = drive<std::string>(weir::kafka::sink({.brokers = broker.brokers(), .topic = "out", .linger = 0s, .max_in_flight = 10}));
    hand_clock clock;
    sink.tick(clock.now);
    CHECK(sink.flow().ready());
    // One poll may bring more than there is room for.
    for (int i = 0; i < 200; ++i) sink.accept(std::to_string(i));
    CHECK_FALSE(sink.flow().ready());
    CHECK(sink.account().in_flight == 200);
    REQUIRE(settle(sink, clock));
    CHECK(sink.flow().ready());
    CHECK(sink.account().passed == 200);
    CHECK(values_of(broker, "out") == numbers(0, 200));
}

TEST_CASE("a message that is too large, or too early for Kafka, goes to the dead letters; the others arrive") {
    embedded_broker broker({.partitions = 1});
    REQUIRE(broker.create_topic("out").has_value());
    auto sink = drive<message>(weir::kafka::sink({.brokers = broker.brokers(), .topic = "out", .settings = {{"message.max.bytes", "2000"}}}));
    hand_clock clock;
    sink.tick(clock.now);
    std::string const large(3000, 'x');
    sink.poll(message{.value = "a"}, message{.value = large}, message{.value = "early", .time = weir::timestamp(-1s)}, message{.value = "b"});
    REQUIRE(settle(sink, clock));
    CHECK(values_of(broker, "out") == std::vector<std::string>{"a", "b"});
    REQUIRE(sink.reasons().size() == 2);
    CHECK_THAT(sink.reasons()[0].cause, ContainsSubstring("too large"));
    CHECK_THAT(sink.reasons()[0].place, ContainsSubstring("lane 0/2: out"));
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("timestamp"));
    CHECK(sink.payloads() == std::vector<std::string>{large, "early"});
    CHECK(sink.account().dead_lettered == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("a message not delivered in time stops the job, or goes to the dead letters with the cause") {
    embedded_broker broker({.partitions = 1});
    REQUIRE(broker.create_topic("out").has_value());
    auto const options = [&](weir::kafka::undeliverable what) {
        return weir::kafka::sink_options{.brokers = broker.brokers(), .topic = "out", .linger = 0s, .delivery_timeout = 100ms, .on_undeliverable = what};
    };
    hand_clock clock;
    SECTION("fail") {
        auto sink = drive<std::string>(weir::kafka::sink(options(weir::kafka::undeliverable::fail)));
        sink.tick(clock.now);
        broker.broker_down();
        sink.poll(std::string("lost?"));
        REQUIRE(settle(sink, clock));
        REQUIRE(sink.flow().failure());
        CHECK_THAT(sink.flow().failure()->cause, ContainsSubstring("not delivered within 100 ms"));
        CHECK_THAT(sink.flow().failure()->place, ContainsSubstring("out"));
        CHECK(sink.stage().oldest_held() == 1);
        CHECK(sink.account().in_flight == 1);
        CHECK(sink.account().balanced());
    }
    SECTION("dead letter") {
        auto sink = drive<std::string>(weir::kafka::sink(options(weir::kafka::undeliverable::dead_letter)));
        sink.tick(clock.now);
        broker.broker_down();
        sink.poll(std::string("late"), std::string("too late"));
        REQUIRE(settle(sink, clock));
        CHECK_FALSE(sink.flow().failure());
        CHECK(sorted(sink.payloads()) == std::vector<std::string>{"late", "too late"});
        CHECK(sink.stage().oldest_held() == weir::nothing_held);
        CHECK(sink.account().dead_lettered == 2);
        broker.broker_up();
        sink.poll(std::string("in time?"));
        REQUIRE(settle(sink, clock));
        CHECK(sink.account().balanced());
    }
}

TEST_CASE("a broker that cannot be reached is one error, even when nothing was sent") {
    auto sink = drive<std::string>(weir::kafka::sink({.brokers = "127.0.0.1:1", .topic = "out", .connect_timeout = 3s}));
    hand_clock clock;
    weir::timestamp const start = clock.now;
    sink.tick(start);
    sink.tick(start + 2s);
    CHECK_FALSE(sink.flow().failure());
    sink.tick(start + 4s);
    REQUIRE(sink.flow().failure());
    CHECK(sink.flow().failure()->place == "127.0.0.1:1");
    CHECK_THAT(sink.flow().failure()->cause, ContainsSubstring("no broker could be reached within 3 s"));
}

struct page_count {
    std::string page;
    int clicks;
};

/// Writes `page=clicks`; negative counts cannot be encoded.
struct as_text {
    bool encode(page_count const& row, weir::byte_buffer& into, weir::error& why) {
        into.append(row.page + "=" + std::to_string(row.clicks));
        if (row.clicks >= 0) return true;
        why = {.component = "text", .cause = "negative"};
        return false;
    }
};

TEST_CASE("rows are sent by an encoder, by a function, or by a function that may fail") {
    embedded_broker broker({.partitions = 1});
    REQUIRE(broker.create_topic("out").has_value());
    weir::kafka::sink_options const options{.brokers = broker.brokers(), .topic = "out"};
    hand_clock clock;
    auto const run = [&](auto blueprint) {
        auto sink = drive<page_count>(std::move(blueprint));
        sink.tick(clock.now);
        sink.poll(page_count{"/a", 1}, page_count{"/b", -1}, page_count{"/a", 2});
        REQUIRE(settle(sink, clock));
        CHECK(sink.account().balanced());
        CHECK(sink.account().passed + sink.account().dead_lettered == 3);
        return all_of(broker, "out");
    };
    SECTION("encoder") {
        auto const read = run(weir::kafka::sink(options, as_text{}));
        REQUIRE(read.size() == 2);
        CHECK_FALSE(read[0].key);
        CHECK(read[1].value == "/a=2");
    }
    SECTION("encoder and key") {
        auto const read = run(weir::kafka::sink(options, as_text{}, [](page_count const& row) { return "key of " + row.page; }));
        REQUIRE(read.size() == 2);
        CHECK(read[0].key == "key of /a");
        CHECK(read[0].value == "/a=1");
    }
    SECTION("function that returns text") {
        auto const read = run(weir::kafka::sink(options, [](page_count const& row) { return std::to_string(row.clicks); }));
        REQUIRE(read.size() == 3);
        CHECK(read[1].value == "-1");
    }
    SECTION("function that returns a message") {
        auto const read = run(weir::kafka::sink(options, [](page_count const& row) { return message{.key = row.page, .value = "v"}; }));
        REQUIRE(read.size() == 3);
        CHECK(read[1].key == "/b");
    }
    SECTION("function that may fail") {
        auto const read = run(weir::kafka::sink(options, [](page_count const& row) -> weir::result<std::string> {
            if (row.clicks < 0) return weir::error{.component = "mine", .cause = "negative"};
            return row.page;
        }));
        REQUIRE(read.size() == 2);
        CHECK(read[1].value == "/a");
    }
}

TEST_CASE("a sink that was never used closes at once") {
    auto sink = drive<std::string>(weir::kafka::sink({.brokers = "127.0.0.1:1", .topic = "out"}));
    CHECK_FALSE(sink.flow().busy());
    CHECK(sink.flow().ready());
    sink.close();
    CHECK_FALSE(sink.flow().failure());
}

}  // namespace weir_test::adapter_kafka_sink
