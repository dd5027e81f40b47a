// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <chrono>

namespace weir_test::semantics_future_guard {

using namespace semantics;
using namespace std::chrono_literals;

constexpr weir::timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

/// How many events of this time are set aside as future.
[[nodiscard]] std::uint64_t future(weir::timestamp ts, weir::event_time_options options = {}) {
    words log;
    auto job = watched(script().item({"a", ts}), us(0), log, options);
    finish(job, 100, now);
    CHECK(log.size() == (job.report().total().future == 1 ? 1u : 3u));
    return job.report().total().future;
}

TEST_CASE("An event more than `max_ahead` ahead of the injected clock is set aside as `future`, and counted.") {
    CHECK(future(now + 5min, {.max_ahead = 5min}) == 0);
    CHECK(future(now + 5min + us(1), {.max_ahead = 5min}) == 1);
}

TEST_CASE("It is sent to the dead letters with topic, partition and offset.") {
    words log;
    script clicks;
    clicks.name(3, "web.clicks/3").item({"a", now}, 3).item({"b", now + 10min}, 3);
    auto job = watched(clicks, us(0), log);
    finish(job, 100, now);
    auto const report = job.report();
    CHECK(report.dead_letters == 1);
    REQUIRE(report.dead_letter_samples.size() == 1);
    CHECK(report.dead_letter_samples[0].place == "web.clicks/3/1");
    CHECK(report.balanced());
}

TEST_CASE("The watermark does not move for it.") {
    words log;
    auto job = watched(script().item({"a", now}).item({"b", now + 10min}).item({"c", now + us(1)}), us(0), log);
    finish(job, 100, now);
    CHECK(log == words{"w " + number(now), "a@" + number(now), "w " + number(now + us(1)), "c@" + number(now + us(1)), "w end"});
}

TEST_CASE("`max_ahead` is 5 min by default, settable, and can be switched off by name.") {
    CHECK(future(now + 5min) == 0);
    CHECK(future(now + 5min + us(1)) == 1);
    CHECK(future(now + 1h, {.max_ahead = 1h}) == 0);
    CHECK(future(now + 2s, {.max_ahead = 1s}) == 1);
    CHECK(future(now + std::chrono::days(3650), {.max_ahead = weir::no_future_guard}) == 0);
}

TEST_CASE("On replay of old data the clock is still the bound, so old data is never future.") {
    // A year of old data, each event long behind the one before it by the data's own time, and none ahead of the clock.
    words log;
    script old;
    for (int month = 0; month < 12; ++month) old.item({"", now - std::chrono::days(365 - 30 * month)});
    auto job = watched(old, us(0), log);
    finish(job, 100, now);
    CHECK(job.report().total().future == 0);
    CHECK(log.size() == 25);
    CHECK(future(now + 6min) == 1);
}

}  // namespace weir_test::semantics_future_guard
