// SPDX-License-Identifier: Apache-2.0
#include <weir/window/count_window.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <oracle/every_window.hpp>
#include <string>
#include <vector>
#include <weir/run/runner.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

namespace weir_test::window_count_window {

weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

static_assert(weir::ordered_rule<weir::count_window>);
static_assert(weir::count_window(7).advance() == 7);

TEST_CASE("a count window is valid when size and advance are positive and no event is left out") {
    CHECK(weir::count_window(1).valid());
    CHECK(weir::count_window(1000, 1).valid());
    CHECK_FALSE(weir::count_window(0).valid());
    CHECK_FALSE(weir::count_window(-1).valid());
    CHECK_FALSE(weir::count_window(5, 0).valid());
    CHECK_FALSE(weir::count_window(5, -1).valid());
    CHECK_FALSE(weir::count_window(5, 6).valid());
}

struct order {
    std::uint32_t shop;
    std::int64_t amount;
    weir::timestamp at;
};

std::string shown(auto const& row) {
    return std::to_string(row.template get<"window_start">().time_since_epoch().count()) + "," +
           std::to_string(row.template get<"window_end">().time_since_epoch().count()) + " " +
           std::to_string(row.template get<"shop">()) + ": " + std::to_string(row.template get<"count">()) + " " +
           std::to_string(row.template get<"sum">());
}

using lines = std::vector<std::string>;

auto job_into(lines& rows, weir::count_window rule, std::int64_t bound) {
    return weir::from(weir::push<order>{}) |
           weir::event_time<&order::at>(weir::bounded_out_of_orderness(weir::duration(bound)), {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&order::shop>() | weir::window(rule, weir::drop_late) |
           weir::aggregate(weir::count(), weir::sum<&order::amount>()) |
           weir::call([&](auto const& row) { rows.push_back(shown(row)); });
}

TEST_CASE("a row comes after each so many events of a key, over the last so many, or fewer at the beginning") {
    lines rows;
    auto job = job_into(rows, weir::count_window(3, 2), 0);
    for (std::int64_t i = 1; i <= 5; ++i) job.push(order{1, i, at(i * 10)});
    CHECK(rows == lines{"10,21 1: 2 3", "20,41 1: 3 9"});
    job.push(order{2, 100, at(55)});
    job.push(order{1, 6, at(60)});
    CHECK(rows.back() == "40,61 1: 3 15");
    CHECK(job.report().total().in_flight == 1);
    CHECK(job.report().balanced());
}

TEST_CASE("at the end of the stream a last row comes for the events that no row has covered, by their ends") {
    for (std::int64_t const advance : {3, 4}) {
        lines rows;
        auto job = job_into(rows, weir::count_window(4, advance), 0);
        job.push(order{1, 1, at(1)});
        job.push(order{2, 2, at(2)});
        for (std::int64_t i = 3; i <= 7; ++i) job.push(order{3, i, at(i)});
        job.push(order{2, 8, at(8)});
        job.push(order{4, 9, at(8)});
        lines const before = rows;
        job.stop();
        while (!job.finished()) job.step(1, at(0));
        rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(before.size()));
        if (advance == 3) CHECK(rows == lines{"1,2 1: 1 1", "6,8 3: 2 13", "2,9 2: 2 10", "8,9 4: 1 9"});
        else CHECK(rows == lines{"1,2 1: 1 1", "7,8 3: 1 7", "2,9 2: 2 10", "8,9 4: 1 9"});
        CHECK(job.report().total().aggregated == 9);
        CHECK(job.report().balanced());
    }
}

TEST_CASE("the last events at each event") {
    lines rows;
    auto job = job_into(rows, weir::count_window(3, 1), 0);
    for (std::int64_t i = 1; i <= 6; ++i) job.push(order{1, i, at(i)});
    CHECK(rows == lines{"1,2 1: 1 1", "1,3 1: 2 3", "1,4 1: 3 6", "2,5 1: 3 9", "3,6 1: 3 12", "4,7 1: 3 15"});
    job.stop();
    while (!job.finished()) job.step(1, at(0));
    CHECK(rows.size() == 6);
}

TEST_CASE("events count in the order of their times, once the watermark has reached them; one that it has passed is late") {
    lines rows;
    auto job = job_into(rows, weir::count_window(2, 1), 10);
    job.push(order{1, 1, at(20)});
    job.push(order{1, 2, at(15)});
    CHECK(rows.empty());
    job.push(order{1, 4, at(10)});  // at the watermark: nothing earlier can come
    CHECK(rows == lines{"10,11 1: 1 4"});
    job.push(order{1, 8, at(9)});
    CHECK(job.report().total().late == 1);
    job.push(order{1, 16, at(15)});
    CHECK(rows.size() == 1);
    job.push(order{1, 32, at(30)});
    CHECK(rows == lines{"10,11 1: 1 4", "10,16 1: 2 6", "15,16 1: 2 18", "15,21 1: 2 17"});
    CHECK(job.report().balanced());
}

TEST_CASE("sizes that make no window fail the job at its first step") {
    for (weir::count_window const rule : {weir::count_window(0), weir::count_window(-2), weir::count_window(3, 0),
                                          weir::count_window(3, -1), weir::count_window(3, 4)}) {
        lines rows;
        auto job = job_into(rows, rule, 0);
        job.push(order{1, 1, at(5)});
        job.push(order{1, 1, at(6)});
        CHECK(job.step(1, at(0)) == weir::progress::failed);
        CHECK(job.report().failure->component == "window");
        CHECK(job.report().balanced());
        CHECK(rows.empty());
    }
}

TEST_CASE("count windows are what the oracle of windows says: rows, late items and the ledger, after each step") {
    for (std::uint64_t seed = 1; seed <= cases(6'000); ++seed) {
        dice roll(seed);
        small_stream const stream = make_small_stream(roll);
        std::int64_t const size = roll.between(1, roll.once_in(3) ? 30 : 6);
        std::int64_t const advance = roll.once_in(3) ? 1 : roll.once_in(3) ? size : roll.between(1, size);
        std::string const complaint =
            compare_with_oracle(stream, [=](auto late) { return weir::window(weir::count_window(size, advance), late); },
                                {.rule = weir::testing::oracle_rule::count_window(static_cast<std::size_t>(size),
                                                                                  static_cast<std::size_t>(advance))});
        INFO("seed " << seed << ", size " << size << ", advance " << advance << ": " << complaint);
        REQUIRE(complaint.empty());
    }
}

TEST_CASE("where no two times are equal, count windows give the same rows however the lanes are interleaved") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        dice roll(seed);
        std::int64_t const lanes = roll.between(2, 4);
        std::int64_t const size = roll.between(1, 8), advance = roll.between(1, size);
        std::vector<std::vector<fact>> of_lane(static_cast<std::size_t>(lanes));
        for (std::uint32_t id = 0; id < 60; ++id)
            of_lane[static_cast<std::size_t>(roll.between(0, lanes - 1))].push_back(
                {static_cast<std::uint32_t>(roll.between(0, 2)), id, roll.between(-9, 9), at(id * 3)});
        std::vector<lines> outcomes;
        for (int interleaving = 0; interleaving < 3; ++interleaving) {
            lane_script<fact> script;
            for (std::uint32_t lane = 0; lane < lanes; ++lane) script.opened(lane);
            std::vector<std::size_t> next(of_lane.size(), 0);
            for (std::size_t left = 60; left != 0;) {
                auto const lane = static_cast<std::size_t>(roll.between(0, lanes - 1));
                if (next[lane] == of_lane[lane].size()) continue;
                script.emit(of_lane[lane][next[lane]], {.position = next[lane], .lane = static_cast<std::uint32_t>(lane)});
                ++next[lane];
                --left;
            }
            lines rows;
            auto job = weir::from(scripted_lanes(script, roll.once_in(2))) |
                       weir::event_time<&fact::at>(weir::bounded_out_of_orderness(weir::duration(0)), {.max_ahead = weir::no_future_guard}) |
                       weir::key_by<&fact::key>() | weir::window(weir::count_window(size, advance), weir::drop_late) |
                       every_function() |
                       weir::call([&](auto const& row) { rows.push_back(to_string(seen_row(weir::change_kind::insert, row))); });
            while (!job.finished()) job.step(static_cast<std::size_t>(roll.between(1, 9)), at(0));
            REQUIRE(job.report().total().late == 0);
            outcomes.push_back(rows);
        }
        INFO("seed " << seed);
        REQUIRE(outcomes[0] == outcomes[1]);
        REQUIRE(outcomes[0] == outcomes[2]);
    }
}

}  // namespace weir_test::window_count_window
