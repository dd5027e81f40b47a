// SPDX-License-Identifier: Apache-2.0
#include <weir/base/epoch.hpp>

#include <catch.hpp>
#include <weir/base/enum_name.hpp>

namespace weir_test::base_epoch {

TEST_CASE("epoch has a name for each way to write a time") {
    CHECK(weir::enum_values<weir::epoch>.size() == 5);
    CHECK(weir::enum_name(weir::epoch::seconds) == "seconds");
    CHECK(weir::enum_name(weir::epoch::milliseconds) == "milliseconds");
    CHECK(weir::enum_name(weir::epoch::microseconds) == "microseconds");
    CHECK(weir::enum_name(weir::epoch::nanoseconds) == "nanoseconds");
    CHECK(weir::enum_name(weir::epoch::iso8601) == "iso8601");
}

}  // namespace weir_test::base_epoch
