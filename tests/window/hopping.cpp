// SPDX-License-Identifier: Apache-2.0
#include <weir/window/hopping.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <oracle/random_stream.hpp>
#include <utility>
#include <vector>
#include <weir/window/rule.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_hopping {

using namespace std::chrono_literals;

using bounds = std::vector<std::pair<std::int64_t, std::int64_t>>;

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

/// The windows of an instant, as the rule says by way of its panes; in the unit given.
template <class Unit = std::chrono::microseconds>
bounds windows_of(weir::hopping const& rule, weir::timestamp t, Unit unit = Unit(1)) {
    bounds found;
    auto const [first, last] = weir::detail::windows_with(rule, t);
    for (std::int64_t n = first; n <= last; ++n)
        found.emplace_back(rule.start_of(n).time_since_epoch() / unit, rule.end_of(n).time_since_epoch() / unit);
    return found;
}

static_assert(weir::pane_rule<weir::hopping>);
static_assert(!weir::window_rule<weir::hopping>);
static_assert(weir::window_rule<weir::detail::paired_panes>);
static_assert(weir::hopping(10s, 5s).start_of(3) == weir::timestamp(15s));

TEST_CASE("an event belongs to every window that contains it: the start is inside, the end is not") {
    weir::hopping const rule(20s, 10s);
    CHECK(windows_of(rule, weir::timestamp(10s), 1s) == bounds{{0, 20}, {10, 30}});
    CHECK(windows_of(rule, weir::timestamp(20s) - 1us, 1s) == bounds{{0, 20}, {10, 30}});
    CHECK(windows_of(rule, weir::timestamp(20s), 1s) == bounds{{10, 30}, {20, 40}});
}

TEST_CASE("hopping windows exist before the epoch, and may be shifted") {
    weir::hopping const rule(20s, 10s);
    CHECK(windows_of(rule, weir::timestamp(0s), 1s) == bounds{{-10, 10}, {0, 20}});
    CHECK(windows_of(rule, weir::timestamp(-1us), 1s) == bounds{{-20, 0}, {-10, 10}});
    for (auto const offset : {3s, -7s, 1003s})
        CHECK(windows_of(weir::hopping(20s, 10s, offset), weir::timestamp(5s), 1s) == bounds{{-7, 13}, {3, 23}});
}

TEST_CASE("a size that is no multiple of the advance is cut into two panes an advance") {
    weir::hopping const rule(25s, 10s);
    CHECK(windows_of(rule, weir::timestamp(24s), 1s) == bounds{{0, 25}, {10, 35}, {20, 45}});
    CHECK(windows_of(rule, weir::timestamp(25s), 1s) == bounds{{10, 35}, {20, 45}});
    CHECK(windows_of(rule, weir::timestamp(-1us), 1s) == bounds{{-20, 5}, {-10, 15}});
    CHECK(rule.most_panes() == 5);
    CHECK(rule.panes().start_of(rule.panes().number_of(weir::timestamp(26s))) == weir::timestamp(25s));
    CHECK(rule.panes().end_of(rule.panes().number_of(weir::timestamp(26s))) == weir::timestamp(30s));
}

TEST_CASE("where the advance is greater than the size there are gaps, and what happens in one belongs to no window") {
    weir::hopping const rule(3s, 10s);
    CHECK(windows_of(rule, weir::timestamp(0s), 1s) == bounds{{0, 3}});
    CHECK(windows_of(rule, weir::timestamp(3s) - 1us, 1s) == bounds{{0, 3}});
    CHECK(windows_of(rule, weir::timestamp(3s), 1s).empty());
    CHECK(windows_of(rule, weir::timestamp(10s) - 1us, 1s).empty());
    CHECK(windows_of(rule, weir::timestamp(-8s), 1s) == bounds{{-10, -7}});
}

// How other engines cut: the edges of ksqlDB's and Kafka Streams' own tests (query-validation-tests/hopping-windows.json and
// docs/concepts/time-and-windows). They have no window that starts before the epoch; here it exists like any other.
TEST_CASE("ksqlDB: a window of 60 s that hops by 5 s puts an event into 12 windows, by 20 s into 3") {
    CHECK(windows_of(weir::hopping(60s, 5s), weir::timestamp(1'000s)).size() == 12);
    CHECK(windows_of(weir::hopping(60s, 20s), weir::timestamp(1'000s)).size() == 3);
}
TEST_CASE("Kafka Streams: an event at 0 with 30 s by 15 s is in the window of 0 to 30; here in that of -15 to 15 too, on purpose") {
    CHECK(windows_of(weir::hopping(30s, 15s), weir::timestamp(0s), 1s) == bounds{{-15, 15}, {0, 30}});
}
TEST_CASE("windows of 30 s by 20 s: an instant is in one or in two") {
    CHECK(windows_of(weir::hopping(30s, 20s), weir::timestamp(10s), 1s) == bounds{{0, 30}});
    CHECK(windows_of(weir::hopping(30s, 20s), weir::timestamp(29'999ms), 1s) == bounds{{0, 30}, {20, 50}});
    CHECK(windows_of(weir::hopping(30s, 20s), weir::timestamp(30s), 1s) == bounds{{20, 50}});
}

TEST_CASE("panes lie side by side, and are of a window wholly or not at all: random sizes, advances and offsets") {
    dice roll(71);
    for (int i = 0; i < 20'000; ++i) {
        std::int64_t const reach = std::int64_t{1} << roll.between(0, 40);
        std::int64_t const size = roll.between(1, reach), advance = roll.between(1 + size / 1000, roll.once_in(3) ? 2 * size : size + 1);
        weir::hopping const rule(weir::duration(size), weir::duration(advance), weir::duration(roll.between(-3 * size, 3 * size)));
        auto const& panes = rule.panes();
        weir::timestamp const t = at(roll.between(-4 * reach, 4 * reach));
        std::int64_t const pane = panes.number_of(t);
        bool right = rule.valid() && panes.start_of(pane) <= t && t < panes.end_of(pane) && panes.end_of(pane) == panes.start_of(pane + 1);
        auto const [first, last] = weir::detail::windows_with(rule, t);
        right = right && !(rule.start_of(first - 1) <= t && t < rule.end_of(first - 1)) && !(rule.start_of(last + 1) <= t);
        for (std::int64_t window = first; window <= last; ++window) {
            std::int64_t const from = rule.first_pane_of(window), end = rule.end_pane_of(window);
            right = right && rule.start_of(window) <= t && t < rule.end_of(window) && from <= pane && pane < end &&
                    end - from <= rule.most_panes() && panes.start_of(from) == rule.start_of(window) &&
                    panes.end_of(end - 1) == rule.end_of(window) && rule.end_of(window) - rule.start_of(window) == rule.size();
        }
        std::int64_t const open = rule.first_window_ending_after(t);
        right = right && rule.end_of(open) > t && rule.end_of(open - 1) <= t;
        if (!right) FAIL("round " << i << ", size " << size << ", advance " << advance << ", time " << t.time_since_epoch().count());
    }
    SUCCEED();
}

TEST_CASE("panes_since of an even pane is the difference of the numbers") {
    dice roll(72);
    for (int i = 0; i < 100'000; ++i) {
        std::int64_t const reach = std::int64_t{1} << roll.between(0, 40);
        std::int64_t const size = roll.between(1, reach);
        weir::hopping const rule(weir::duration(size), weir::duration(roll.between(1 + size / 1000, 2 * size)), weir::duration(roll.between(-size, size)));
        auto const& panes = rule.panes();
        weir::timestamp const t = at(roll.between(-4 * reach, 4 * reach));
        std::int64_t const base = (panes.number_of(t) - roll.between(0, 1000)) & -2;
        if (panes.windows_since(t, panes.start_of(base)) != static_cast<std::uint64_t>(panes.number_of(t) - base))
            FAIL("round " << i << ", size " << size << ", time " << t.time_since_epoch().count());
        if (panes.windows_since(panes.start_of(base) - 1us, panes.start_of(base)) < 1000) FAIL("round " << i << ": the past is near");
    }
    SUCCEED();
}

TEST_CASE("hopping: at the ends of time bounds and numbers stay within what they can hold") {
    for (auto const& rule : {weir::hopping(10us, 1us, 5us), weir::hopping(7us, 3us, -5us), weir::hopping(24h, 7h, 1h), weir::hopping(1us, 1us)}) {
        for (auto const t : {weir::beginning_of_time, weir::end_of_time}) {
            auto const [first, last] = weir::detail::windows_with(rule, t);
            CHECK(first <= last);
            CHECK(rule.start_of(first) <= rule.end_of(last));
            CHECK(rule.first_pane_of(last) <= rule.end_pane_of(last));
            CHECK(rule.first_window_ending_after(t) <= std::numeric_limits<std::int64_t>::max());
        }
    }
}

TEST_CASE("a size or an advance that is not positive is not valid, and says so") {
    CHECK(weir::hopping(10s, 5s).valid());
    CHECK_FALSE(weir::hopping(0s, 5s).valid());
    CHECK_FALSE(weir::hopping(-1s, 5s).valid());
    CHECK_FALSE(weir::hopping(10s, 0s).valid());
    CHECK_FALSE(weir::hopping(10s, -5s).valid());
    CHECK_FALSE(weir::hopping(weir::duration::max(), 1us).valid());
    // An instant in 2^30 windows, and in one more.
    constexpr weir::duration most(std::int64_t{2} << 30);
    CHECK(weir::hopping(most, 2us).valid());
    CHECK(weir::hopping(most - 1us, 2us).valid());
    CHECK_FALSE(weir::hopping(most + 1us, 2us).valid());
    CHECK(weir::hopping(0s, 0s).complaint().component == "window");
    CHECK(weir::hopping(0s, 0s).most_panes() >= 1);
}

}  // namespace weir_test::window_hopping
