// SPDX-License-Identifier: Apache-2.0
#include <weir/window/open_window.hpp>

#include <catch.hpp>

namespace weir_test::window_open_window {

TEST_CASE("an open window that nothing was said of holds nothing and has not fired") {
    constexpr weir::open_window nothing;
    STATIC_REQUIRE(nothing.items == 0);
    STATIC_REQUIRE_FALSE(nothing.fired);
}

}  // namespace weir_test::window_open_window
