// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/boxed.hpp>

#include <catch.hpp>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>

namespace weir_test::pipeline_boxed {

TEST_CASE("a boxed sink takes what the sink in it takes") {
    std::vector<int> got;
    weir::boxed<int> sink(weir::chain(weir::filter([](int n) { return n > 1; })) |
                          weir::call([&](int n) { got.push_back(n); }));
    auto job = weir::from(weir::values({1, 2, 3})) | std::move(sink);
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(got == std::vector{2, 3});
    CHECK(job.describe() == "values\nboxed\n  filter\n  call\n");
    CHECK(job.report().balanced());
    CHECK(job.report().stages[2].count.filtered == 1);
}

TEST_CASE("time, lanes and the end reach the inside of a box") {
    witness end;
    auto job =
        weir::from(scripted_source{{{{opened(3), emits{10, 3}, ended(3)}}}}) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(4))) |
        weir::boxed<int>(end);
    run_to_end(job);
    CHECK(end.take() == "+3 w 6 10@3 -3 w end end");
}

TEST_CASE("an empty box discards") {
    auto job = weir::from(weir::values({1, 2, 3})) | weir::boxed<int>();
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(job.report().total().in == 3);
    CHECK(job.report().balanced());
}

}  // namespace weir_test::pipeline_boxed
