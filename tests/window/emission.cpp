// SPDX-License-Identifier: Apache-2.0
#include <weir/window/emission.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <weir/window/detail/emission_plan.hpp>

namespace weir_test::window_emission {

using namespace std::chrono_literals;

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

struct always {
    bool fires(weir::trigger_view const&) const { return true; }
};
struct says_int {
    int fires(weir::trigger_view const&) const { return 1; }
};

TEST_CASE("a trigger answers with bool") {
    STATIC_REQUIRE(weir::trigger<always>);
    STATIC_REQUIRE_FALSE(weir::trigger<says_int>);
}

TEST_CASE("on_update takes a period or none, and stays what it was") {
    STATIC_REQUIRE(weir::emit::on_update.period == weir::duration::zero());
    STATIC_REQUIRE(weir::emit::on_update(2s).period == 2s);
    STATIC_REQUIRE(weir::emit::every(5s).period == 5s);
}

TEST_CASE("the multiples of a period are passed once each, before the epoch too, and never beyond the end of time") {
    weir::detail::period_marks marks(weir::duration(10));
    CHECK(marks.take_due(at(-25)));
    CHECK_FALSE(marks.take_due(at(-21)));
    CHECK(marks.take_due(at(-20)));
    CHECK_FALSE(marks.take_due(at(-11)));
    CHECK(marks.take_due(at(3)));  // -10 and 0 at once
    CHECK_FALSE(marks.due(at(9)));
    CHECK(marks.due(at(10)));
    CHECK(marks.take_due(at(10)));
    CHECK(marks.take_due(weir::end_of_time));
    weir::detail::period_marks none(weir::duration(0));
    CHECK_FALSE(none.due(weir::end_of_time));
}

}  // namespace weir_test::window_emission
