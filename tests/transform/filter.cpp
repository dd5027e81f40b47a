// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/filter.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <oracle/random_stream.hpp>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::transform_filter {

struct click {
    bool bot;
    int number;
};

TEST_CASE("filter lets pass the items for which keep(item) is true, and counts the others") {
    std::vector<int> got;
    auto job = weir::from(weir::values({click{false, 1}, click{true, 2}, click{false, 3}})) |
               weir::filter([](click const& c) { return !c.bot; }) |
               weir::call([&](click const& c) { got.push_back(c.number); });
    while (!job.finished()) job.step(2, weir::timestamp{});
    CHECK(got == std::vector{1, 3});
    auto const report = job.report();
    CHECK(report.stages[1].name == "filter");
    CHECK(report.stages[1].count.filtered == 1);
    CHECK(report.stages[1].count.emitted == 2);
    CHECK(report.total().filtered == 1);
    CHECK(report.balanced());
}

TEST_CASE("filter takes a member and a predicate with a state of its own") {
    std::vector<int> got;
    auto job = weir::from(weir::values({click{true, 1}, click{false, 2}, click{true, 3}, click{true, 4}})) |
               weir::filter(&click::bot) | weir::filter([n = 0](click const&) mutable { return ++n % 2 == 1; }) |
               weir::call([&](click const& c) { got.push_back(c.number); });
    while (!job.finished()) job.step(10, weir::timestamp{});
    CHECK(got == std::vector{1, 4});
}

/// Notes each item with its place in the lane.
struct placed_numbers {
    std::vector<std::pair<int, std::uint64_t>>* got;
    void on_item(auto const& item, auto& out) { got->emplace_back(item.number, out.at().position); }
};

TEST_CASE("filter gives the same items, in order and with their places, whether answers come in streaks or at random") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        // Streaks of one answer, and stretches without: the way in which a batch is passed changes on the road.
        std::vector<click> clicks;
        while (clicks.size() < 30'000) {
            bool const at_random = roll.once_in(2);
            bool const answer = roll.once_in(2);
            for (std::int64_t left = roll.between(1, 9'000); left > 0; --left)
                clicks.push_back({at_random ? roll.once_in(3) : answer, static_cast<int>(clicks.size())});
        }
        std::vector<std::pair<int, std::uint64_t>> got, wanted;
        for (click const& each : clicks)
            if (!each.bot) wanted.emplace_back(each.number, static_cast<std::uint64_t>(each.number));
        auto job = weir::from(weir::values(clicks)) | weir::filter([](click const& c) { return !c.bot; }) |
                   placed_numbers{&got};
        std::size_t const budget = static_cast<std::size_t>(roll.between(1, 5'000));
        while (!job.finished()) job.step(budget, weir::timestamp{});
        REQUIRE(got == wanted);
        REQUIRE(job.report().total().filtered == clicks.size() - wanted.size());
        REQUIRE(job.report().balanced());
    }
}

TEST_CASE("filter sorts a block of items first only where answers come at random") {
    auto const calls_before_first_item = [](std::vector<click> clicks, std::size_t skip) {
        std::size_t calls = 0, after = 0;
        auto job = weir::from(weir::values(std::move(clicks))) | weir::filter([&](click const& c) {
                       ++calls;
                       return !c.bot;
                   }) |
                   weir::call([&](click const& c) {
                       if (static_cast<std::size_t>(c.number) >= skip && after == 0) after = calls - skip;
                   });
        while (!job.finished()) job.step(100'000, weir::timestamp{});
        return after;
    };
    constexpr std::size_t block = weir::detail::streak_watch::block;
    std::vector<click> all_kept, at_random;
    dice roll(7);
    for (int i = 0; i < 10 * static_cast<int>(block); ++i) {
        all_kept.push_back({false, i});
        at_random.push_back({roll.once_in(2), i});
    }
    CHECK(calls_before_first_item(all_kept, 5 * block) == 1);
    CHECK(calls_before_first_item(at_random, 5 * block) == block);
}

/// Items with a lane and a place of their own, as Kafka's records have.
struct stamped_click {
    bool bot;
    int number;
    [[nodiscard]] weir::stamp at() const { return {.position = 7 * static_cast<std::uint64_t>(number), .lane = 3}; }
};

TEST_CASE("filter leaves items their own stamps") {
    std::vector<stamped_click> clicks;
    dice roll(9);
    for (int i = 0; i < 2'000; ++i) clicks.push_back({roll.once_in(2), i});
    std::vector<std::pair<int, std::uint64_t>> got;
    auto job = weir::from(weir::values(clicks)) | weir::filter([](stamped_click const& c) { return !c.bot; }) |
               placed_numbers{&got};
    while (!job.finished()) job.step(900, weir::timestamp{});
    REQUIRE(got.size() > 500);
    CHECK(std::all_of(got.begin(), got.end(), [](auto const& each) { return each.second == 7 * static_cast<std::uint64_t>(each.first); }));
}

}  // namespace weir_test::transform_filter
