// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/minmax.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include <weir/time/timestamp.hpp>

namespace weir_test::aggregate_minmax {

enum class level : std::uint8_t { low, middle, high };

struct sample {
    std::int64_t whole = 0;
    double real = 0;
    std::optional<int> maybe{};
    std::optional<double> maybe_real{};
    weir::timestamp at{};
    level grade{};
    std::string_view text{};
    std::string owned{};
};

template <auto Member>
auto extremes_of(std::vector<sample> const& samples, weir::arena& memory) {
    auto const least = weir::min<Member>();
    auto const greatest = weir::max<Member>();
    auto low = least.init();
    auto high = greatest.init();
    for (sample const& one : samples) {
        weir::add_to(least, low, one, memory);
        weir::add_to(greatest, high, one, memory);
    }
    return std::pair(least.result(low), greatest.result(high));
}

TEST_CASE("min and max are of the member's type: numbers, times, enums") {
    weir::arena memory;
    auto const whole = extremes_of<&sample::whole>({{.whole = -7}, {.whole = 3}, {.whole = -2}}, memory);
    CHECK(whole == std::pair<std::int64_t, std::int64_t>(-7, 3));
    auto const time = extremes_of<&sample::at>({{.at = weir::end_of_time}, {.at = weir::beginning_of_time}}, memory);
    CHECK((time == std::pair(weir::beginning_of_time, weir::end_of_time)));
    auto const grade = extremes_of<&sample::grade>({{.grade = level::middle}, {.grade = level::low}}, memory);
    CHECK((grade == std::pair(level::low, level::middle)));
    CHECK(weir::min<&sample::whole>().name == "min");
    CHECK(weir::max<&sample::whole>().as<"longest">().name == "longest");
}

TEST_CASE("min and max of texts go by bytes, are copied, and take std::string too") {
    weir::arena memory;
    std::vector<std::string> buffers{"b", "a", "\xff", ""};
    std::vector<sample> samples;
    for (std::string const& text : buffers) samples.push_back({.text = text, .owned = text});
    auto const [least, greatest] = extremes_of<&sample::text>(samples, memory);
    auto const owned = extremes_of<&sample::owned>(samples, memory);
    static_assert(std::is_same_v<decltype(owned), std::pair<std::string_view, std::string_view> const>);
    samples.clear();
    for (std::string& text : buffers) text.assign(text.size(), '#');
    CHECK(least == "");
    CHECK(greatest == "\xff");
    CHECK(owned.first == "");
    CHECK(owned.second == "\xff");
}

TEST_CASE("NaN and absent optionals are kept out of min and max; where nothing is left the column is absent") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    weir::arena memory;
    auto const reals =
        extremes_of<&sample::real>({{.real = nan}, {.real = 2}, {.real = nan}, {.real = -1}, {.real = nan}}, memory);
    CHECK(reals == std::pair(std::optional(-1.0), std::optional(2.0)));
    CHECK(extremes_of<&sample::real>({{.real = nan}}, memory) ==
          std::pair(std::optional<double>(), std::optional<double>()));
    auto const maybe = extremes_of<&sample::maybe>({{}, {.maybe = 4}, {.maybe = -4}, {}}, memory);
    CHECK(maybe == std::pair(std::optional(-4), std::optional(4)));
    CHECK(extremes_of<&sample::maybe>({{}, {}}, memory).first == std::nullopt);
    auto const both = extremes_of<&sample::maybe_real>({{}, {.maybe_real = nan}, {.maybe_real = 0.5}}, memory);
    CHECK(both == std::pair(std::optional(0.5), std::optional(0.5)));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(extremes_of<&sample::real>({{.real = infinity}, {.real = -infinity}}, memory) ==
          std::pair(std::optional(-infinity), std::optional(infinity)));
}

TEST_CASE("merging minima and maxima equals adding all") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        dice roll(seed);
        weir::arena memory;
        auto const least = weir::min<&sample::maybe>();
        auto const greatest = weir::max<&sample::maybe>();
        auto low = least.init();
        auto high = greatest.init();
        auto low_part = least.init();
        auto high_part = greatest.init();
        std::optional<int> oracle_low, oracle_high;
        for (std::int64_t i = roll.between(0, 40); i > 0; --i) {
            sample one;
            if (!roll.once_in(3)) one.maybe = static_cast<int>(roll.between(-100, 100));
            if (one.maybe) {
                oracle_low = oracle_low ? std::min(*oracle_low, *one.maybe) : one.maybe;
                oracle_high = oracle_high ? std::max(*oracle_high, *one.maybe) : one.maybe;
            }
            bool const here = roll.once_in(2);
            weir::add_to(least, here ? low : low_part, one, memory);
            weir::add_to(greatest, here ? high : high_part, one, memory);
        }
        weir::merge_into(least, low, low_part, memory);
        weir::merge_into(greatest, high, high_part, memory);
        INFO("seed " << seed);
        REQUIRE(least.result(low) == oracle_low);
        REQUIRE(greatest.result(high) == oracle_high);
    }
}

TEST_CASE("merging minima and maxima of texts copies the text to where the state lives") {
    weir::arena memory, elsewhere;
    auto const least = weir::min<&sample::text>();
    auto state = least.init();
    auto part = least.init();
    weir::add_to(least, part, sample{.text = "a text that is too long for any place but an arena"}, elsewhere);
    weir::add_to(least, state, sample{.text = "b"}, memory);
    weir::merge_into(least, state, part, memory);
    CHECK(least.result(state) == least.result(part));
    CHECK(least.result(state).data() != least.result(part).data());
}

}  // namespace weir_test::aggregate_minmax
