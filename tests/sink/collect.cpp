// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/collect.hpp>

#include <catch.hpp>
#include <string>
#include <string_view>
#include <support/scripted.hpp>
#include <vector>
#include <weir/source/lines.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::sink_collect {

TEST_CASE("collect keeps every item, one by one and by batches") {
    std::vector<int> got{0};
    auto job = weir::from(weir::values({1, 2, 3})) | weir::collect(got);
    run_to_end(job, 2);
    CHECK(got == std::vector{0, 1, 2, 3});
    std::vector<int> mapped;
    auto one_by_one = weir::from(weir::values({1, 2})) | weir::map([](int n) { return n + 1; }) | weir::collect(mapped);
    run_to_end(one_by_one);
    CHECK(mapped == std::vector{2, 3});
    CHECK(job.report().balanced());
}

TEST_CASE("collect makes elements that own what an item borrows") {
    std::vector<std::string> got;
    auto job = weir::from(weir::lines("one\ntwo\n", {.block = 4})) | weir::collect(got);
    run_to_end(job);
    CHECK(got == std::vector<std::string>{"one", "two"});
}

struct borrower {
    std::string_view text;
};

TEST_CASE("an element that borrows is for the compiler to refuse") {
    using sink = weir::detail::collect_sink<borrower, borrower>;
    STATIC_REQUIRE(weir::detail::keeps_borrowed<sink, borrower>());
    STATIC_REQUIRE(weir::detail::keeps_borrowed<weir::detail::collect_sink<std::string_view, std::string_view>,
                                                std::string_view>());
    STATIC_REQUIRE_FALSE(
        weir::detail::keeps_borrowed<weir::detail::collect_sink<std::string, std::string_view>, std::string_view>());
}

}  // namespace weir_test::sink_collect
