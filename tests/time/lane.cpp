// SPDX-License-Identifier: Apache-2.0
#include <weir/time/lane.hpp>

#include <catch.hpp>

namespace weir_test::time_lane {

TEST_CASE("a lane event speaks of lane 0 being opened, unless it says otherwise") {
    CHECK(weir::lane_event{}.lane == 0);
    CHECK(weir::lane_event{}.what == weir::lane_event::kind::opened);
    CHECK(weir::lane_event{3, weir::lane_event::kind::idle}.what !=
          weir::lane_event{3, weir::lane_event::kind::ended}.what);
}

}  // namespace weir_test::time_lane
