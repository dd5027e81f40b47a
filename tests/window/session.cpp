// SPDX-License-Identifier: Apache-2.0
// What a session is, sentence by sentence; where engines differ, the test says from which.
#include <weir/window/session.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <support/session_rows.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/window/rule.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_session {

using namespace std::chrono_literals;

static_assert(weir::session_rule<weir::fixed_gap_session>);
static_assert(weir::session_rule<decltype(weir::session<&visit::patience>())>);
static_assert(!weir::window_rule<weir::fixed_gap_session> && !weir::pane_rule<weir::fixed_gap_session>);
static_assert(!weir::session_rule<weir::tumbling<>>);
static_assert(std::is_same_v<decltype(weir::session(30min)), weir::fixed_gap_session>);

auto ten() { return sessions_by_user(weir::session(us(10)), weir::drop_late); }

TEST_CASE("a rule says its gap, an item's gap, and whether it is valid") {
    CHECK(weir::session(30min).gap() == 30min);
    CHECK(weir::session(30min).gap_of(visit{"a"}) == 30min);
    CHECK(weir::session(us(1)).valid());
    CHECK_FALSE(weir::session(us(0)).valid());
    CHECK_FALSE(weir::session(us(-1)).valid());
    CHECK(weir::session<&visit::patience>().gap_of(visit{"a", 0, us(7)}) == us(7));
    CHECK(weir::session([](visit const& v) { return us(v.value); }).gap_of(visit{"a", 8}) == us(8));
}

TEST_CASE("sessions: two events exactly the gap apart are in one session (Flink, Kafka, Bytewax; Beam's end is exclusive)") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(110));
    driver.push({"a"}, at(120));
    driver.end();
    CHECK(rows_of(driver) == "100..120 130 a: 3");
}

TEST_CASE("sessions: two events one microsecond more than the gap apart are in two") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(111));
    driver.end();
    CHECK(rows_of(driver) == "100..100 110 a: 1 | 111..111 121 a: 1");
}

TEST_CASE("sessions: the row's window ends at the last event plus the gap, as in Flink; Kafka says the last event, which is "
          "`last_event`") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(103));
    driver.end();
    auto const rows = driver.take_outputs();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].item.get<"window_start">() == at(100));
    CHECK(rows[0].item.get<"window_end">() == at(113));
    CHECK(rows[0].item.get<"last_event">() == at(103));
    CHECK(rows[0].at.time == at(113));
}

TEST_CASE("sessions: one closes when the watermark is beyond its end, not when it is at it: an event at W is on time") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.advance_watermark_to(at(110));
    CHECK(rows_of(driver).empty());
    driver.push({"a"}, at(110));  // on time, and exactly the gap behind
    driver.advance_watermark_to(at(120));
    CHECK(rows_of(driver).empty());
    driver.advance_watermark_to(at(121));
    CHECK(rows_of(driver) == "100..110 120 a: 2");
}

TEST_CASE("sessions: keys do not share one") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.push({"b"}, at(105));
    driver.push({"a"}, at(110));
    driver.end();
    CHECK(rows_of(driver) == "105..105 115 b: 1 | 100..110 120 a: 2");
}

TEST_CASE("sessions: without key_by there is one at a time for all") {
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::window(weir::session(us(10)), weir::drop_late)) |
                                                    weir::aggregate(weir::count()));
    driver.push({"a"}, at(100));
    driver.push({"b"}, at(108));
    driver.push({"c"}, at(130));
    driver.advance_watermark_to(at(130));
    CHECK(rows_of(driver) == "100..108 118 : 2");
    driver.end();
    CHECK(rows_of(driver) == "130..130 140 : 1");
}

TEST_CASE("sessions: an event out of order joins the session behind it, before it, or both") {
    auto driver = ten();
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(90));  // exactly the gap before
    driver.push({"a"}, at(120));
    driver.push({"a"}, at(140));
    driver.push({"a"}, at(130));  // exactly between two
    driver.end();
    CHECK(rows_of(driver) == "90..100 110 a: 2 | 120..140 150 a: 3");
}

TEST_CASE("sessions: one event may join no more than what it touches") {
    auto driver = ten();
    for (std::int64_t t : {100, 120, 140, 160}) driver.push({"a"}, at(t));
    driver.push({"a"}, at(130));
    driver.end();
    CHECK(rows_of(driver) == "100..100 110 a: 1 | 120..140 150 a: 3 | 160..160 170 a: 1");
}

TEST_CASE("sessions: with gaps of items one long item joins many sessions at once") {
    auto driver = sessions_by_user(weir::session<&visit::patience>(), weir::drop_late);
    for (std::int64_t t : {100, 120, 140, 160}) driver.push({"a", 0, us(5)}, at(t));
    driver.push({"a", 0, us(42)}, at(99));  // until 141
    driver.end();
    CHECK(rows_of(driver) == "99..140 145 a: 4 | 160..160 165 a: 1");
}

TEST_CASE("sessions: rows come by end, then by the arrival of the first event; a merged one has the earlier arrival") {
    auto driver = ten();
    driver.push({"x"}, at(110));
    driver.push({"b"}, at(100));
    driver.push({"a"}, at(120));
    driver.push({"b"}, at(120));
    driver.push({"c"}, at(90));
    driver.push({"b"}, at(110));  // b is one session since the second event that arrived
    driver.end();
    CHECK(rows_of(driver) == "90..90 100 c: 1 | 110..110 120 x: 1 | 100..120 130 b: 3 | 120..120 130 a: 1");
}

TEST_CASE("sessions: an event is late when its own session would be over and there is none to join") {
    std::vector<std::string> late;
    auto driver = sessions_by_user(weir::session(us(10)),
                                   weir::late_to(weir::call([&](visit const& each) { late.push_back(std::string(each.user)); })));
    driver.advance_watermark_to(at(120));
    driver.push({"on time"}, at(110));  // its session would end at 120: an event at 120 would still extend it
    driver.push({"late"}, at(109));
    CHECK(late == std::vector<std::string>{"late"});
    driver.push({"on time"}, at(100));  // joins
    CHECK(late.size() == 1);
    driver.end();
    CHECK(rows_of(driver) == "100..110 120 on time: 2");
    auto const count = driver.report().stages[1].count;
    CHECK(count.late == 1);
    CHECK(count.late_assignments == 1);
    CHECK(driver.balanced());
}

TEST_CASE("sessions: dropped if merged_end + gap + grace < stream_time (Kafka Streams, KStreamSessionWindowAggregate; gap 30000, "
          "grace 60000, stream time 100010: 10010 accepted, 10009 dropped)") {
    auto driver = sessions_by_user(weir::session(us(30'000)), weir::drop_late, weir::allowed_lateness(us(60'000)));
    driver.advance_watermark_to(at(100'010));
    driver.push({"a"}, at(10'009));
    CHECK(rows_of(driver).empty());
    driver.push({"a"}, at(10'010));
    CHECK(rows_of(driver) == "+10010..10010 40010 a: 1");
    CHECK(driver.report().stages[1].count.late == 1);
}

TEST_CASE("sessions: two events exactly gap apart merge, bounds are [first, last] both inclusive (Kafka Streams, "
          "session-windows.json); old rows are taken back before the new one comes") {
    auto driver = sessions_by_user(weir::session(us(30'000)), weir::drop_late, weir::emit::on_update);
    driver.push({"a"}, at(0));
    CHECK(rows_of(driver) == "+0..0 30000 a: 1");
    driver.push({"a"}, at(60'000));
    CHECK(rows_of(driver) == "+60000..60000 90000 a: 1");
    driver.push({"a"}, at(30'000));
    CHECK(rows_of(driver) == "-0..0 30000 a: 1 | -60000..60000 90000 a: 1 | +0..60000 90000 a: 3");
}

TEST_CASE("sessions: within the allowed lateness a closed one is corrected: at once while it stays closed") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::allowed_lateness(us(20)));
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(105));
    driver.advance_watermark_to(at(130));
    CHECK(rows_of(driver) == "+100..105 115 a: 2");
    driver.push({"a"}, at(103));  // within
    CHECK(rows_of(driver) == "~100..105 115 a: 3 was 100..105 115 a: 2");
    driver.push({"a"}, at(110));  // it grows, and is closed still
    CHECK(rows_of(driver) == "-100..105 115 a: 3 | +100..110 120 a: 4");
    driver.advance_watermark_to(at(140));
    driver.push({"a"}, at(110));
    CHECK(rows_of(driver) == "~100..110 120 a: 5 was 100..110 120 a: 4");
    driver.advance_watermark_to(at(141));  // 120 + 20 has passed
    driver.push({"a"}, at(110));
    CHECK(rows_of(driver).empty());
    CHECK(driver.report().stages[1].count.late == 1);
    CHECK(driver.balanced());
}

TEST_CASE("sessions: a closed one that an event opens again takes its row back when it closes anew") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::allowed_lateness(us(20)));
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(122));
    driver.advance_watermark_to(at(112));
    CHECK(rows_of(driver) == "+100..100 110 a: 1");
    driver.push({"a"}, at(109));
    CHECK(rows_of(driver).empty());
    CHECK(driver.report().stages[1].count.in_flight == 2);
    driver.advance_watermark_to(at(120));
    CHECK(rows_of(driver) == "-100..100 110 a: 1 | +100..109 119 a: 2");
    driver.push({"a"}, at(115));  // joins the closed one and the open one
    driver.end();
    CHECK(rows_of(driver) == "-100..109 119 a: 2 | +100..122 132 a: 4");
    CHECK(driver.balanced());
}

TEST_CASE("sessions: emit::on_update is a row for each event, and none when a session closes") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::emit::on_update);
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(104));
    driver.push({"a"}, at(102));
    CHECK(rows_of(driver) ==
          "+100..100 110 a: 1 | -100..100 110 a: 1 | +100..104 114 a: 2 | ~100..104 114 a: 3 was 100..104 114 a: 2");
    driver.end();
    CHECK(rows_of(driver).empty());
}

TEST_CASE("sessions: with a period changes wait until the watermark reaches a multiple of it; emit::every has a final row too") {
    auto const run = [](auto emission) {
        auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, emission);
        driver.advance_watermark_to(at(95));
        driver.push({"b"}, at(103));
        driver.push({"a"}, at(100));
        driver.push({"a"}, at(104));
        driver.advance_watermark_to(at(99));
        std::string log = rows_of(driver) + ";";
        driver.advance_watermark_to(at(100));
        log += " " + rows_of(driver) + ";";
        driver.advance_watermark_to(at(112));
        log += " " + rows_of(driver) + ";";
        driver.advance_watermark_to(at(115));
        return log + " " + rows_of(driver);
    };
    CHECK(run(weir::emit::on_update(us(10))) == "; +103..103 113 b: 1 | +100..104 114 a: 2; ; ");
    CHECK(run(weir::emit::every(us(10))) == "; +103..103 113 b: 1 | +100..104 114 a: 2; ; ~103..103 113 b: 1 was 103..103 113 b: 1 | "
                                            "~100..104 114 a: 2 was 100..104 114 a: 2");
}

/// Fires at every second event of a session that no row has shown.
struct every_second {
    bool fires(weir::trigger_view const& view) const {
        CHECK(view.window_end == view.event_time + us(10));
        CHECK(view.watermark == at(90));
        return view.unseen == 2;
    }
};

TEST_CASE("sessions: the row of sessions that were joined before they were seen accounts for the items of all") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::emit::on_update(us(10)));
    driver.advance_watermark_to(at(95));
    for (std::int64_t time : {100, 120, 110}) driver.push({"a"}, at(time));
    CHECK(driver.report().stages[1].count.in_flight == 3);
    driver.advance_watermark_to(at(100));
    CHECK(rows_of(driver) == "+100..120 130 a: 3");
    CHECK(driver.report().stages[1].count.in_flight == 0);
}

TEST_CASE("sessions: emit::when asks a rule of one's own after each event, and the final row comes anyway") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::emit::when(every_second{}));
    driver.advance_watermark_to(at(90));
    driver.push({"a"}, at(100));
    CHECK(rows_of(driver).empty());
    driver.push({"a"}, at(101));
    CHECK(rows_of(driver) == "+100..101 111 a: 2");
    driver.push({"a"}, at(102));
    CHECK(rows_of(driver).empty());
    driver.end();
    CHECK(rows_of(driver) == "-100..101 111 a: 2 | +100..102 112 a: 3");
}

TEST_CASE("sessions: a gap of each item: it covers its time and so much behind it, and the end is the greatest of these (Flink, "
          "EventTimeSessionWindows.withDynamicGap)") {
    auto driver = sessions_by_user(weir::session([](visit const& v) { return v.patience; }), weir::drop_late);
    driver.push({"a", 0, us(100)}, at(100));
    driver.push({"a", 0, us(1)}, at(110));  // within the first one's span; ends long before it
    driver.push({"a", 0, us(5)}, at(200));  // exactly at its end
    driver.push({"a", 0, us(5)}, at(206));  // one too far
    driver.end();
    CHECK(rows_of(driver) == "100..200 205 a: 3 | 206..206 211 a: 1");
}

TEST_CASE("sessions: an item whose own gap is not positive is a dead letter, and counted") {
    auto driver = sessions_by_user(weir::session<&visit::patience>(), weir::drop_late);
    driver.push({"a", 0, us(0)}, at(100));
    driver.push({"a", 0, us(-5)}, at(100));
    driver.push({"a", 0, us(5)}, at(100));
    driver.push({"a", 0, us(0)}, at(101));
    REQUIRE(driver.dead_letters().size() == 3);
    CHECK(driver.dead_letters()[0].why.component == "window");
    CHECK_THAT(driver.dead_letters()[0].why.place, Catch::Matchers::EndsWith("key a"));
    driver.end();
    CHECK(rows_of(driver) == "100..100 105 a: 1");
    CHECK(driver.report().stages[1].count.dead_lettered == 3);
    CHECK(driver.balanced());
}

TEST_CASE("sessions: a gap that is not positive, a negative lateness, and a period that is not positive are said at the first step") {
    CHECK(sessions_by_user(weir::session(us(0)), weir::drop_late).failure());
    CHECK(sessions_by_user(weir::session(us(-3)), weir::drop_late).failure());
    CHECK(sessions_by_user(weir::session(us(1)), weir::drop_late, weir::allowed_lateness(us(-1))).failure());
    CHECK(sessions_by_user(weir::session(us(1)), weir::drop_late, weir::emit::every(us(0))).failure());
    CHECK_FALSE(sessions_by_user(weir::session(us(1)), weir::drop_late, weir::allowed_lateness(us(0))).failure());
}

TEST_CASE("sessions: before 1970, and at the ends of time, nothing overflows") {
    auto driver = ten();
    driver.push({"a"}, at(-105));
    driver.push({"a"}, at(-95));
    driver.push({"first"}, weir::beginning_of_time);
    driver.push({"first"}, weir::timestamp(us(std::numeric_limits<std::int64_t>::min() + 10)));
    driver.push({"last"}, weir::end_of_time - us(3));
    driver.push({"last"}, weir::end_of_time);
    driver.push({"last"}, weir::end_of_time - us(13));
    driver.advance_watermark_to(at(0));
    CHECK_THAT(rows_of(driver), Catch::Matchers::EndsWith(" first: 2 | -105..-95 -85 a: 2"));
    driver.end();
    auto const rows = driver.take_outputs();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].item.get<"count">() == 3);
    CHECK(rows[0].item.get<"last_event">() == weir::end_of_time);
    CHECK(rows[0].item.get<"window_end">() == weir::end_of_time);
    CHECK(driver.balanced());
}

TEST_CASE("sessions: at the beginning of time several of one key close at the end, however short the gap") {
    for (std::int64_t gap = 1; gap < 2000; gap *= 2) {
        CAPTURE(gap);
        auto driver = sessions_by_user(weir::session(us(gap)), weir::drop_late);
        for (std::int64_t i = 0; i < 5; ++i) driver.push({"a"}, weir::beginning_of_time + us(i * (gap + 1)));
        driver.end();
        CHECK(driver.take_outputs().size() == 5);
        CHECK(driver.oldest_held() == weir::nothing_held);
    }
}

TEST_CASE("sessions: a gap as long as time makes one session of a key") {
    auto driver = sessions_by_user(weir::session(weir::duration::max()), weir::drop_late);
    driver.push({"a"}, at(-1'000'000));
    driver.push({"a"}, at(1'000'000'000));
    driver.advance_watermark_to(at(1'000'000'000));
    driver.push({"a"}, at(-2'000'000));
    CHECK(rows_of(driver).empty());
    driver.end();
    auto const rows = driver.take_outputs();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].item.get<"count">() == 3);
}

}  // namespace weir_test::window_session
