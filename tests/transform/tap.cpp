// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/tap.hpp>

#include <catch.hpp>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::transform_tap {

TEST_CASE("tap looks at items and passes them on") {
    std::vector<std::string> got;
    auto job = weir::from(weir::values({1, 2, 3})) |
               weir::tap([&](int n) { got.push_back("tap " + std::to_string(n)); }) |
               weir::call([&](int n) { got.push_back(std::to_string(n)); });
    SECTION("one by one") {
        run_to_end(job, 1);
        CHECK(got == std::vector<std::string>{"tap 1", "1", "tap 2", "2", "tap 3", "3"});
    }
    SECTION("a batch at a time") {
        run_to_end(job, 3);
        CHECK(got == std::vector<std::string>{"tap 1", "tap 2", "tap 3", "1", "2", "3"});
    }
    CHECK(job.report().balanced());
    CHECK(job.report().stages[1].count.emitted == 3);
}

}  // namespace weir_test::transform_tap
