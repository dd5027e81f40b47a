// SPDX-License-Identifier: Apache-2.0
#include <weir/window/late.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/time/format_time.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/emission.hpp>
#include <weir/window/session.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_late {

TEST_CASE("a late road counts what it takes, and hands it on where there is a branch") {
    weir::detail::late_road<weir::drop_late_t> dropped(weir::drop_late);
    dropped.take(1, {});
    dropped.take(2, {});
    CHECK(dropped.items() == 2);

    std::vector<int> late;
    auto branch = weir::detail::bind_branch(weir::stream<int, weir::timed>{}, weir::call([&](int each) { late.push_back(each); }));
    weir::job_context context;
    branch.attach(context);
    weir::detail::late_road<decltype(branch)> kept(std::move(branch));
    kept.take(7, {});
    CHECK(kept.items() == 1);
    CHECK(late == std::vector<int>{7});
    int visited = 0;
    kept.branches([&](auto&) { ++visited; });
    dropped.branches([&](auto&) { ++visited; });
    CHECK(visited == 1);
}

struct visit {
    std::uint32_t user;
    weir::timestamp at;
};

/// What windows over late visits say, and how many rows there were of those in time by then.
template <class Rule>
std::string late_windows(std::vector<visit> const& visits, Rule rule, std::size_t budget) {
    using namespace std::chrono_literals;
    std::string text;
    std::size_t rows = 0;
    auto const write = [&](auto const& row) {
        text += weir::format_time(row.template get<"window_start">()) + " " + std::to_string(row.template get<"count">()) + " behind " +
                std::to_string(rows) + " rows\n";
    };
    auto late = weir::chain(weir::window(weir::tumbling(200s), weir::allowed_lateness(100s), weir::drop_late, weir::emit::every(10s))) |
                weir::aggregate(weir::count()) | weir::changelog() | weir::call(write);
    auto job = weir::from(weir::values(visits)) | weir::event_time<&visit::at>(weir::bounded_out_of_orderness(0s)) |
               weir::key_by<&visit::user>() | weir::window(rule, weir::late_to(std::move(late))) | weir::aggregate(weir::count()) |
               weir::call([&](auto const&) { ++rows; });
    while (!job.finished()) job.step(budget, weir::timestamp(2'000s));
    return text;
}

TEST_CASE("a late road that has windows of its own hears of time as if each item came by itself") {
    using namespace std::chrono_literals;
    std::vector<visit> visits;
    for (std::uint32_t second = 0; second < 2'000; ++second) {
        visits.push_back({second % 7, weir::timestamp(std::chrono::seconds(second))});
        if (second % 37 == 36) visits.push_back({1, weir::timestamp(std::chrono::seconds(second - 20))});
    }
    auto const check = [&](auto rule) {
        std::string const one_by_one = late_windows(visits, rule, 1);
        CHECK(one_by_one == late_windows(visits, rule, 1'000));
        CHECK_THAT(one_by_one, Catch::Matchers::StartsWith("1970-01-01T00:00:00Z 1 behind "));
        CHECK(std::count(one_by_one.begin(), one_by_one.end(), '\n') > 50);
    };
    check(weir::count_window(3, 1));
    check(weir::session(1s));
}

TEST_CASE("what is a choice of a late road, and what is not") {
    STATIC_REQUIRE(weir::detail::is_late_choice<weir::drop_late_t>);
    STATIC_REQUIRE(weir::detail::is_late_choice<decltype(weir::late_to(weir::discard()))>);
    STATIC_REQUIRE_FALSE(weir::detail::is_late_choice<weir::allowed_lateness>);
}

}  // namespace weir_test::window_late
