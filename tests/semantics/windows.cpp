// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <chrono>
#include <weir/time/time_zone.hpp>
#include <weir/window/calendar.hpp>
#include <weir/window/hopping.hpp>

namespace weir_test::semantics_windows {

using namespace semantics;
using namespace std::chrono_literals;

[[nodiscard]] words windows_of(auto rule, std::initializer_list<weir::timestamp> times) {
    auto driver = counts(rule, weir::drop_late);
    for (weir::timestamp const t : times) driver.push({"/"}, t);
    driver.end();
    return rows_of(driver);
}

TEST_CASE("A window holds its `start` and not its `end`, aligned to the epoch plus an optional offset.") {
    CHECK(windows_of(weir::tumbling(us(10)), {at(0), at(9), at(10), at(-1)}) == words{"-10..0 /: 1", "0..10 /: 2", "10..20 /: 1"});
    CHECK(windows_of(weir::tumbling(us(10), us(3)), {at(2), at(3), at(12), at(13)}) ==
          words{"-7..3 /: 1", "3..13 /: 2", "13..23 /: 1"});
}

TEST_CASE("Calendar days in a time zone are DST-correct.") {
    auto const paris = *weir::time_zone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    weir::tumbling const day(std::chrono::days{1}, paris);
    auto const hours_of = [&](weir::timestamp t) { return (day.end_of(day.number_of(t)) - day.start_of(day.number_of(t))) / 1h; };
    using std::chrono::sys_days;
    using std::chrono::year;
    CHECK(hours_of(sys_days(year(2026) / 3 / 28) + 12h) == 24);
    CHECK(hours_of(sys_days(year(2026) / 3 / 29) + 12h) == 23);
    CHECK(hours_of(sys_days(year(2026) / 10 / 25) + 12h) == 25);
    CHECK(day.start_of(day.number_of(sys_days(year(2026) / 7 / 14))) == sys_days(year(2026) / 7 / 13) + 22h);
}

TEST_CASE("A window closes when `W >= end`.") {
    auto driver = counts(weir::tumbling(us(10)), weir::drop_late);
    driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(9));
    CHECK(rows_of(driver).empty());
    driver.advance_watermark_to(at(10));
    CHECK(rows_of(driver) == words{"0..10 /: 1"});
}

TEST_CASE("With `allowed_lateness(L)` it can still be corrected until `W >= end + L`.") {
    auto driver = counts(weir::tumbling(us(10)), weir::drop_late, weir::allowed_lateness(us(5)));
    driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(14));
    CHECK(rows_of(driver) == words{"+0..10 /: 1"});
    driver.push({"/"}, at(6));
    CHECK(rows_of(driver) == words{"~0..10 /: 2"});
    driver.advance_watermark_to(at(15));
    driver.push({"/"}, at(7));
    CHECK(rows_of(driver).empty());
    CHECK(driver.report().total().late == 1);
}

TEST_CASE("A hopping item belongs to every window, from `k*advance` to before `k*advance + size`, that contains it, before the epoch too.") {
    CHECK(windows_of(weir::hopping(us(20), us(10)), {at(10)}) == words{"0..20 /: 1", "10..30 /: 1"});
    CHECK(windows_of(weir::hopping(us(20), us(10)), {at(19)}) == words{"0..20 /: 1", "10..30 /: 1"});
    CHECK(windows_of(weir::hopping(us(25), us(10)), {at(24)}) == words{"0..25 /: 1", "10..35 /: 1", "20..45 /: 1"});
    CHECK(windows_of(weir::hopping(us(20), us(10)), {at(0)}) == words{"-10..10 /: 1", "0..20 /: 1"});
    CHECK(windows_of(weir::hopping(us(20), us(10)), {at(-11)}) == words{"-30..-10 /: 1", "-20..0 /: 1"});
}

TEST_CASE("An item may be late for one of its windows and on time for another.") {
    auto driver = counts(weir::hopping(us(20), us(10)), weir::drop_late);
    driver.push({"/"}, at(5));
    driver.advance_watermark_to(at(10));
    CHECK(rows_of(driver) == words{"-10..10 /: 1"});
    driver.push({"/"}, at(6));  // [-10, 10) is gone, [0, 20) is open
    driver.end();
    CHECK(rows_of(driver) == words{"0..20 /: 2"});
}

TEST_CASE("The ledger counts item-window assignments *and* items (an item is late when all its windows are gone).") {
    auto driver = counts(weir::hopping(us(20), us(10)), weir::drop_late);
    driver.advance_watermark_to(at(10));
    driver.push({"/"}, at(5));  // late for one of two
    CHECK(driver.report().total().late == 0);
    CHECK(driver.report().total().late_assignments == 1);
    driver.advance_watermark_to(at(20));
    driver.push({"/"}, at(6));  // late for both
    CHECK(driver.report().total().late == 1);
    CHECK(driver.report().total().late_assignments == 3);
    CHECK(driver.balanced());
}

}  // namespace weir_test::semantics_windows
