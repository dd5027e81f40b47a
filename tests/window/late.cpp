// SPDX-License-Identifier: Apache-2.0
#include <weir/window/late.hpp>

#include <catch.hpp>
#include <vector>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/call.hpp>

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

TEST_CASE("what is a choice of a late road, and what is not") {
    STATIC_REQUIRE(weir::detail::is_late_choice<weir::drop_late_t>);
    STATIC_REQUIRE(weir::detail::is_late_choice<decltype(weir::late_to(weir::discard()))>);
    STATIC_REQUIRE_FALSE(weir::detail::is_late_choice<weir::allowed_lateness>);
}

}  // namespace weir_test::window_late
