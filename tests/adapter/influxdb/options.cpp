// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/influxdb/options.hpp>

#include <catch.hpp>

namespace weir_test::adapter_influxdb_options {

TEST_CASE("influxdb options: what is about lines reaches the codec") {
    weir::influxdb::options const chosen{.measurement = "m",
                                         .tags = {"a"},
                                         .guess_tags = false,
                                         .fields = {"b"},
                                         .omit = {"c"},
                                         .time = "d",
                                         .precision = weir::line_precision::seconds,
                                         .unsigned_fields = true,
                                         .omit_empty_tags = true};
    auto const lines = line_options_of(chosen);
    CHECK(lines.measurement == "m");
    CHECK(lines.tags == chosen.tags);
    CHECK_FALSE(lines.guess_tags);
    CHECK(lines.fields == chosen.fields);
    CHECK(lines.omit == chosen.omit);
    CHECK(lines.time == "d");
    CHECK(lines.precision == weir::line_precision::seconds);
    CHECK(lines.unsigned_fields);
    CHECK(lines.omit_empty_tags);
}

TEST_CASE("influxdb options: nothing is lost unasked, and a batch stays far below the server's 25 MB") {
    weir::influxdb::options const usual{};
    CHECK(usual.batch.bytes < 20'000'000);
    CHECK(usual.batch.retry.exhausted == weir::when_exhausted::fail);
    CHECK(usual.http.verify_tls);
    CHECK_FALSE(usual.omit_empty_tags);
}

}  // namespace weir_test::adapter_influxdb_options
