// SPDX-License-Identifier: Apache-2.0
#include <weir/window/cumulate.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <oracle/random_stream.hpp>
#include <utility>
#include <vector>
#include <weir/window/rule.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_cumulate {

using namespace std::chrono_literals;

using bounds = std::vector<std::pair<std::int64_t, std::int64_t>>;

bounds windows_of(weir::cumulate const& rule, weir::timestamp t) {
    bounds found;
    auto const [first, last] = weir::detail::windows_with(rule, t);
    for (std::int64_t n = first; n <= last; ++n)
        found.emplace_back(rule.start_of(n).time_since_epoch() / 1s, rule.end_of(n).time_since_epoch() / 1s);
    return found;
}

static_assert(weir::pane_rule<weir::cumulate>);
static_assert(!weir::window_rule<weir::cumulate>);

TEST_CASE("windows begin together and end one step after the other") {
    weir::cumulate const rule(30s, 10s);
    CHECK(windows_of(rule, weir::timestamp(0s)) == bounds{{0, 10}, {0, 20}, {0, 30}});
    CHECK(windows_of(rule, weir::timestamp(10s) - 1us) == bounds{{0, 10}, {0, 20}, {0, 30}});
    CHECK(windows_of(rule, weir::timestamp(10s)) == bounds{{0, 20}, {0, 30}});
    CHECK(windows_of(rule, weir::timestamp(29s)) == bounds{{0, 30}});
    CHECK(windows_of(rule, weir::timestamp(30s)) == bounds{{30, 40}, {30, 50}, {30, 60}});
}

TEST_CASE("windows exist before the epoch, and may be shifted") {
    CHECK(windows_of(weir::cumulate(30s, 10s), weir::timestamp(-1us)) == bounds{{-30, 0}});
    CHECK(windows_of(weir::cumulate(30s, 10s), weir::timestamp(-11s)) == bounds{{-30, -10}, {-30, 0}});
    CHECK(windows_of(weir::cumulate(30s, 10s, 4s), weir::timestamp(3s)) == bounds{{-26, 4}});
    CHECK(windows_of(weir::cumulate(30s, 10s, -56s), weir::timestamp(4s)) == bounds{{4, 14}, {4, 24}, {4, 34}});
}

// Flink's documentation of windowing table-valued functions: CUMULATE with a step of 2 minutes and a size of 10.
TEST_CASE("Flink: a bid at 8:05 is in the windows of 8:00 to 8:06, to 8:08 and to 8:10") {
    weir::cumulate const rule(10min, 2min);
    auto const minutes = [](std::int64_t m) { return (8 * 60 + m) * 60; };
    CHECK(windows_of(rule, weir::timestamp(8h + 5min)) ==
          bounds{{minutes(0), minutes(6)}, {minutes(0), minutes(8)}, {minutes(0), minutes(10)}});
    CHECK(windows_of(rule, weir::timestamp(8h + 9min)) == bounds{{minutes(0), minutes(10)}});
}

TEST_CASE("one step is all: the windows are those of tumbling") {
    weir::cumulate const rule(10s, 10s, 3s);
    CHECK(windows_of(rule, weir::timestamp(3s)) == bounds{{3, 13}});
    CHECK(windows_of(rule, weir::timestamp(3s) - 1us) == bounds{{-7, 3}});
    CHECK(rule.most_panes() == 1);
}

TEST_CASE("the windows of an instant are those that contain it: random steps, sizes and offsets") {
    dice roll(81);
    for (int i = 0; i < 20'000; ++i) {
        std::int64_t const step = roll.between(1, std::int64_t{1} << roll.between(0, 30)), steps = roll.between(1, 50);
        weir::cumulate const rule(weir::duration(step * steps), weir::duration(step), weir::duration(roll.between(-step * 9, step * 9)));
        weir::timestamp const t(weir::duration(roll.between(-step * 200, step * 200)));
        auto const [first, last] = weir::detail::windows_with(rule, t);
        bool right = rule.valid() && rule.start_of(last + 1) > t && rule.end_of(last) - rule.start_of(last) == rule.max_size() &&
                     rule.step() == weir::duration(step);
        std::int64_t const pane = rule.panes().number_of(t);
        for (std::int64_t window = first; window <= last; ++window)
            right = right && rule.start_of(window) <= t && t < rule.end_of(window) && rule.first_pane_of(window) <= pane &&
                    pane < rule.end_pane_of(window) && rule.end_pane_of(window) - rule.first_pane_of(window) <= rule.most_panes() &&
                    rule.panes().start_of(rule.first_pane_of(window)) == rule.start_of(window) &&
                    rule.panes().end_of(rule.end_pane_of(window) - 1) == rule.end_of(window);
        right = right && rule.end_of(first - 1) <= t;
        std::int64_t const open = rule.first_window_ending_after(t);
        right = right && rule.end_of(open) > t && rule.end_of(open - 1) <= t;
        if (!right) FAIL("round " << i << ", step " << step << ", steps " << steps << ", time " << t.time_since_epoch().count());
    }
    SUCCEED();
}

TEST_CASE("at the ends of time bounds and numbers stay within what they can hold") {
    for (auto const& rule : {weir::cumulate(10us, 1us, 5us), weir::cumulate(10us, 1us, -5us), weir::cumulate(24h, 1h)}) {
        constexpr auto least = std::numeric_limits<std::int64_t>::min(), greatest = std::numeric_limits<std::int64_t>::max();
        for (std::int64_t const number : {least, greatest}) {
            CHECK(rule.start_of(number) <= rule.end_of(number));
            CHECK(rule.first_pane_of(number) <= rule.end_pane_of(number));
            CHECK(rule.first_window_with(number) <= rule.last_window_with(number));
        }
        CHECK(rule.first_window_ending_after(weir::beginning_of_time) < 0);
        CHECK(rule.first_window_ending_after(weir::end_of_time) > 0);
    }
}

TEST_CASE("a size that is no positive multiple of a positive step is not valid, and says so") {
    CHECK(weir::cumulate(30s, 10s).valid());
    CHECK_FALSE(weir::cumulate(35s, 10s).valid());
    CHECK_FALSE(weir::cumulate(0s, 10s).valid());
    CHECK_FALSE(weir::cumulate(-30s, 10s).valid());
    CHECK_FALSE(weir::cumulate(30s, 0s).valid());
    CHECK_FALSE(weir::cumulate(30s, -10s).valid());
    CHECK_FALSE(weir::cumulate(weir::duration::max(), 1us).valid());
    CHECK(weir::cumulate(0s, 0s).complaint().component == "window");
}

}  // namespace weir_test::window_cumulate
