// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/sum.hpp>

#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <type_traits>
#include <vector>

namespace weir_test::aggregate_sum {

struct order {
    std::int64_t whole = 0;
    std::uint8_t small = 0;
    std::int16_t negative = 0;
    std::uint64_t unsigned_whole = 0;
    double real = 0;
    float single = 0;
    std::optional<int> maybe{};
};

template <auto Member, class... Items>
auto sum_of(Items const&... items) {
    weir::arena memory;
    auto const function = weir::sum<Member>();
    auto state = function.init();
    bool held = true;
    ((held = held && weir::add_to(function, state, items, memory)), ...);
    return held ? std::optional(function.result(state)) : std::nullopt;
}

TEST_CASE("sum: a 64-bit integer, signed as the member is, or a double") {
    static_assert(std::is_same_v<decltype(sum_of<&order::small>()), std::optional<std::uint64_t>>);
    static_assert(std::is_same_v<decltype(sum_of<&order::negative>()), std::optional<std::int64_t>>);
    static_assert(std::is_same_v<decltype(sum_of<&order::single>()), std::optional<double>>);
    CHECK(sum_of<&order::small>(order{.small = 200}, order{.small = 200}) == 400);
    CHECK(sum_of<&order::negative>(order{.negative = -30000}, order{.negative = -30000}) == -60000);
    CHECK(sum_of<&order::real>(order{.real = 0.25}, order{.real = -1}) == -0.75);
    CHECK(sum_of<&order::whole>() == 0);
    CHECK(weir::sum<&order::whole>().as<"total">().name == "total");
}

TEST_CASE("integer overflow never wraps and never saturates: the state says that it cannot hold the sum") {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    CHECK(sum_of<&order::whole>(order{.whole = most}) == most);
    CHECK(sum_of<&order::whole>(order{.whole = most}, order{.whole = 1}) == std::nullopt);
    CHECK(sum_of<&order::whole>(order{.whole = least}, order{.whole = -1}) == std::nullopt);
    CHECK(sum_of<&order::whole>(order{.whole = least}, order{.whole = most}) == -1);
    constexpr auto all = std::numeric_limits<std::uint64_t>::max();
    CHECK(sum_of<&order::unsigned_whole>(order{.unsigned_whole = all}) == all);
    CHECK(sum_of<&order::unsigned_whole>(order{.unsigned_whole = all}, order{.unsigned_whole = 1}) == std::nullopt);

    auto const function = weir::sum<&order::whole>();
    auto into = most;
    weir::arena memory;
    CHECK_FALSE(weir::merge_into(function, into, 1, memory));
}

TEST_CASE("absent optionals are left out of a sum") {
    CHECK(sum_of<&order::maybe>(order{.maybe = 4}, order{}, order{.maybe = 3}) == 7);
    CHECK(sum_of<&order::maybe>(order{}) == 0);
}

TEST_CASE("sums of floating point are compensated: against long double on random numbers of very different size") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        dice roll(seed);
        long double oracle = 0;
        long double magnitude = 0;
        auto const function = weir::sum<&order::real>();
        auto whole = function.init();
        auto part = function.init();
        auto merged = function.init();
        for (int i = 0; i < 3000; ++i) {
            double const x = std::ldexp(static_cast<double>(roll.between(-1'000'000, 1'000'000)),
                                        static_cast<int>(roll.between(-30, 30)));
            oracle += x;
            magnitude += std::fabs(static_cast<long double>(x));
            function.add(whole, order{.real = x});
            function.add(part, order{.real = x});
            if (roll.once_in(100)) {
                function.merge(merged, part);
                part = function.init();
            }
        }
        function.merge(merged, part);
        // Within a rounding of the result and of what long double itself lost.
        auto const slack = static_cast<double>(std::fabs(oracle)) * 4e-16 + static_cast<double>(magnitude) * 1e-18;
        INFO("seed " << seed);
        REQUIRE(std::fabs(function.result(whole) - static_cast<double>(oracle)) <= slack);
        REQUIRE(std::fabs(function.result(merged) - static_cast<double>(oracle)) <= slack);
    }
}

TEST_CASE("a compensated sum keeps what a plain one loses, in any order") {
    for (auto const& numbers : {std::vector{1.0, 1e100, 1.0, -1e100}, std::vector{1e100, 1.0, 1.0, -1e100},
                                std::vector{-1e100, 1.0, 1e100, 1.0}}) {
        weir::compensated_sum sum;
        for (double x : numbers) sum.add(x);
        CHECK(sum.value() == 2.0);
    }
    weir::compensated_sum tenths;
    for (int i = 0; i < 10'000'000; ++i) tenths.add(0.1);
    CHECK(tenths.value() == 1'000'000.0);
}

TEST_CASE("a compensated sum that becomes infinite or NaN says which") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    weir::compensated_sum sum;
    sum.add(1);
    sum.add(infinity);
    sum.add(5);
    CHECK(sum.value() == infinity);
    sum.add(-infinity);
    CHECK(std::isnan(sum.value()));
    weir::compensated_sum large;
    large.add(std::numeric_limits<double>::max());
    large.add(std::numeric_limits<double>::max());
    CHECK(large.value() == infinity);
    weir::compensated_sum with_nan;
    with_nan.add(1);
    with_nan.add(std::numeric_limits<double>::quiet_NaN());
    CHECK(std::isnan(with_nan.value()));
    weir::compensated_sum merged;
    merged.add(3);
    merged.merge(large);
    CHECK(merged.value() == infinity);
}

}  // namespace weir_test::aggregate_sum
