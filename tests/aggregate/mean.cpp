// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/mean.hpp>

#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>

namespace weir_test::aggregate_mean {

struct sample {
    double real = 0;
    std::int64_t whole = 0;
    std::optional<float> maybe{};
};

TEST_CASE("mean is absent when no item had a value") {
    auto const function = weir::mean<&sample::maybe>();
    auto state = function.init();
    CHECK(function.result(state) == std::nullopt);
    function.add(state, sample{});
    CHECK(function.result(state) == std::nullopt);
    function.add(state, sample{.maybe = 2.5f});
    function.add(state, sample{});
    function.add(state, sample{.maybe = 3.5f});
    CHECK(function.result(state) == 3.0);
    static_assert(sizeof state == 24);
    CHECK(weir::mean<&sample::maybe>().as<"average">().name == "average");
}

TEST_CASE("mean of integers does not overflow") {
    auto const function = weir::mean<&sample::whole>();
    auto state = function.init();
    for (int i = 0; i < 4; ++i) function.add(state, sample{.whole = std::numeric_limits<std::int64_t>::max()});
    CHECK(function.result(state) == static_cast<double>(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("mean is compensated, and merging equals adding all: against long double") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        dice roll(seed);
        auto const function = weir::mean<&sample::real>();
        auto whole = function.init();
        auto left = function.init();
        auto right = function.init();
        long double oracle = 0;
        long double magnitude = 0;
        std::int64_t const count = roll.between(1, 2000);
        for (std::int64_t i = 0; i < count; ++i) {
            double const x =
                std::ldexp(static_cast<double>(roll.between(-1000, 1000)), static_cast<int>(roll.between(-40, 40)));
            oracle += x;
            magnitude += std::fabs(static_cast<long double>(x));
            function.add(whole, sample{.real = x});
            function.add(i % 3 == 0 ? left : right, sample{.real = x});
        }
        function.merge(left, right);
        auto const wanted = static_cast<double>(oracle / count);
        auto const slack = std::fabs(wanted) * 5e-16 + static_cast<double>(magnitude / count) * 1e-18;
        INFO("seed " << seed);
        REQUIRE(std::fabs(*function.result(whole) - wanted) <= slack);
        REQUIRE(std::fabs(*function.result(left) - wanted) <= slack);
    }
}

}  // namespace weir_test::aggregate_mean
