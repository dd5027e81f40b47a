// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/tee.hpp>

#include <catch.hpp>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/pipeline/open_pipeline.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::transform_tee {

TEST_CASE("tee gives items to its branch and passes them on") {
    std::vector<std::string> got;
    auto job = weir::from(weir::values({1, 2, 3})) |
               weir::tee(weir::chain(weir::filter([](int n) { return n > 1; })) |
                         weir::call([&](int n) { got.push_back("side " + std::to_string(n)); })) |
               weir::map([](int n) { return n * n; }) | weir::call([&](int n) { got.push_back(std::to_string(n)); });
    SECTION("item by item") {
        run_to_end(job, 1);
        CHECK(got == std::vector<std::string>{"1", "side 2", "4", "side 3", "9"});
    }
    SECTION("batch by batch") {
        run_to_end(job, 3);
        CHECK(got == std::vector<std::string>{"side 2", "side 3", "1", "4", "9"});
    }
    CHECK(job.report().balanced());
    CHECK(job.report().total().emitted == 0);
    CHECK(job.describe() == "values\ntee\n  filter\n  call\nmap\ncall\n");
    CHECK(job.describe(weir::drawing::dot)
              .ends_with("  s0 -> s1;\n  s1 -> s2;\n  s2 -> s3;\n  s1 -> s4;\n  s4 -> s5;\n}\n"));
}

TEST_CASE("time reaches the branch of a tee before what lies behind it, and only once") {
    witness side;
    witness end;
    auto job =
        weir::from(weir::values({10, 20})) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
        weir::tee(side) | end;
    run_to_end(job);
    CHECK(side.take() == "w 9 10@0 w 19 20@0 w end end");
    CHECK(end.take() == "w 9 10@0 w 19 20@0 w end end");
}

TEST_CASE("a tee may stand inside an open pipeline") {
    std::vector<int> side;
    std::vector<int> end;
    auto open = (weir::from(weir::values({1, 2})) | weir::tee(weir::call([&](int n) { side.push_back(n); }))).open();
    auto job = weir::from(std::move(open)) | weir::call([&](int n) { end.push_back(n); });
    run_to_end(job);
    CHECK(side == std::vector{1, 2});
    CHECK(end == side);
    CHECK(job.describe() == "values\ntee\n  call\ncall\n");
    CHECK(job.report().stages[2].role == weir::stage_role::branch);
}

}  // namespace weir_test::transform_tee
