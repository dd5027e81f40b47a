// SPDX-License-Identifier: Apache-2.0
// needs: kafka
// The scenario of quiet_lanes.cpp with Kafka: one partition busy, one quiet, one that stopped for ever, and an event ten
// years ahead. The broker is real in all but its disks, so it is the broker that proves a partition idle.
#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <support/kafka_jobs.hpp>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/sink/call.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::fault_quiet_partitions {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

/// What reaches the event time: the greatest plausible time of each lane, and whether it is live.
struct lane_truth {
    std::map<std::string, std::optional<weir::timestamp>> greatest{};
    std::map<std::string, bool> live{};

    /// The watermark, by the definition, if it may move now.
    [[nodiscard]] std::optional<weir::timestamp> least() const {
        std::optional<weir::timestamp> found;
        for (auto const& [name, is_live] : live) {
            if (!is_live) continue;
            auto const known = greatest.find(name);
            if (known == greatest.end() || !known->second) return {};
            if (!found || *known->second < *found) found = known->second;
        }
        return found;
    }
};

/// Passes records on and writes down what it sees.
struct observer {
    using output = weir::kafka::record;
    std::shared_ptr<lane_truth> truth;
    weir::timestamp plausible;

    void on_item(weir::kafka::record const& record, auto& out) {
        std::string const name = out.context().lane_name(out.at().lane);
        truth->live[name] = true;
        if (record.time() < plausible) truth->greatest[name] = std::max(truth->greatest[name].value_or(record.time()),
            record.time());
        out.emit(record);
    }
    void on_lane(weir::lane_event event, auto& out) {
        truth->live[out.context().lane_name(event.lane)] = event.what == weir::lane_event::kind::opened;
    }
};

std::string holders_of(weir::explanation const& why) {
    std::string names;
    for (auto const& lane : why.watermarks.at(0).lanes)
        if (lane.holds) names += (names.empty() ? "" : " ") + lane.name;
    return names;
}

TEST_CASE("Kafka: a quiet partition, one that stopped for ever, one event ten years ahead: windows close, nothing is lost") {
    weir::kafka::embedded_broker broker({.partitions = 3});
    REQUIRE(broker.create_topic("clicks").has_value());
    hand_clock clock;
    weir::timestamp const start = std::chrono::ceil<std::chrono::minutes>(clock.now);
    std::map<weir::timestamp, std::uint64_t> truth;
    std::uint64_t written = 0;
    auto const write = [&](std::int32_t partition, weir::timestamp ts) {
        REQUIRE(broker.produce("clicks", partition, {}, "click", ts).has_value());
        ++truth[std::chrono::floor<std::chrono::minutes>(ts)];
        ++written;
    };
    for (int second = 0; second < 200; ++second) {
        write(0, start + std::chrono::seconds(second));
        if (second == 5) write(1, start + 5s);
        if (second <= 20) write(2, start + std::chrono::seconds(second));
        if (second == 100) REQUIRE(broker.produce("clicks", 0, {}, "click", start + std::chrono::years(10)).has_value());
    }
    REQUIRE(broker.flush().has_value());

    auto const seen = std::make_shared<lane_truth>();
    std::map<weir::timestamp, std::uint64_t> rows;
    std::vector<std::string> letters;
    auto job = weir::from(weir::kafka::source({.brokers = broker.brokers(), .topic = "clicks", .idle_timeout = 30s})) |
               observer{seen, start + std::chrono::years(1)} |
               weir::event_time(weir::record_time, weir::bounded_out_of_orderness(10s)) |
               weir::window(weir::tumbling(1min), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   CHECK(rows.emplace(row.template get<"window_start">(), row.template get<"count">()).second);
               });
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { letters.push_back(to_string(letter.why)); }));

    weir::timestamp watermark = weir::beginning_of_time;
    // Takes steps until everything written was read; at each, exactly the windows that the watermark has passed are closed.
    auto const read_all = [&] {
        std::uint64_t const wanted = written + 1;
        REQUIRE(step_until(job, clock, [&] {
            // What lies between two looks is not seen here, but a watermark only grows: the last one counts.
            if (auto const least = seen->least()) watermark = std::max(watermark, *least - 10s);
            for (auto const& [window, count] : truth) REQUIRE(rows.contains(window) == (window + 1min <= watermark));
            return job.report().stages.at(0).count.in == wanted;
        }));
    };

    clock.now = start + 200s;
    read_all();
    CHECK(rows.empty());
    {
        weir::explanation const why = job.explain();
        INFO(to_string(why));
        CHECK(holders_of(why) == "clicks/1");
        weir::explained_window const window = job.explain(start + 30s).stages.at(0).windows.at(0);
        CHECK(window.items == 82);  // 60 + 1 + 21
        CHECK(window.until == start + 70s);
        CHECK(window.missing == 65s);
        CHECK(why.watermarks.at(0).future == 1);
        CHECK(why.watermarks.at(0).last_future_place == "clicks/0/101");
        CHECK_THAT(to_string(why), ContainsSubstring("waits for clicks/1 to reach "));
    }

    // The busy partition goes on; the others are quiet for longer than `idle_timeout`, but nobody can prove them idle.
    weir::timestamp busy = start + 200s;
    broker.broker_down();
    for (int i = 0; i < 20; ++i) {
        clock.now += 2s;
        step(job, clock);
    }
    CHECK(rows.empty());
    {
        weir::explanation const why = job.explain();
        INFO(to_string(why));
        CHECK(holders_of(why) == "clicks/1");
        CHECK_FALSE(why.watermarks.at(0).all_idle);
        for (auto const& lane : why.watermarks.at(0).lanes)
            if (lane.name == "clicks/1") CHECK(why.now - lane.since >= 40s);
        CHECK_THAT(to_string(why), ContainsSubstring("clicks/1 is waited for, because nothing has proven it idle."));
    }
    broker.broker_up();

    // Second by second, until the broker has confirmed it for both.
    auto const second_of_busy = [&] {
        clock.now += 1s;
        busy = std::max(busy + 1s, clock.now - 1s);
        write(0, busy);
        REQUIRE(broker.flush().has_value());
        read_all();
    };
    int rounds = 0;
    while (seen->live["clicks/1"] || seen->live["clicks/2"]) {
        second_of_busy();
        REQUIRE(++rounds < 200);
    }
    CHECK(seen->live["clicks/0"]);
    CHECK(rows.size() >= 3);  // what the quiet ones held back: three minutes
    CHECK(rows.at(start) == 82);
    {
        weir::explanation const why = job.explain();
        INFO(to_string(why));
        CHECK(holders_of(why) == "clicks/0");
        CHECK_THAT(to_string(why), ContainsSubstring("  clicks/1: idle, latest event of "));
        CHECK_THAT(to_string(why), ContainsSubstring("  clicks/2: idle, latest event of "));
    }

    // The quiet one comes back, on time, and joins the minimum again.
    write(1, busy - 2s);
    REQUIRE(broker.flush().has_value());
    read_all();
    second_of_busy();
    CHECK(holders_of(job.explain()) == "clicks/1");

    job.stop();
    REQUIRE(run_to_end(job, clock));
    CHECK(rows == truth);
    weir::report const report = job.report();
    INFO(to_string(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.balanced());
    CHECK(report.total().in == written + 1);
    CHECK(report.total().aggregated == written);
    CHECK(report.total().late == 0);
    CHECK(report.total().future == 1);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].starts_with("event_time: clicks/0/101: the event is 315"));
}

}  // namespace weir_test::fault_quiet_partitions
