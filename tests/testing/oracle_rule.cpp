// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/oracle_rule.hpp>

#include <catch.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir_test::testing_oracle_rule {

using weir::testing::oracle_rule;

constexpr weir::duration us(std::int64_t n) { return weir::duration(n); }

/// The windows that contain `t`, in microseconds.
std::vector<std::pair<std::int64_t, std::int64_t>> spans(oracle_rule const& rule, std::int64_t t) {
    std::vector<std::pair<std::int64_t, std::int64_t>> all;
    for (auto const& span : rule.spans_of(weir::timestamp(us(t))))
        all.emplace_back(span.start.time_since_epoch().count(), span.end.time_since_epoch().count());
    return all;
}
using pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST_CASE("oracle rules: tumbling windows hold their start and not their end") {
    CHECK(spans(oracle_rule::tumbling(us(10)), 0) == pairs{{0, 10}});
    CHECK(spans(oracle_rule::tumbling(us(10)), 9) == pairs{{0, 10}});
    CHECK(spans(oracle_rule::tumbling(us(10)), 10) == pairs{{10, 20}});
    CHECK(spans(oracle_rule::tumbling(us(10)), -1) == pairs{{-10, 0}});
    CHECK(spans(oracle_rule::tumbling(us(10)), -10) == pairs{{-10, 0}});
    CHECK(spans(oracle_rule::tumbling(us(10), us(13)), 2) == pairs{{-7, 3}});
    CHECK(spans(oracle_rule::tumbling(us(10), us(13)), 3) == pairs{{3, 13}});
}

TEST_CASE("oracle rules: hopping windows are all that contain the time") {
    CHECK(spans(oracle_rule::hopping(us(20), us(10)), 10) == pairs{{10, 30}, {0, 20}});
    CHECK(spans(oracle_rule::hopping(us(20), us(10)), 9) == pairs{{0, 20}, {-10, 10}});
    CHECK(spans(oracle_rule::hopping(us(5), us(2)), 4) == pairs{{4, 9}, {2, 7}, {0, 5}});
    CHECK(spans(oracle_rule::hopping(us(5), us(2)), 5) == pairs{{4, 9}, {2, 7}});
    CHECK(spans(oracle_rule::hopping(us(2), us(10)), 5).empty());
    CHECK(spans(oracle_rule::hopping(us(20), us(10), us(1)), 0) == pairs{{-9, 11}, {-19, 1}});
}

TEST_CASE("oracle rules: cumulated windows are the beginnings that the time is in") {
    CHECK(spans(oracle_rule::cumulate(us(30), us(10)), 0) == pairs{{0, 10}, {0, 20}, {0, 30}});
    CHECK(spans(oracle_rule::cumulate(us(30), us(10)), 10) == pairs{{0, 20}, {0, 30}});
    CHECK(spans(oracle_rule::cumulate(us(30), us(10)), -1) == pairs{{-30, 0}});
    CHECK(spans(oracle_rule::cumulate(us(25), us(10)), 21) == pairs{{0, 25}});
}

TEST_CASE("oracle rules: one window for all, and the others say what they are") {
    CHECK(spans(oracle_rule::global(), 7) ==
          pairs{{weir::beginning_of_time.time_since_epoch().count(), weir::end_of_time.time_since_epoch().count()}});
    CHECK(oracle_rule::session(us(5)).what() == oracle_rule::kind::session);
    CHECK(oracle_rule::session(us(5)).length() == us(5));
    CHECK(oracle_rule::sliding(us(6)).what() == oracle_rule::kind::sliding);
    CHECK(oracle_rule::sliding(us(6)).length() == us(6));
    CHECK(oracle_rule::count_window(3).size() == 3);
    CHECK(oracle_rule::count_window(3).advance() == 3);
    CHECK(oracle_rule::count_window(3, 2).advance() == 2);
    CHECK(oracle_rule::count_window(3, 2).what() == oracle_rule::kind::count);
}

}  // namespace weir_test::testing_oracle_rule
