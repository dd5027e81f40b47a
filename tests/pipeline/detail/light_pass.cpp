// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/detail/light_pass.hpp>

#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::pipeline_light_pass {

std::vector<int> numbers(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    std::iota(made.begin(), made.end(), 0);
    return made;
}

/// Numbers, tripled; those that are even, halved; those above `limit`; what `take` does with them.
auto triples(int limit, auto take) {
    return weir::from(weir::push<int>{}) | weir::map([](int n) { return 3 * n; }) |
           weir::filter([](int n) { return n % 2 == 0; }) | weir::map([](int n) { return n / 2; }) |
           weir::filter([limit](int n) { return n > limit; }) | weir::call(take);
}

std::uint64_t emitted_by(weir::report const& report, std::size_t stage) { return report.stages.at(stage).count.emitted; }
std::uint64_t filtered_by(weir::report const& report, std::size_t stage) { return report.stages.at(stage).count.filtered; }

TEST_CASE("stages that share a pass count what they emit as they do one item at a time") {
    for (int const count : {0, 1, 15, 16, 17, 1000}) {
        std::vector<int> one_by_one;
        std::vector<int> together;
        auto first = triples(30, [&](int n) { one_by_one.push_back(n); });
        auto second = triples(30, [&](int n) { together.push_back(n); });
        auto const items = numbers(count);
        for (int const each : items) first.push(each);
        second.push(std::span<int const>(items));
        CHECK(one_by_one == together);
        auto const wanted = first.report();
        auto const got = second.report();
        REQUIRE(wanted.stages.size() == got.stages.size());
        for (std::size_t stage = 0; stage < got.stages.size(); ++stage) {
            CHECK(emitted_by(got, stage) == emitted_by(wanted, stage));
            CHECK(filtered_by(got, stage) == filtered_by(wanted, stage));
        }
        CHECK(got.balanced());
    }
}

TEST_CASE("what was emitted before a function of the host's threw is counted") {
    auto job = triples(-1, [](int n) {
        if (n == 60) throw std::runtime_error("enough");
    });
    auto const items = numbers(1000);
    CHECK_THROWS_AS(job.push(std::span<int const>(items)), std::runtime_error);
    // Every other number is even when tripled: 0, 2, ..., 40, the last of which makes 60.
    CHECK(emitted_by(job.report(), 2) == 21);
    CHECK(emitted_by(job.report(), 4) == 21);
}

}  // namespace weir_test::pipeline_light_pass
