// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/elasticsearch/options.hpp>

#include <catch.hpp>

namespace weir_test::adapter_elasticsearch_options {

TEST_CASE(
    "elasticsearch options: nothing is lost or doubled unasked, and a batch stays far below the server's 100 MB") {
    weir::elasticsearch::options const usual{};
    CHECK(usual.mode == weir::elasticsearch::write_mode::upsert);
    CHECK_FALSE(usual.drop_erased);
    CHECK_FALSE(usual.put_template);
    CHECK(usual.batch.bytes < 50'000'000);
    CHECK(usual.batch.retry.exhausted == weir::when_exhausted::fail);
    CHECK(usual.http.verify_tls);
    // An answer holds at most some hundred bytes an item.
    CHECK(usual.http.most_response_bytes > usual.batch.rows * 1000);
}

}  // namespace weir_test::adapter_elasticsearch_options
