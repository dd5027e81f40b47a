// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <weir/sink/upsert.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/to.hpp>
#include <weir/window/session.hpp>

// What does not compile has tests of its own.
#if !__has_include(<compile_fail/erased_rows_into_an_append_only_sink.cpp>) || \
    !__has_include(<compile_fail/session_rows_into_an_append_only_sink.cpp>)
#error "the tests of what does not compile are gone"
#endif

namespace weir_test::semantics_emission {

using namespace semantics;

[[nodiscard]] auto with(auto... options) { return counts(weir::tumbling(us(10)), weir::drop_late, options...); }

TEST_CASE("`emit::on_close` (default): one row a window, final.") {
    auto const run = [](auto driver) {
        for (std::int64_t t : {1, 2, 3}) driver.push({"/"}, at(t));
        driver.advance_watermark_to(at(9));
        CHECK(driver.outputs().empty());
        driver.end();
        CHECK(rows_of(driver) == words{"0..10 /: 3"});
    };
    run(with());
    run(with(weir::emit::on_close));
}

TEST_CASE("`emit::on_update`: a row for each change.") {
    auto driver = with(weir::emit::on_update);
    for (std::int64_t t : {1, 2, 11}) driver.push({"/"}, at(t));
    CHECK(rows_of(driver) == words{"+0..10 /: 1", "~0..10 /: 2", "+10..20 /: 1"});
    driver.end();
    CHECK(rows_of(driver).empty());
}

TEST_CASE("`emit::on_update(d)`: changes are coalesced to at most one row per window and key in each `d`.") {
    auto driver = with(weir::emit::on_update(us(4)));
    driver.advance_watermark_to(at(0));
    for (int i = 0; i < 100; ++i) driver.push({"/"}, at(1 + i % 3));
    driver.push({"/b"}, at(2));
    CHECK(rows_of(driver).empty());
    driver.advance_watermark_to(at(4));
    CHECK(rows_of(driver) == words{"+0..10 /: 100", "+0..10 /b: 1"});
    for (int i = 0; i < 100; ++i) driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(7));
    CHECK(rows_of(driver).empty());
    driver.advance_watermark_to(at(8));
    CHECK(rows_of(driver) == words{"~0..10 /: 200"});
    driver.end();
    CHECK(rows_of(driver).empty());
}

TEST_CASE("corrections keep to the period of `emit::on_update(d)`, but for the last moment in which there can be any") {
    auto corrected = counts(weir::tumbling(us(8)), weir::drop_late, weir::allowed_lateness(us(10)), weir::emit::on_update(us(4)));
    corrected.push({"/"}, at(1));
    corrected.advance_watermark_to(at(8));
    CHECK(rows_of(corrected) == words{"+0..8 /: 1"});
    for (int i = 0; i < 100; ++i) corrected.push({"/"}, at(2));
    corrected.advance_watermark_to(at(11));
    CHECK(rows_of(corrected).empty());
    corrected.advance_watermark_to(at(12));
    CHECK(rows_of(corrected) == words{"~0..8 /: 101"});
    corrected.advance_watermark_to(at(16));
    corrected.push({"/"}, at(3));
    corrected.advance_watermark_to(at(17));
    CHECK(rows_of(corrected).empty());
    corrected.advance_watermark_to(at(18));
    CHECK(rows_of(corrected) == words{"~0..8 /: 102"});
    auto sessions = counts(weir::session(us(8)), weir::drop_late, weir::allowed_lateness(us(10)), weir::emit::on_update(us(4)));
    sessions.push({"/"}, at(0));
    sessions.advance_watermark_to(at(9));
    CHECK(rows_of(sessions) == words{"+0..8 (0) /: 1"});
    sessions.push({"/"}, at(0));
    sessions.push({"/"}, at(0));
    CHECK(rows_of(sessions).empty());
    sessions.advance_watermark_to(at(12));
    CHECK(rows_of(sessions) == words{"~0..8 (0) /: 3"});
    sessions.advance_watermark_to(at(16));
    sessions.push({"/"}, at(0));
    sessions.advance_watermark_to(at(18));
    CHECK(rows_of(sessions).empty());
    sessions.advance_watermark_to(at(19));
    CHECK(rows_of(sessions) == words{"~0..8 (0) /: 4"});
}

TEST_CASE("Consumers see `insert`, `update`, `erase` (a session that was merged away, a HAVING that no longer holds).") {
    auto sessions = counts(weir::session(us(10)), weir::drop_late, weir::emit::on_update);
    for (std::int64_t t : {0, 20, 21, 10}) sessions.push({"/"}, at(t));
    CHECK(rows_of(sessions) == words{"+0..10 (0) /: 1", "+20..30 (20) /: 1", "-20..30 (20) /: 1", "+20..31 (21) /: 2",
                                     "-0..10 (0) /: 1", "-20..31 (21) /: 2", "+0..31 (21) /: 4"});

    auto having = weir::testing::test_driver<click>(
        weir::chain(weir::key_by<&click::page>()) | weir::window(weir::tumbling(us(10)), weir::drop_late, weir::emit::on_update) |
        weir::aggregate(weir::count()) |
        weir::filter([](auto const& row) { return row.template get<"count">() >= 2 && row.template get<"count">() <= 3; }));
    for (int i = 0; i < 5; ++i) having.push({"/"}, at(i));
    CHECK(rows_of(having) == words{"+0..10 /: 2", "~0..10 /: 3", "-0..10 /: 3"});
}

TEST_CASE("`emit::every(d)`: early rows, then the final one.") {
    auto driver = with(weir::emit::every(us(4)));
    driver.advance_watermark_to(at(0));
    driver.push({"/"}, at(1));
    driver.advance_watermark_to(at(4));
    CHECK(rows_of(driver) == words{"+0..10 /: 1"});
    driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(9));
    CHECK(rows_of(driver) == words{"~0..10 /: 2"});
    driver.advance_watermark_to(at(10));  // nothing has changed since, and still there is a final row
    CHECK(rows_of(driver) == words{"~0..10 /: 2"});
}

TEST_CASE("`accumulating` (default) or `discarding`.") {
    auto const run = [](auto driver) {
        driver.advance_watermark_to(at(0));
        for (std::int64_t t : {1, 2, 5, 9, 10}) {
            driver.advance_watermark_to(at(t));
            driver.push({"/"}, at(t));
        }
        std::vector<std::uint64_t> sums;
        for (auto const& each : driver.outputs()) sums.push_back(each.item.template get<"count">());
        return sums;
    };
    CHECK(run(with(weir::emit::every(us(4)))) == std::vector<std::uint64_t>{2, 3, 4});
    CHECK(run(with(weir::emit::every(us(4)), weir::accumulating)) == std::vector<std::uint64_t>{2, 3, 4});
    CHECK(run(with(weir::emit::every(us(4)), weir::discarding)) == std::vector<std::uint64_t>{2, 1, 1});
}

TEST_CASE("An append-only sink behind a stream that can erase is a compile error.") {
    // tests/compile_fail/erased_rows_into_an_append_only_sink.cpp and session_rows_into_an_append_only_sink.cpp; here is what tells
    // such a stream from others.
    auto const kind = [](auto rule, auto emission) {
        auto joined = weir::detail::join(weir::detail::joined<weir::stream<click, weir::timed>>{},
                                         weir::chain(weir::window(rule, weir::drop_late, emission)) |
                                             weir::aggregate(weir::count()));
        return typename decltype(joined)::stream_type::change{};
    };
    STATIC_REQUIRE(std::is_same_v<decltype(kind(weir::session(us(10)), weir::emit::on_update)), weir::erasing>);
    STATIC_REQUIRE_FALSE(std::is_same_v<decltype(kind(weir::session(us(10)), weir::emit::on_close)), weir::erasing>);
    STATIC_REQUIRE_FALSE(std::is_same_v<decltype(kind(weir::tumbling(us(10)), weir::emit::on_update)), weir::erasing>);
}

struct page_count {
    std::string page;
    std::uint64_t count;
};

TEST_CASE("A keyed sink upserts and deletes.") {
    std::map<std::string, page_count> table;
    auto job = weir::from(weir::values<click>(
                   {{"/a", at(1)}, {"/a", at(2)}, {"/b", at(3)}, {"/c", at(4)}, {"/c", at(5)}, {"/c", at(6)}})) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(0))) | weir::key_by<&click::page>() |
               weir::window(weir::tumbling(us(10)), weir::drop_late, weir::emit::on_update) | weir::aggregate(weir::count()) |
               weir::filter([](auto const& row) { return row.template get<"count">() < 3; }) | weir::to<page_count>() |
               weir::upsert_into<"page">(table);
    finish(job);
    REQUIRE(table.size() == 2);  // /c has been deleted
    CHECK(table.at("/a").count == 2);
    CHECK(table.at("/b").count == 1);
}

}  // namespace weir_test::semantics_emission
