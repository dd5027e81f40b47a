// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/avro/framing.hpp>

#include <catch.hpp>
#include <string>
#include <string_view>

namespace weir_test::codec_avro_framing {

using namespace std::string_view_literals;
using Catch::Matchers::ContainsSubstring;
using weir::avro::schema_id;

weir::avro::uuid const guid = *weir::avro::uuid::parse("00112233-4455-6677-8899-aabbccddeeff");

std::string written(schema_id const& id) {
    weir::byte_buffer bytes;
    append_schema_id(id, bytes);
    return std::string(bytes.view());
}

TEST_CASE("avro framing: a number is a byte 0 and 32 bits, a GUID is a byte 1 and 16 bytes, the highest first") {
    CHECK(written(schema_id(0x01020304)) == "\0\1\2\3\4"sv);
    CHECK(written(schema_id(guid)) == "\x01\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"sv);
    CHECK(to_string(schema_id(7)) == "id 7");
    CHECK(to_string(schema_id(guid)) == "guid 00112233-4455-6677-8899-aabbccddeeff");
}

TEST_CASE("avro framing: what was written is taken off again, and the document stays") {
    for (schema_id const& id : {schema_id(7), schema_id(-1), schema_id(guid)}) {
        std::string const bytes = written(id) + "document";
        std::string_view left = bytes;
        weir::error why;
        auto const found = weir::avro::take_schema_id(left, why);
        REQUIRE(found);
        CHECK(*found == id);
        CHECK(left == "document");
    }
}

TEST_CASE("avro framing: what names no schema is left as it was") {
    auto const refused = [](std::string_view bytes) {
        weir::error why;
        std::string_view left = bytes;
        CHECK_FALSE(weir::avro::take_schema_id(left, why));
        CHECK(left == bytes);
        return to_string(why);
    };
    CHECK_THAT(refused(""), ContainsSubstring("the payload is empty"));
    CHECK_THAT(refused("{\"a\":1}"), ContainsSubstring("begins with the byte 123, not with 0 (an id) or 1 (a GUID)"));
    CHECK_THAT(refused("\0\0\0\1"sv), ContainsSubstring("ends within its schema id"));
    CHECK_THAT(refused("\1" "0123456789abcde"sv), ContainsSubstring("ends within its schema id"));
}

}  // namespace weir_test::codec_avro_framing
