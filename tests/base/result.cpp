// SPDX-License-Identifier: Apache-2.0
#include <weir/base/result.hpp>

#include <catch.hpp>
#include <memory>
#include <string>

namespace weir_test::base_result {

weir::result<int> half(int n) {
    if (n % 2 != 0) return weir::error{.component = "half", .cause = "odd"};
    return n / 2;
}

weir::result<void> positive(int n) {
    if (n <= 0) return weir::error{.component = "positive", .cause = "not positive"};
    return {};
}

TEST_CASE("a result is either a value or the error that explains why there is none") {
    auto const good = half(8);
    REQUIRE(good.has_value());
    CHECK(good);
    CHECK(*good == 4);
    auto const bad = half(7);
    REQUIRE_FALSE(bad.has_value());
    CHECK_FALSE(bad);
    CHECK(bad.problem().cause == "odd");
}

TEST_CASE("a result's value can be changed, moved out and reached through") {
    weir::result<std::string> text = std::string("abc");
    *text += "d";
    CHECK(text->size() == 4);
    weir::result<std::unique_ptr<int>> owner = std::make_unique<int>(5);
    std::unique_ptr<int> const taken = *std::move(owner);
    CHECK(*taken == 5);
}

TEST_CASE("a result of void is success or an error") {
    CHECK(positive(1));
    CHECK(positive(1).has_value());
    CHECK(positive(-1).problem().component == "positive");
}

TEST_CASE("value_or_throw is the throwing twin") {
    CHECK(half(8).value_or_throw() == 4);
    CHECK_NOTHROW(positive(1).value_or_throw());
    CHECK_THROWS_AS(positive(0).value_or_throw(), weir::failure);
    try {
        static_cast<void>(half(7).value_or_throw());
        FAIL("it should have thrown");
    } catch (weir::failure const& thrown) {
        CHECK(thrown.problem() == half(7).problem());
        CHECK(std::string(thrown.what()) == "half: odd");
    }
}

}  // namespace weir_test::base_result
