// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/avro/types.hpp>

#include <catch.hpp>

namespace weir_test::codec_avro_types {

using weir::avro::decimal;
using weir::avro::uuid;

TEST_CASE("avro: a decimal as text has all its digits behind the point") {
    CHECK(to_string(decimal<9, 2>{-1250}) == "-12.50");
    CHECK(to_string(decimal<9, 2>{5}) == "0.05");
    CHECK(to_string(decimal<9, 0>{0}) == "0");
    CHECK(to_string(decimal<9, 0>{120}) == "120");
    CHECK(to_string(decimal<38, 38>{1}) == "0.00000000000000000000000000000000000001");
    CHECK(decimal<9, 2>{1} < decimal<9, 2>{2});
}

TEST_CASE("avro: a UUID is read in either case and written in one") {
    auto const id = uuid::parse("123E4567-e89b-12d3-a456-426614174000");
    REQUIRE(id);
    CHECK(id->bytes[0] == 0x12);
    CHECK(to_string(*id) == "123e4567-e89b-12d3-a456-426614174000");
    CHECK_FALSE(uuid::parse("123e4567-e89b-12d3-a456-42661417400"));
    CHECK_FALSE(uuid::parse("123e4567+e89b-12d3-a456-426614174000"));
    CHECK_FALSE(uuid::parse("123e4567-e89b-12d3-a456-42661417400g"));
}

}  // namespace weir_test::codec_avro_types
