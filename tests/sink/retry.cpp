// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/retry.hpp>

#include <catch.hpp>
#include <cstdint>
#include <vector>

namespace weir_test::sink_retry {

using namespace std::chrono_literals;

constexpr weir::timestamp noon = weir::timestamp(12h);

/// The pauses until it gives up, by a clock that jumps from attempt to attempt.
std::vector<weir::duration> pauses_of(weir::retry_policy const& policy, std::size_t at_most = 50) {
    weir::retry_state state(policy);
    std::vector<weir::duration> pauses;
    for (weir::timestamp now = noon; pauses.size() < at_most;) {
        state.begin(now);
        auto const next = state.next_attempt(now);
        if (!next) break;
        pauses.push_back(*next - now);
        if (*next > now) CHECK_FALSE(state.due(*next - 1us));
        CHECK(state.due(*next));
        now = *next;
    }
    return pauses;
}

TEST_CASE("pauses double up to the longest, and the last attempt is made at the limit") {
    auto const pauses = pauses_of({.first_pause = 1s, .longest_pause = 8s, .jitter = 0, .give_up_after = 30s});
    CHECK(pauses == std::vector<weir::duration>{1s, 2s, 4s, 8s, 8s, 7s});
}

TEST_CASE("a number of attempts can be the limit") {
    CHECK(pauses_of({.most_attempts = 1}).empty());
    CHECK(pauses_of({.most_attempts = 4, .give_up_after = weir::duration::max()}).size() == 3);
}

TEST_CASE("pauses never grow beyond the longest, however many there are") {
    auto const pauses = pauses_of(
        {.first_pause = 1ms, .longest_pause = 10s, .growth = 10, .jitter = 0, .give_up_after = weir::duration::max()},
        2000);
    REQUIRE(pauses.size() == 2000);
    CHECK(pauses.back() == 10s);
}

TEST_CASE("the random share stays within its bounds, depends on the seed alone, and is really random") {
    weir::retry_policy policy{
        .first_pause = 1s, .longest_pause = 1s, .jitter = 0.5, .give_up_after = weir::duration::max()};
    auto const some = pauses_of(policy, 200);
    CHECK(some == pauses_of(policy, 200));
    bool low = false, high = false;
    for (weir::duration pause : some) {
        CHECK(pause > 499ms);
        CHECK(pause <= 1s);
        low = low || pause < 600ms;
        high = high || pause > 900ms;
    }
    CHECK(low);
    CHECK(high);
    policy.seed = 1;
    CHECK(some != pauses_of(policy, 200));
}

TEST_CASE("a pause that the server asks for is never cut short") {
    weir::retry_state state({.first_pause = 1s, .longest_pause = 2s, .jitter = 0, .give_up_after = 60s});
    state.begin(noon);
    CHECK(state.next_attempt(noon, 20s) == noon + 20s);
    state.begin(noon + 20s);
    CHECK(state.next_attempt(noon + 20s, 1ms) == noon + 22s);
    // 39 s are left: the server's 40 s cannot be waited for.
    state.begin(noon + 21s);
    CHECK(state.next_attempt(noon + 21s, 39s) == noon + 60s);
    state.begin(noon + 21s);
    CHECK_FALSE(state.next_attempt(noon + 21s, 40s));
    CHECK(state.account(noon + 21s, 40s) == "gave up after 4 attempts in 21.0 s (the server asks to wait 40 s)");
}

TEST_CASE("a clock that is set back makes neither a pause nor the limit longer") {
    weir::retry_state state({.first_pause = 10s, .longest_pause = 10s, .jitter = 0, .give_up_after = 60s});
    state.begin(noon);
    REQUIRE(state.next_attempt(noon) == noon + 10s);
    weir::timestamp const back = noon - 1h;
    CHECK_FALSE(state.due(back));
    CHECK_FALSE(state.due(back + 10s - 1us));
    CHECK(state.due(back + 10s));
    state.begin(back + 10s);
    CHECK_FALSE(state.next_attempt(back + 10s + 60s));
}

TEST_CASE("attempts made before the host told the time do not use up the limit") {
    weir::retry_state state({.first_pause = 1s, .jitter = 0, .give_up_after = 60s});
    state.begin(weir::beginning_of_time);
    CHECK(state.next_attempt(weir::beginning_of_time));
    CHECK(state.next_attempt(noon));
    state.begin(noon);
    CHECK(state.spent(noon + 5s) == 5s);
}

TEST_CASE("extreme settings do not overflow") {
    CHECK(pauses_of({.first_pause = weir::duration::max(),
                     .longest_pause = weir::duration::max(),
                     .growth = 1e300,
                     .give_up_after = weir::duration::max()})
              .size() > 0);
    CHECK(pauses_of({.first_pause = weir::duration::min(),
                     .longest_pause = weir::duration::min(),
                     .growth = -1,
                     .jitter = 7,
                     .most_attempts = 5,
                     .give_up_after = 1s})
              .size() == 4);
    weir::retry_state state({.give_up_after = weir::duration::max()});
    state.begin(weir::end_of_time - 1us);
    CHECK(state.next_attempt(weir::end_of_time - 1us, 1h) == weir::end_of_time);
}

}  // namespace weir_test::sink_retry
