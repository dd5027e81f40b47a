// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/detail/membership.hpp>

#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/adapter/kafka/source.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>

namespace weir_test::adapter_kafka_detail_membership {

using namespace std::chrono_literals;
using weir::kafka::embedded_broker;

/// One member of a group, and what it saw.
struct member {
    std::shared_ptr<probe_state> state = std::make_shared<probe_state>();
    decltype(probed({}, state)) job;

    explicit member(weir::kafka::source_options options) : job(probed(std::move(options), state)) {}

    [[nodiscard]] std::set<std::string> open_lanes() const {
        std::set<std::string> open;
        for (std::string const& each : state->lanes) {
            std::string const lane = each.substr(0, each.find(' '));
            if (each.ends_with("opened")) open.insert(lane);
            else open.erase(lane);
        }
        return open;
    }
    /// How often it read the record that was read most often.
    [[nodiscard]] int most_often() const {
        std::map<std::string, int> times;
        int most = 0;
        for (std::string const& each : state->values()) most = std::max(most, ++times[each]);
        return most;
    }
};

/// Two members of one group, the second of which comes later; the first leaves at the end.
struct scene {
    std::string topic;
    embedded_broker& broker;
    weir::kafka::source_options options;
    std::unique_ptr<member> first{};
    std::unique_ptr<member> second{};
    int written = 0;

    scene(embedded_broker& given, std::string name, std::string const& assignor)
        : topic(std::move(name)), broker(given), options{.brokers = given.brokers(), .topic = topic, .group = "group-of-" + topic} {
        options.commit_every = 0s;
        options.settings = {{"partition.assignment.strategy", assignor}, {"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "200"}};
    }

    void write(int count) {
        write_numbers(broker, topic, 4, written, count);
        written += count;
    }
    void step_all(hand_clock& clock) {
        for (member* each : {first.get(), second.get()})
            if (each) step(each->job, clock);
    }
    [[nodiscard]] std::set<std::string> seen() const {
        std::set<std::string> all;
        for (member const* each : {first.get(), second.get()})
            if (each)
                for (std::string const& value : each->state->values()) all.insert(value);
        return all;
    }
};

TEST_CASE("a second member comes, and the first leaves: nothing is missed, and what stays is not read again") {
    embedded_broker broker({.partitions = 4});
    // Both protocols at once: joining takes seconds, whatever the number of groups.
    scene eager(broker, "eager", "range,roundrobin");
    scene cooperative(broker, "cooperative", "cooperative-sticky");
    // librdkafka before 2.6.1 may abort in its cooperative assignor when a member leaves (its issue 4783).
    std::vector<scene*> both{&eager};
    if (rd_kafka_version() >= 0x02060100) both.push_back(&cooperative);
    hand_clock clock;
    auto const until = [&](std::function<bool(scene&)> const& done) {
        for (int round = 0; round < 30'000; ++round) {
            if (std::all_of(both.begin(), both.end(), [&](scene* each) { return done(*each); })) return true;
            for (scene* each : both) each->step_all(clock);
        }
        return false;
    };

    for (scene* each : both) {
        each->write(400);
        each->first = std::make_unique<member>(each->options);
        each->first->state->held = 0;  // nothing is acknowledged: the group's stored offsets are of no help
    }
    REQUIRE(until([](scene& each) { return each.first->state->taken.size() == 400; }));

    for (scene* each : both) each->second = std::make_unique<member>(each->options);
    REQUIRE(until([](scene& each) { return each.first->open_lanes().size() == 2 && each.second->open_lanes().size() == 2; }));
    for (scene* each : both) {
        std::set<std::string> const first = each->first->open_lanes();
        for (std::string const& lane : each->second->open_lanes()) CHECK_FALSE(first.contains(lane));
        // A lane that the first member kept was never said to have ended.
        for (std::string const& lane : first) CHECK(std::count(each->first->state->lanes.begin(), each->first->state->lanes.end(), lane + " opened") == 1);
        each->write(400);
    }
    REQUIRE(until([](scene& each) { return each.seen().size() == 800; }));
    for (scene* each : both) {
        INFO(each->topic);
        // It goes on where it had stopped, not where the group stored (which is nowhere).
        CHECK(each->first->most_often() == 1);
        CHECK(each->second->most_often() == 1);
        // What it gave up was not acknowledged, so the second has read it from the beginning.
        CHECK(each->second->state->taken.size() == 400);
        CHECK_FALSE(each->first->job.finished());
    }

    // Now everything is acknowledged, and the first leaves in order.
    for (scene* each : both) {
        each->first->state->held = weir::nothing_held;
        step(each->first->job, clock);
        each->first->job.source().close();
        each->first.reset();
    }
    REQUIRE(until([](scene& each) { return each.second->open_lanes().size() == 4; }));
    for (scene* each : both) each->write(400);
    REQUIRE(until([](scene& each) { return each.second->state->taken.size() >= 800; }));
    for (scene* each : both) {
        INFO(each->topic);
        // Of the partitions that came, only what was written since.
        CHECK(each->second->state->taken.size() == 800);
        CHECK(each->second->most_often() == 1);
        each->second->job.source().close();
        for (int p = 0; p < 4; ++p) CHECK(broker.committed(each->options.group, each->topic, p) == 300);
    }
}

}  // namespace weir_test::adapter_kafka_detail_membership
