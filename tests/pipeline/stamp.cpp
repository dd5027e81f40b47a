// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/stamp.hpp>

#include <catch.hpp>

namespace weir_test::pipeline_stamp {

TEST_CASE("a stamp's time can be changed, its road stays") {
    weir::stamp const first{.position = 42, .epoch = 7, .lane = 3};
    CHECK(first.time == weir::beginning_of_time);
    weir::timestamp const noon(std::chrono::hours(12));
    weir::stamp const second = first.with_time(noon);
    CHECK(second.time == noon);
    CHECK(second.position == 42);
    CHECK(second.epoch == 7);
    CHECK(second.lane == 3);
    CHECK(first.time == weir::beginning_of_time);
}

}  // namespace weir_test::pipeline_stamp
