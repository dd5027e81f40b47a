// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/clickhouse/options.hpp>

#include <catch.hpp>

namespace weir_test::adapter_clickhouse_options {

TEST_CASE("clickhouse options: a batch by default is one block to the server, and nothing is lost or made unasked") {
    weir::clickhouse::options const usual{.table = "t"};
    CHECK(usual.batch.rows < 1'000'000);
    CHECK(usual.batch.bytes < std::size_t{256} << 20);
    CHECK(usual.batch.retry.exhausted == weir::when_exhausted::fail);
    CHECK(usual.format == weir::clickhouse::data_format::row_binary);
    CHECK(usual.http.verify_tls);
    CHECK_FALSE(usual.create_table);
    CHECK_FALSE(usual.truncate_times);
}

}  // namespace weir_test::adapter_clickhouse_options
