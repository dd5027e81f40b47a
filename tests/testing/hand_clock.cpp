// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/hand_clock.hpp>

#include <catch.hpp>
#include <chrono>
#include <vector>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>

namespace weir_test::testing_hand_clock {

using namespace std::chrono_literals;
using weir::testing::hand_clock;

constexpr weir::timestamp at(std::chrono::seconds s) { return weir::timestamp(s); }

TEST_CASE("a clock in hand stands still until it is moved, and its copies with it") {
    hand_clock const clock(at(100s));
    hand_clock const copy = clock;
    CHECK(clock() == at(100s));
    CHECK(clock() == at(100s));
    clock.advance(5s);
    CHECK(copy() == at(105s));
    copy.set(at(7s));
    CHECK(clock.now() == at(7s));
    clock.set(weir::end_of_time);
    clock.advance(1s);
    CHECK(clock() == weir::end_of_time);
    CHECK(hand_clock()() == weir::timestamp{});
}

TEST_CASE("a clock with a tick moves after each reading") {
    hand_clock const clock(at(1s), 2s);
    CHECK(clock() == at(1s));
    CHECK(clock() == at(3s));
    CHECK(clock.now() == at(5s));
    CHECK(clock.now() == at(5s));
}

/// Is told the time.
struct told {
    std::vector<weir::timestamp>* times;
    void on_item(int const&, auto& out) { times->push_back(out.now()); }
};

TEST_CASE("run tells a job the time of a clock in hand") {
    std::vector<weir::timestamp> times;
    hand_clock const clock(at(50s), 1s);
    auto const report = weir::run(weir::from(weir::values({1, 2})) | told{&times}, {.budget = 1, .clock = clock});
    CHECK(report.ended);
    REQUIRE(times.size() == 2);
    CHECK(times[0] >= at(50s));
    CHECK(times[1] > times[0]);
}

}  // namespace weir_test::testing_hand_clock
