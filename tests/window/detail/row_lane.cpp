// SPDX-License-Identifier: Apache-2.0
#include <weir/window/detail/row_lane.hpp>

#include <catch.hpp>
#include <cstdint>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/emission.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_detail_row_lane {

[[nodiscard]] constexpr weir::duration micros(std::int64_t n) { return weir::duration(n); }

struct reading {};

/// What a window's stages tell of their lane when an item comes while its own rests, and when it has left.
[[nodiscard]] std::vector<weir::lane_event::kind> told_by(auto rule, auto... options) {
    auto driver = weir::testing::test_driver<reading>(weir::chain(weir::window(rule, weir::drop_late, options...)) |
                                                      weir::aggregate(weir::count()));
    driver.lane({0, weir::lane_event::kind::opened});
    driver.lane({0, weir::lane_event::kind::idle});
    driver.push({}, weir::timestamp(micros(31)));
    driver.advance_watermark_to(weir::timestamp(micros(100)));
    std::vector<weir::lane_event::kind> told;
    for (weir::lane_event const& each : driver.output_lanes()) told.push_back(each.what);
    return told;
}

TEST_CASE("a stage that takes an item while its inputs rest says that rows will come, and rests again when it holds none") {
    using enum weir::lane_event::kind;
    std::vector<weir::lane_event::kind> const wanted{opened, idle, opened, idle};
    CHECK(told_by(weir::tumbling(micros(10))) == wanted);
    CHECK(told_by(weir::tumbling(micros(10)), weir::emit::every(micros(5))) == wanted);
    CHECK(told_by(weir::hopping(micros(20), micros(10))) == wanted);
    CHECK(told_by(weir::session(micros(10))) == wanted);
    CHECK(told_by(weir::sliding(micros(10))) == wanted);
}

}  // namespace weir_test::window_detail_row_lane
