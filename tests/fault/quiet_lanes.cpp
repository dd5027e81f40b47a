// SPDX-License-Identifier: Apache-2.0
// A stream with one quiet partition, one that stopped for ever, and one event ten years ahead closes its windows at the
// right moment and loses nothing; `explain` told why they waited. In process, second by second.
#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <support/scripted_lanes.hpp>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::fault_quiet_lanes {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

struct click {
    weir::timestamp ts;
};

/// What is in the script, worked out by the letter of the definition: the watermark after each second.
struct oracle {
    struct lane {
        bool live = true;
        std::optional<weir::timestamp> greatest{};
    };
    std::map<std::uint32_t, lane> lanes{{0, {}}, {1, {}}, {2, {}}};
    weir::timestamp watermark = weir::beginning_of_time;
    std::map<weir::timestamp, std::uint64_t> windows{};  ///< items by window start
    std::uint64_t items = 0;

    void item(std::uint32_t number, weir::timestamp ts) {
        lane& one = lanes[number];
        one.live = true;
        one.greatest = one.greatest ? std::max(*one.greatest, ts) : ts;
        ++windows[std::chrono::floor<std::chrono::minutes>(ts)];
        ++items;
        settle();
    }
    void leave(std::uint32_t number) {
        lanes[number].live = false;
        settle();
    }
    void settle() {
        std::optional<weir::timestamp> least;
        for (auto const& [number, one] : lanes) {
            if (!one.live) continue;
            if (!one.greatest) return;
            if (!least || *one.greatest < *least) least = one.greatest;
        }
        if (least) watermark = std::max(watermark, *least - 10s);
    }
    [[nodiscard]] std::map<weir::timestamp, std::uint64_t> closed() const {
        std::map<weir::timestamp, std::uint64_t> done;
        for (auto const& [start, count] : windows)
            if (start + 1min <= watermark) done.emplace(start, count);
        return done;
    }
};

TEST_CASE("a quiet lane, one that stopped for ever, one event ten years ahead: windows close when they should, nothing is lost") {
    bool const side_by_side = GENERATE(false, true);
    constexpr int last_second = 300;

    // clicks/0 is busy; clicks/1 brings one click, and another much later; clicks/2 stops for ever after twenty seconds.
    lane_script<click> script;
    std::vector<oracle> after;  // each second
    oracle truth;
    std::uint64_t position[3] = {};
    auto const bring = [&](std::uint32_t lane, weir::timestamp ts) {
        script.emit({ts}, {.position = position[lane]++, .lane = lane});
        truth.item(lane, ts);
    };
    script.name(0, "clicks/0").name(1, "clicks/1").name(2, "clicks/2").opened(0).opened(1).opened(2);
    std::uint64_t future_position = 0;
    for (int second = 0; second <= last_second; ++second) {
        weir::timestamp const now = noon + std::chrono::seconds(second);
        bring(0, now);
        if (second % 3 == 0 && second >= 9) bring(0, now - 9s);
        if (second == 5) bring(1, now);
        if (second <= 20) bring(2, now);
        if (second == 50) {
            future_position = position[0]++;
            script.emit({now + std::chrono::years(10)}, {.position = future_position, .lane = 0});
        }
        // Proven by the source: nothing is waiting.
        if (second == 110) script.idle(1), truth.leave(1);
        if (second == 125) script.idle(2), truth.leave(2);
        if (second == 200) bring(1, now - 12s);  // behind the others, on time for its own lane
        if (second == 203) bring(1, now - 5s);
        if (second == 250) script.idle(1), truth.leave(1);
        script.end_poll();
        after.push_back(truth);
    }

    std::map<weir::timestamp, std::uint64_t> rows;
    std::vector<std::string> letters;
    auto job = weir::from(scripted_lanes(script, side_by_side, true)) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s)) |
               weir::window(weir::tumbling(1min), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   CHECK(rows.emplace(row.template get<"window_start">(), row.template get<"count">()).second);
               });
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { letters.push_back(to_string(letter.why)); }));

    for (int second = 0; second <= last_second; ++second) {
        weir::timestamp const now = noon + std::chrono::seconds(second);
        job.step(1000, now);
        INFO("second " << second);
        REQUIRE(rows == after[static_cast<std::size_t>(second)].closed());
        REQUIRE(job.report().balanced());

        weir::explanation const why = job.explain();
        auto const& time = why.watermarks.at(0);
        REQUIRE(time.watermark == after[static_cast<std::size_t>(second)].watermark);
        auto const holder = [&] {
            std::string names;
            for (auto const& lane : time.lanes)
                if (lane.holds) names += (names.empty() ? "" : " ") + lane.name;
            return names;
        }();
        if (second < 5) CHECK(holder == "clicks/1");  // nothing has come by it at all
        if (second > 5 && second < 110) CHECK(holder == "clicks/1");
        if (second >= 110 && second < 125) CHECK(holder == "clicks/2");
        if (second >= 125 && second < 200) CHECK(holder == "clicks/0");
        if (second >= 203 && second < 250) CHECK(holder == "clicks/1");
        if (second >= 250) CHECK(holder == "clicks/0");
        CHECK(time.future == (second < 50 ? 0 : 1));

        if (second == 109) {
            CHECK(rows.empty());
            weir::explained_window const first = job.explain(noon + 30s).stages.at(0).windows.at(0);
            CHECK(first.until == noon + 70s);
            CHECK(first.missing == 65s);
            std::string const text = to_string(why);
            INFO(text);
            CHECK_THAT(text, ContainsSubstring("from 2026-03-01T12:00:00Z to 2026-03-01T12:01:00Z, "));
            CHECK_THAT(text, ContainsSubstring("waits for clicks/1 to reach 2026-03-01T12:01:10Z: 1 min 5 s to go.\n"));
            CHECK_THAT(text,
                ContainsSubstring("clicks/1 holds it. Its latest event is of 2026-03-01T12:00:05Z, 1 min 44 s behind the "
                                  "foremost lane, and nothing later has come since "
                                  "2026-03-01T12:00:05Z by the clock, 1 min 44 s ago.\n"));
            CHECK_THAT(text, ContainsSubstring("clicks/1 is waited for, because nothing has proven it idle."));
            CHECK_THAT(text,
                ContainsSubstring("the last, at clicks/0/" + std::to_string(future_position) + ", says 2036-02-29T"));
        }
        if (second == 124) CHECK(rows.empty());
        if (second == 125) {
            CHECK(rows.size() == 1);
            CHECK_THAT(to_string(why), ContainsSubstring("clicks/1: idle, latest event of 2026-03-01T12:00:05Z"));
        }
    }

    job.stop();
    while (!job.finished()) job.step(1000, noon + 1h);
    CHECK(rows == truth.windows);
    std::uint64_t counted = 0;
    for (auto const& [start, count] : rows) counted += count;
    CHECK(counted == truth.items);
    weir::report const report = job.report();
    CHECK(report.exit_code() == 0);
    CHECK(report.balanced());
    CHECK(report.total().late == 0);
    CHECK(report.total().future == 1);
    CHECK(report.total().in == truth.items + 1);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].starts_with("event_time: clicks/0/" + std::to_string(future_position) + ": the event is 315"));
}

}  // namespace weir_test::fault_quiet_lanes
