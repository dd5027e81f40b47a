// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/source.hpp>

#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/pipeline/job.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::adapter_kafka_source {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::kafka::embedded_broker;
using weir::kafka::start_at;

bool contains(std::vector<std::string> const& all, std::string const& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

TEST_CASE("records come back byte for byte, each by its lane and at its offset") {
    embedded_broker broker({.partitions = 3});
    std::mt19937 random(20261122);
    auto const text = [&]() -> std::optional<std::string> {
        switch (random() % 4) {
            case 0: return std::nullopt;
            case 1: return "";
            default: {
                std::string bytes(random() % 200, '\0');
                for (char& c : bytes) c = static_cast<char>(random());
                return bytes;
            }
        }
    };
    std::vector<written_record> written;
    std::vector<std::int64_t> ends(3, 0);
    for (int i = 0; i < 3000; ++i) {
        written_record one{.partition = static_cast<std::int32_t>(random() % 3), .key = text(), .value = text()};
        one.offset = ends[static_cast<std::size_t>(one.partition)]++;
        one.time = weir::timestamp(std::chrono::milliseconds(1 + random()));
        for (auto h = random() % 4; h != 0; --h) one.headers.emplace_back("name-" + std::to_string(random() % 9), text());
        std::vector<weir::kafka::header> headers;
        for (auto const& [name, value] : one.headers) {
            headers.push_back({.name = name, .value = {}});
            if (value) headers.back().value = *value;
        }
        weir::kafka::message sent{.time = one.time, .headers = headers, .partition = one.partition, .topic = "bytes"};
        if (one.key) sent.key = *one.key;
        if (one.value) sent.value = *one.value;
        REQUIRE(broker.produce(sent).has_value());
        written.push_back(std::move(one));
    }
    REQUIRE(broker.flush().has_value());

    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "bytes", .until_end = true, .max_batch = 64}, state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());

    REQUIRE(state->taken.size() == written.size());
    std::vector<std::int64_t> next(3, 0);
    for (std::size_t i = 0; i < state->taken.size(); ++i) {
        written_record const& read = state->taken[i];
        REQUIRE(read.offset == next[static_cast<std::size_t>(read.partition)]++);
        weir::stamp const& at = state->stamps[i];
        REQUIRE(at.position == static_cast<std::uint64_t>(read.offset));
        REQUIRE(at.time == read.time);
        REQUIRE(at.epoch != 0);
    }
    auto const order = [](written_record const& a, written_record const& b) {
        return std::pair(a.partition, a.offset) < std::pair(b.partition, b.offset);
    };
    std::sort(state->taken.begin(), state->taken.end(), order);
    std::sort(written.begin(), written.end(), order);
    CHECK(state->taken == written);
    std::vector<std::string> lanes = sorted(state->lanes);
    CHECK(lanes == std::vector<std::string>{"bytes/0 ended", "bytes/0 opened", "bytes/1 ended", "bytes/1 opened",
                                            "bytes/2 ended", "bytes/2 opened"});
    // All lanes are opened before the first can end, or the watermark would run ahead.
    CHECK(std::all_of(state->lanes.begin(), state->lanes.begin() + 3,
                      [](std::string const& each) { return each.ends_with("opened"); }));
}

TEST_CASE("until_end: what is written after the start is not read, and empty partitions end at once") {
    embedded_broker broker({.partitions = 4});
    write_numbers(broker, "t", 2, 0, 100);  // partitions 2 and 3 stay empty
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .until_end = true, .max_batch = 10}, state);
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return !state->taken.empty(); }));
    write_numbers(broker, "t", 4, 100, 100);
    REQUIRE(run_to_end(job, clock));
    CHECK(sorted(state->values()) == numbers(0, 100));
    CHECK(std::count_if(state->lanes.begin(), state->lanes.end(), [](auto const& each) { return each.ends_with("ended"); }) == 4);
}

TEST_CASE("several topics, chosen partitions, chosen offsets") {
    embedded_broker broker({.partitions = 3});
    write_numbers(broker, "a", 3, 0, 30);
    write_numbers(broker, "b", 3, 100, 30);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(),
                       .topic = "a",
                       .topics = {"b"},
                       .partitions = {0, 2},
                       .start = start_at::earliest,
                       .offsets = {{"b", 2, 7}},
                       .until_end = true},
                      state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    std::vector<std::string> expected;
    for (int i = 0; i < 30; ++i)
        if (i % 3 != 1) expected.push_back(std::to_string(i));
    for (int i = 100; i < 130; ++i)  // 100 goes to partition 1
        if (i % 3 == 0 || (i % 3 == 2 && i >= 101 + 7 * 3)) expected.push_back(std::to_string(i));
    CHECK(sorted(state->values()) == sorted(expected));
}

TEST_CASE("start at the latest: what was there is left out") {
    embedded_broker broker({.partitions = 2});
    write_numbers(broker, "t", 2, 0, 10);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .start = start_at::latest}, state);
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return state->lanes.size() == 2; }));
    write_numbers(broker, "t", 2, 10, 10);
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 10; }));
    CHECK(sorted(state->values()) == numbers(10, 10));
}

TEST_CASE("offsets are committed when what came of them is acknowledged, not before; a crash resumes there") {
    embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 100);
    weir::kafka::source_options const options{.brokers = broker.brokers(), .topic = "t", .group = "g", .partitions = {0}, .commit_every = 0s};
    hand_clock clock;
    std::int64_t first_held = 0;
    {
        auto const state = std::make_shared<probe_state>();
        auto job = probed(options, state);
        // Held from the start: everything is read, nothing may be committed.
        state->held = 0;
        REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 100; }));
        for (int i = 0; i < 20; ++i) step(job, clock);
        CHECK_FALSE(broker.committed("g", "t", 0));
    }  // no close: a crash
    {
        auto const state = std::make_shared<probe_state>();
        auto job = probed(options, state);
        state->held = 0;
        while (state->taken.size() < 40) step(job, clock, 10);
        // Everything before the poll that read record 30 has reached its end.
        state->held = state->stamps[30].epoch;
        while (state->stamps[static_cast<std::size_t>(first_held)].epoch < state->held) ++first_held;
        REQUIRE(first_held > 20);
        REQUIRE(step_until(job, clock, [&] { return broker.committed("g", "t", 0) == first_held; }));
        REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 100; }));
        CHECK(broker.committed("g", "t", 0) == first_held);
    }
    {
        auto const state = std::make_shared<probe_state>();
        auto job = probed(options, state);
        REQUIRE(step_until(job, clock, [&] { return state->taken.size() == static_cast<std::size_t>(100 - first_held); }));
        CHECK(state->taken.front().offset == first_held);
        // What is acknowledged by then is committed by close, and waits for no timer.
        state->held = weir::nothing_held;
        step(job, clock);
        job.source().close();
        CHECK(broker.committed("g", "t", 0) == 100);
    }
}

TEST_CASE("the report says how far each partition is read, where it ends, and what is committed") {
    embedded_broker broker({.partitions = 2});
    for (int i = 0; i < 5; ++i) REQUIRE(broker.produce("measured", 1, {}, std::to_string(i)).has_value());
    REQUIRE(broker.flush().has_value());
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "measured", .group = "g", .commit_every = 1ms, .max_batch = 1}, state);
    CHECK(job.report().stages.front().figures.lanes.empty());
    hand_clock clock;
    bool behind = false;
    CHECK(step_until(job, clock, [&] {
        std::size_t complete = 0;
        weir::report const now = job.report();
        for (auto const& lane : now.stages.front().figures.lanes) {
            if (lane.name == "measured/0") complete += lane.end == std::uint64_t{0} && lane.lag() == std::uint64_t{0};
            if (lane.name == "measured/1") complete += lane.lag() == std::uint64_t{0} && lane.committed == std::uint64_t{5};
            if (state->taken.size() == 2) behind = behind || (lane.position == std::uint64_t{2} && lane.lag() == std::uint64_t{3});
        }
        return complete == 2;
    }));
    CHECK(behind);
}

TEST_CASE("commits wait for commit_every, and a finished job has committed everything") {
    embedded_broker broker({.partitions = 2});
    write_numbers(broker, "t", 2, 0, 50);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .group = "g", .partitions = {0, 1}, .until_end = true, .commit_every = 1h},
                      state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(broker.committed("g", "t", 0) == 25);
    CHECK(broker.committed("g", "t", 1) == 25);
}

TEST_CASE("without a group nothing is committed and nothing is missed") {
    embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 10);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .until_end = true}, state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    CHECK(state->values().size() == 10);
    CHECK_FALSE(broker.committed("weir-without-group", "t", 0));
}

TEST_CASE("a broker that cannot be reached is one error, within the time allowed by the host's clock") {
    auto const state = std::make_shared<probe_state>();
    std::vector<weir::error> troubles;
    auto job = probed({.brokers = "127.0.0.1:1", .topic = "t", .connect_timeout = 7s, .on_trouble = [&](weir::error const& why) { troubles.push_back(why); }}, state);
    hand_clock clock;
    weir::timestamp const start = clock.now;
    REQUIRE(step_until(job, clock, [&] { return !troubles.empty(); }));
    CHECK_FALSE(job.finished());
    clock.now = start + 6s;
    job.step(10, clock.now);
    CHECK_FALSE(job.finished());
    clock.now = start + 8s;
    job.step(10, clock.now);
    REQUIRE(job.finished());
    weir::error const why = *job.report().failure;
    CHECK(why.component == "kafka");
    CHECK(why.place == "127.0.0.1:1");
    CHECK_THAT(why.cause, ContainsSubstring("no broker could be reached within 7 s"));
    CHECK_THAT(why.cause, ContainsSubstring("refused"));
    CHECK_FALSE(why.advice.empty());
    CHECK(job.report().exit_code() == 1);
}

TEST_CASE("a topic, a partition or an offset that is not there is an error that names it") {
    embedded_broker broker({.partitions = 2});
    write_numbers(broker, "t", 2, 0, 10);
    hand_clock clock;
    auto const failure_of = [&](weir::kafka::source_options options) {
        options.brokers = broker.brokers();
        auto job = probed(std::move(options), std::make_shared<probe_state>());
        REQUIRE(run_to_end(job, clock));
        REQUIRE(job.report().failure);
        return *job.report().failure;
    };
    SECTION("partition") {
        weir::error const why = failure_of({.topic = "t", .partitions = {1, 7}});
        CHECK(why.place == "t/7");
        CHECK_THAT(why.cause, ContainsSubstring("the topic has 2"));
    }
    SECTION("topic") {
        broker.fail_topic("t", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
        weir::error const why = failure_of({.topic = "t"});
        CHECK(why.place == "t");
        CHECK_THAT(why.cause, ContainsSubstring("Unknown topic"));
    }
    SECTION("offset") {
        weir::error const why = failure_of({.topic = "t", .partitions = {1}, .offsets = {{"t", 1, 99}}});
        CHECK_THAT(why.place, ContainsSubstring("t/1"));
        CHECK_THAT(why.cause, ContainsSubstring("out of range"));
        CHECK_THAT(why.advice, ContainsSubstring("no longer has this offset"));
    }
    SECTION("no topic named") {
        CHECK_THAT(failure_of({}).cause, ContainsSubstring("`topic` is empty"));
    }
}

TEST_CASE("a lane is idle when the broker confirms that nothing waits, and live again with its next record") {
    embedded_broker broker({.partitions = 2});
    write_numbers(broker, "t", 1, 0, 5);  // partition 1 stays empty
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .idle_timeout = 10s}, state);
    hand_clock clock;
    // The hand clock moves by a millisecond a step: far less than ten seconds.
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 5; }));
    for (int i = 0; i < 200; ++i) step(job, clock);
    CHECK(state->lanes == std::vector<std::string>{"t/0 opened", "t/1 opened"});

    // Quiet for long enough, but the broker cannot be asked: nothing is proven.
    broker.broker_down();
    clock.now += 20s;
    for (int i = 0; i < 20; ++i) {
        clock.now += 2s;
        step(job, clock);
    }
    CHECK(state->lanes.size() == 2);

    broker.broker_up();
    clock.tick = 100ms;
    REQUIRE(step_until(job, clock, [&] { return state->lanes.size() == 4; }));
    CHECK(contains(state->lanes, "t/0 idle"));
    CHECK(contains(state->lanes, "t/1 idle"));

    // What comes later is read, and the lane can become idle again.
    write_numbers(broker, "t", 1, 5, 1);
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 6; }));
    REQUIRE(step_until(job, clock, [&] { return state->lanes.size() == 5; }));
    CHECK(state->lanes.back() == "t/0 idle");
}

TEST_CASE("a broker that is far away is read all the same, and is asked whether anything waits") {
    embedded_broker broker({.partitions = 2});
    write_numbers(broker, "t", 2, 0, 10);
    broker.set_round_trip(150ms);
    for (std::string const group : {"", "g"}) {
        auto const state = std::make_shared<probe_state>();
        auto job = probed(
            {.brokers = broker.brokers(), .topic = "t", .group = group, .partitions = {0, 1}, .idle_timeout = 1s}, state);
        hand_clock clock;
        INFO("group: " << group);
        REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 10 || job.finished(); }));
        clock.tick = 100ms;
        REQUIRE(step_until(job, clock, [&] { return state->lanes.size() == 4; }));
        CHECK(contains(state->lanes, "t/0 idle"));
        CHECK(contains(state->lanes, "t/1 idle"));
    }
}

TEST_CASE("a lane with records waiting is never idle, however long it was not polled") {
    embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 5);
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .idle_timeout = 1s}, state);
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 5; }));
    for (int i = 0; i < 50; ++i) step(job, clock);  // the end of the partition is known by now
    // The stages behind are not ready for a long time, and more is written meanwhile.
    state->ready = false;
    for (int i = 0; i < 20; ++i) {
        clock.now += 1s;
        step(job, clock);
    }
    write_numbers(broker, "t", 1, 5, 5);
    clock.now += 1h;
    state->ready = true;
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() == 10; }));
    CHECK_FALSE(contains(state->lanes, "t/0 idle"));
    clock.tick = 100ms;
    REQUIRE(step_until(job, clock, [&] { return contains(state->lanes, "t/0 idle"); }));
}

TEST_CASE("held up and let go again and again, nothing is lost or repeated") {
    embedded_broker broker({.partitions = 3});
    write_numbers(broker, "t", 3, 0, 20'000);
    auto const state = std::make_shared<probe_state>();
    // The clock runs ahead of the broker's thread, which may well be slow to answer.
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .until_end = true, .connect_timeout = 1h, .max_batch = 100}, state);
    hand_clock clock;
    std::mt19937 random(7);
    for (int round = 0; round < 60 && !job.finished(); ++round) {
        state->ready = false;
        // Sometimes too short to pause, sometimes long.
        clock.tick = random() % 2 == 0 ? weir::duration(1ms) : weir::duration(700ms);
        for (auto i = random() % 8; i != 0; --i) step(job, clock);
        state->ready = true;
        clock.tick = 1ms;
        for (auto i = random() % 12; i != 0; --i) step(job, clock);
    }
    REQUIRE(run_to_end(job, clock));
    INFO(to_string(job.report()));
    REQUIRE(job.report().exit_code() == 0);
    CHECK(sorted(state->values()) == numbers(0, 20'000));
}

TEST_CASE("brokers that go down and come back lose nothing and repeat nothing") {
    embedded_broker broker({.brokers = 2, .partitions = 4});
    REQUIRE(broker.create_topic("t").has_value());
    for (int p = 0; p < 4; ++p) broker.set_leader("t", p, 1 + p % 2);
    // A batch of its own for every few records, one a fetch, and slow answers: much is still to be fetched at any time.
    for (int i = 0; i < 8000; i += 100) write_numbers(broker, "t", 4, i, 100);
    auto const state = std::make_shared<probe_state>();
    std::size_t troubles = 0;
    auto job = probed({.brokers = broker.brokers(),
                       .topic = "t",
                       .until_end = true,
                       .max_batch = 20,
                       .settings = {{"fetch.message.max.bytes", "1000"},
                                    {"reconnect.backoff.max.ms", "50"},
                                    {"reconnect.backoff.ms", "10"}},
                       .on_trouble = [&](weir::error const&) { ++troubles; }},
                      state);
    broker.set_round_trip(5ms);
    hand_clock clock;
    bool const begun = step_until(job, clock, [&] { return state->taken.size() > 1000; });
    INFO(to_string(job.report()));
    REQUIRE(begun);
    CHECK(troubles == 0);
    broker.broker_down(1);
    REQUIRE(step_until(job, clock, [&] { return troubles > 0; }));
    broker.broker_down(2);
    for (int i = 0; i < 50; ++i) step(job, clock);
    REQUIRE(state->taken.size() < 6000);
    broker.broker_up();
    REQUIRE(step_until(job, clock, [&] { return state->taken.size() > 6000; }));
    broker.set_leader("t", 0, 2);
    broker.set_leader("t", 1, 1);
    REQUIRE(run_to_end(job, clock));
    CHECK(job.report().exit_code() == 0);
    CHECK(sorted(state->values()) == numbers(0, 8000));
}

TEST_CASE("errors that pass are told to whoever wants to know, and do not stop the job") {
    embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 10);
    broker.fail_requests(weir::kafka::request::offset_commit, {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS});
    auto const state = std::make_shared<probe_state>();
    std::vector<std::string> troubles;
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .group = "g", .partitions = {0}, .commit_every = 0s,
                       .on_trouble = [&](weir::error const& why) { troubles.push_back(to_string(why)); }},
                      state);
    hand_clock clock;
    REQUIRE(step_until(job, clock, [&] { return broker.committed("g", "t", 0) == 10; }));
    CHECK_FALSE(job.finished());
    CHECK(std::any_of(troubles.begin(), troubles.end(), [](std::string const& each) {
        return each.find("could not be committed") != std::string::npos && each.find("t/0/10") != std::string::npos;
    }));
}

TEST_CASE("a right that is missing stops the job") {
    embedded_broker broker({.partitions = 1});
    write_numbers(broker, "t", 1, 0, 10);
    broker.fail_requests(weir::kafka::request::offset_commit, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
    auto const state = std::make_shared<probe_state>();
    auto job = probed({.brokers = broker.brokers(), .topic = "t", .group = "g", .partitions = {0}, .commit_every = 0s}, state);
    hand_clock clock;
    REQUIRE(run_to_end(job, clock));
    REQUIRE(job.report().failure);
    CHECK(job.report().failure->place.starts_with("t/0/"));
    CHECK_THAT(job.report().failure->cause, ContainsSubstring("authorization failed"));
}

TEST_CASE("a setting with a field of its own is refused, and a secret shows in no error") {
    std::string const canary = "canary-5f1b";
    hand_clock clock;
    std::vector<std::string> seen;
    auto const failure_of = [&](weir::kafka::settings_map settings) {
        auto job = probed({.brokers = "127.0.0.1:1", .topic = "t", .connect_timeout = 1s, .settings = std::move(settings),
                           .on_trouble = [&](weir::error const& why) { seen.push_back(to_string(why)); }},
                          std::make_shared<probe_state>());
        clock.tick = 10ms;
        REQUIRE(run_to_end(job, clock));
        REQUIRE(job.report().failure);
        seen.push_back(to_string(*job.report().failure) + to_string(job.report()));
        return *job.report().failure;
    };
    CHECK_THAT(failure_of({{"auto.offset.reset", "latest"}}).advice, ContainsSubstring("`start`"));
    CHECK_THAT(failure_of({{"enable.auto.commit", "true"}}).cause, ContainsSubstring("enable.auto.commit"));
    CHECK_THAT(failure_of({{"no.such.setting", "1"}}).cause, ContainsSubstring("no.such.setting"));
    CHECK_THAT(failure_of({{"session.timeout.ms", "soon"}}).cause, ContainsSubstring("session.timeout.ms"));

    // A secret refused, a secret that librdkafka would echo, and one that it never sees used.
    failure_of({{"no.such.password", canary}});
    failure_of({{"ssl.key.location", "/nonexistent/" + canary}, {"security.protocol", "ssl"}});
    failure_of({{"ssl.key.pem", canary}, {"security.protocol", "ssl"}});
    failure_of({{"sasl.username", "me"}, {"sasl.password", canary}, {"sasl.mechanism", "PLAIN"}, {"security.protocol", "sasl_plaintext"},
                {"client.id", canary}, {"debug", "all"}});
    failure_of({{"sasl.password", canary}, {"sasl.mechanism", canary}, {"security.protocol", "sasl_plaintext"}});
    CHECK(seen.size() > 10);
    for (std::string const& each : seen) CHECK(each.find(canary) == std::string::npos);
}

TEST_CASE("a source that was never polled closes at once") {
    weir::kafka::source idle({.brokers = "127.0.0.1:1", .topic = "t"});
    idle.wait(1s);
    idle.keep_alive(weir::timestamp{});
    idle.acknowledge(1);
    CHECK(idle.next_wake() == weir::end_of_time);
    idle.close();
    CHECK(idle.failure() == nullptr);
}

}  // namespace weir_test::adapter_kafka_source
