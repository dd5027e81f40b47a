// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/window_oracle.hpp>

#include <catch.hpp>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

// The expected rows are worked out by hand from the definitions. Times are microseconds; a row is written as
// `+start,end key:ids` (`~` an update, `-` an erase).
namespace weir_test::testing_window_oracle {

using weir::testing::oracle_rule;
using weir::testing::window_oracle;

constexpr weir::duration us(std::int64_t n) { return weir::duration(n); }
constexpr weir::timestamp at(std::int64_t n) { return weir::timestamp(us(n)); }

using settings = weir::testing::oracle_settings<int>;

/// The oracle under test, with items that are numbered by themselves.
struct watched {
    window_oracle<std::string, int> oracle;
    std::size_t next = 0;
    std::size_t read = 0;

    explicit watched(settings given) : oracle(std::move(given)) {}

    /// An item of lane 0; `none` is no key. Returns the rows that it brings, in one line.
    std::string item(std::int64_t time, std::string const& key = "a", int value = 0, std::uint32_t lane = 0) {
        oracle.item(lane, at(time), key == "none" ? std::nullopt : std::optional(key), value, next++);
        return take();
    }
    std::string watermark(std::int64_t time) {
        oracle.advance_watermark_to(at(time));
        return take();
    }
    std::string end() {
        oracle.end();
        return take();
    }
    std::string take() {
        std::string line;
        for (; read < oracle.rows.size(); ++read) {
            auto const& row = oracle.rows[read];
            line += line.empty() ? "" : " | ";
            line += row.kind == weir::change_kind::insert ? '+' : row.kind == weir::change_kind::update ? '~' : '-';
            line += std::to_string(row.start.time_since_epoch().count()) + "," +
                    std::to_string(row.end.time_since_epoch().count()) + " " + row.key + ":";
            for (std::size_t i = 0; i < row.items.size(); ++i) line += (i ? "," : "") + std::to_string(row.items[i].id);
            CHECK(row.result == row.items.size());
        }
        return line;
    }
};

using ids = std::vector<std::size_t>;

TEST_CASE("oracle of windows: a tumbling window closes when the watermark reaches its end; rows by end, then by key") {
    watched w({.rule = oracle_rule::tumbling(us(10))});
    CHECK(w.item(3, "b") == "");
    CHECK(w.item(9, "a") == "");
    CHECK(w.item(4, "b") == "");  // behind the watermark, and its window is open
    CHECK(w.item(10, "a") == "+0,10 b:0,2 | +0,10 a:1");
    CHECK(w.item(9, "a") == "");  // late
    CHECK(w.item(35, "c") == "+10,20 a:3");
    CHECK(w.end() == "+30,40 c:5");
    CHECK(w.oracle.late == ids{4});
    CHECK(w.oracle.late_assignments == std::vector<weir::testing::oracle_late_assignment>{{4, {at(0), at(10)}}});
    CHECK(w.oracle.items == 6);
}

TEST_CASE("oracle of windows: one jump of the watermark closes several windows by end, keys in order of arrival in each") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .bound = us(100)});
    CHECK(w.item(15, "a") == "");
    CHECK(w.item(5, "b") == "");
    CHECK(w.item(6, "a") == "");
    CHECK(w.item(14, "b") == "");
    CHECK(w.item(13, "a") == "");
    CHECK(w.end() == "+0,10 b:1 | +0,10 a:2 | +10,20 a:0,4 | +10,20 b:3");
}

TEST_CASE("oracle of windows: windows are aligned before the epoch too, and to an offset") {
    watched w({.rule = oracle_rule::tumbling(us(10), us(3))});
    w.item(2);
    CHECK(w.item(3) == "+-7,3 a:0");
    watched before({.rule = oracle_rule::tumbling(us(10))});
    before.item(-10);
    before.item(-1);
    CHECK(before.item(0) == "+-10,0 a:0,1");
}

TEST_CASE("oracle of windows: the watermark is behind by the bound; an item exactly at it is on time") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .bound = us(5)});
    w.item(2);
    CHECK(w.item(14) == "");
    CHECK(w.oracle.watermark() == at(9));
    CHECK(w.item(9) == "");
    CHECK(w.item(15) == "+0,10 a:0,2");
    CHECK(w.oracle.late.empty());
}

TEST_CASE("oracle of windows: hopping items are in each window that contains them, and may be late for some") {
    watched w({.rule = oracle_rule::hopping(us(20), us(10))});
    CHECK(w.item(5) == "");                             // [-10,10) and [0,20)
    CHECK(w.item(12) == "+-10,10 a:0");                 // [0,20) and [10,30)
    CHECK(w.item(7) == "");                             // late for [-10,10), on time for [0,20)
    CHECK(w.oracle.late.empty());
    CHECK(w.oracle.late_assignments == std::vector<weir::testing::oracle_late_assignment>{{2, {at(-10), at(10)}}});
    CHECK(w.item(20) == "+0,20 a:0,1,2");
    CHECK(w.item(0) == "");  // late for both
    CHECK(w.oracle.late == ids{4});
    CHECK(w.oracle.late_assignments.size() == 3);
    CHECK(w.end() == "+10,30 a:1,3 | +20,40 a:3");
}

TEST_CASE("oracle of windows: hopping windows with gaps leave items outside") {
    watched w({.rule = oracle_rule::hopping(us(2), us(10))});
    w.item(1);
    CHECK(w.item(2) == "+0,2 a:0");
    CHECK(w.oracle.outside == ids{1});
    CHECK(w.oracle.late.empty());
    CHECK(w.end() == "");
}

TEST_CASE("oracle of windows: a size that is no multiple of the advance") {
    watched w({.rule = oracle_rule::hopping(us(5), us(2)), .bound = us(100)});
    w.item(4);  // [0,5) [2,7) [4,9)
    w.item(5);  // [2,7) [4,9); [6,11) does not begin yet
    CHECK(w.end() == "+0,5 a:0 | +2,7 a:0,1 | +4,9 a:0,1");
}

TEST_CASE("oracle of windows: cumulate shows each beginning of a window") {
    watched w({.rule = oracle_rule::cumulate(us(30), us(10))});
    CHECK(w.item(2) == "");
    CHECK(w.item(12) == "+0,10 a:0");
    CHECK(w.item(9) == "");  // late for the first step, not for the others
    CHECK(w.item(30) == "+0,20 a:0,1,2 | +0,30 a:0,1,2");
    CHECK(w.oracle.late_assignments.size() == 1);
    CHECK(w.end() == "+30,40 a:3 | +30,50 a:3 | +30,60 a:3");
}

TEST_CASE("oracle of windows: the last beginning of a cumulated window may be shorter than a step") {
    watched w({.rule = oracle_rule::cumulate(us(25), us(10)), .bound = us(100)});
    w.item(15);
    CHECK(w.end() == "+0,20 a:0 | +0,25 a:0");
}

TEST_CASE("oracle of windows: the global window closes at the end") {
    watched w({.rule = oracle_rule::global()});
    CHECK(w.item(1, "b") == "");
    CHECK(w.item(1000000, "a") == "");
    CHECK(w.item(0, "b") == "");
    w.oracle.end();
    REQUIRE(w.oracle.rows.size() == 2);
    CHECK(w.oracle.rows[0].ids() == ids{0, 2});
    CHECK(w.oracle.rows[1].key == "a");
    CHECK(w.oracle.rows[0].start == weir::beginning_of_time);
    CHECK(w.oracle.rows[0].end == weir::end_of_time);
}

TEST_CASE("oracle of windows: any windows of the time alone") {
    auto const same_end = oracle_rule::aligned([](weir::timestamp t) {
        std::vector<weir::testing::oracle_span> spans{{at(0), at(10)}};
        if (t >= at(5)) spans.push_back({at(5), at(10)});
        return spans;
    });
    watched w({.rule = same_end});
    w.item(6, "a");
    w.item(1, "b");
    w.item(7, "b");
    CHECK(w.end() == "+0,10 a:0 | +0,10 b:1,2 | +5,10 a:0 | +5,10 b:2");
}

TEST_CASE("oracle of windows: a correction for each item that comes after the end and within the allowed lateness") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .lateness = us(5)});
    w.item(1, "a");
    CHECK(w.item(12, "b") == "+0,10 a:0");
    CHECK(w.item(2, "a") == "~0,10 a:0,2");
    CHECK(w.item(3, "c") == "+0,10 c:3");
    CHECK(w.item(14, "b") == "");
    CHECK(w.item(4, "a") == "~0,10 a:0,2,5");
    CHECK(w.item(15, "b") == "");  // now it is gone
    CHECK(w.item(5, "a") == "");
    CHECK(w.oracle.late == ids{7});
    CHECK(w.end() == "+10,20 b:1,4,6");
}

TEST_CASE("oracle of windows: an item may correct one window, be late for another and on time for a third") {
    watched w({.rule = oracle_rule::hopping(us(30), us(10)), .lateness = us(5)});
    w.item(5);                                                  // [-20,10) [-10,20) [0,30)
    CHECK(w.item(22) == "+-20,10 a:0 | +-10,20 a:0");           // [0,30) [10,40) [20,50)
    CHECK(w.item(6) == "~-10,20 a:0,2");
    CHECK(w.oracle.late_assignments == std::vector<weir::testing::oracle_late_assignment>{{2, {at(-20), at(10)}}});
    CHECK(w.end() == "+0,30 a:0,1,2 | +10,40 a:1 | +20,50 a:1");
}

TEST_CASE("oracle of windows: an item without a key moves the watermark and is in no group") {
    watched w({.rule = oracle_rule::tumbling(us(10))});
    w.item(1);
    CHECK(w.item(10, "none") == "+0,10 a:0");
    CHECK(w.item(1, "none") == "");
    CHECK(w.oracle.without_key == ids{1, 2});
    CHECK(w.oracle.late.empty());
    CHECK(w.end() == "");
}

TEST_CASE("oracle of windows: the watermark is the least of the live lanes") {
    watched w({.rule = oracle_rule::tumbling(us(10))});
    w.oracle.opened(0);
    w.oracle.opened(1);
    CHECK(w.item(5, "a", 0, 0) == "");
    CHECK(w.item(50, "a", 0, 0) == "");
    CHECK(w.oracle.watermark() == weir::beginning_of_time);  // lane 1 has promised nothing
    CHECK(w.item(7, "a", 0, 1) == "");
    CHECK(w.oracle.watermark() == at(7));
    CHECK(w.item(20, "a", 0, 1) == "+0,10 a:0,2");
    CHECK(w.oracle.watermark() == at(20));
    CHECK(w.item(18, "a", 0, 0) == "");  // lane 0 has been at 50 all the same
    CHECK(w.item(25, "none", 0, 1) == "");
    CHECK(w.oracle.watermark() == at(25));
    CHECK(w.item(30, "a", 0, 2) == "");  // a lane that no one announced
    CHECK(w.oracle.watermark() == at(25));
}

TEST_CASE("oracle of windows: idle and ended lanes hold nothing back; one that comes back moves nothing back") {
    watched w({.rule = oracle_rule::tumbling(us(10))});
    w.item(5, "a", 0, 0);
    w.item(30, "a", 0, 1);
    CHECK(w.oracle.watermark() == at(5));
    w.oracle.idle(0);
    CHECK(w.take() == "+0,10 a:0");
    CHECK(w.oracle.watermark() == at(30));
    CHECK(w.item(22, "b", 0, 0) == "");  // lane 0 is back, and late
    CHECK(w.oracle.watermark() == at(30));
    CHECK(w.oracle.late == ids{2});
    CHECK(w.item(45, "b", 0, 1) == "");
    CHECK(w.oracle.watermark() == at(30));
    w.oracle.ended(0);
    CHECK(w.oracle.watermark() == at(45));
    CHECK(w.take() == "+30,40 a:1");
    w.oracle.idle(1);
    CHECK(w.oracle.watermark() == at(45));  // all are idle: windows wait
    w.oracle.opened(0);
    CHECK(w.item(100, "b", 0, 1) == "");
    CHECK(w.oracle.watermark() == at(45));  // lane 0, at 22, holds it back
}

TEST_CASE("oracle of windows: when all lanes are idle time moves by the clock minus the bound, if that was asked for") {
    for (bool const asked : {false, true}) {
        watched w({.rule = oracle_rule::tumbling(us(10)), .bound = us(3), .advance_when_idle = asked});
        w.oracle.clock(at(100));
        w.item(5);
        w.oracle.clock(at(101));
        CHECK(w.take() == "");
        w.oracle.idle(0);
        CHECK(w.take() == "");
        w.oracle.clock(at(12));
        CHECK(w.take() == "");
        w.oracle.clock(at(13));
        CHECK(w.take() == (asked ? "+0,10 a:0" : ""));
    }
}

TEST_CASE("oracle of windows: an event more than max_ahead before the clock is future and moves nothing") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .max_ahead = us(100)});
    w.oracle.clock(at(1000));
    w.item(1101);
    CHECK(w.oracle.future == ids{0});
    CHECK(w.oracle.watermark() == weir::beginning_of_time);
    w.item(1100);
    CHECK(w.oracle.watermark() == at(1100));
    CHECK(w.end() == "+1100,1110 a:1");
}

TEST_CASE("oracle of windows: without a bound the watermark is moved by hand, and never back") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .bound = {}});
    w.item(1);
    w.item(500);
    CHECK(w.watermark(10) == "+0,10 a:0");
    CHECK(w.watermark(5) == "");
    CHECK(w.oracle.watermark() == at(10));
}

TEST_CASE("oracle of windows: what waits for its first row, and what is held for a row still to come") {
    watched w({.rule = oracle_rule::hopping(us(20), us(10)), .lateness = us(5)});
    w.item(5);   // [-10,10) [0,20)
    w.item(11);  // [0,20) [10,30)
    CHECK(w.oracle.waiting() == ids{1});
    CHECK(w.oracle.held() == ids{0, 1});
    w.item(24);
    CHECK(w.oracle.waiting() == ids{2});
    CHECK(w.oracle.held() == ids{0, 1, 2});  // [0,20) can be corrected until 25
    w.item(25);
    CHECK(w.oracle.held() == ids{1, 2, 3});
    w.end();
    CHECK(w.oracle.waiting().empty());
    CHECK(w.oracle.held().empty());
}

TEST_CASE("oracle of windows: the aggregate is any function of the items, the key any that compares") {
    struct place {
        int x, y;
        bool operator==(place const&) const = default;
    };
    auto const sum = [](auto const& items) {
        return std::accumulate(items.begin(), items.end(), 0.5,
                               [](double so_far, auto const& each) { return so_far + each.value; });
    };
    window_oracle<place, int, decltype(sum)> oracle({.rule = oracle_rule::tumbling(us(10))}, sum);
    oracle.item(0, at(1), place{1, 2}, 3, 0);
    oracle.item(0, at(2), place{1, 3}, 4, 1);
    oracle.item(0, at(3), place{1, 2}, 5, 2);
    oracle.end();
    REQUIRE(oracle.rows.size() == 2);
    CHECK(oracle.rows[0].key == place{1, 2});
    CHECK(oracle.rows[0].result == 8.5);
    CHECK(oracle.rows[1].result == 4.5);
}

TEST_CASE("oracle of windows: an absent key that is a key like others") {
    window_oracle<std::optional<int>, int> oracle({.rule = oracle_rule::tumbling(us(10))});
    oracle.item(0, at(1), std::optional<std::optional<int>>(std::optional<int>()), 3, 0);
    oracle.item(0, at(2), std::optional<int>(7), 3, 1);
    oracle.end();
    CHECK(oracle.rows.size() == 2);
    CHECK(oracle.without_key.empty());
}

TEST_CASE("oracle of windows: a row as a text") {
    window_oracle<std::string, int> oracle({.rule = oracle_rule::tumbling(us(10))});
    oracle.item(0, at(1), "a", 3, 7);
    oracle.item(0, at(2), "a", 3, 9);
    oracle.end();
    CHECK(to_string(oracle.rows.at(0)) == "insert [0, 10) a: 7 9");
    CHECK(oracle.rows[0].last_event() == at(2));
}

TEST_CASE("oracle of sessions: items at most a gap apart, inclusive; it closes when the watermark is beyond its end") {
    watched w({.rule = oracle_rule::session(us(5))});
    w.item(10);
    w.item(15);
    CHECK(w.item(20) == "");
    CHECK(w.item(25, "none") == "");
    CHECK(w.item(26, "none") == "+10,25 a:0,1,2");
    CHECK(w.oracle.rows.back().last_event() == at(20));
    w.item(30);
    CHECK(w.item(36) == "+30,35 a:5");  // one microsecond more than the gap
    CHECK(w.end() == "+36,41 a:6");
}

TEST_CASE("oracle of sessions: one that comes in disorder merges; rows by end, then by the first item's arrival") {
    watched w({.rule = oracle_rule::session(us(5)), .bound = us(100)});
    w.item(12, "b");
    w.item(10, "a");
    w.item(12, "a");
    w.item(20, "c");
    w.item(28, "c");
    w.item(24, "c");
    w.item(1, "c");
    CHECK(w.end() == "+1,6 c:6 | +12,17 b:0 | +10,17 a:1,2 | +20,33 c:3,4,5");
    watched again({.rule = oracle_rule::session(us(5)), .bound = us(100)});
    again.item(1, "a");   // the key a is older than b, its later session is not
    again.item(20, "b");
    again.item(20, "a");
    CHECK(again.end() == "+1,6 a:0 | +20,25 b:1 | +20,25 a:2");
}

TEST_CASE("oracle of sessions: an item behind the watermark is taken while a session that it joins, or its own, is open") {
    watched w({.rule = oracle_rule::session(us(5))});
    w.item(10);
    w.item(14);
    CHECK(w.item(9) == "");   // joins
    CHECK(w.item(3) == "");   // its own would have ended at 8
    CHECK(w.item(4) == "");   // its own would have ended at 9; it joins the one at 9
    CHECK(w.item(11, "b") == "");  // its own is open until 16
    CHECK(w.item(8, "b") == "");
    CHECK(w.item(8, "c") == "");
    CHECK(w.oracle.late == ids{3, 7});
    CHECK(w.oracle.late_assignments.front() == weir::testing::oracle_late_assignment{3, {at(3), at(8)}});
    CHECK(w.end() == "+8,16 b:5,6 | +4,19 a:0,1,2,4");
}

TEST_CASE("oracle of sessions: within the allowed lateness a row comes anew, or the session is open again") {
    watched w({.rule = oracle_rule::session(us(5)), .lateness = us(10)});
    w.item(10);
    CHECK(w.item(16, "none") == "+10,15 a:0");
    CHECK(w.item(12) == "");                       // until 17: it is open again
    CHECK(w.item(18, "none") == "-10,15 a:0 | +10,17 a:0,2");
    CHECK(w.item(11) == "~10,17 a:0,2,4");         // closed: at once
    CHECK(w.item(27, "none") == "");
    CHECK(w.item(11) == "~10,17 a:0,2,4,6");
    CHECK(w.item(28, "none") == "");               // gone
    CHECK(w.item(15) == "+15,20 a:8");             // not late by itself, and there is nothing to join
    CHECK(w.item(13) == "-15,20 a:8 | +13,20 a:8,9");
}

TEST_CASE("oracle of sessions: an item may have a gap of its own") {
    settings given{.rule = oracle_rule::session(us(5)), .bound = us(100)};
    given.gap_of = [](int value) { return us(value); };
    watched w(given);
    w.item(10, "a", 20);
    w.item(12, "a", 1);   // within the first one's gap; its own ends before
    w.item(30, "a", 3);   // exactly at the end
    w.item(34, "a", 3);
    CHECK(w.end() == "+10,33 a:0,1,2 | +34,37 a:3");
}

TEST_CASE("oracle of sliding windows: a row for each key and time, of what is at most the size behind") {
    watched w({.rule = oracle_rule::sliding(us(10))});
    w.item(5);
    CHECK(w.item(5) == "");
    CHECK(w.item(6) == "+-4,6 a:0,1");
    CHECK(w.item(12, "b") == "+-3,7 a:0,1,2");
    CHECK(w.item(12, "a") == "");
    CHECK(w.item(12, "a") == "");
    CHECK(w.item(11, "a") == "");  // its own row would be out
    CHECK(w.oracle.late == ids{6});
    CHECK(w.item(15, "a") == "+3,13 b:3 | +3,13 a:0,1,2,4,5");
    CHECK(w.oracle.held() == ids{2, 3, 4, 5, 7});  // 6 can be in the row of 15, 5 in none
    CHECK(w.end() == "+6,16 a:2,4,5,7");
}

TEST_CASE("oracle of sliding windows: an item changes the rows of later times, and within the lateness rows that are out") {
    watched w({.rule = oracle_rule::sliding(us(10)), .bound = us(100), .emission = weir::emit::on_update});
    CHECK(w.item(5) == "+-4,6 a:0");
    CHECK(w.item(8) == "+-1,9 a:0,1");
    CHECK(w.item(6) == "+-3,7 a:0,2 | ~-1,9 a:0,1,2");
    watched late({.rule = oracle_rule::sliding(us(10)), .lateness = us(5)});
    late.item(5);
    CHECK(late.item(8, "none") == "+-4,6 a:0");
    CHECK(late.item(4) == "+-5,5 a:2 | ~-4,6 a:0,2");
    late.item(10, "none");
    CHECK(late.item(4) == "");
    CHECK(late.oracle.late == ids{4});
}

TEST_CASE("oracle of count windows: so many items of a key in order of time, once the watermark has reached them") {
    watched w({.rule = oracle_rule::count_window(3), .bound = us(5)});
    w.item(3);
    w.item(1);
    w.item(2);
    w.item(2, "b");
    CHECK(w.item(7, "none") == "");
    CHECK(w.item(8, "none") == "+1,4 a:1,2,0");
    CHECK(w.item(2) == "");
    CHECK(w.oracle.late == ids{6});
    CHECK(w.item(3) == "");  // exactly at the watermark
    CHECK(w.oracle.held() == ids{3, 7});
    CHECK(w.oracle.waiting() == ids{3, 7});
    CHECK(w.end() == "+2,3 b:3 | +3,4 a:7");
    CHECK(w.oracle.held().empty());
}

TEST_CASE("oracle of count windows: rows as they occur, equal times in order of arrival, the last row at the end") {
    watched w({.rule = oracle_rule::count_window(2), .bound = us(100)});
    w.item(4, "b");
    w.item(9, "a");
    w.item(5, "a");
    w.item(5, "b");
    w.item(9, "b");
    w.item(9, "a");
    CHECK(w.end() == "+4,6 b:0,3 | +5,10 a:2,1 | +9,10 b:4 | +9,10 a:5");
}

TEST_CASE("oracle of count windows: every advance items, the last size of them; at the end what no row has covered") {
    watched w({.rule = oracle_rule::count_window(3, 2)});
    CHECK(w.item(1) == "");
    CHECK(w.item(2) == "+1,3 a:0,1");
    CHECK(w.item(3) == "");
    CHECK(w.item(4) == "+2,5 a:1,2,3");
    CHECK(w.oracle.held() == ids{3});
    CHECK(w.item(5) == "");
    CHECK(w.end() == "+5,6 a:4");
}

TEST_CASE("oracle, emission: a row for each change") {
    watched w({.rule = oracle_rule::tumbling(us(10)), .lateness = us(5), .emission = weir::emit::on_update});
    CHECK(w.item(1) == "+0,10 a:0");
    CHECK(w.item(2) == "~0,10 a:0,1");
    CHECK(w.item(12) == "+10,20 a:2");  // no row for the close: nothing has changed
    CHECK(w.item(3) == "~0,10 a:0,1,3");
    CHECK(w.end() == "");
}

TEST_CASE("oracle, emission: a session that grows or merges takes its old rows back, by end, before the new one comes") {
    watched w({.rule = oracle_rule::session(us(5)), .bound = us(100), .emission = weir::emit::on_update});
    CHECK(w.item(10) == "+10,15 a:0");
    CHECK(w.item(12) == "-10,15 a:0 | +10,17 a:0,1");
    CHECK(w.item(11) == "~10,17 a:0,1,2");
    CHECK(w.item(20) == "+20,25 a:3");
    CHECK(w.item(16) == "-10,17 a:0,1,2 | -20,25 a:3 | +10,25 a:0,1,2,3,4");
    CHECK(w.end() == "");
}

TEST_CASE("oracle, emission: changes wait until the watermark reaches a multiple of the period") {
    watched w({.rule = oracle_rule::tumbling(us(30)), .emission = weir::emit::on_update(us(10))});
    w.item(1, "b");
    w.item(2, "a");
    CHECK(w.item(9, "a") == "");
    CHECK(w.item(10, "b") == "+0,30 b:0 | +0,30 a:1,2");
    w.item(15, "a");
    CHECK(w.item(19, "a") == "");
    CHECK(w.item(29, "none") == "~0,30 b:0,3 | ~0,30 a:1,2,4,5");
    CHECK(w.item(25, "a") == "");
    CHECK(w.item(30, "none") == "~0,30 a:1,2,4,5,7");  // b has not changed
    CHECK(w.item(55, "a") == "");
    CHECK(w.item(61, "a") == "+30,60 a:9");
    CHECK(w.end() == "+60,90 a:10");
    watched odd({.rule = oracle_rule::tumbling(us(25)), .emission = weir::emit::on_update(us(10))});
    odd.item(21);
    CHECK(odd.item(25, "none") == "+0,25 a:0");  // what waits comes when the window closes, if that is before
}

TEST_CASE("oracle, emission: early rows, then the final one whether it has changed or not; one row a window and step") {
    watched w({.rule = oracle_rule::tumbling(us(30)), .emission = weir::emit::every(us(10))});
    w.item(1, "b");
    w.item(9, "a");
    CHECK(w.item(20, "a") == "+0,30 b:0 | +0,30 a:1");
    CHECK(w.item(30, "c") == "~0,30 b:0 | ~0,30 a:1,2");
    CHECK(w.item(95, "c") == "+30,60 c:3");
    watched two({.rule = oracle_rule::hopping(us(20), us(10)), .emission = weir::emit::every(us(10))});
    two.item(5);
    CHECK(two.item(10, "none") == "+-10,10 a:0 | +0,20 a:0");
    CHECK(two.item(20, "none") == "~0,20 a:0");
}

TEST_CASE("oracle, emission: waiting changes of sessions take back what was said of their parts, session by session") {
    watched w({.rule = oracle_rule::session(us(5)), .bound = us(10), .emission = weir::emit::every(us(10))});
    w.item(12, "a");
    w.item(14, "b");
    w.item(18, "a");
    CHECK(w.item(20, "c") == "+12,17 a:0 | +14,19 b:1 | +18,23 a:2");
    w.item(17, "a");
    w.item(15, "b");
    CHECK(w.item(30, "none") == "-14,19 b:1 | +14,20 b:1,5 | -12,17 a:0 | -18,23 a:2 | +12,23 a:0,2,4 | +20,25 c:3");
    CHECK(w.end() == "~14,20 b:1,5 | ~12,23 a:0,2,4 | ~20,25 c:3");
}

TEST_CASE("oracle, emission: a trigger of one's own is asked after each item") {
    struct every_second {
        bool fires(weir::trigger_view const& view) const { return view.unseen == 2; }
    };
    watched w({.rule = oracle_rule::tumbling(us(10)), .emission = weir::emit::when(every_second{})});
    CHECK(w.item(1) == "");
    CHECK(w.item(2, "b") == "");
    CHECK(w.item(3) == "+0,10 a:0,2");
    CHECK(w.item(4) == "");
    CHECK(w.item(5) == "~0,10 a:0,2,3,4");
    CHECK(w.end() == "~0,10 a:0,2,3,4 | +0,10 b:1");
}

TEST_CASE("oracle, discarding: each row holds what came since the row before it") {
    for (bool const empty : {true, false}) {
        settings given{.rule = oracle_rule::tumbling(us(30)), .lateness = us(20), .emission = weir::emit::every(us(10))};
        given.discarding = true;
        given.empty_final_row = empty;
        watched w(given);
        w.item(1);
        CHECK(w.item(10) == "+0,30 a:0");
        w.item(12);
        CHECK(w.item(20, "none") == "+0,30 a:1,2");
        CHECK(w.item(30, "none") == (empty ? "+0,30 a:" : ""));
        CHECK(w.item(5) == "+0,30 a:5");
        CHECK(w.item(6) == "+0,30 a:6");
    }
}

TEST_CASE("oracle, discarding: sessions that merge take nothing back") {
    settings given{.rule = oracle_rule::session(us(5)), .bound = us(100), .emission = weir::emit::on_update};
    given.discarding = true;
    watched w(given);
    CHECK(w.item(10) == "+10,15 a:0");
    CHECK(w.item(18) == "+18,23 a:1");
    CHECK(w.item(14) == "+10,23 a:2");
    CHECK(w.end() == "");
}

}  // namespace weir_test::testing_window_oracle
