// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/report.hpp>

#include <catch.hpp>
#include <string>

namespace weir_test::pipeline_report {

weir::report sample() {
    weir::report made;
    made.stages = {{"kafka", 0, {.in = 100, .passed = 100, .emitted = 100}, weir::stage_role::source},
                   {"decode", 0, {.in = 100, .passed = 97, .dead_lettered = 3, .emitted = 97}, weir::stage_role::stage},
                   {"window",
                    0,
                    {.in = 97, .aggregated = 80, .late = 5, .null_key = 2, .in_flight = 10, .emitted = 12},
                    weir::stage_role::stage},
                   {"call", 1, {.in = 5, .passed = 5}, weir::stage_role::branch},
                   {"clickhouse", 0, {.in = 12, .passed = 12}, weir::stage_role::stage}};
    return made;
}

TEST_CASE("the exit code is 0 only if everything was acknowledged: 1 is a failure, 2 a stop before the end") {
    weir::report one;
    CHECK(one.exit_code() == 2);
    one.ended = true;
    CHECK(one.exit_code() == 0);
    one.failure = weir::error{.cause = "gone"};
    CHECK(one.exit_code() == 1);
}

TEST_CASE("the totals are those of the road from source to sink; branches are counted beside it") {
    weir::tally const total = sample().total();
    CHECK(total.in == 100);
    CHECK(total.dead_lettered == 3);
    CHECK(total.late == 5);
    CHECK(total.null_key == 2);
    CHECK(total.in_flight == 10);
    CHECK(total.aggregated == 80);
    CHECK(total.filtered == 0);
    CHECK(total.in == total.filtered + total.aggregated + total.late + total.future + total.null_key +
                          total.dead_lettered + total.in_flight);
}

TEST_CASE("a report balances when each of its stages does") {
    weir::report one = sample();
    CHECK(one.balanced());
    one.stages[2].count.late = 4;
    CHECK_FALSE(one.balanced());
    CHECK_THAT(to_string(one), Catch::Matchers::ContainsSubstring("THE LEDGER DOES NOT BALANCE"));
}

TEST_CASE("a report as text: a line a stage, zeros left out, branches indented, letters and failure named") {
    weir::report one = sample();
    one.dead_letters = 3;
    one.dead_letter_samples = {{.component = "json", .place = "web.clicks/0/17", .cause = "no field page"}};
    CHECK(to_string(one) == R"(kafka             in 100  out 100
decode            in 100  dead-lettered 3  out 97
window            in 97  aggregated 80  late 5  null key 2  in flight 10  out 12
  call              in 5
clickhouse        in 12
dead letter: json: web.clicks/0/17: no field page
and 2 more
the ledger balances
)");
    one.failure = weir::error{.component = "clickhouse", .cause = "unreachable"};
    CHECK_THAT(to_string(one), Catch::Matchers::ContainsSubstring("failed: clickhouse: unreachable\n"));
}

}  // namespace weir_test::pipeline_report
