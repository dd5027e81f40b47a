// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <weir/window/session.hpp>

namespace weir_test::semantics_sessions {

using namespace semantics;

auto sessions() { return counts(weir::session(us(10)), weir::drop_late); }

TEST_CASE("Two events of one key at most `gap` apart (`t2 - t1 <= gap`, inclusive, as in Flink, Kafka and Bytewax; Beam is "
          "exclusive) are in one session.") {
    auto driver = sessions();
    driver.push({"/a"}, at(0));
    driver.push({"/a"}, at(10));
    driver.push({"/a"}, at(21));
    driver.push({"/b"}, at(15));
    driver.end();
    CHECK(rows_of(driver) == words{"0..20 (10) /a: 2", "15..25 (15) /b: 1", "21..31 (21) /a: 1"});
}

TEST_CASE("A session row carries `window_start` = first event, `window_end` = last event + gap, and `last_event`.") {
    auto driver = sessions();
    for (std::int64_t t : {7, 3, 9}) driver.push({"/"}, at(t));
    driver.end();
    auto const rows = driver.take_outputs();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].item.get<"window_start">() == at(3));
    CHECK(rows[0].item.get<"window_end">() == at(19));
    CHECK(rows[0].item.get<"last_event">() == at(9));
}

TEST_CASE("It closes when `W > window_end`, that is, when no event on time could still extend it.") {
    auto driver = sessions();
    driver.push({"/"}, at(0));
    driver.advance_watermark_to(at(10));
    CHECK(rows_of(driver).empty());
    driver.push({"/"}, at(10));  // on time, and extends it
    driver.advance_watermark_to(at(20));
    CHECK(rows_of(driver).empty());
    driver.advance_watermark_to(at(21));
    CHECK(rows_of(driver) == words{"0..20 (10) /: 2"});
}

TEST_CASE("An out-of-order event may merge sessions.") {
    auto driver = sessions();
    driver.push({"/"}, at(0));
    driver.push({"/"}, at(20));
    driver.push({"/"}, at(10));
    driver.end();
    CHECK(rows_of(driver) == words{"0..30 (20) /: 3"});
}

}  // namespace weir_test::semantics_sessions
