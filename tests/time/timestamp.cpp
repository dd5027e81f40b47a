// SPDX-License-Identifier: Apache-2.0
#include <weir/time/timestamp.hpp>

#include <catch.hpp>
#include <chrono>
#include <type_traits>

namespace weir_test::time_timestamp {

static_assert(std::is_same_v<weir::timestamp, std::chrono::sys_time<std::chrono::microseconds>>);

TEST_CASE("timestamp is sys_time of microseconds, negative before 1970") {
    weir::timestamp const t = std::chrono::sys_days(std::chrono::year(1969) / 12 / 31);
    CHECK(t.time_since_epoch().count() == -86'400'000'000);
    CHECK(weir::beginning_of_time < t);
    CHECK(t < weir::end_of_time);
}

TEST_CASE("a bound far away stays far away: additions and subtractions are held within time") {
    using weir::duration;
    weir::timestamp const t(duration(100));
    CHECK(weir::saturating_add(t, duration(5)) == weir::timestamp(duration(105)));
    CHECK(weir::saturating_add(t, duration(-5)) == weir::timestamp(duration(95)));
    CHECK(weir::saturating_subtract(t, duration(5)) == weir::timestamp(duration(95)));
    CHECK(weir::saturating_subtract(t, duration(-5)) == weir::timestamp(duration(105)));
    CHECK(weir::saturating_add(t, duration::max()) == weir::end_of_time);
    CHECK(weir::saturating_add(weir::timestamp(duration(-100)), duration::min()) == weir::beginning_of_time);
    CHECK(weir::saturating_add(weir::timestamp(duration(-100)), duration::max()) ==
          weir::timestamp(duration::max() - duration(100)));
    CHECK(weir::saturating_subtract(weir::timestamp(duration(-100)), duration::max()) == weir::beginning_of_time);
    CHECK(weir::saturating_subtract(t, duration::min()) == weir::end_of_time);
    CHECK(weir::saturating_subtract(weir::beginning_of_time, duration(1)) == weir::beginning_of_time);
    CHECK(weir::saturating_subtract(weir::end_of_time, duration(0)) == weir::end_of_time);
    static_assert(weir::saturating_add(weir::end_of_time, duration(1)) == weir::end_of_time);
}

}  // namespace weir_test::time_timestamp
