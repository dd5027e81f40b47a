// SPDX-License-Identifier: Apache-2.0
#include <weir/window/window.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <oracle/random_stream.hpp>
#include <support/scripted_lanes.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_window {

[[nodiscard]] weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

struct event {
    std::int64_t time;
};
constexpr auto time_of = [](event const& e) { return at(e.time); };

/// The event times in lane order, as (lane, time), through windows of 10 with the given late road.
template <class Window>
auto run_windows(std::vector<std::pair<std::uint32_t, std::int64_t>> const& events, std::int64_t bound, Window window,
                 std::vector<std::uint64_t>& counts) {
    lane_script<event> script;
    for (auto const& [lane, time] : events) script.opened(lane);
    for (std::size_t i = 0; i < events.size(); ++i)
        script.emit({events[i].second}, {.position = i, .lane = events[i].first});
    auto job = weir::from(scripted_lanes(script)) |
               weir::event_time(time_of, weir::bounded_out_of_orderness(weir::duration(bound))) | std::move(window) |
               weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
    while (!job.finished()) job.step(1, at(0));
    return job.report();
}

constexpr weir::tumbling tens{weir::duration(10)};

TEST_CASE("a window closes when the watermark reaches its end") {
    std::vector<std::uint64_t> counts;
    lane_script<event> script;
    script.emit({5}).emit({12}).emit({13});
    auto job = weir::from(scripted_lanes(script, false, true)) |
               weir::event_time(time_of, weir::bounded_out_of_orderness(weir::duration(3))) |
               weir::window(tens, weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
    job.step(2, at(0));  // watermark 9
    CHECK(counts.empty());
    job.step(1, at(0));  // watermark 10
    CHECK(counts == std::vector<std::uint64_t>{1});
}

TEST_CASE("an event exactly at the watermark is on time") {
    std::vector<std::uint64_t> counts;
    auto const report = run_windows({{0, 14}, {0, 10}, {0, 9}}, 4, weir::window(tens, weir::drop_late), counts);
    CHECK(counts == std::vector<std::uint64_t>{2});
    CHECK(report.total().late == 1);
}

TEST_CASE("an item beyond its lane's bound is still taken while its window is open") {
    std::vector<std::uint64_t> counts;
    auto const report =
        run_windows({{0, 5}, {0, 12}, {0, 19}, {0, 11}, {0, 9}}, 8, weir::window(tens, weir::drop_late), counts);
    CHECK(counts == std::vector<std::uint64_t>{1, 3});
    CHECK(report.total().late == 1);
}

TEST_CASE("an item within its own lane's bound is never late, whatever the other lanes did") {
    std::uint64_t late = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        random_stream const stream = make_random_stream(seed, {.future_guard = false, .lane_events = false});
        std::vector<std::pair<std::uint32_t, std::int64_t>> events;
        std::vector<std::int64_t> behind;  // how far behind its lane each is
        std::vector<std::int64_t> greatest(4, std::numeric_limits<std::int64_t>::min() / 2);
        for (auto const& one : stream.script.actions())
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) {
                std::int64_t const time = said->item.at.time_since_epoch().count();
                greatest[said->at.lane] = std::max(greatest[said->at.lane], time);
                behind.push_back(greatest[said->at.lane] - time);
                events.emplace_back(said->at.lane, time);
            }
        lane_script<fact> script;
        for (std::uint32_t lane = 0; lane < 4; ++lane)
            if (std::any_of(events.begin(), events.end(), [=](auto const& e) { return e.first == lane; }))
                script.opened(lane);
        for (std::size_t i = 0; i < events.size(); ++i)
            script.emit({{}, static_cast<std::uint32_t>(i), 0, at(events[i].second)},
                        {.position = i, .lane = events[i].first});
        bool wrong = false;
        auto job = weir::from(scripted_lanes(script)) |
                   weir::event_time<&fact::at>(weir::bounded_out_of_orderness(weir::duration(stream.settings.bound))) |
                   weir::window(weir::tumbling(weir::duration(stream.settings.size)),
                                weir::late_to(weir::call([&](fact const& item) {
                                    wrong = wrong || behind[item.id] <= stream.settings.bound;
                                    ++late;
                                }))) |
                   weir::aggregate(weir::count()) | weir::discard();
        while (!job.finished()) job.step(100, at(stream.now));
        if (wrong) FAIL("seed " << seed);
    }
    CHECK(late > 100);
}

TEST_CASE("with allowed_lateness(L) a window can be corrected until the watermark reaches end + L") {
    for (bool const lateness_first : {false, true}) {
        std::vector<std::uint64_t> counts;
        weir::allowed_lateness const lateness(weir::duration(5));
        auto const run = [&](auto window) {
            return run_windows({{0, 5}, {0, 14}, {0, 6}, {0, 15}, {0, 7}}, 0, window, counts);
        };
        auto const report = lateness_first ? run(weir::window(tens, lateness, weir::drop_late))
                                           : run(weir::window(tens, weir::drop_late, lateness));
        CHECK(counts == std::vector<std::uint64_t>{1, 2, 2});  // the row, its correction, the next window
        CHECK(report.total().late == 1);
        CHECK(report.total().aggregated == 4);
    }
}

TEST_CASE("nothing late is dropped unsaid: drop_late counts it") {
    std::vector<std::uint64_t> counts;
    auto const report = run_windows({{0, 25}, {0, 5}, {0, 6}, {0, 26}}, 0, weir::window(tens, weir::drop_late), counts);
    CHECK(report.total().late == 2);
    CHECK(report.balanced());
    CHECK(counts == std::vector<std::uint64_t>{2});
}

TEST_CASE("nothing late is dropped unsaid: late_to sends it down a road of its own, counted, whole chains too") {
    for (bool const lateness_first : {false, true}) {
        std::vector<std::uint64_t> counts;
        std::vector<std::int64_t> late;
        auto road = weir::late_to(weir::chain(weir::filter([](event const& e) { return e.time != 6; })) |
                                  weir::call([&](event const& e) { late.push_back(e.time); }));
        weir::allowed_lateness const lateness(weir::duration(0));
        auto const run = [&](auto window) {
            return run_windows({{0, 25}, {0, 5}, {0, 6}, {0, 26}, {0, 7}}, 0, std::move(window), counts);
        };
        auto const report = lateness_first ? run(weir::window(tens, lateness, std::move(road)))
                                           : run(weir::window(tens, std::move(road), lateness));
        CHECK(late == std::vector<std::int64_t>{5, 7});
        CHECK(counts == std::vector<std::uint64_t>{2});
        CHECK(report.total().late == 3);
        CHECK(report.balanced());
        REQUIRE(report.stages.size() == 6);
        CHECK(report.stages[3].name == "filter");
        CHECK(report.stages[3].role == weir::stage_role::branch);
        CHECK(report.stages[3].count.in == 3);
        CHECK(report.stages[4].count.in == 2);
    }
}

struct road_end {
    std::vector<std::uint64_t>* positions;
    bool* ended;
    void on_item(event const&, auto& out) { positions->push_back(out.at().position); }
    void on_end(auto&) { *ended = true; }
};

TEST_CASE("the late road has the stamp of each late item, and ends with the job") {
    std::vector<std::uint64_t> counts;
    std::vector<std::uint64_t> positions;
    bool ended = false;
    run_windows({{0, 25}, {0, 5}, {0, 26}, {0, 7}}, 0, weir::window(tens, weir::late_to(road_end{&positions, &ended})),
                counts);
    CHECK(positions == std::vector<std::uint64_t>{1, 3});
    CHECK(ended);
}

TEST_CASE("the choice of a window survives a later choice of key and filters, which do not change the item") {
    std::vector<std::uint64_t> counts;
    auto job = weir::from(weir::values(std::vector<event>{{1}, {2}, {3}})) |
               weir::event_time(time_of, weir::bounded_out_of_orderness(weir::duration(0))) |
               weir::window(tens, weir::drop_late) | weir::filter([](event const& e) { return e.time != 2; }) |
               weir::key_by<&event::time>() | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
    while (!job.finished()) job.step(10, at(0));
    CHECK(counts == std::vector<std::uint64_t>{1, 1});
}

}  // namespace weir_test::window_window
