// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/options.hpp>

#include <catch.hpp>

namespace weir_test::adapter_redis_options {

TEST_CASE("redis options: nothing is lost unasked, and a pipeline is no larger than a server likes") {
    weir::redis::options const usual{};
    CHECK(usual.type == weir::redis::data_type::hash);
    CHECK(usual.times == weir::redis::time_text::iso);
    CHECK(usual.time_to_live == weir::duration::zero());
    CHECK(usual.batch.retry.exhausted == weir::when_exhausted::fail);
    CHECK(usual.batch.rows <= 10'000);
    CHECK(usual.batch.bytes <= 1 << 20);
}

}  // namespace weir_test::adapter_redis_options
