// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/count.hpp>

#include <catch.hpp>
#include <cstdint>
#include <string>
#include <type_traits>

namespace weir_test::aggregate_count {

TEST_CASE("count counts any items, as an unsigned 64-bit column of 8 bytes a state") {
    auto const counted = weir::count();
    auto state = counted.init();
    for (int i = 0; i < 5; ++i) counted.add(state, i);
    counted.add(state, std::string("anything"));
    CHECK(counted.result(state) == 6);
    static_assert(std::is_same_v<decltype(counted.result(state)), std::uint64_t>);
    static_assert(sizeof state == 8);
    CHECK(counted.name == "count");
    CHECK(weir::count().as<"clicks">().name == "clicks");
}

TEST_CASE("merging counts equals counting all, and what was merged can be taken away") {
    auto const counted = weir::count();
    auto left = counted.init();
    auto right = counted.init();
    for (int i = 0; i < 5; ++i) counted.add(left, i);
    for (int i = 0; i < 7; ++i) counted.add(right, i);
    counted.merge(left, right);
    CHECK(counted.result(left) == 12);
    counted.subtract(left, right);
    CHECK(counted.result(left) == 5);
    static_assert(weir::mergeable_aggregate<std::remove_const_t<decltype(counted)>>);
}

}  // namespace weir_test::aggregate_count
