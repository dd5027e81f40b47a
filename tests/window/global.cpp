// SPDX-License-Identifier: Apache-2.0
#include <weir/window/global.hpp>

#include <catch.hpp>
#include <cstdint>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/rule.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_global {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

TEST_CASE("a global window has every time, and closes when the stream ends") {
    STATIC_REQUIRE(weir::window_rule<weir::global>);
    constexpr weir::global rule;
    STATIC_REQUIRE(rule.number_of(weir::beginning_of_time) == rule.number_of(weir::end_of_time));
    STATIC_REQUIRE(rule.start_of(0) == weir::beginning_of_time);
    STATIC_REQUIRE(rule.end_of(0) == weir::end_of_time);
    STATIC_REQUIRE(rule.start_of(1) == rule.end_of(0));
    STATIC_REQUIRE(rule.end_of(-1) == rule.start_of(0));

    std::vector<std::uint64_t> counts;
    auto const count_all = [&](auto... emission) {
        counts.clear();
        auto job = weir::from(weir::values<std::int64_t>({-5, 1'000'000, 3})) |
                   weir::event_time([](std::int64_t time) { return at(time); }, weir::bounded_out_of_orderness(weir::duration(0))) |
                   weir::window(weir::global(), weir::drop_late, emission...) | weir::aggregate(weir::count()) |
                   weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
        CHECK(weir::run(job).balanced());
        return counts;
    };
    CHECK(count_all() == std::vector<std::uint64_t>{3});
    CHECK(count_all(weir::emit::on_update) == std::vector<std::uint64_t>{1, 2, 3});
}

}  // namespace weir_test::window_global
