// SPDX-License-Identifier: Apache-2.0
// Boundary cases that other engines publish with their own tests, where weir means the same. How hopping windows and sessions are
// cut is in tests/window/hopping.cpp and tests/window/session.cpp, with Flink's cumulating windows in tests/window/cumulate.cpp.
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <optional>
#include <weir/transform/filter.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>

namespace weir_test::semantics_published {

using namespace semantics;

TEST_CASE("Kafka Streams: a window of 30000 with a grace of 60000 takes 10009 at stream time 89999 and drops it at 90000") {
    for (std::int64_t const stream_time : {89'999, 90'000}) {
        auto driver = counts(weir::tumbling(us(30'000)), weir::drop_late, weir::allowed_lateness(us(60'000)));
        driver.advance_watermark_to(at(stream_time));
        driver.push({"/"}, at(10'009));
        CHECK(driver.report().total().late == (stream_time == 90'000 ? 1u : 0u));
        CHECK(rows_of(driver) == (stream_time == 90'000 ? words{} : words{"+0..30000 /: 1"}));
    }
}

TEST_CASE("Kafka Streams: only the windows of a late event that are still open get it") {
    auto driver = counts(weir::hopping(us(30'000), us(15'000)), weir::drop_late);
    driver.advance_watermark_to(at(30'000));
    driver.push({"/"}, at(16'000));  // [0, 30000) is closed, [15000, 45000) is not
    driver.end();
    CHECK(rows_of(driver) == words{"15000..45000 /: 1"});
}

TEST_CASE("Kafka Streams: a session with a gap of 30000 and a grace of 60000 takes 10010 at stream time 100010 and drops 10009") {
    for (std::int64_t const t : {10'009, 10'010}) {
        auto driver = counts(weir::session(us(30'000)), weir::drop_late, weir::allowed_lateness(us(60'000)));
        driver.advance_watermark_to(at(100'010));
        driver.push({"/"}, at(t));
        CHECK(driver.report().total().late == (t == 10'009 ? 1u : 0u));
    }
}

TEST_CASE("Kafka Streams: what counts is the end of the merged session, so that an event too late by itself may still join one") {
    for (std::int64_t const there : {40'009, 40'010}) {
        auto driver = counts(weir::session(us(30'000)), weir::drop_late, weir::allowed_lateness(us(60'000)));
        driver.push({"/"}, at(there));
        driver.advance_watermark_to(at(100'010));
        (void)rows_of(driver);
        driver.push({"/"}, at(10'009));
        bool const joins = there - 10'009 <= 30'000;
        CHECK(driver.report().total().late == (joins ? 0u : 1u));
        CHECK(rows_of(driver) == (joins ? words{"-40009..70009 (40009) /: 1", "+10009..70009 (40009) /: 2"} : words{}));
    }
}

TEST_CASE("ksqlDB: HAVING emits nothing of a row that never passed, each update that passes, and a tombstone when it fails") {
    auto driver = weir::testing::test_driver<click>(
        weir::chain(weir::key_by<&click::page>()) | weir::window(weir::tumbling(us(10)), weir::drop_late, weir::emit::on_update) |
        weir::aggregate(weir::count()) |
        weir::filter([](auto const& row) { return row.template get<"count">() != 1 && row.template get<"count">() != 4; }));
    driver.push({"/never"}, at(1));
    CHECK(rows_of(driver).empty());
    for (int i = 0; i < 5; ++i) driver.push({"/"}, at(2));
    CHECK(rows_of(driver) == words{"+0..10 /: 2", "~0..10 /: 3", "-0..10 /: 3", "+0..10 /: 5"});
}

struct visit {
    std::optional<std::string_view> page;
};

TEST_CASE("ksqlDB: a row with a null grouping column is excluded; here it is counted too") {
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::page>()) |
                                                    weir::window(weir::tumbling(us(10)), weir::drop_late) |
                                                    weir::aggregate(weir::count()));
    driver.push({std::nullopt}, at(1));
    driver.push({"/"}, at(1));
    driver.end();
    CHECK(driver.outputs().size() == 1);
    CHECK(driver.report().total().null_key == 1);
}

TEST_CASE("Flink: an event at the end of one session's span touches it and is merged (TimeWindow.intersects)") {
    auto driver = counts(weir::session(us(10)), weir::drop_late);
    driver.push({"/"}, at(0));
    driver.push({"/"}, at(10));
    driver.end();
    CHECK(rows_of(driver) == words{"0..20 (10) /: 2"});
}

}  // namespace weir_test::semantics_published
