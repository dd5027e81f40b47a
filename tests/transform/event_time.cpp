// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/event_time.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <oracle/random_stream.hpp>
#include <span>
#include <string>
#include <support/scripted_lanes.hpp>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/calendar.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::transform_event_time {

using namespace std::chrono_literals;

[[nodiscard]] weir::timestamp at(std::int64_t n) { return weir::timestamp(std::chrono::seconds(n)); }

struct click {
    int number;
    weir::timestamp ts;
    [[nodiscard]] weir::timestamp numbered() const { return at(number); }
};

/// Writes down items as `number@time` and watermarks as `w time`, in seconds.
struct witness {
    std::vector<std::string>* log;
    void on_item(click const& c, auto& out) { log->push_back(std::to_string(c.number) + "@" + seconds(out.at().time)); }
    void on_watermark(weir::timestamp w, auto&) { log->push_back("w " + seconds(w)); }
    static std::string seconds(weir::timestamp t) {
        return t == weir::end_of_time ? "end" : std::to_string(t.time_since_epoch() / 1s);
    }
};

using words = std::vector<std::string>;

TEST_CASE("event time comes from a member; the watermark moves with every item, before it") {
    words log;
    lane_script<click> script;
    script.emit({1, at(100)}).emit({2, at(95)}).emit({3, at(107)});
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(5s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"w 95", "1@100", "2@95", "w 102", "3@107", "w end"});
}

/// Takes items one by one or, where `event_time` hands them over so, several with their times.
struct batch_witness : witness {
    std::size_t* most_together;
    std::vector<std::uint64_t>* positions;
    void on_item(click const& c, auto& out) {
        witness::on_item(c, out);
        positions->push_back(out.at().position);
    }
    void on_timed_batch(std::span<click const> clicks, std::span<weir::timestamp const> times, auto& out) {
        *most_together = std::max(*most_together, clicks.size());
        for (std::size_t i = 0; i < clicks.size(); ++i) {
            log->push_back(std::to_string(clicks[i].number) + "@" + seconds(times[i]));
            positions->push_back(out.at().position + i);
        }
    }
};

TEST_CASE("items that are handed over together are those between which no watermark moves, with their times and positions") {
    std::vector<click> clicks;
    for (int i = 0; i < 1000; ++i) clicks.push_back({i, at(i / 100 * 10 - i % 7)});
    clicks[500].ts = at(100'000);  // from the future
    auto const run = [&](auto last, std::size_t together) {
        auto job = weir::from(weir::push<click>{}) |
                   weir::event_time<&click::ts>(weir::bounded_out_of_orderness(5s)) | last;
        job.step(1, at(1000));
        for (std::size_t i = 0; i < clicks.size(); i += together)
            job.push(std::span<click const>(clicks).subspan(i, std::min(together, clicks.size() - i)));
        job.stop();
        while (!job.finished()) job.step(1, at(1000));
        CHECK(job.report().total().future == 1);
        CHECK(job.report().balanced());
    };
    words wanted;
    run(witness{&wanted}, 1000);
    for (std::size_t const together : {1u, 7u, 300u, 1000u}) {
        words got;
        std::size_t most = 0;
        std::vector<std::uint64_t> positions;
        run(batch_witness{{&got}, &most, &positions}, together);
        CHECK(got == wanted);
        CHECK(most <= together);
        if (together >= 300) CHECK(most > 30);
        REQUIRE(positions.size() == clicks.size() - 1);
        for (std::size_t i = 0; i < positions.size(); ++i) REQUIRE(positions[i] == positions[0] + i + (i >= 500 ? 1 : 0));
    }
}

/// Takes items with the watermarks between them, and says both in the order in which a witness would.
struct paced_witness : witness {
    std::size_t* most_together;
    std::vector<std::uint64_t>* positions;
    void on_item(click const& c, auto& out) {
        witness::on_item(c, out);
        positions->push_back(out.at().position);
    }
    void on_paced_batch(std::span<click const> clicks, std::span<weir::timestamp const> times,
                        std::span<weir::timestamp const> watermarks, auto& out) {
        *most_together = std::max(*most_together, clicks.size());
        for (std::size_t i = 0; i < clicks.size(); ++i) {
            if (watermarks[i] > told) log->push_back("w " + seconds(told = watermarks[i]));
            log->push_back(std::to_string(clicks[i].number) + "@" + seconds(times[i]));
            positions->push_back(out.at().position + i);
        }
    }
    void on_watermark(weir::timestamp w, auto& out) {
        told = w;
        witness::on_watermark(w, out);
    }
    weir::timestamp told = weir::beginning_of_time;
};

TEST_CASE("a stage that takes watermarks together with items is told of each where it would have come by itself") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        dice roll(seed);
        std::int64_t const lanes = roll.once_in(2) ? 1 : roll.between(2, 3);
        bool const in_order = roll.once_in(2);
        weir::duration const bound = in_order && roll.once_in(2) ? weir::duration(0) : std::chrono::seconds(roll.between(0, 9));
        lane_script<click> script;
        std::vector<std::int64_t> now(3, 0);
        std::vector<std::uint64_t> position(3, 0);
        std::uint32_t lane = 0;
        for (int i = 0; i < 900; ++i) {
            if (roll.once_in(40)) lane = static_cast<std::uint32_t>(roll.between(0, lanes - 1));
            if (roll.once_in(150)) script.idle(static_cast<std::uint32_t>(roll.between(0, lanes - 1)));
            now[lane] += roll.between(0, 2);
            std::int64_t const time = roll.once_in(100) ? 100'000 : now[lane] - (in_order ? 0 : roll.between(0, 12));
            script.emit({i, at(time)}, {.position = position[lane]++, .lane = lane});
        }
        auto const run = [&](auto last, std::size_t budget) {
            auto job = weir::from(scripted_lanes(script, true)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(bound)) | last;
            while (!job.finished()) job.step(budget, at(10'000));
            REQUIRE(job.report().balanced());
        };
        words wanted;
        run(witness{&wanted}, 1000);
        for (std::size_t const budget : {1u, 50u, 1000u}) {
            words got;
            std::size_t most = 0;
            std::vector<std::uint64_t> positions;
            run(paced_witness{{&got}, &most, &positions}, budget);
            INFO("seed " << seed << ", budget " << budget);
            REQUIRE(got == wanted);
            if (budget == 1000 && lanes == 1) REQUIRE(most > 30);
        }
    }
}

TEST_CASE("event time comes from a function, also a member function") {
    auto const run = [](auto extract) {
        words log;
        auto job = weir::from(scripted_lanes(lane_script<click>().emit({7, at(0)}))) |
                   weir::event_time(extract, weir::bounded_out_of_orderness(0s)) | witness{&log};
        while (!job.finished()) job.step(10, at(1000));
        return log;
    };
    CHECK(run([](click const& c) { return at(c.number); }) == words{"w 7", "7@7", "w end"});
    CHECK(run(&click::numbered) == words{"w 7", "7@7", "w end"});
}

TEST_CASE("event time comes from the record's own timestamp") {
    words log;
    lane_script<click> script;
    script.emit({1, at(0)}, {.time = at(30)}).emit({2, at(0)}, {.time = at(40)});
    auto job = weir::from(scripted_lanes(script)) |
               weir::event_time(weir::record_time, weir::bounded_out_of_orderness(0s)) | witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"w 30", "1@30", "w 40", "2@40", "w end"});
}

TEST_CASE("a record that its source gave no time is a dead letter, and moves nothing") {
    words log;
    lane_script<click> script;
    script.emit({1, at(0)}, {.position = 6}).emit({2, at(0)}, {.time = at(40)});
    auto job = weir::from(scripted_lanes(script)) |
               weir::event_time(weir::record_time, weir::bounded_out_of_orderness(0s)) | witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"w 40", "2@40", "w end"});
    CHECK(job.report().total().dead_lettered == 1);
    CHECK(job.report().dead_letter_samples.at(0).place == "lane 0/6");
    CHECK(job.report().balanced());
}

TEST_CASE("lanes: the minimum over the live ones; proven idle and ended lanes leave it") {
    words log;
    lane_script<click> script;
    script.opened(0)
        .opened(1)
        .emit({1, at(50)}, {.lane = 0})
        .emit({2, at(20)}, {.lane = 1})
        .idle(1)
        .emit({3, at(60)}, {.lane = 0});
    script.emit({4, at(30)}, {.lane = 1}).emit({5, at(70)}, {.lane = 0}).ended(1);
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"1@50", "w 20", "2@20", "w 50", "w 60", "3@60", "4@30", "5@70", "w 70", "w end"});
}

TEST_CASE("without a future guard no event is in the future, whatever the clock") {
    lane_script<click> script;
    script.emit({1, weir::end_of_time - weir::duration(1)});
    auto job = weir::from(scripted_lanes(script)) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s), {.max_ahead = weir::no_future_guard}) |
               weir::call([](click const&) {});
    while (!job.finished()) job.step(10, weir::timestamp(-1h));
    CHECK(job.report().total().future == 0);
    CHECK(job.report().stages.back().count.in == 1);
}

TEST_CASE("a lane that comes back by its item is told to be open before it, one that is known to be open or was never told is not") {
    auto const lanes_told = [](auto strategy) {
        auto driver = weir::testing::test_driver<click>(weir::chain(weir::event_time<&click::ts>(strategy)));
        driver.push({1, at(1)}, {}, 1);
        driver.lane({0, weir::lane_event::kind::opened});
        driver.push({2, at(2)}, {}, 0);
        driver.lane({0, weir::lane_event::kind::idle});
        driver.push({3, at(3)}, {}, 1);
        driver.push({4, at(4)}, {}, 0);
        driver.push({5, at(5)}, {}, 0);
        driver.lane({1, weir::lane_event::kind::ended});
        driver.push({6, at(6)}, {}, 1);
        std::string told;
        for (weir::lane_event const& each : driver.output_lanes())
            told += std::to_string(each.lane) + " " + std::string(weir::enum_name(each.what)) + "; ";
        return told;
    };
    std::string const wanted = "0 opened; 0 idle; 0 opened; 1 ended; 1 opened; ";
    CHECK(lanes_told(weir::bounded_out_of_orderness(0s)) == wanted);
    CHECK(lanes_told(weir::punctuated([](click const& each) { return std::optional(each.ts); })) == wanted);
}

TEST_CASE(
    "when every lane is idle, time moves by the clock minus the bound if the user asked for it; otherwise windows "
    "wait") {
    for (bool const asked : {false, true}) {
        words log;
        lane_script<click> script;
        script.emit({1, at(50)}).idle(0);
        auto job = weir::from(scripted_lanes(script, false, true)) |
                   weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s), {.advance_when_idle = asked}) |
                   witness{&log};
        job.step(10, at(55));
        CHECK(log == words{"w 40", "1@50"});
        job.step(10, at(56));
        job.step(10, at(48));  // a clock that goes back moves nothing
        CHECK(log == (asked ? words{"w 40", "1@50", "w 46"} : words{"w 40", "1@50"}));
    }
}

TEST_CASE("a lane that we did not poll is never idle: the clock alone moves nothing while a lane is live") {
    words log;
    lane_script<click> script;
    script.opened(0).opened(1).emit({1, at(50)}, {.lane = 0}).idle(0);
    auto job = weir::from(scripted_lanes(script, false, true)) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s), {.advance_when_idle = true}) |
               witness{&log};
    for (int i = 0; i < 5; ++i) job.step(10, at(1000 + i));
    CHECK(log == words{"1@50"});
}

TEST_CASE(
    "future guard: an event more than max_ahead (5 min unless set) ahead of the clock is set aside and moves no "
    "watermark") {
    words log;
    lane_script<click> script;
    script.name(3, "web.clicks/3");
    script.emit({1, at(1000)}, {.position = 41, .lane = 3}).emit({2, at(1301)}, {.position = 42, .lane = 3});
    script.emit({3, at(1300)}, {.position = 43, .lane = 3});
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"w 1000", "1@1000", "w 1300", "3@1300", "w end"});
    auto const report = job.report();
    CHECK(report.total().future == 1);
    CHECK(report.dead_letters == 1);
    CHECK(report.dead_letter_samples.at(0).component == "event_time");
    CHECK(report.dead_letter_samples.at(0).place == "web.clicks/3/42");
    CHECK_THAT(report.dead_letter_samples.at(0).cause, Catch::Matchers::ContainsSubstring("301 s ahead"));
    CHECK(report.balanced());
}

TEST_CASE("future guard: when the clock goes back, what was plausible before is so no longer") {
    words log;
    auto job = weir::from(weir::push<click>{}) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    job.step(10, at(1000));
    job.push(click{1, at(1200)});
    job.push(click{2, at(1150)});
    job.step(10, at(800));
    job.push(click{3, at(1150)});
    job.push(click{4, at(1100)});
    CHECK(log == words{"w 1200", "1@1200", "2@1150", "4@1100"});
    CHECK(job.report().total().future == 1);
}

TEST_CASE("an event at the beginning of time is an event of its lane like any other") {
    words log;
    lane_script<click> script;
    script.emit({1, weir::beginning_of_time}, {.lane = 0}).emit({2, at(50)}, {.lane = 1}).emit({3, at(20)}, {.lane = 0});
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(std::count_if(log.begin(), log.end(), [](auto const& word) { return word.starts_with("w "); }) == 2);
    CHECK(std::find(log.begin(), log.end(), "w 20") != log.end());
}

TEST_CASE("future guard: it can be set, and switched off by name; without a clock there is none") {
    auto const run = [](weir::event_time_options options, weir::timestamp now) {
        words log;
        lane_script<click> script;
        script.emit({1, at(4'000'000'000)});
        auto job = weir::from(scripted_lanes(script)) |
                   weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s), options) | witness{&log};
        while (!job.finished()) job.step(10, now);
        return job.report().total().future;
    };
    CHECK(run({}, at(0)) == 1);
    CHECK(run({.max_ahead = std::chrono::seconds(3'999'999'999)}, at(0)) == 1);
    CHECK(run({.max_ahead = std::chrono::seconds(4'000'000'000)}, at(0)) == 0);
    CHECK(run({.max_ahead = weir::no_future_guard}, at(0)) == 0);
    CHECK(run({}, weir::beginning_of_time) == 1);
    words log;
    auto job = weir::from(weir::push<click>{}) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    job.push(click{1, at(4'000'000'000)});  // no step has told the time yet
    CHECK(job.report().total().future == 0);
}

TEST_CASE("on replay of old data the clock is still the bound, so old data is never future") {
    words log;
    lane_script<click> script;
    script.emit({1, at(-1'000'000'000)}).emit({2, at(10)});
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1'700'000'000));
    CHECK(job.report().total().future == 0);
    CHECK(log.size() == 5);
}

TEST_CASE("a second event_time makes watermarks of its own and lets those before it go no further") {
    words log;
    lane_script<click> script;
    script.emit({5, at(100)}).emit({6, at(101)});
    auto job = weir::from(scripted_lanes(script)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               weir::event_time([](click const& c) { return at(c.number); }, weir::bounded_out_of_orderness(0s)) |
               witness{&log};
    while (!job.finished()) job.step(10, at(1000));
    CHECK(log == words{"w 5", "5@5", "w 6", "6@6", "w end"});
}

TEST_CASE("a bound that is negative fails the job at its first step") {
    words log;
    auto job = weir::from(scripted_lanes(lane_script<click>().emit({1, at(0)}))) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(-1s)) | witness{&log};
    CHECK(job.step(10, at(0)) == weir::progress::failed);
    CHECK(job.report().failure->component == "event_time");
}

/// The bound, written as a strategy of one's own.
struct own_bound {
    weir::duration behind;
    weir::timestamp greatest = weir::beginning_of_time;
    void observe(weir::timestamp t) { greatest = std::max(greatest, t); }
    [[nodiscard]] weir::timestamp watermark() const { return weir::saturating_subtract(greatest, behind); }
    [[nodiscard]] weir::duration bound() const { return behind; }
};
static_assert(weir::watermark_strategy_for<own_bound, click>);
static_assert(!weir::watermark_strategy_for<weir::bounded_out_of_orderness, click>);

/// What a job behind the strategy writes down: items, and where the watermark stood when each came.
template <class Strategy>
words run_strategy(lane_script<click> const& script, Strategy strategy, weir::event_time_options options = {},
                   bool endless = false) {
    words log;
    auto job = weir::from(scripted_lanes(script, false, endless)) | weir::event_time<&click::ts>(strategy, options) | witness{&log};
    for (int i = 0; i < 100 && !job.finished(); ++i) job.step(10, at(1000));
    return log;
}

TEST_CASE("a strategy of one's own: what it says is passed on behind the item, the least over the lanes") {
    lane_script<click> script;
    script.emit({1, at(100)}).emit({2, at(95)}).emit({3, at(107)}).emit({4, at(2000)});
    CHECK(run_strategy(script, own_bound{5s}) == words{"1@100", "w 95", "2@95", "3@107", "w 102", "w end"});
    lane_script<click> lanes;
    lanes.opened(0).opened(1).emit({1, at(50)}, {.lane = 0}).emit({2, at(20)}, {.lane = 1}).idle(1);
    lanes.emit({3, at(60)}, {.lane = 0}).emit({4, at(30)}, {.lane = 1}).emit({5, at(70)}, {.lane = 0}).ended(1);
    CHECK(run_strategy(lanes, own_bound{0s}) ==
          words{"1@50", "2@20", "w 20", "w 50", "3@60", "w 60", "4@30", "5@70", "w 70", "w end"});
}

TEST_CASE("a strategy of one's own gives each item the lateness that the library's gives it, on random lanes") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        auto const pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
        lane_script<click> script;
        for (int i = 0; i < 60; ++i) {
            auto const lane = static_cast<std::uint32_t>(pick(3));
            int const what = pick(12);
            if (what == 0) script.opened(lane);
            else if (what == 1) script.idle(lane);
            else if (what == 2) script.ended(lane);
            else script.emit({i, at(pick(40) + i)}, {.lane = lane});
        }
        auto const late_items = [&](auto strategy) {
            words late;
            std::int64_t watermark = -1'000'000;
            for (std::string const& word : run_strategy(script, strategy)) {
                if (word == "w end") break;
                if (word.starts_with("w ")) watermark = std::stoll(word.substr(2));
                else if (std::stoll(word.substr(word.find('@') + 1)) < watermark) late.push_back(word);
            }
            late.push_back(std::to_string(watermark));
            return late;
        };
        INFO("seed " << seed);
        CHECK(late_items(own_bound{7s}) == late_items(weir::bounded_out_of_orderness(7s)));
    }
}

TEST_CASE("a strategy of one's own moves time by the clock only where it says its bound") {
    lane_script<click> script;
    script.emit({1, at(50)}).idle(0);
    CHECK(run_strategy(script, own_bound{10s}, {.advance_when_idle = true}, true) == words{"1@50", "w 40", "w 990"});
    words log;
    auto job = weir::from(scripted_lanes(script)) |
               weir::event_time<&click::ts>(weir::punctuated([](click const&) { return std::optional<weir::timestamp>(); }),
                                            {.advance_when_idle = true}) |
               witness{&log};
    CHECK(job.step(10, at(0)) == weir::progress::failed);
    CHECK_THAT(job.report().failure->advice, Catch::Matchers::ContainsSubstring("bound()"));
}

TEST_CASE("ascending timestamps: the watermark is the greatest event time") {
    lane_script<click> script;
    script.emit({1, at(100)}).emit({2, at(100)}).emit({3, at(107)});
    CHECK(run_strategy(script, weir::ascending_timestamps) == words{"w 100", "1@100", "2@100", "w 107", "3@107", "w end"});
}

TEST_CASE("punctuated: the watermark of a lane moves only by what its items carry, and not before them") {
    // Every tenth item says that the minute of its time is over; that of its own time is so too.
    auto const minute_is_over = [](click const& c) -> std::optional<weir::timestamp> {
        if (c.number % 10 != 0) return std::nullopt;
        return c.ts + 1s;
    };
    lane_script<click> script;
    script.emit({1, at(500)}).emit({10, at(59)}).emit({2, at(58)}).emit({20, at(30)}).emit({30, at(119)});
    CHECK(run_strategy(script, weir::punctuated(minute_is_over)) ==
          words{"1@500", "10@59", "w 60", "2@58", "20@30", "30@119", "w 120", "w end"});
    lane_script<click> lanes;
    lanes.opened(0).opened(1).emit({10, at(59)}, {.lane = 0}).emit({1, at(300)}, {.lane = 1}).emit({20, at(29)}, {.lane = 1});
    lanes.emit({30, at(79)}, {.lane = 1}).ended(0);
    CHECK(run_strategy(lanes, weir::punctuated(minute_is_over)) ==
          words{"10@59", "1@300", "20@29", "w 30", "30@79", "w 60", "w 80", "w end"});
}

TEST_CASE("a range of plausible times: what lies outside is a dead letter that says which unit would fit") {
    for (bool const side_by_side : {false, true}) {
        words log;
        lane_script<click> script;
        weir::timestamp const good = at(1'767'225'600);                                          // 2026
        weir::timestamp const milliseconds_taken_for_micro(weir::duration(1'767'225'600'000));
        script.emit({1, good}, {.position = 1}).emit({2, milliseconds_taken_for_micro}, {.position = 2});
        script.emit({3, at(0)}, {.position = 3}).emit({4, weir::beginning_of_time}, {.position = 4});
        script.emit({5, weir::end_of_time}, {.position = 5}).emit({6, good + 1s}, {.position = 6});
        auto job = weir::from(scripted_lanes(script, side_by_side)) |
                   weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s), {.max_ahead = weir::no_future_guard},
                                                weir::time_range{}) |
                   witness{&log};
        while (!job.finished()) job.step(10, good);
        CHECK(log == words{"w 1767225600", "1@1767225600", "w 1767225601", "6@1767225601", "w end"});
        auto const report = job.report();
        CHECK(report.balanced());
        CHECK(report.total().dead_lettered == 4);
        CHECK(report.dead_letter_samples.at(0).component == "event_time");
        CHECK(report.dead_letter_samples.at(0).place == "lane 0/2");
        CHECK_THAT(report.dead_letter_samples.at(0).advice, Catch::Matchers::ContainsSubstring("as milliseconds it would be 2026"));
        CHECK(report.dead_letter_samples.at(1).advice == "no unit would fit");
    }
}

TEST_CASE("events at zero, before it and at both ends of time are events like any other, and overflow nothing") {
    auto const run = [](auto strategy, auto rule) {
        std::uint64_t counted = 0;
        lane_script<click> script;
        script.emit({1, weir::beginning_of_time}).emit({2, at(-1)}).emit({3, at(0)}).emit({4, weir::end_of_time});
        script.emit({5, weir::beginning_of_time}).emit({6, weir::end_of_time - 1us});
        auto job = weir::from(scripted_lanes(script)) |
                   weir::event_time<&click::ts>(strategy, {.max_ahead = weir::no_future_guard}) |
                   weir::window(rule, weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::call([&](auto const& row) { counted += row.template get<"count">(); });
        while (!job.finished()) job.step(10, at(0));
        auto const report = job.report();
        CHECK(report.balanced());
        CHECK(counted + report.total().late == 6);
    };
    auto const through = [&](auto rule) {
        run(weir::bounded_out_of_orderness(10s), rule);
        run(weir::ascending_timestamps, rule);
        run(weir::bounded_out_of_orderness(weir::duration::max()), rule);
        run(own_bound{10s}, rule);
    };
    through(weir::tumbling(1h));
    through(weir::tumbling(1us));
    through(weir::tumbling(weir::duration::max()));
    through(weir::tumbling(std::chrono::days{1}, weir::time_zone("UTC")));
}

}  // namespace weir_test::transform_event_time
