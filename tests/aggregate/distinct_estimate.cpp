// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/distinct_estimate.hpp>

#include <bit>
#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <vector>
#include <weir/aggregate/distinct.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/global.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/state_limit.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::aggregate_distinct_estimate {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }
[[nodiscard]] constexpr weir::duration micros(std::int64_t n) { return weir::duration(n); }

struct visit {
    std::uint32_t page = 0;
    std::string_view user{};
    std::uint32_t number = 0;  ///< the user's
    std::int64_t time = 0;
    std::optional<int> maybe{};
    double real = 0;
};

[[nodiscard]] std::string user_of(std::uint32_t number) { return "user with a long name, number " + std::to_string(number); }

/// Which of 64 users there were, a bit each: what the others are held against.
struct who {
    static constexpr std::string_view name = "who";
    [[nodiscard]] std::uint64_t init() const { return 0; }
    void add(std::uint64_t& state, visit const& each) const { state |= std::uint64_t{1} << each.number; }
    void merge(std::uint64_t& into, std::uint64_t from) const { into |= from; }
    [[nodiscard]] std::uint64_t result(std::uint64_t state) const { return state; }
};

/// The sketch that the users of a row would have made alone.
[[nodiscard]] weir::distinct_sketch<7> sketch_of(std::uint64_t users, weir::arena& memory) {
    weir::distinct_sketch<7> alone;
    for (std::uint32_t i = 0; i < 64; ++i)
        if ((users >> i & 1) != 0) alone.add(user_of(i), memory);
    return alone;
}

/// Random visits through a window; every row's exact number, estimate and sketch must be those of its users.
template <class Rule, class... Options>
void check_window(Rule rule, Options... options) {
    std::size_t rows = 0, with_registers = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        dice roll(seed);
        auto job = weir::from(weir::push<visit>()) |
                   weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(30)),
                                    {.max_ahead = weir::no_future_guard}) |
                   weir::key_by<&visit::page>() | weir::window(rule, weir::drop_late, options...) |
                   weir::aggregate(who(), weir::distinct<&visit::user>(), weir::distinct_estimate<&visit::user, 7>(),
                                   weir::distinct_bytes<&visit::user, 7>()) |
                   weir::call([&](auto const& row) {
                       weir::arena memory;
                       auto const alone = sketch_of(row.template get<"who">(), memory);
                       REQUIRE(row.template get<"distinct">() == static_cast<std::uint64_t>(std::popcount(row.template get<"who">())));
                       REQUIRE(row.template get<"distinct_estimate">() == static_cast<std::uint64_t>(std::llround(alone.estimate())));
                       REQUIRE(row.template get<"distinct_bytes">() == alone.bytes());
                       ++rows;
                       with_registers += alone.bytes().size() == 8 + 128 ? 1U : 0U;
                   });
        std::int64_t now = 0;
        for (int i = 0; i < 1500; ++i) {
            now += roll.once_in(60) ? roll.between(20, 200) : roll.between(0, 1);
            auto const number = static_cast<std::uint32_t>(roll.between(0, 63));
            std::string const user = user_of(number);
            job.push(visit{static_cast<std::uint32_t>(roll.between(0, 2)), user, number, now - roll.between(0, 30)});
            if (roll.once_in(20)) job.step(0, at(0));
        }
        job.stop();
        REQUIRE_FALSE(job.report().failure);
    }
    CHECK(rows > 100);
    CHECK(with_registers > 20);
}

TEST_CASE("tumbling windows: exact, estimated and as bytes, the different values are those of each row") {
    check_window(weir::tumbling(micros(200)));
}
TEST_CASE("hopping windows put panes together, exactly and estimated") { check_window(weir::hopping(micros(300), micros(50))); }
TEST_CASE("sliding windows and count windows do") {
    check_window(weir::sliding(micros(150)));
    check_window(weir::count_window(60));
}
TEST_CASE("sessions that events out of order join do") { check_window(weir::session(micros(40))); }
TEST_CASE("a state that forgets keys does") { check_window(weir::global(), weir::expire_after(micros(150)), weir::emit::on_update); }

TEST_CASE("absent optionals and NaN are left out; both zeros are one value") {
    weir::arena memory;
    auto const maybe = weir::distinct_estimate<&visit::maybe>();
    auto state = maybe.init();
    for (auto const value : {std::optional<int>(4), std::optional<int>(), std::optional<int>(4), std::optional<int>(0)})
        weir::add_to(maybe, state, visit{.maybe = value}, memory);
    CHECK(maybe.result(state) == 2);

    auto const reals = weir::distinct_estimate<&visit::real>();
    auto real_state = reals.init();
    for (double const x : {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1.0, -std::numeric_limits<double>::quiet_NaN()})
        weir::add_to(reals, real_state, visit{.real = x}, memory);
    CHECK(reals.result(real_state) == 2);
    CHECK(weir::distinct_estimate<&visit::user>().as<"users">().name == "users");
    CHECK(weir::distinct_bytes<&visit::user>().as<"users">().name == "users");
}

TEST_CASE("the bytes of several rows can be put together later") {
    weir::arena memory;
    auto const bytes = weir::distinct_bytes<&visit::number>();
    weir::distinct_sketch<12> day;
    for (std::uint32_t hour = 0; hour < 24; ++hour) {
        auto state = bytes.init();
        for (std::uint32_t i = 0; i < 100; ++i) weir::add_to(bytes, state, visit{.number = hour * 10 + i}, memory);
        day.merge(*weir::distinct_sketch<12>::from_bytes(bytes.result(state), memory), memory);
    }
    CHECK(day.estimate() == 330);
}

}  // namespace weir_test::aggregate_distinct_estimate
