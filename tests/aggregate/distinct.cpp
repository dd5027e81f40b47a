// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/distinct.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <set>
#include <string>
#include <string_view>

namespace weir_test::aggregate_distinct {

struct visit {
    std::string_view user;
    std::optional<std::string> maybe{};
    std::int32_t number = 0;
    double real = 0;
};

TEST_CASE("distinct counts the different values of a member exactly, and merging equals adding all") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        dice roll(seed);
        weir::arena memory;
        auto const users = weir::distinct<&visit::user>();
        auto const numbers = weir::distinct<&visit::number>();
        auto all = users.init();
        auto left = users.init();
        auto right = users.init();
        auto counted = numbers.init();
        std::set<std::string> oracle;
        std::set<std::int32_t> number_oracle;
        std::int64_t const range = roll.between(0, 400);
        for (std::int64_t i = roll.between(0, 800); i > 0; --i) {
            auto const number = static_cast<std::int32_t>(roll.between(0, range));
            std::string text = page_of(static_cast<std::uint32_t>(number));
            oracle.insert(text);
            number_oracle.insert(number);
            visit const one{.user = text, .number = number};
            weir::add_to(users, all, one, memory);
            weir::add_to(users, roll.once_in(2) ? left : right, one, memory);
            weir::add_to(numbers, counted, one, memory);
            text.assign(text.size(), '#');
        }
        weir::merge_into(users, left, right, memory);
        INFO("seed " << seed);
        REQUIRE(users.result(all) == oracle.size());
        REQUIRE(users.result(left) == oracle.size());
        REQUIRE(numbers.result(counted) == number_oracle.size());
    }
}

TEST_CASE("distinct leaves absent optionals out, and NaN; both zeros are one value") {
    weir::arena memory;
    auto const maybe = weir::distinct<&visit::maybe>();
    auto state = maybe.init();
    for (auto const& text : {std::optional<std::string>("a"), std::optional<std::string>(),
                             std::optional<std::string>("a"), std::optional<std::string>("")})
        weir::add_to(maybe, state, visit{.user = {}, .maybe = text}, memory);
    CHECK(maybe.result(state) == 2);

    auto const reals = weir::distinct<&visit::real>();
    auto real_state = reals.init();
    for (double const x :
         {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1.0, std::numeric_limits<double>::quiet_NaN()})
        weir::add_to(reals, real_state, visit{.user = {}, .real = x}, memory);
    CHECK(reals.result(real_state) == 2);
    CHECK(weir::distinct<&visit::user>().as<"users">().name == "users");
}

}  // namespace weir_test::aggregate_distinct
