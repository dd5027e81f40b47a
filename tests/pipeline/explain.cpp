// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/explain.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <support/scripted.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/named.hpp>
#include <weir/transform/split.hpp>
#include <weir/transform/tee.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::pipeline_explain {

using namespace std::chrono_literals;
using weir::awaited;
using weir::lane_status;
using Catch::Matchers::ContainsSubstring;

/// Event time in seconds: the item itself.
auto timed(std::chrono::seconds bound = 10s, weir::event_time_options options = {}) {
    return weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(bound), options);
}

/// Minutes, counted.
auto minutes() { return weir::chain(weir::window(weir::tumbling(1min), weir::drop_late)) | weir::aggregate(weir::count()); }

auto counted(auto from) { return std::move(from) | minutes() | weir::discard(); }

weir::explained_lane const& lane_named(weir::explained_watermark const& time, std::string const& name) {
    auto const found = std::find_if(time.lanes.begin(), time.lanes.end(), [&](auto const& each) { return each.name == name; });
    REQUIRE(found != time.lanes.end());
    return *found;
}

TEST_CASE("each lane: its name, where it stands, how far behind, since when, and whether it holds the watermark") {
    scripted_source source{{{{names{0, "clicks/0"}, names{1, "clicks/1"}, names{2, "clicks/2"}, names{3, "clicks/3"}, opened(0),
        opened(1),
                              opened(2), opened(3), emits{100, 0}, emits{40, 1}, emits{70, 2}, emits{30, 3}}},
                            {{emits{110, 0}, idle(3)}},
                            {{emits{105, 0}, ended(2)}}},
                           true};
    auto job = counted(weir::from(source) | timed());
    job.step(10, seconds(1000));
    {
        weir::explanation const why = job.explain();
        CHECK(why.now == seconds(1000));
        REQUIRE(why.watermarks.size() == 1);
        weir::explained_watermark const& time = why.watermarks[0];
        CHECK(time.stage == "event_time");
        CHECK(time.watermark == seconds(20));
        CHECK(time.bound == 10s);
        CHECK_FALSE(time.all_idle);
        REQUIRE(time.lanes.size() == 4);
        CHECK(lane_named(time, "clicks/3").holds);
        CHECK_FALSE(lane_named(time, "clicks/1").holds);
    }
    job.step(10, seconds(1001));
    job.step(10, seconds(1007));
    weir::explained_watermark const time = job.explain().watermarks.at(0);
    CHECK(time.watermark == seconds(30));
    auto const& front = lane_named(time, "clicks/0");
    CHECK(front.status == lane_status::live);
    CHECK(front.greatest == seconds(110));
    CHECK(front.watermark == seconds(100));
    CHECK(front.behind == 0s);
    CHECK(front.since == seconds(1001));  // 105, which came later, moved nothing
    CHECK_FALSE(front.holds);
    auto const& slow = lane_named(time, "clicks/1");
    CHECK(slow.greatest == seconds(40));
    CHECK(slow.behind == 70s);
    CHECK(slow.since == seconds(1000));
    CHECK(slow.holds);
    CHECK(lane_named(time, "clicks/2").status == lane_status::ended);
    CHECK(lane_named(time, "clicks/3").status == lane_status::idle);
    CHECK_FALSE(lane_named(time, "clicks/3").holds);
}

TEST_CASE("a lane that has brought nothing holds the watermark, and is named so; lanes never heard of are not there") {
    scripted_source source{{{{opened(1), opened(3), emits{100, 3}}}, {}}, true};
    auto job = counted(weir::from(source) | timed());
    job.step(10, seconds(5));
    job.step(10, seconds(65));
    weir::explanation const why = job.explain();
    auto const& time = why.watermarks.at(0);
    CHECK(time.watermark == weir::beginning_of_time);
    REQUIRE(time.lanes.size() == 2);
    CHECK(time.lanes[0].name == "lane 1");
    CHECK(time.lanes[0].greatest == weir::beginning_of_time);
    CHECK(time.lanes[0].watermark == weir::beginning_of_time);
    CHECK(time.lanes[0].behind == 0s);
    CHECK(time.lanes[0].since == seconds(5));
    CHECK(time.lanes[0].holds);
    CHECK_FALSE(time.lanes[1].holds);
    REQUIRE(why.stages.at(0).windows.size() == 1);
    CHECK(why.stages[0].windows[0].missing == weir::duration::max());
    CHECK(to_string(why) ==
          "window: 1 window is open.\n"
          "  from 1970-01-01T00:01:00Z to 1970-01-01T00:02:00Z, 1 item: waits for lane 1 to reach 1970-01-01T00:02:10Z.\n"
          "event_time: there is no watermark yet. lane 1 holds it. No event has come by it "
          "since 1970-01-01T00:00:05Z by the clock, 1 min ago.\n"
          "  lane 1 is waited for, because nothing has proven it idle. Where quiet is normal, set the Kafka source's "
          "`idle_timeout`, or let your own source say `idle`.\n"
          "  lane 1: live, nothing yet, unmoved since 1970-01-01T00:00:05Z\n"
          "  lane 3: live, latest event of 1970-01-01T00:01:40Z, unmoved since 1970-01-01T00:00:05Z\n");
}

TEST_CASE("each open window: what it holds, what the lane must reach, and how much is missing, to the microsecond") {
    auto job = weir::from(weir::push<int>()) | timed() |
               weir::window(weir::tumbling(1min), weir::drop_late, weir::allowed_lateness(5min)) | weir::aggregate(weir::count()) |
               weir::discard();
    for (int n : {10, 20, 65, 129, 250}) job.push(n);
    weir::explanation const why = job.explain();
    REQUIRE(why.stages.size() == 1);
    weir::explained_stage const& stage = why.stages[0];
    CHECK(stage.name == "window");
    CHECK(stage.open == 4);
    CHECK(why.open() == 4);
    CHECK(stage.watermark == 0);
    REQUIRE(stage.windows.size() == 4);
    CHECK(stage.windows[0].start == seconds(0));
    CHECK(stage.windows[0].end == seconds(60));
    CHECK(stage.windows[0].items == 2);
    CHECK(stage.windows[0].fired);
    CHECK(stage.windows[0].waits_for == awaited::corrections);
    CHECK(stage.windows[0].missing == 0s);
    CHECK(stage.windows[1].fired);
    CHECK(stage.windows[2].fired);
    weir::explained_window const& last = stage.windows[3];
    CHECK(last.items == 1);
    CHECK_FALSE(last.fired);
    CHECK(last.waits_for == awaited::event);
    CHECK(last.until == seconds(310));
    CHECK(last.missing == 60s);
    CHECK_THAT(to_string(why),
        ContainsSubstring("from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, 2 items: "
                          "its result is out; it is kept for corrections.\n"));

    SECTION("an event short of it leaves it open, one of exactly that time closes it") {
        auto exact = weir::from(weir::push<weir::timestamp>()) |
                     weir::event_time([](weir::timestamp t) { return t; }, weir::bounded_out_of_orderness(10s)) |
                     weir::window(weir::tumbling(1min), weir::drop_late) | weir::aggregate(weir::count()) | weir::discard();
        exact.push(seconds(250));
        weir::timestamp const until = exact.explain().stages.at(0).windows.at(0).until;
        exact.push(until - weir::duration(1));
        CHECK(exact.explain().stages[0].windows.at(0).missing == weir::duration(1));
        CHECK(exact.explain().stages[0].windows.at(0).end == seconds(300));
        exact.push(until);
        CHECK(exact.explain().stages[0].windows.at(0).end == seconds(360));
    }
}

TEST_CASE("only the windows that contain a time, when it is asked for; the others are still counted") {
    auto job = counted(weir::from(weir::push<int>()) | timed(10min));
    for (int n : {10, 70, 130}) job.push(n);
    weir::explanation const why = job.explain(seconds(60));
    CHECK(why.about == seconds(60));
    CHECK(why.stages.at(0).open == 3);
    REQUIRE(why.stages[0].windows.size() == 1);
    CHECK(why.stages[0].windows[0].start == seconds(60));
    CHECK_THAT(to_string(why),
        ContainsSubstring("window: 1 of 3 open windows contains 1970-01-01T00:01:00Z.\n  from 1970-01-01T00:01:00Z"));
    CHECK(job.explain(seconds(180)).stages[0].windows.empty());
    CHECK_THAT(to_string(job.explain(seconds(180))),
               ContainsSubstring("window: no open window contains 1970-01-01T00:03:00Z; 3 others are open.\n"));
}

TEST_CASE("since when is told by the host's clock: of the step in which a lane moved, at the latest the first that was given") {
    auto job = counted(weir::from(weir::push<int>()) | timed());
    auto const since = [&] { return job.explain().watermarks.at(0).lanes.at(0).since; };
    job.push(1);
    CHECK(since() == weir::beginning_of_time);
    CHECK_THAT(to_string(job.explain()), !ContainsSubstring("since"));
    job.step(0, seconds(100));
    CHECK(since() == seconds(100));
    job.step(0, seconds(200));
    CHECK(since() == seconds(100));
    job.push(5);
    CHECK(since() == seconds(200));
    job.step(0, seconds(300));
    job.step(0, seconds(400));
    CHECK(since() == seconds(200));
    job.push(5);
    job.push(4);
    job.step(0, seconds(500));
    CHECK(since() == seconds(200));
}

TEST_CASE("a lane that moved in this very step is not called quiet") {
    auto job = counted(weir::from(weir::push<int>()) | timed());
    job.step(0, seconds(100));
    job.push(5);
    CHECK(to_string(job.explain()) ==
          "window: 1 window is open.\n"
          "  from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, 1 item: waits for lane 0 to reach "
          "1970-01-01T00:01:10Z: 1 min 5 s to go.\n"
          "event_time: the watermark is 1969-12-31T23:59:55Z, the bound 10 s. The latest event is of 1970-01-01T00:00:05Z.\n");
    job.step(0, seconds(190));
    CHECK_THAT(to_string(job.explain()),
               ContainsSubstring("The latest event is of 1970-01-01T00:00:05Z, and nothing later has come since "
                                 "1970-01-01T00:01:40Z by the clock, 1 min 30 s ago.\n"
                                 "  lane 0 is waited for, because nothing has proven it idle."));
}

TEST_CASE("every lane is idle: windows wait for an event by any lane, or for the clock where that was asked for") {
    scripted_source const source{{{{emits{5, 0}, emits{30, 1}}}, {{idle(0), idle(1)}}}, true};
    SECTION("for an event") {
        auto job = counted(weir::from(source) | timed());
        for (int n = 0; n < 3; ++n) job.step(10, seconds(30 + n));
        weir::explanation const why = job.explain();
        auto const& time = why.watermarks.at(0);
        CHECK(time.all_idle);
        CHECK_FALSE(time.advance_when_idle);
        CHECK_FALSE((time.lanes.at(0).holds || time.lanes.at(1).holds));
        CHECK(why.stages.at(0).windows.at(0).waits_for == awaited::event);
        CHECK(why.stages[0].windows[0].until == seconds(70));
        CHECK(to_string(why) ==
              "window: 1 window is open.\n"
              "  from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, 2 items: waits for any lane to reach "
              "1970-01-01T00:01:10Z: 40 s to go.\n"
              "event_time: the watermark is 1970-01-01T00:00:20Z, the bound 10 s. Every lane is idle or has ended: "
              "time stands still until an event comes. "
              "If windows should then close by the clock, say so: `event_time_options::advance_when_idle`.\n"
              "  lane 0: idle, latest event of 1970-01-01T00:00:05Z, unmoved since 1970-01-01T00:00:30Z\n"
              "  lane 1: idle, latest event of 1970-01-01T00:00:30Z, unmoved since 1970-01-01T00:00:30Z\n");
    }
    SECTION("for the clock") {
        auto job = counted(weir::from(source) | timed(10s, {.advance_when_idle = true}));
        for (int n : {30, 31, 69}) job.step(10, seconds(n));
        weir::explanation const why = job.explain();
        auto const window = why.stages.at(0).windows.at(0);
        CHECK(window.waits_for == awaited::clock);
        CHECK(window.until == seconds(70));
        CHECK(window.missing == 1s);
        CHECK_THAT(to_string(why), ContainsSubstring("closes when the clock reaches 1970-01-01T00:01:10Z: 1 s to go.\n"));
        CHECK_THAT(to_string(why), ContainsSubstring("time moves by the clock, less the bound.\n"));
        job.step(10, seconds(70));
        CHECK(job.explain().open() == 0);
    }
}

TEST_CASE("events from the future: how many, and where the last of them was and what it said") {
    scripted_source source{{{{names{0, "clicks/0"}, emits{100, 0, 7}, emits{5000, 0, 8}, emits{90000, 0, 9}}},
        {{emits{101, 0, 10}}}}, true};
    auto job = counted(weir::from(source) | timed());
    job.step(10, seconds(100));
    job.step(10, seconds(101));
    weir::explained_watermark const time = job.explain().watermarks.at(0);
    CHECK(time.future == 2);
    CHECK(time.last_future == seconds(90000));
    CHECK(time.last_future_place == "clicks/0/9");
    CHECK(time.watermark == seconds(91));
    CHECK_THAT(to_string(job.explain()),
        ContainsSubstring("  2 events were set aside as too far ahead of the clock, and moved nothing; the last, at "
                                                           "clicks/0/9, says 1970-01-02T01:00:00Z.\n"));
}

TEST_CASE("behind a merge of timed inputs a window waits for the lane that holds the input that holds the merge") {
    scripted_source const fast{{{{names{0, "views/0"}, opened(0), emits{100, 0}}}, {{emits{200, 0}}}}, true};
    scripted_source const slow{{{{names{0, "clicks/0"}, names{1, "clicks/1"}, opened(0), opened(1), emits{90, 0}, emits{30, 1}}},
        {{emits{95, 0}}}}, true};
    auto job = counted(weir::from(weir::merge(weir::from(fast) | timed(5s), weir::from(slow) | timed(20s))));
    job.step(10, seconds(1000));
    job.step(10, seconds(1001));
    job.step(10, seconds(1002));
    weir::explanation const why = job.explain();
    REQUIRE(why.watermarks.size() == 3);
    weir::explained_watermark const& merge = why.watermarks[2];
    CHECK(merge.stage == "merge");
    CHECK(merge.merges);
    CHECK(merge.watermark == seconds(10));
    REQUIRE(merge.lanes.size() == 2);
    CHECK(merge.lanes[0].name == "input 1 of 2");
    CHECK(merge.lanes[0].greatest == seconds(195));
    CHECK(merge.lanes[0].since == seconds(1001));
    CHECK_FALSE(merge.lanes[0].holds);
    CHECK(merge.lanes[1].holds);
    CHECK(merge.lanes[1].made_by == 1);
    CHECK(merge.lanes[1].behind == 185s);
    CHECK(merge.lanes[1].since == seconds(1000));
    CHECK(why.origin_of(2) == 1);
    CHECK(lane_named(why.watermarks[1], "clicks/1").holds);
    CHECK(why.stages.at(0).watermark == 1);
    CHECK(why.stages[0].windows.at(0).until == seconds(80));  // the bound is that input's own
    CHECK(why.stages[0].windows[0].missing == 50s);
    CHECK_THAT(to_string(why), ContainsSubstring("waits for clicks/1 to reach 1970-01-01T00:01:20Z: 50 s to go.\n"));
    CHECK_THAT(to_string(why),
        ContainsSubstring("merge: the watermark is 1970-01-01T00:00:10Z, the least of its inputs. input 2 of 2 holds it.\n"
                          "  input 2 of 2: live, watermark 1970-01-01T00:00:10Z, unmoved since 1970-01-01T00:16:40Z\n"));
}

TEST_CASE("a merge whose inputs are all idle waits for the least of them; one that has ended is waited for no more") {
    scripted_source const one{{{{emits{100}}}, {{idle(0)}}}, true};
    scripted_source const two{{{{emits{50}}}, {{idle(0)}}}, true};
    auto job = counted(weir::from(weir::merge(weir::from(one) | timed(5s), weir::from(weir::values({1})) | timed(0s),
        weir::from(two) | timed(20s))));
    for (int n = 0; n < 4; ++n) job.step(10, seconds(200 + n));
    weir::explanation const why = job.explain();
    REQUIRE(why.watermarks.size() == 4);
    auto const& merge = why.watermarks[3];
    CHECK(merge.all_idle);
    CHECK(merge.lanes[0].status == lane_status::idle);
    CHECK(merge.lanes[1].status == lane_status::ended);
    CHECK(merge.lanes[2].status == lane_status::idle);
    CHECK(merge.lanes[2].holds);
    CHECK_FALSE(merge.lanes[1].holds);
    CHECK(merge.lanes[2].behind == 65s);
    CHECK(why.stages.at(0).watermark == 2);
    CHECK_THAT(to_string(why), ContainsSubstring("waits for any lane to reach 1970-01-01T00:01:20Z"));
}

TEST_CASE("an event_time behind a merge names its lanes as errors do") {
    scripted_source const one{{{{names{0, "a/0"}, emits{100, 0}}}}, true};
    scripted_source const two{{{{names{2, "b/2"}, emits{50, 2}}}}, true};
    auto job = counted(weir::from(weir::merge(one, two)) | timed());
    job.step(10, seconds(200));
    weir::explanation const why = job.explain();
    REQUIRE(why.watermarks.size() == 1);
    CHECK_FALSE(lane_named(why.watermarks[0], "a/0").holds);
    CHECK(lane_named(why.watermarks[0], "b/2").holds);
}

TEST_CASE("stages are seen wherever they are: behind walls, in branches, under another name") {
    scripted_source const source{{{{names{0, "clicks/0"}, emits{100, 0}}}}, true};
    weir::any_stream<int, weir::timed> clicks = weir::from(source) | timed();
    auto job = weir::from(std::move(clicks)) | weir::tee(minutes() | weir::discard()) |
               weir::tee(weir::boxed<int>(weir::chain(weir::window(weir::tumbling(1h), weir::drop_late)) |
                                          weir::named<"hours">(weir::aggregate(weir::count())) | weir::discard())) |
               weir::map([](int n) { return n; }) | weir::window(weir::tumbling(24h), weir::drop_late) |
               weir::named<"days">(weir::aggregate(weir::count())) | weir::discard();
    job.step(10, seconds(200));
    weir::explanation const why = job.explain();
    REQUIRE(why.watermarks.size() == 1);
    CHECK(why.watermarks[0].lanes.at(0).name == "clicks/0");
    REQUIRE(why.stages.size() == 3);
    CHECK(why.stages[0].name == "window");
    CHECK(why.stages[1].name == "hours");
    CHECK(why.stages[2].name == "days");
    for (auto const& each : why.stages) {
        CHECK(each.open == 1);
        CHECK(each.watermark == 0);
    }
}

TEST_CASE("time that is made in a branch is that branch's own") {
    auto job = weir::from(weir::push<int>()) | timed(1s) | weir::tee(weir::chain(timed(7s)) | minutes() | weir::discard()) |
               minutes() | weir::discard();
    job.push(30);
    weir::explanation const why = job.explain();
    REQUIRE(why.watermarks.size() == 2);
    REQUIRE(why.stages.size() == 2);
    CHECK(why.stages[0].windows.at(0).until == seconds(67));
    CHECK(why.stages[1].windows.at(0).until == seconds(61));
}

/// An operator of a stranger's that holds windows.
struct holder {
    using output = int;
    std::vector<weir::open_window> held;
    void on_item(int const& n, auto& out) { out.emit(n); }
    void open_windows(auto&& visit) const {
        for (weir::open_window const& each : held) visit(each);
    }
};

TEST_CASE("an operator that tells its windows is explained like ours; the text shows those that close next") {
    holder keeps;
    for (int n : {5, 3, 9, 1, 3}) keeps.held.push_back({.start = seconds(n - 1), .end = seconds(n),
        .items = static_cast<std::uint64_t>(n)});
    keeps.held.push_back({.start = seconds(0), .end = seconds(1), .items = 7, .fired = true});
    auto job = weir::from(weir::push<int>()) | timed(0s) | keeps | weir::discard();
    weir::explanation const why = job.explain();
    CHECK(why.stages.at(0).open == 6);
    CHECK(why.stages[0].windows.size() == 6);
    std::string const text = to_string(why);
    INFO(text);
    auto const first = text.find("to 1970-01-01T00:00:01Z, 1 item: waits for a first lane to reach 1970-01-01T00:00:01Z.\n");
    auto const second = text.find("to 1970-01-01T00:00:03Z, 3 items");
    REQUIRE(second != std::string::npos);
    auto const third = text.find("to 1970-01-01T00:00:03Z, 3 items", second + 1);
    REQUIRE(third != std::string::npos);
    CHECK(first < second);
    CHECK_THAT(text, ContainsSubstring("  and 3 more\n"));
    CHECK_THAT(text, !ContainsSubstring("7 items"));
}

TEST_CASE("a window that is still open where time has reached its end waits for time to pass it") {
    auto job = weir::from(weir::push<int>()) | timed(1s) | holder{{{.start = seconds(0), .end = seconds(4), .items = 1}}} |
               weir::discard();
    job.push(5);
    CHECK(job.explain().stages.at(0).windows.at(0).missing == 0s);
    CHECK_THAT(to_string(job.explain()), ContainsSubstring("1 item: waits for lane 0 to pass 1970-01-01T00:00:05Z.\n"));
}

TEST_CASE("a window that no time closes waits for the end of the input") {
    auto job = weir::from(weir::push<int>()) | timed(1s) | holder{{{.start = seconds(0), .end = weir::end_of_time, .items = 2}}} |
               weir::discard();
    job.push(1);
    CHECK(job.explain().stages.at(0).windows.at(0).waits_for == awaited::end_of_input);
    CHECK_THAT(to_string(job.explain()),
        ContainsSubstring("  from 1970-01-01T00:00:00Z, 2 items: only the end of the input closes it.\n"));
}

/// A source whose items carry their time, and that makes the watermark itself.
struct timed_source {
    using output = int;
    using output_stream = weir::stream<int, weir::timed>;
    weir::poll_result poll(auto& out) {
        out.emit(1, {.time = seconds(1)});
        return weir::poll_result::idle;
    }
};

TEST_CASE("of a source that makes its own watermark nothing is known, and that is said") {
    auto job = counted(weir::from(timed_source{}));
    job.step(1, seconds(0));
    CHECK(job.explain().stages.at(0).watermark == weir::explanation::no_watermark);
    CHECK(job.explain().stages[0].windows.at(0).waits_for == awaited::source);
    CHECK(to_string(job.explain()) ==
          "window: 1 window is open.\n"
          "  from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, 1 item: waits for the watermark, which the source makes.\n");
}

TEST_CASE("such a source in a merge holds it under the name of its input") {
    auto beside = counted(weir::from(weir::merge(weir::from(weir::values({50, 51})) | timed(), timed_source{})));
    beside.step(1, seconds(0));
    CHECK(beside.explain().watermarks.at(1).lanes.at(0).made_by == 0);
    CHECK(beside.explain().watermarks[1].lanes.at(1).made_by == weir::explanation::no_watermark);
    CHECK(beside.explain().stages.at(0).watermark == 1);
    CHECK_THAT(to_string(beside.explain()), ContainsSubstring("waits for input 2 of 2 to reach 1970-01-01T00:01:00Z.\n"));

    auto job = counted(weir::from(weir::merge(timed_source{}, timed_source{})));
    job.step(1, seconds(0));
    weir::explanation const why = job.explain();
    CHECK(why.stages.at(0).watermark == 0);
    CHECK(why.watermarks.at(0).lanes.at(0).holds);
    CHECK_THAT(to_string(why), ContainsSubstring("waits for input 1 of 2 and 1 more input to reach 1970-01-01T00:01:00Z.\n"));
}

/// Explains itself, as a source that makes watermarks may.
struct explaining_source : timed_source {
    static constexpr std::string_view name = "explaining";
    void explain(auto& into) const {
        into.makes_watermarks(seconds(9), 3s);
        into.lane(4, lane_status::live, seconds(12), seconds(77));
    }
};

TEST_CASE("a source that makes its own watermark may explain it") {
    auto job = counted(weir::from(explaining_source{}));
    job.step(1, seconds(80));
    weir::explanation const why = job.explain();
    CHECK(why.watermarks.at(0).stage == "explaining");
    CHECK(why.watermarks[0].lanes.at(0).name == "lane 4");
    CHECK(why.watermarks[0].lanes[0].holds);
    CHECK(why.stages.at(0).windows.at(0).until == seconds(63));
    CHECK(why.stages[0].windows[0].missing == 51s);
}

TEST_CASE("a job without time, and one at its end, wait for nothing") {
    auto plain = weir::from(weir::values({1, 2})) | weir::discard();
    CHECK(plain.explain().watermarks.empty());
    CHECK(plain.explain().open() == 0);
    CHECK(to_string(plain.explain()) == "No stage makes windows or watermarks, so nothing waits.\n");
    auto job = counted(weir::from(weir::values({1, 2})) | timed());
    run_to_end(job);
    CHECK(to_string(job.explain()) == "The job reads no more: its input has ended, or it was stopped.\n"
                                      "window: no window is open.\nevent_time: the input has ended.\n");
}

TEST_CASE("the explanation equals one worked out anew from what was done, random lanes") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        dice roll(seed);
        struct lane {
            lane_status status = lane_status::live;
            std::optional<int> greatest{};
            int since = 0;
        };
        std::map<std::uint32_t, lane> lanes;
        int const bound = static_cast<int>(roll.between(0, 90));
        std::vector<scripted_poll> polls;
        std::vector<std::map<std::uint32_t, lane>> wanted;
        int const lane_count = static_cast<int>(roll.between(1, 4));
        for (int step = 0; step < 40; ++step) {
            scripted_poll poll;
            for (std::int64_t i = roll.between(0, 3); i > 0; --i) {
                auto const number = static_cast<std::uint32_t>(roll.between(0, lane_count - 1));
                bool const is_new = !lanes.contains(number);
                lane& one = lanes[number];
                if (is_new) one.since = step;
                if (roll.once_in(4)) {
                    one.status = static_cast<lane_status>(roll.between(0, 2));
                    poll.actions.push_back(one.status == lane_status::live ? opened(number) : one.status == lane_status::idle
                        ? idle(number) : ended(number));
                } else {
                    int const time = step * 10 + static_cast<int>(roll.between(-100, 100));
                    one.status = lane_status::live;
                    if (!one.greatest || time > *one.greatest) one.since = step;
                    one.greatest = std::max(one.greatest.value_or(time), time);
                    poll.actions.push_back(emits{time, number});
                }
            }
            polls.push_back(poll);
            wanted.push_back(lanes);
        }
        auto job = counted(weir::from(scripted_source{polls, true}) |
                           timed(std::chrono::seconds(bound), {.max_ahead = weir::no_future_guard}));
        for (int step = 0; step < 40; ++step) {
            job.step(10, seconds(10'000 + step));
            INFO("seed " << seed << ", step " << step);
            weir::explanation const why = job.explain();
            auto const& now = wanted[static_cast<std::size_t>(step)];
            auto const& time = why.watermarks.at(0);
            REQUIRE(time.lanes.size() == now.size());
            std::optional<std::optional<int>> least;
            std::optional<int> foremost;
            for (auto const& [number, one] : now) {
                if (one.status == lane_status::live && (!least || one.greatest < *least)) least = one.greatest;
                if (one.greatest) foremost = std::max(foremost.value_or(*one.greatest), *one.greatest);
            }
            REQUIRE(time.all_idle == (!now.empty() && !least));
            for (auto const& [number, one] : now) {
                auto const& told = lane_named(time, "lane " + std::to_string(number));
                REQUIRE(told.status == one.status);
                REQUIRE(told.greatest == (one.greatest ? seconds(*one.greatest) : weir::beginning_of_time));
                REQUIRE(told.since == seconds(10'000 + one.since));
                REQUIRE(told.holds == (one.status == lane_status::live && one.greatest == *least));
                REQUIRE(told.behind == (one.greatest ? std::chrono::seconds(*foremost - *one.greatest) : 0s));
            }
            for (auto const& window : why.stages.at(0).windows) {
                REQUIRE(window.end > time.watermark);
                if (least && *least) REQUIRE(window.missing == window.end + std::chrono::seconds(bound) - seconds(**least));
            }
        }
    }
}

}  // namespace weir_test::pipeline_explain
