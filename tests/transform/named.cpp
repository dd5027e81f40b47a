// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/named.hpp>

#include <catch.hpp>
#include <span>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>

namespace weir_test::transform_named {

TEST_CASE("named stages bear their names and do the same") {
    witness end;
    auto job = weir::from(weir::named<"numbers">(weir::values({10, 11, 20}))) |
               weir::named<"clock">(weir::event_time([](int n) { return seconds(n); },
                                                     weir::bounded_out_of_orderness(std::chrono::seconds(0)))) |
               weir::named<"even ones">(weir::filter([](int n) { return n % 2 == 0; })) | weir::named<"end">(end);
    run_to_end(job);
    CHECK(end.take() == "w 10 10@0 w 11 w 20 20@0 w end end");
    CHECK(job.describe() == "numbers\nclock\neven ones\nend\n");
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.stages[2].name == "even ones");
    CHECK(report.stages[2].count.filtered == 1);
}

}  // namespace weir_test::transform_named
