// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <limits>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>

namespace weir_test::semantics_numbers {

using namespace semantics;

struct order {
    std::uint32_t shop;
    std::int64_t amount = 0;
    double price = 0;
};

[[nodiscard]] auto orders(auto... functions) {
    return weir::testing::test_driver<order>(weir::chain(weir::key_by<&order::shop>()) |
                                             weir::window(weir::tumbling(us(10)), weir::drop_late) | weir::aggregate(functions...));
}

TEST_CASE("Integer overflow never wraps and never saturates: it is an error with the key named.") {
    for (bool const below : {false, true}) {
        auto driver = orders(weir::sum<&order::amount>());
        driver.push({7, below ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max()}, at(1));
        driver.push({8, 1}, at(2));
        CHECK(driver.failure() == nullptr);
        driver.push({7, below ? -1 : 1}, at(3));
        driver.end();
        REQUIRE(driver.failure() != nullptr);
        CHECK_THAT(driver.failure()->place, Catch::Matchers::StartsWith("key 7,"));
        CHECK(driver.outputs().empty());
    }
}

TEST_CASE("Sums of floating point are compensated.") {
    auto driver = orders(weir::sum<&order::price>());
    for (double const price : {1.0, 1e100, 1.0, -1e100}) driver.push({7, 0, price}, at(1));  // a plain sum is 0
    driver.end();
    REQUIRE(driver.outputs().size() == 1);
    CHECK(driver.outputs()[0].item.get<"sum">() == 2.0);
}

TEST_CASE("NaN is kept out of min and max.") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    auto driver = orders(weir::min<&order::price>(), weir::max<&order::price>());
    for (double const price : {nan, 2.0, nan, 3.0, nan}) driver.push({7, 0, price}, at(1));
    driver.push({8, 0, nan}, at(2));
    driver.end();
    REQUIRE(driver.outputs().size() == 2);
    CHECK(driver.outputs()[0].item.get<"min">() == 2.0);
    CHECK(driver.outputs()[0].item.get<"max">() == 3.0);
    CHECK_FALSE(driver.outputs()[1].item.get<"min">().has_value());
}

}  // namespace weir_test::semantics_numbers
