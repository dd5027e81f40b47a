// SPDX-License-Identifier: Apache-2.0
#include <weir/window/tumbling.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_tumbling {

using namespace std::chrono_literals;

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

static_assert(weir::window_rule<weir::tumbling<>>);
static_assert(weir::tumbling(10s).number_of(weir::timestamp(25s)) == 2);

TEST_CASE("windows hold their start and not their end, aligned to the epoch, before the epoch too") {
    weir::tumbling const rule(10s);
    CHECK(rule.number_of(weir::timestamp(0s)) == 0);
    CHECK(rule.number_of(weir::timestamp(10s) - 1us) == 0);
    CHECK(rule.number_of(weir::timestamp(10s)) == 1);
    CHECK(rule.number_of(weir::timestamp(-1us)) == -1);
    CHECK(rule.number_of(weir::timestamp(-10s)) == -1);
    CHECK(rule.number_of(weir::timestamp(-10s) - 1us) == -2);
    CHECK(rule.start_of(-1) == weir::timestamp(-10s));
    CHECK(rule.end_of(-1) == weir::timestamp(0s));
}

TEST_CASE("windows may have an offset from the epoch, also negative or larger than the size") {
    for (auto const offset : {3s, -7s, 23s, -1000007s}) {
        weir::tumbling const rule(10s, offset);
        CHECK(rule.start_of(rule.number_of(weir::timestamp(5s))) == weir::timestamp(3s));
        CHECK(rule.start_of(rule.number_of(weir::timestamp(3s))) == weir::timestamp(3s));
        CHECK(rule.end_of(rule.number_of(weir::timestamp(3s) - 1us)) == weir::timestamp(3s));
    }
}

TEST_CASE("every event belongs to exactly one window, random sizes and offsets") {
    dice roll(17);
    for (int i = 0; i < 20'000; ++i) {
        std::int64_t const size = roll.between(1, std::int64_t{1} << roll.between(0, 50));
        std::int64_t const reach = std::int64_t{1} << roll.between(0, 60);
        weir::tumbling const rule(weir::duration(size), weir::duration(roll.between(-size * 3, size * 3)));
        weir::timestamp const t = at(roll.between(-reach, reach));
        std::int64_t const number = rule.number_of(t);
        bool const contains = rule.start_of(number) <= t && t < rule.end_of(number);
        bool const fits = rule.end_of(number) - rule.start_of(number) == rule.size() &&
                          rule.end_of(number) == rule.start_of(number + 1);
        if (!contains || !fits) FAIL("round " << i << ", size " << size << ", time " << t.time_since_epoch().count());
    }
    SUCCEED();
}

TEST_CASE("windows_since is division, for every time that lies behind the start by less than 2^62 us") {
    dice roll(18);
    for (int i = 0; i < 200'000; ++i) {
        std::int64_t size = roll.between(1, std::int64_t{1} << roll.between(0, 62));
        if (roll.once_in(4)) size = std::int64_t{1} << roll.between(0, 61);
        weir::tumbling const rule{weir::duration(size)};
        std::int64_t const start = roll.between(-(std::int64_t{1} << 61), std::int64_t{1} << 61);
        std::int64_t since = roll.between(0, std::int64_t{1} << roll.between(0, 61));
        if (roll.once_in(3)) since = since / size * size - roll.between(0, 1);  // an edge
        if (since < 0) since = 0;
        std::uint64_t const got = rule.windows_since(at(start + since), at(start));
        if (got != static_cast<std::uint64_t>(since / size))
            FAIL("round " << i << ": " << since << " / " << size << " is not " << got);
    }
    SUCCEED();
}

TEST_CASE("a time before the start is many windows away") {
    dice roll(19);
    for (int i = 0; i < 20'000; ++i) {
        std::int64_t const size = roll.between(1, std::int64_t{1} << roll.between(0, 50));
        weir::tumbling const rule{weir::duration(size)};
        std::int64_t const start = roll.between(-(std::int64_t{1} << 60), std::int64_t{1} << 60);
        std::uint64_t const got =
            rule.windows_since(at(start - roll.between(1, std::int64_t{1} << roll.between(0, 60))), at(start));
        if (got < (std::uint64_t{1} << 62) / static_cast<std::uint64_t>(size))
            FAIL("round " << i << ", size " << size << ": " << got);
    }
    SUCCEED();
}

TEST_CASE("windows at the ends of time end with time") {
    weir::tumbling const rule(1h);
    CHECK(rule.end_of(rule.number_of(weir::end_of_time)) == weir::end_of_time);
    CHECK(rule.start_of(rule.number_of(weir::beginning_of_time)) == weir::beginning_of_time);
    CHECK(rule.end_of(rule.number_of(weir::beginning_of_time)) > weir::beginning_of_time);
    weir::tumbling const longest(weir::duration::max());
    CHECK(longest.number_of(at(5)) == 0);
    CHECK(longest.start_of(0) == at(0));
    CHECK(longest.end_of(0) == weir::end_of_time);
}

TEST_CASE("a size that is not positive is not valid, and still divides nothing by zero") {
    for (auto const size : {0s, -1s}) {
        weir::tumbling const rule(size);
        CHECK_FALSE(rule.valid());
        CHECK(rule.number_of(at(7)) == 7);
    }
    CHECK(weir::tumbling(1us).valid());
}

}  // namespace weir_test::window_tumbling
