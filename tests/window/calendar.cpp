// SPDX-License-Identifier: Apache-2.0
#include <weir/window/calendar.hpp>

#include <catch.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <string>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/time/format_time.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_calendar {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::weeks;
using std::chrono::year;
using std::chrono::years;

static_assert(weir::explained_window_rule<weir::tumbling<weir::time_zone>>);
static_assert(!weir::explained_window_rule<weir::tumbling<>>);
static_assert(std::same_as<decltype(weir::tumbling(days{1}, weir::time_zone("UTC"))), weir::tumbling<weir::time_zone>>);
static_assert(std::same_as<decltype(weir::tumbling(days{1}, 1h)), weir::tumbling<>>);

/// Paris by its rule: these tests need no database.
[[nodiscard]] weir::time_zone paris() { return *weir::time_zone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3"); }

/// The window of an instant, as text.
[[nodiscard]] std::string window_of(auto const& rule, weir::timestamp t) {
    std::int64_t const number = rule.number_of(t);
    return weir::format_time(rule.start_of(number)) + " " + weir::format_time(rule.end_of(number));
}

TEST_CASE("days are local days, 23 and 25 hours long where clocks change") {
    weir::tumbling const rule(days{1}, paris());
    CHECK(window_of(rule, sys_days(year(2026) / 3 / 29) + 12h) == "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
    CHECK(window_of(rule, sys_days(year(2026) / 3 / 28) + 23h) == "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
    CHECK(window_of(rule, sys_days(year(2026) / 3 / 28) + 23h - 1us) == "2026-03-27T23:00:00Z 2026-03-28T23:00:00Z");
    CHECK(window_of(rule, sys_days(year(2026) / 10 / 25) + 12h) == "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
    weir::tumbling const three(days{3}, paris());  // counted from 1970-01-01
    CHECK(window_of(three, weir::timestamp(0s)) == "1969-12-31T23:00:00Z 1970-01-03T23:00:00Z");
    CHECK(window_of(three, weir::timestamp(-1h) - 1us) == "1969-12-28T23:00:00Z 1969-12-31T23:00:00Z");
}

TEST_CASE("weeks begin on Monday, months on the first, years on January 1") {
    weir::timestamp const sunday = sys_days(year(2026) / 3 / 1) + 12h;
    CHECK(window_of(weir::tumbling(weeks{1}, paris()), sunday) == "2026-02-22T23:00:00Z 2026-03-01T23:00:00Z");
    CHECK(window_of(weir::tumbling(weeks{1}, paris()), sunday + 11h) == "2026-03-01T23:00:00Z 2026-03-08T23:00:00Z");
    CHECK(window_of(weir::tumbling(weeks{2}, paris()), weir::timestamp(0s)) == "1969-12-28T23:00:00Z 1970-01-11T23:00:00Z");
    CHECK(window_of(weir::tumbling(months{1}, paris()), sunday) == "2026-02-28T23:00:00Z 2026-03-31T22:00:00Z");
    CHECK(window_of(weir::tumbling(months{1}, paris()), sunday - 13h - 1us) == "2026-01-31T23:00:00Z 2026-02-28T23:00:00Z");
    CHECK(window_of(weir::tumbling(months{3}, paris()), sunday) == "2025-12-31T23:00:00Z 2026-03-31T22:00:00Z");
    CHECK(window_of(weir::tumbling(months{1}, paris()), sys_days(year(1969) / 12 / 15)) ==
          "1969-11-30T23:00:00Z 1969-12-31T23:00:00Z");
    CHECK(window_of(weir::tumbling(years{1}, paris()), sunday) == "2025-12-31T23:00:00Z 2026-12-31T23:00:00Z");
    CHECK(window_of(weir::tumbling(years{10}, weir::time_zone("UTC")), sys_days(year(1969) / 1 / 1)) ==
          "1960-01-01T00:00:00Z 1970-01-01T00:00:00Z");
}

TEST_CASE("every event belongs to exactly one window, which begins where the one before it ends") {
    dice roll(31);
    weir::time_zone const zones[] = {weir::time_zone("UTC"), paris(),
                                     *weir::time_zone::from_rule("<-03>3<-02>,M11.1.0/0,M2.3.0/0")};
    int held = 0;
    for (int i = 0; i < 30'000; ++i) {
        weir::time_zone const& zone = zones[roll.between(0, 2)];
        int const several = static_cast<int>(roll.between(1, 40));
        std::int64_t const reach = std::int64_t{1} << roll.between(30, 61);
        weir::timestamp const t{weir::duration(roll.between(-reach, reach))};
        auto const check = [&](auto const& rule) {
            std::int64_t const number = rule.number_of(t);
            bool const holds = rule.start_of(number) <= t && t < rule.end_of(number) &&
                               rule.end_of(number) == rule.start_of(number + 1);
            if (!holds) FAIL("round " << i << ": " << t.time_since_epoch().count() << " in " << zone.name());
            ++held;
        };
        switch (i % 4) {
            case 0: check(weir::tumbling(days{several}, zone)); break;
            case 1: check(weir::tumbling(weeks{several}, zone)); break;
            case 2: check(weir::tumbling(months{several}, zone)); break;
            default: check(weir::tumbling(years{several}, zone));
        }
    }
    CHECK(held == 30'000);
}

TEST_CASE("at the ends of time windows end with time, whatever their size") {
    auto const check = [](auto const& rule) {
        bool const last = rule.end_of(rule.number_of(weir::end_of_time)) == weir::end_of_time &&
                          rule.start_of(rule.number_of(weir::end_of_time)) < weir::end_of_time;
        bool const first = rule.start_of(rule.number_of(weir::beginning_of_time)) == weir::beginning_of_time;
        bool const beyond = rule.end_of(INT64_MAX) == weir::end_of_time &&
                            rule.start_of(INT64_MIN) == weir::beginning_of_time;
        CHECK(last);
        CHECK(first);
        CHECK(beyond);
    };
    check(weir::tumbling(days{1}, paris()));
    check(weir::tumbling(weeks{3}, paris()));
    check(weir::tumbling(months{1}, paris()));
    check(weir::tumbling(years::max(), paris()));
    check(weir::tumbling(std::chrono::duration<std::int64_t, days::period>::max(), paris()));
}

struct click {
    weir::timestamp ts;
};

TEST_CASE("clicks are counted by local day, in a pipeline") {
    std::vector<click> clicks;
    for (int hour = 0; hour < 96; ++hour) clicks.push_back({sys_days(year(2026) / 3 / 27) + 23h + hour * 1h});
    std::vector<std::string> rows;
    auto job = weir::from(weir::values(clicks)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
               weir::window(weir::tumbling(days{1}, paris()), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   rows.push_back(weir::format_time(row.template get<"window_start">()) + " " +
                                  std::to_string(row.template get<"count">()));
               });
    while (!job.finished()) job.step(100, sys_days(year(2026) / 4 / 1));
    CHECK(rows == std::vector<std::string>{"2026-03-27T23:00:00Z 24", "2026-03-28T23:00:00Z 23", "2026-03-29T22:00:00Z 24",
                                           "2026-03-30T22:00:00Z 24", "2026-03-31T22:00:00Z 1"});
}

TEST_CASE("a zone that cannot be read, or a size that is not positive, fails the job at its first step, in words") {
    auto const failure_of = [](auto rule) {
        CHECK_FALSE(rule.valid());
        CHECK(rule.number_of(weir::timestamp(0s)) == 0);
        auto job = weir::from(weir::values<click>({{}})) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s)) |
                   weir::window(rule, weir::drop_late) | weir::aggregate(weir::count()) | weir::discard();
        CHECK(job.step(1, weir::timestamp(0s)) == weir::progress::failed);
        return to_string(*job.report().failure);
    };
    CHECK_THAT(failure_of(weir::tumbling(days{1}, weir::time_zone("Europe/Atlantis", "/nowhere"))),
               Catch::Matchers::ContainsSubstring("time_zone: /nowhere/Europe/Atlantis: cannot be opened"));
    CHECK_THAT(failure_of(weir::tumbling(days{0}, paris())), Catch::Matchers::ContainsSubstring("size is not positive"));
    CHECK_THAT(failure_of(weir::tumbling(months{-3}, paris())), Catch::Matchers::ContainsSubstring("size is not positive"));
}

}  // namespace weir_test::window_calendar
