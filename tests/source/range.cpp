// SPDX-License-Identifier: Apache-2.0
#include <weir/source/range.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::source_range {

template <class Source>
auto all_of(Source source, std::size_t budget) {
    std::vector<typename Source::output> all;
    auto job = weir::from(source) | weir::call([&](auto n) { all.push_back(n); });
    CHECK(run_to_end(job, budget) == weir::progress::ended);
    return all;
}

TEST_CASE("range emits the numbers between, whatever the budget") {
    for (std::size_t budget : {0u, 1u, 2u, 3u, 100u}) {
        CHECK(all_of(weir::range(3), budget) == std::vector{0, 1, 2});
        CHECK(all_of(weir::range(-1, 2), budget) == std::vector{-1, 0, 1});
        CHECK(all_of(weir::range(5, 5), budget).empty());
        CHECK(all_of(weir::range(5, 3), budget).empty());
    }
}

TEST_CASE("range reaches the last number that its type allows") {
    constexpr auto most = std::numeric_limits<std::uint8_t>::max();
    CHECK(all_of(weir::range<std::uint8_t>(253, most), 10) == std::vector<std::uint8_t>{253, 254});
}

TEST_CASE("range takes no more than its budget in one poll") {
    int seen = 0;
    auto job = weir::from(weir::range(10)) | weir::call([&](int) { ++seen; });
    job.step(4, seconds(0));
    CHECK(seen == 4);
}

}  // namespace weir_test::source_range
