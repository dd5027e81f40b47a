// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/prometheus/options.hpp>

#include <catch.hpp>

namespace weir_test::adapter_prometheus_options {

TEST_CASE("prometheus: what is not chosen is loopback only, and bounded") {
    weir::prometheus::server_options const chosen{};
    CHECK(chosen.address == "127.0.0.1");
    CHECK(chosen.port == 9464);
    CHECK(chosen.open_metrics);
    CHECK(chosen.most_connections > 0);
    CHECK(chosen.most_request_bytes <= 65'536);
    CHECK(chosen.idle_timeout > weir::duration::zero());
    CHECK(chosen.metrics.pipeline.empty());
}

}  // namespace weir_test::adapter_prometheus_options
