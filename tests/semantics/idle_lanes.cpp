// SPDX-License-Identifier: Apache-2.0
// Kafka's own proof is in idle_partitions.cpp, which needs that adapter.
#include <semantics/clicks.hpp>

#include <catch.hpp>

namespace weir_test::semantics_idle_lanes {

using namespace semantics;

constexpr weir::event_time_options by_clock{.advance_when_idle = true};

TEST_CASE("A lane leaves the minimum only when its source has *proven* that nothing is waiting.") {
    words log;
    auto job = watched(script().opened(0).opened(1).item({"a", at(50)}).item({"b", at(20)}, 1).item({"c", at(60)})
                           .end_poll().idle(1).endless(), us(0), log);
    job.step(100, at(60));
    // Lane 1 is quiet, and however long that lasts, it leaves when its source says so and not before.
    CHECK(log == words{"a@50", "w 20", "b@20", "c@60"});
    job.step(100, at(3'600'000'000));
    CHECK(log == words{"a@50", "w 20", "b@20", "c@60", "w 60"});
}

TEST_CASE("A lane that we did not poll is never idle.") {
    words log;
    auto job = watched(script().opened(0).opened(1).item({"a", at(50)}).idle(0).endless(), us(10), log, by_clock);
    for (int hour = 1; hour <= 10; ++hour) job.step(100, at(hour * 3'600'000'000));
    CHECK(log == words{"a@50"});
}

TEST_CASE("When every lane is idle, time moves by the clock minus the bound, if the user asked for it (`advance_when_idle`).") {
    words rows;
    auto job = weir::from(script().opened(0).opened(1).item({"/", at(5)}).idle(0).idle(1).endless().source()) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(10)), by_clock) |
               weir::window(weir::tumbling(us(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { rows.push_back(shown(row)); });
    job.step(100, at(6));
    job.step(100, at(19));  // W = 9
    CHECK(rows.empty());
    job.step(100, at(20));  // W = 10
    CHECK(rows == words{"0..10: 1"});
}

TEST_CASE("Otherwise windows wait.") {
    words rows;
    auto job = counting(script().item({"/", at(5)}).idle(0).endless(), us(10), rows, weir::tumbling(us(10)), weir::drop_late);
    for (int hour = 1; hour <= 10; ++hour) job.step(100, at(hour * 3'600'000'000));
    CHECK(rows.empty());
}

TEST_CASE("A lane that comes back joins the minimum again.") {
    words log;
    auto job = watched(script().opened(0).opened(1).item({"a", at(50)}).idle(1).item({"b", at(55)}, 1)
                           .item({"c", at(70)}).item({"d", at(60)}, 1), us(0), log);
    finish(job);
    CHECK(log == words{"a@50", "w 50", "b@55", "w 55", "c@70", "w 60", "d@60", "w end"});
}

TEST_CASE("a lane that comes back by its item alone holds back the time of the stages behind a window, too") {
    for (bool const told : {false, true}) {
        words rows;
        script says;
        says.opened(0).item({"/", at(5)}).end_poll().idle(0).end_poll();
        if (told) says.opened(0);
        says.item({"/", at(95)}).end_poll().item({"/", at(111)}).end_poll().endless();
        auto job = weir::from(says.source()) |
                   weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(10)), by_clock) |
                   weir::window(weir::tumbling(us(10)), weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::event_time([](auto const& row) { return row.template get<"window_start">(); },
                                    weir::bounded_out_of_orderness(us(10)), by_clock) |
                   weir::window(weir::tumbling(us(10)), weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::call([&](auto const& row) { rows.push_back(shown(row)); });
        for (std::int64_t const now : {6, 30, 96, 112, 113, 150}) job.step(100, at(now));
        job.stop();
        CHECK(rows == words{"0..10: 1", "90..100: 1", "110..120: 1"});
        CHECK(job.report().total().late == 0);
        CHECK(job.report().balanced());
    }
}

TEST_CASE("What it brings below `W` is judged by the lateness rules and counted.") {
    for (bool const corrects : {false, true}) {
        words rows;
        weir::duration const lateness = us(corrects ? 100 : 0);
        auto job = counting(script().opened(0).opened(1).item({"/", at(5)}).idle(1).item({"/", at(50)})
                                .item({"/", at(6)}, 1), us(0), rows, weir::tumbling(us(10)), weir::drop_late,
                            weir::allowed_lateness(lateness));
        finish(job);
        CHECK(rows == (corrects ? words{"0..10 /: 1", "0..10 /: 2", "50..60 /: 1"} : words{"0..10 /: 1", "50..60 /: 1"}));
        CHECK(job.report().total().late == (corrects ? 0u : 1u));
        CHECK(job.report().balanced());
    }
}

}  // namespace weir_test::semantics_idle_lanes
