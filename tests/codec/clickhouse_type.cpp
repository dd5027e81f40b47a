// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/clickhouse_type.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace weir_test::codec_clickhouse_type {

using weir::clickhouse_type;
using kind = weir::clickhouse_type::kind;

enum class color { red, green };

TEST_CASE("types are read as the server writes them") {
    CHECK(clickhouse_type::parse("UInt8") == clickhouse_type{kind::uint8});
    CHECK(clickhouse_type::parse("Int64") == clickhouse_type{kind::int64});
    CHECK(clickhouse_type::parse("Float32") == clickhouse_type{kind::float32});
    CHECK(clickhouse_type::parse("Bool") == clickhouse_type{kind::boolean});
    CHECK(clickhouse_type::parse("Date") == clickhouse_type{kind::date});
    CHECK(clickhouse_type::parse("DateTime") == clickhouse_type{kind::date_time});
    CHECK(clickhouse_type::parse("DateTime('Europe/Paris')") == clickhouse_type{kind::date_time});
    CHECK(clickhouse_type::parse("DateTime64(3)") == clickhouse_type{kind::date_time64, false, 3});
    CHECK(clickhouse_type::parse("DateTime64(9, 'UTC')") == clickhouse_type{kind::date_time64, false, 9});
    CHECK(clickhouse_type::parse("FixedString(16)") == clickhouse_type{kind::fixed_string, false, 16});
    CHECK(clickhouse_type::parse("Nullable(UInt32)") == clickhouse_type{kind::uint32, true});
    CHECK(clickhouse_type::parse("LowCardinality(String)") == clickhouse_type{kind::string});
    CHECK(clickhouse_type::parse("LowCardinality(Nullable(String))") == clickhouse_type{kind::string, true});
    CHECK(clickhouse_type::parse("SimpleAggregateFunction(sum, UInt64)") == clickhouse_type{kind::uint64});
    CHECK(clickhouse_type::parse("SimpleAggregateFunction(anyLast, Nullable(DateTime64(6, 'UTC')))") ==
          clickhouse_type{kind::date_time64, true, 6});
}

TEST_CASE("what is not known stays unknown, whatever the text") {
    for (char const* text :
         {"", "UInt", "UInt128", "Decimal(18, 4)", "Array(UInt8)", "Enum8('a' = 1)", "DateTime64(10)", "DateTime64()",
          "DateTime64(x)", "FixedString(", "FixedString(99999999999)", "Nullable()", "LowCardinality(", "uint8",
          "SimpleAggregateFunction(sum)", "Nullable(Array(String))", "UUID", "Map(String, UInt8)", "Tuple(a UInt8)"})
        CHECK(clickhouse_type::parse(text).what == kind::unknown);
}

TEST_CASE("each column type has a natural counterpart, and its name is read back as itself") {
    CHECK(to_string(weir::natural_clickhouse_type<bool>) == "Bool");
    CHECK(to_string(weir::natural_clickhouse_type<std::uint8_t>) == "UInt8");
    CHECK(to_string(weir::natural_clickhouse_type<std::int16_t>) == "Int16");
    CHECK(to_string(weir::natural_clickhouse_type<unsigned long long>) == "UInt64");
    CHECK(to_string(weir::natural_clickhouse_type<float>) == "Float32");
    CHECK(to_string(weir::natural_clickhouse_type<double>) == "Float64");
    CHECK(to_string(weir::natural_clickhouse_type<std::string_view>) == "String");
    CHECK(to_string(weir::natural_clickhouse_type<std::string>) == "String");
    CHECK(to_string(weir::natural_clickhouse_type<color>) == "String");
    CHECK(to_string(weir::natural_clickhouse_type<weir::timestamp>) == "DateTime64(6, 'UTC')");
    CHECK(to_string(weir::natural_clickhouse_type<std::chrono::milliseconds>) == "Int64");
    CHECK(to_string(weir::natural_clickhouse_type<std::chrono::duration<double>>) == "Float64");
    CHECK(to_string(weir::natural_clickhouse_type<std::optional<std::uint32_t>>) == "Nullable(UInt32)");
    for (auto type :
         {weir::natural_clickhouse_type<weir::timestamp>, weir::natural_clickhouse_type<std::optional<std::string>>,
          weir::natural_clickhouse_type<std::int8_t>, clickhouse_type{kind::fixed_string, true, 7}})
        CHECK(clickhouse_type::parse(to_string(type)) == type);
}

TEST_CASE("old servers get the types they have") {
    CHECK(to_string(weir::natural_clickhouse_type<weir::timestamp>, false, false) == "DateTime('UTC')");
    CHECK(to_string(weir::natural_clickhouse_type<std::optional<weir::timestamp>>, false) ==
          "Nullable(DateTime('UTC'))");
    CHECK(to_string(weir::natural_clickhouse_type<bool>, true, false) == "UInt8");
}

TEST_CASE("what can be sent where") {
    auto const can = []<class T>(T const&, char const* type) {
        return weir::can_be_sent_as<T>(clickhouse_type::parse(type));
    };
    CHECK(can(std::uint64_t{}, "UInt8"));
    CHECK(can(std::uint64_t{}, "Nullable(Int64)"));
    CHECK_FALSE(can(std::uint64_t{}, "Float64"));
    CHECK_FALSE(can(std::uint64_t{}, "String"));
    CHECK_FALSE(can(std::uint64_t{}, "Bool"));
    CHECK_FALSE(can(std::uint64_t{}, "DateTime"));
    CHECK(can(std::optional<int>{}, "Nullable(Int32)"));
    CHECK_FALSE(can(std::optional<int>{}, "Int32"));
    CHECK(can(true, "Bool"));
    CHECK(can(true, "UInt8"));
    CHECK_FALSE(can(true, "UInt16"));
    CHECK(can(1.0F, "Float64"));
    CHECK_FALSE(can(1.0, "Float32"));
    CHECK(can(std::string(), "LowCardinality(String)"));
    CHECK(can(std::string_view(), "FixedString(2)"));
    CHECK_FALSE(can(std::string(), "Enum8('a' = 1)"));
    CHECK(can(color::red, "String"));
    CHECK_FALSE(can(color::red, "FixedString(3)"));
    CHECK(can(weir::timestamp(), "DateTime"));
    CHECK(can(weir::timestamp(), "DateTime64(3)"));
    CHECK(can(weir::timestamp(), "Date"));
    CHECK_FALSE(can(weir::timestamp(), "UInt64"));
    CHECK(can(std::chrono::seconds(), "Int64"));
    CHECK_FALSE(can(std::chrono::seconds(), "DateTime"));
}

}  // namespace weir_test::codec_clickhouse_type
