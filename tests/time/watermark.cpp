// SPDX-License-Identifier: Apache-2.0
#include <weir/time/watermark.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <oracle/random_stream.hpp>
#include <vector>

namespace weir_test::time_watermark {

[[nodiscard]] weir::timestamp at(std::int64_t n) { return weir::timestamp(weir::duration(n)); }
[[nodiscard]] weir::lane_event opened(std::uint32_t lane) { return {lane, weir::lane_event::kind::opened}; }
[[nodiscard]] weir::lane_event idle(std::uint32_t lane) { return {lane, weir::lane_event::kind::idle}; }
[[nodiscard]] weir::lane_event ended(std::uint32_t lane) { return {lane, weir::lane_event::kind::ended}; }

TEST_CASE("W = max(event time) - bound, per lane; it never goes back") {
    weir::lane_watermarks marks(weir::duration(10));
    CHECK(marks.watermark() == weir::beginning_of_time);
    CHECK(marks.observe(0, at(100)));
    CHECK(marks.watermark() == at(90));
    CHECK_FALSE(marks.observe(0, at(95)));
    CHECK_FALSE(marks.observe(0, at(100)));
    CHECK(marks.observe(0, at(101)));
    CHECK(marks.watermark() == at(91));
    CHECK(marks.bound() == weir::duration(10));
}

TEST_CASE("a stage's watermark is the minimum over its live lanes") {
    weir::lane_watermarks marks(weir::duration(0));
    CHECK_FALSE(marks.note(opened(0)));
    CHECK_FALSE(marks.note(opened(1)));
    CHECK_FALSE(marks.observe(0, at(50)));  // lane 1 promises nothing yet
    CHECK(marks.observe(1, at(30)));
    CHECK(marks.watermark() == at(30));
    CHECK_FALSE(marks.observe(0, at(60)));
    CHECK(marks.observe(1, at(70)));
    CHECK(marks.watermark() == at(60));
    CHECK_FALSE(marks.observe(7, at(5)));  // a lane that nobody opened
    CHECK(marks.watermark() == at(60));
    CHECK_FALSE(marks.observe(0, at(80)));
    CHECK(marks.observe(7, at(65)));
    CHECK(marks.watermark() == at(65));
}

TEST_CASE("a lane that is idle or has ended leaves the minimum, and joins it again when it comes back") {
    for (auto const leave : {idle, ended}) {
        weir::lane_watermarks marks(weir::duration(0));
        marks.observe(0, at(10));
        marks.observe(1, at(50));
        CHECK(marks.watermark() == at(10));
        CHECK(marks.note(leave(0)));
        CHECK(marks.watermark() == at(50));
        CHECK_FALSE(marks.observe(0, at(20)));
        CHECK_FALSE(marks.observe(1, at(90)));  // lane 0 is waited for again
        CHECK(marks.watermark() == at(50));
        CHECK(marks.observe(0, at(60)));
        CHECK(marks.watermark() == at(60));
    }
}

TEST_CASE("when every lane is idle windows wait; a lane that comes back alone is the minimum by itself") {
    weir::lane_watermarks marks(weir::duration(0));
    CHECK_FALSE(marks.all_idle());
    marks.observe(0, at(10));
    marks.observe(1, at(50));
    marks.note(idle(1));
    CHECK(marks.watermark() == at(10));
    CHECK_FALSE(marks.all_idle());
    CHECK_FALSE(marks.note(idle(0)));
    CHECK(marks.watermark() == at(10));
    CHECK(marks.all_idle());
    SECTION("by an event, however old") {
        CHECK(marks.observe(1, at(20)));
        CHECK(marks.watermark() == at(50));
    }
    SECTION("by being opened") {
        CHECK(marks.note(opened(1)));
        CHECK(marks.watermark() == at(50));
    }
    SECTION("or time moves by the clock, forwards only") {
        CHECK(marks.advance_to(at(40)));
        CHECK_FALSE(marks.advance_to(at(39)));
        CHECK(marks.watermark() == at(40));
    }
    if (marks.watermark() == at(50)) CHECK_FALSE(marks.all_idle());
}

TEST_CASE("a bound beyond the beginning of time promises nothing") {
    weir::lane_watermarks marks(weir::duration::max());
    CHECK_FALSE(marks.observe(0, at(-5)));
    CHECK(marks.watermark() == weir::beginning_of_time);
}

struct lane_told {
    std::uint32_t lane;
    weir::lane_status status;
    weir::timestamp greatest;
    weir::timestamp since;
    friend bool operator==(lane_told const&, lane_told const&) = default;
};

std::vector<lane_told> lanes_of(weir::lane_watermarks const& marks) {
    std::vector<lane_told> all;
    marks.each_lane([&](auto const&... told) { all.push_back({told...}); });
    return all;
}

TEST_CASE("each lane that was heard of is told: how it is, how far it came, and what the clock was then") {
    using weir::lane_status;
    weir::lane_watermarks marks(weir::duration(10));
    CHECK(lanes_of(marks).empty());
    marks.note_clock(at(1000));
    marks.note(opened(1));
    marks.observe(3, at(50));
    CHECK(lanes_of(marks) == std::vector<lane_told>{{1, lane_status::live, weir::beginning_of_time, at(1000)},
                                                    {3, lane_status::live, at(50), at(1000)}});
    marks.note_clock(at(2000));
    marks.observe(1, at(7));
    marks.observe(3, at(49));
    marks.note_clock(at(3000));
    marks.observe(3, at(51));
    marks.observe(1, at(7));
    CHECK(lanes_of(marks) == std::vector<lane_told>{{1, lane_status::live, at(7), at(2000)},
        {3, lane_status::live, at(51), at(3000)}});
    marks.note(idle(1));
    marks.note(ended(3));
    marks.note_clock(at(4000));
    CHECK(lanes_of(marks) == std::vector<lane_told>{{1, lane_status::idle, at(7), at(2000)},
        {3, lane_status::ended, at(51), at(3000)}});
    marks.observe(3, at(1));
    CHECK(lanes_of(marks)[1] == lane_told{3, lane_status::live, at(51), at(3000)});
    marks.note(idle(3));
    CHECK(lanes_of(marks)[1].status == lane_status::idle);
}

TEST_CASE("without a clock it is not told since when; the first clock is the latest that it can have been") {
    weir::lane_watermarks marks(weir::duration(0));
    marks.observe(0, at(50));
    CHECK(lanes_of(marks).at(0).since == weir::beginning_of_time);
    marks.note_clock(at(100));
    marks.note_clock(at(200));
    CHECK(lanes_of(marks)[0].since == at(100));
}

TEST_CASE("lane_watermarks equals the definition recomputed at each step, random lanes") {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        dice roll(seed);
        std::int64_t const bound = roll.between(0, 20);
        weir::lane_watermarks marks{weir::duration(bound)};
        struct lane {
            bool live = false;
            std::optional<std::int64_t> greatest{};
        };
        std::map<std::uint32_t, lane> lanes;
        weir::timestamp watermark = weir::beginning_of_time;
        std::int64_t const lane_count = roll.between(1, 5);
        for (int step = 0; step < 60; ++step) {
            auto const number = static_cast<std::uint32_t>(roll.between(0, lane_count - 1));
            lane& one = lanes[number];
            bool moved = false;
            if (roll.once_in(5)) {
                bool const open = roll.once_in(2);
                one.live = open;
                moved = marks.note(open ? opened(number) : roll.once_in(2) ? idle(number) : ended(number));
            } else {
                std::int64_t const time = step + roll.between(-10, 10);
                one.live = true;
                one.greatest = std::max(one.greatest.value_or(time), time);
                moved = marks.observe(number, at(time));
            }
            std::int64_t least = std::numeric_limits<std::int64_t>::max();
            bool any = false, known = true;
            for (auto const& [name, each] : lanes) {
                if (!each.live) continue;
                any = true;
                known = known && each.greatest;
                least = std::min(least, each.greatest.value_or(0));
            }
            weir::timestamp const before = watermark;
            if (any && known) watermark = std::max(watermark, at(least - bound));
            INFO("seed " << seed << ", step " << step);
            REQUIRE(marks.watermark() == watermark);
            REQUIRE(moved == (watermark != before));
            REQUIRE(marks.all_idle() == !any);
        }
    }
}

TEST_CASE("events that come in order are noted together where each would move the watermark to its own time, and else not at all") {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        dice roll(seed);
        weir::lane_watermarks together(weir::duration(roll.once_in(4) ? 1 : 0));
        weir::lane_watermarks one_by_one = together;
        std::int64_t step = 0;
        for (int i = 0; i < 30; ++i) {
            auto const lane = static_cast<std::uint32_t>(roll.between(0, 1));
            std::int64_t const first = step + roll.between(-5, 5), last = first + roll.between(0, 5);
            step += 2;
            if (roll.once_in(9)) together.advance_to(at(first + 1)), one_by_one.advance_to(at(first + 1));
            if (roll.once_in(9)) together.note(idle(lane)), one_by_one.note(idle(lane));
            bool const noted = together.observe_rising(lane, at(first), at(last));
            bool each_its_own = true;
            for (std::int64_t t = first; t <= last; ++t) {
                one_by_one.observe(lane, at(t));
                each_its_own = each_its_own && one_by_one.watermark() == at(t);
                if (!noted) together.observe(lane, at(t));
            }
            INFO("seed " << seed << ", step " << i);
            if (noted) REQUIRE(each_its_own);
            REQUIRE(together.watermark() == one_by_one.watermark());
            REQUIRE(together.greatest() == one_by_one.greatest());
        }
    }
}

TEST_CASE("events of one lane noted together leave the watermarks that they leave one by one") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        dice roll(seed);
        weir::lane_watermarks together(weir::duration(roll.between(0, 20)));
        weir::lane_watermarks one_by_one = together;
        for (int run = 0; run < 10; ++run) {
            for (std::uint32_t const lane : {1U, 0U}) {  // the run below is of lane 0; lane 1 may hold it back
                weir::timestamp const time = at(roll.between(-50, 200));
                together.observe(lane, time);
                one_by_one.observe(lane, time);
            }
            std::vector<weir::timestamp> times, wanted;
            for (std::int64_t i = roll.between(0, 20); i > 0; --i) {
                times.push_back(at(roll.between(-50, 200)));
                one_by_one.observe(0, times.back());
                wanted.push_back(one_by_one.watermark());
            }
            std::vector<weir::timestamp> got(times.size());
            together.observe_all(times, got);
            INFO("seed " << seed);
            REQUIRE(got == wanted);
            REQUIRE(together.watermark() == one_by_one.watermark());
            REQUIRE(together.greatest() == one_by_one.greatest());
        }
    }
}

TEST_CASE("events behind a watermark near the end of time leave it where it is, one by one or together") {
    for (weir::timestamp const near : {weir::end_of_time, weir::end_of_time - weir::duration(1), weir::end_of_time - weir::duration(5),
                                       weir::end_of_time - weir::duration(6)}) {
        weir::lane_watermarks together(weir::duration(5)), one_by_one(weir::duration(5));
        for (weir::lane_watermarks* each : {&together, &one_by_one}) {
            each->observe(0, at(0));
            each->advance_to(near);
        }
        std::vector<weir::timestamp> const times{at(1), near, at(2), weir::end_of_time};
        std::vector<weir::timestamp> got(times.size());
        together.observe_all(times, got);
        for (std::size_t i = 0; i < times.size(); ++i) {
            one_by_one.observe(0, times[i]);
            CHECK(got[i] == one_by_one.watermark());
        }
        CHECK(together.watermark() == one_by_one.watermark());
    }
}

}  // namespace weir_test::time_watermark
