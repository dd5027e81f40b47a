// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/take.hpp>

#include <catch.hpp>
#include <support/scripted.hpp>
#include <vector>
#include <weir/pipeline/any_stream.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/range.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/split.hpp>

namespace weir_test::transform_take {

TEST_CASE("take passes the first items and ends the job, whatever the budget") {
    for (std::size_t budget : {1u, 2u, 3u, 4u, 100u}) {
        std::vector<int> got;
        auto job =
            weir::from(weir::values({1, 2, 3, 4, 5, 6})) | weir::take(3) | weir::call([&](int n) { got.push_back(n); });
        CHECK(run_to_end(job, budget) == weir::progress::ended);
        CHECK(got == std::vector{1, 2, 3});
        auto const report = job.report();
        CHECK(report.balanced());
        CHECK(report.total().in == (budget == 100 ? 6 : budget == 2 || budget == 4 ? 4 : 3));
        CHECK(report.total().filtered == report.total().in - 3);
    }
}

TEST_CASE("take of nothing passes nothing") {
    int count = 0;
    auto job = weir::from(weir::range(1'000'000'000)) | weir::take(0) | weir::call([&](int) { ++count; });
    CHECK(run_to_end(job, 10) == weir::progress::ended);
    CHECK(count == 0);
    CHECK(job.report().balanced());
}

TEST_CASE("take of more than there is passes all") {
    std::vector<int> got;
    auto job = weir::from(weir::range(3)) | weir::take(10) | weir::call([&](int n) { got.push_back(n); });
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(got == std::vector{0, 1, 2});
}

TEST_CASE("take inside one input of a merge ends that input only") {
    std::vector<int> got;
    auto job =
        weir::from(weir::merge(weir::from(weir::range(1'000'000'000)) | weir::take(2), weir::values({10, 20, 30}))) |
        weir::call([&](int n) { got.push_back(n); });
    CHECK(run_to_end(job, 2) == weir::progress::ended);
    CHECK(got == std::vector{0, 10, 1, 20, 30});
}

TEST_CASE("take in the branches of a split ends the job when every branch has enough") {
    int one = 0;
    int two = 0;
    auto job = weir::from(weir::range(1'000'000'000)) |
               weir::split(weir::chain(weir::take(2)) | weir::call([&](int) { ++one; }),
                           weir::chain(weir::take(5)) | weir::call([&](int) { ++two; }));
    CHECK(run_to_end(job, 1) == weir::progress::ended);
    CHECK(one == 2);
    CHECK(two == 5);
    CHECK(job.report().total().in == 5);
    CHECK(job.report().balanced());
}

}  // namespace weir_test::transform_take
