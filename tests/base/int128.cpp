// SPDX-License-Identifier: Apache-2.0
#include <weir/base/int128.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>

namespace weir_test::base_int128 {

TEST_CASE("128-bit integers hold the product of any two words") {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    constexpr weir::uint128 product = static_cast<weir::uint128>(most) * most;
    CHECK(static_cast<std::uint64_t>(product >> 64) == most - 1);
    CHECK(static_cast<std::uint64_t>(product) == 1);
    constexpr weir::int128 difference =
        static_cast<weir::int128>(std::numeric_limits<std::int64_t>::min()) - std::numeric_limits<std::int64_t>::max();
    CHECK((difference < 0));
    CHECK((static_cast<std::uint64_t>(-difference) == most));
    static_assert(sizeof(weir::int128) == 16);
}

}  // namespace weir_test::base_int128
