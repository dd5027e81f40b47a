// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/filter.hpp>

#include <catch.hpp>
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

}  // namespace weir_test::transform_filter
