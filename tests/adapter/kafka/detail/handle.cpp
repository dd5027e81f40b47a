// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/kafka/detail/handle.hpp>

#include <catch.hpp>
#include <chrono>

namespace weir_test::adapter_kafka_detail_handle {

using namespace std::chrono_literals;
using weir::kafka::detail::faults_of;
using weir::kafka::detail::library_version;
using weir::kafka::detail::milliseconds_of;

TEST_CASE("faults are those of the version") {
    CHECK(library_version(2, 0, 2) == 0x020002ff);
    auto const bookworm = faults_of(0x020002ff);
    CHECK(bookworm.batch_loses_in_rebalance);
    CHECK(bookworm.idempotence_breaks);
    CHECK(bookworm.leaving_crashes);
    auto const between = faults_of(library_version(2, 3, 0));
    CHECK_FALSE(between.batch_loses_in_rebalance);
    CHECK_FALSE(between.idempotence_breaks);
    CHECK(between.leaving_crashes);
    CHECK_FALSE(faults_of(library_version(2, 14, 2)).leaving_crashes);
}

TEST_CASE("durations become whole milliseconds, never nothing and never too much") {
    CHECK(milliseconds_of(0us) == 0);
    CHECK(milliseconds_of(-5s) == 0);
    CHECK(milliseconds_of(1us) == 1);
    CHECK(milliseconds_of(1500us) == 2);
    CHECK(milliseconds_of(10s) == 10'000);
    CHECK(milliseconds_of(weir::duration::max()) == 2'147'483'647);
}

}  // namespace weir_test::adapter_kafka_detail_handle
