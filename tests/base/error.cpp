// SPDX-License-Identifier: Apache-2.0
#include <weir/base/error.hpp>

#include <catch.hpp>

namespace weir_test::base_error {

TEST_CASE("an error is one line: component: place: cause (advice), empty parts left out") {
    CHECK(to_string(weir::error{"kafka", "web.clicks/3/1042", "the broker is gone", "start it"}) ==
          "kafka: web.clicks/3/1042: the broker is gone (start it)");
    CHECK(to_string(weir::error{"window", "", "its size is zero", ""}) == "window: its size is zero");
    CHECK(to_string(weir::error{"", "a.csv:7", "no number", ""}) == "a.csv:7: no number");
    CHECK(to_string(weir::error{}) == "");
}

TEST_CASE("errors are equal when all their parts are") {
    weir::error const one{"json", "user.age", "not a number", "send one"};
    CHECK(one == weir::error{"json", "user.age", "not a number", "send one"});
    CHECK_FALSE(one == weir::error{"json", "user.age", "not a number", ""});
}

}  // namespace weir_test::base_error
