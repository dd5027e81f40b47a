// SPDX-License-Identifier: Apache-2.0
#include <weir/window/sliding.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <oracle/every_window.hpp>
#include <string>
#include <vector>
#include <weir/run/runner.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

namespace weir_test::window_sliding {

using namespace std::chrono_literals;

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

static_assert(weir::ordered_rule<weir::sliding>);
static_assert(!weir::window_rule<weir::sliding> && !weir::pane_rule<weir::sliding>);

TEST_CASE("a sliding window is exactly as long as its size and ends just behind the event") {
    weir::sliding const rule(10us);
    CHECK(rule.end_of(at(5)) == at(6));
    CHECK(rule.start_of(at(5)) == at(-4));
    CHECK(rule.valid());
    CHECK(rule.size() == 10us);
    CHECK_FALSE(weir::sliding(0us).valid());
    CHECK_FALSE(weir::sliding(-1us).valid());
}

TEST_CASE("sliding windows at the ends of time stay within time") {
    weir::sliding const rule(10us);
    CHECK(rule.end_of(weir::end_of_time) == weir::end_of_time);
    CHECK(rule.start_of(weir::beginning_of_time) == weir::beginning_of_time);
    CHECK(weir::sliding(weir::duration::max()).start_of(at(-5)) == weir::beginning_of_time);
}

struct order {
    std::uint32_t shop;
    std::int64_t amount;
    weir::timestamp at;
};

/// A row in a line: `start,end shop: count sum`.
std::string shown(auto const& row) {
    return std::to_string(row.template get<"window_start">().time_since_epoch().count()) + "," +
           std::to_string(row.template get<"window_end">().time_since_epoch().count()) + " " +
           std::to_string(row.template get<"shop">()) + ": " + std::to_string(row.template get<"count">()) + " " +
           std::to_string(row.template get<"sum">());
}

using lines = std::vector<std::string>;

auto job_into(lines& rows, lines& late, std::int64_t size, std::int64_t bound) {
    return weir::from(weir::push<order>{}) |
           weir::event_time<&order::at>(weir::bounded_out_of_orderness(weir::duration(bound)), {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&order::shop>() |
           weir::window(weir::sliding(weir::duration(size)), weir::late_to(weir::call([&](order const& each) {
                            late.push_back(std::to_string(each.shop) + "@" + std::to_string(each.at.time_since_epoch().count()));
                        }))) |
           weir::aggregate(weir::count(), weir::sum<&order::amount>()) |
           weir::call([&](auto const& row) { rows.push_back(shown(row)); });
}

TEST_CASE("a row comes for each key and time, once nothing of that time can follow; it holds the events of a size") {
    lines rows, late;
    auto job = job_into(rows, late, 10, 0);
    job.push(order{1, 5, at(0)});
    job.push(order{2, 1, at(0)});
    job.push(order{1, 7, at(0)});
    CHECK(rows.empty());
    job.push(order{1, 1, at(9)});  // an event exactly a size behind is out
    CHECK(rows == lines{"-9,1 1: 2 12", "-9,1 2: 1 1"});
    job.push(order{1, 2, at(10)});
    CHECK(rows.back() == "0,10 1: 3 13");
    job.push(order{2, 3, at(30)});
    CHECK(rows.back() == "1,11 1: 2 3");
    CHECK(rows.size() == 4);
    job.stop();
    while (!job.finished()) job.step(1, at(0));
    CHECK(rows.back() == "21,31 2: 1 3");
    CHECK(rows.size() == 5);
    CHECK(job.report().balanced());
    CHECK(job.report().total().aggregated == 6);
}

TEST_CASE("events out of order wait for the watermark; one that it has passed is late, one exactly at it is not") {
    lines rows, late;
    auto job = job_into(rows, late, 100, 10);
    job.push(order{1, 1, at(20)});
    job.push(order{1, 2, at(15)});
    job.push(order{1, 4, at(10)});  // exactly at the watermark
    job.push(order{1, 8, at(9)});   // behind it
    job.push(order{1, 16, at(15)});
    CHECK(rows.empty());
    CHECK(late == lines{"1@9"});
    job.push(order{1, 32, at(40)});
    CHECK(rows == lines{"-89,11 1: 1 4", "-84,16 1: 3 22", "-79,21 1: 4 23"});
    CHECK(job.report().total().in_flight == 1);
    CHECK(job.report().total().late == 1);
    CHECK(job.report().balanced());
}

TEST_CASE("rows of one time come in the order in which the keys' first events of that time came") {
    lines rows, late;
    auto job = job_into(rows, late, 10, 5);
    for (std::uint32_t shop : {3u, 1u, 2u, 1u, 3u}) job.push(order{shop, 1, at(7)});
    job.push(order{2, 1, at(6)});
    job.push(order{9, 1, at(20)});
    CHECK(rows == lines{"-3,7 2: 1 1", "-2,8 3: 2 2", "-2,8 1: 2 2", "-2,8 2: 2 2"});
}

TEST_CASE("a size that is not positive fails the job at its first step") {
    for (std::int64_t const size : {0, -3}) {
        lines rows, late;
        auto job = job_into(rows, late, size, 0);
        job.push(order{1, 1, at(5)});
        job.push(order{1, 1, at(6)});
        CHECK(job.step(1, at(0)) == weir::progress::failed);
        CHECK(job.report().failure->component == "window");
        CHECK(job.report().failure->cause == "the window's size is not positive");
        CHECK(job.report().balanced());
        CHECK(rows.empty());
    }
}

TEST_CASE("sliding windows are what the oracle of windows says: rows, late items and the ledger, after each step") {
    for (std::uint64_t seed = 1; seed <= cases(6'000); ++seed) {
        dice roll(seed);
        small_stream const stream = make_small_stream(roll);
        weir::duration const size(roll.between(1, 40));
        std::string const complaint =
            compare_with_oracle(stream, [=](auto late) { return weir::window(weir::sliding(size), late); },
                                {.rule = weir::testing::oracle_rule::sliding(size)});
        INFO("seed " << seed << ": " << complaint);
        REQUIRE(complaint.empty());
    }
}

}  // namespace weir_test::window_sliding
