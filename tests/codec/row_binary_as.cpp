// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/row_binary_as.hpp>

#include <weir/base/int128.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <support/hexadecimal.hpp>
#include <vector>

namespace weir_test::codec_row_binary_as {

using namespace std::chrono_literals;
using weir::clickhouse_type;
using weir::misfit;

enum class color { red, green };

/// The bytes of a value in a column of that type, or why not.
template <class T>
std::string sent(char const* type, T const& value, weir::put_options options = {}) {
    char room[64];
    char* at = room;
    misfit const what = weir::put_as(clickhouse_type::parse(type), at, value, options);
    if (what != misfit::none) return std::string(to_text(what));
    return hexadecimal({room, static_cast<std::size_t>(at - room)});
}

std::string const out_of_range(to_text(misfit::out_of_range));
std::string const inexact(to_text(misfit::inexact_time));
std::string const wrong_type(to_text(misfit::wrong_type));

TEST_CASE("integers take the column's width, and never wrap") {
    CHECK(sent("UInt8", std::uint64_t{255}) == "ff");
    CHECK(sent("UInt8", std::uint64_t{256}) == out_of_range);
    CHECK(sent("UInt8", std::int64_t{-1}) == out_of_range);
    CHECK(sent("Int8", std::int64_t{-128}) == "80");
    CHECK(sent("Int8", std::uint64_t{128}) == out_of_range);
    CHECK(sent("UInt32", std::uint64_t{1705314600}) == "28 09 a5 65");
    CHECK(sent("UInt64", std::uint8_t{1}) == "01 00 00 00 00 00 00 00");
    CHECK(sent("Int64", std::numeric_limits<std::uint64_t>::max()) == out_of_range);
    CHECK(sent("UInt64", std::numeric_limits<std::int64_t>::min()) == out_of_range);
    CHECK(sent("Nullable(UInt16)", std::uint64_t{65535}) == "00 ff ff");
    CHECK(sent("Nullable(UInt16)", std::optional<std::uint64_t>(65536)) == out_of_range);
    CHECK(sent("UInt16", static_cast<char>(65)) == "41 00");
    CHECK(sent("Float64", 1) == wrong_type);
    CHECK(sent("Bool", 1) == wrong_type);
}

template <class To, class From>
void check_all_boundaries(char const* type) {
    using wide = weir::int128;
    std::vector<wide> interesting{0, 1, -1};
    for (wide edge : {wide(std::numeric_limits<To>::min()), wide(std::numeric_limits<To>::max()),
                      wide(std::numeric_limits<From>::min()), wide(std::numeric_limits<From>::max())})
        for (int by : {-1, 0, 1}) interesting.push_back(edge + by);
    for (wide value : interesting) {
        if (value < wide(std::numeric_limits<From>::min()) || value > wide(std::numeric_limits<From>::max())) continue;
        bool const fits =
            value >= wide(std::numeric_limits<To>::min()) && value <= wide(std::numeric_limits<To>::max());
        std::string const bytes = sent(type, static_cast<From>(value));
        CHECK((bytes == out_of_range) == !fits);
        if (fits) CHECK(bytes.size() == 3 * sizeof(To) - 1);
    }
}

TEST_CASE("every pair of integer types is right at its boundaries") {
    auto const from = []<class From>(From) {
        check_all_boundaries<std::uint8_t, From>("UInt8");
        check_all_boundaries<std::uint16_t, From>("UInt16");
        check_all_boundaries<std::uint32_t, From>("UInt32");
        check_all_boundaries<std::uint64_t, From>("UInt64");
        check_all_boundaries<std::int8_t, From>("Int8");
        check_all_boundaries<std::int16_t, From>("Int16");
        check_all_boundaries<std::int32_t, From>("Int32");
        check_all_boundaries<std::int64_t, From>("Int64");
    };
    from(std::uint8_t{}), from(std::uint16_t{}), from(std::uint32_t{}), from(std::uint64_t{});
    from(std::int8_t{}), from(std::int16_t{}), from(std::int32_t{}), from(std::int64_t{});
}

TEST_CASE("times take the column's steps") {
    weir::timestamp const t = weir::timestamp(1705314600s);
    CHECK(sent("DateTime", t) == "28 09 a5 65");
    CHECK(sent("DateTime('Europe/Paris')", t) == "28 09 a5 65");
    CHECK(sent("DateTime64(0)", t) == "28 09 a5 65 00 00 00 00");
    CHECK(sent("DateTime64(3)", t + 7ms) == "47 c4 ab 0c 8d 01 00 00");
    CHECK(sent("DateTime64(6)", weir::timestamp(258us)) == "02 01 00 00 00 00 00 00");
    CHECK(sent("DateTime64(9)", weir::timestamp(1us)) == "e8 03 00 00 00 00 00 00");
    CHECK(sent("DateTime64(3)", weir::timestamp(-1ms)) == "ff ff ff ff ff ff ff ff");
    CHECK(sent("Date", weir::timestamp(std::chrono::days(258))) == "02 01");
    CHECK(sent("Nullable(DateTime)", std::optional(t)) == "00 28 09 a5 65");
    CHECK(sent("UInt32", t) == wrong_type);
}

TEST_CASE("a time between two steps is refused, or cut down when that was asked for") {
    weir::timestamp const t = weir::timestamp(1705314600s);
    CHECK(sent("DateTime", t + 1us) == inexact);
    CHECK(sent("DateTime64(3)", t + 1us) == inexact);
    CHECK(sent("Date", t) == inexact);
    weir::put_options const cut{.truncate_times = true};
    CHECK(sent("DateTime", t + 999'999us, cut) == "28 09 a5 65");
    CHECK(sent("DateTime64(3)", weir::timestamp(-1us), cut) == "ff ff ff ff ff ff ff ff");
    CHECK(sent("DateTime64(3)", weir::timestamp(1999us), cut) == "01 00 00 00 00 00 00 00");
    CHECK(sent("Date", weir::timestamp(36h), cut) == "01 00");
}

TEST_CASE("a time that the column cannot hold is refused, not turned into another one") {
    using namespace std::chrono;
    CHECK(sent("DateTime", weir::timestamp(-1s)) == out_of_range);
    CHECK(sent("DateTime", weir::timestamp(0s)) == "00 00 00 00");
    CHECK(sent("DateTime", weir::timestamp(4'294'967'295s)) == "ff ff ff ff");
    CHECK(sent("DateTime", weir::timestamp(4'294'967'296s)) == out_of_range);
    CHECK(sent("Date", weir::timestamp(days(65535))) == "ff ff");
    CHECK(sent("Date", weir::timestamp(days(65536))) == out_of_range);
    CHECK(sent("DateTime64(6)", weir::timestamp(sys_days(year(1900) / 1 / 1))) != out_of_range);
    CHECK(sent("DateTime64(6)", weir::timestamp(sys_days(year(1900) / 1 / 1)) - 1us) == out_of_range);
    CHECK(sent("DateTime64(3)", weir::timestamp(sys_days(year(2299) / 12 / 31))) != out_of_range);
    CHECK(sent("DateTime64(3)", weir::timestamp(sys_days(year(2300) / 1 / 1))) == out_of_range);
    CHECK(sent("DateTime64(9)", weir::timestamp(sys_days(year(2262) / 4 / 11))) != out_of_range);
    CHECK(sent("DateTime64(9)", weir::timestamp(sys_days(year(2263) / 1 / 1))) == out_of_range);
    for (weir::timestamp extreme : {weir::beginning_of_time, weir::end_of_time})
        for (char const* type :
             {"Date", "DateTime", "DateTime64(0)", "DateTime64(3)", "DateTime64(6)", "DateTime64(9)"})
            CHECK(sent(type, extreme, {.truncate_times = true}) == out_of_range);
}

TEST_CASE("texts, truth values, fractions and absence") {
    CHECK(sent("String", std::string_view("ab")) == "02 61 62");
    CHECK(sent("LowCardinality(Nullable(String))", std::string_view("ab")) == "00 02 61 62");
    CHECK(sent("FixedString(2)", std::string("ab")) == "61 62");
    CHECK(sent("FixedString(3)", std::string("ab")) == to_text(misfit::wrong_length));
    CHECK(sent("UInt8", std::string("1")) == wrong_type);
    CHECK(sent("String", color::red) == "03 72 65 64");
    CHECK(sent("String", static_cast<color>(9)) == to_text(misfit::nameless_enum));
    CHECK(sent("UInt8", color::red) == wrong_type);
    CHECK(sent("Bool", true) == "01");
    CHECK(sent("UInt8", false) == "00");
    CHECK(sent("Float64", 1.5F) == "00 00 00 00 00 00 f8 3f");
    CHECK(sent("Float32", 1.5F) == "00 00 c0 3f");
    CHECK(sent("Float32", 1.5) == wrong_type);
    CHECK(sent("UInt32", 258ms) == "02 01 00 00");
    CHECK(sent("UInt32", -1ms) == out_of_range);
    CHECK(sent("Float64", std::chrono::duration<double>(1.5)) == "00 00 00 00 00 00 f8 3f");
    CHECK(sent("Nullable(String)", std::optional<std::string>()) == "01");
    CHECK(sent("String", std::optional<std::string>()) == to_text(misfit::absent));
    CHECK(sent("Array(String)", std::string()) == wrong_type);
}

TEST_CASE("the natural type of a value gives what row_binary gives") {
    auto const same = []<class T>(T const& value) {
        char room[64];
        char* at = room;
        CHECK(weir::put_as(weir::natural_clickhouse_type<T>, at, value) == misfit::none);
        weir::byte_buffer into;
        weir::error why;
        REQUIRE(weir::row_binary().encode(weir::row<weir::column<"x", T>>{{value}}, into, why));
        CHECK(hexadecimal(into.view()) == hexadecimal({room, static_cast<std::size_t>(at - room)}));
    };
    same(true), same(std::int8_t{-7}), same(std::uint64_t{1} << 63), same(0.1), same(0.1F), same(std::string("text"));
    same(std::optional<int>(5)), same(std::optional<int>()), same(weir::timestamp(1705314600123456us)), same(7min),
        same(color::green);
}

}  // namespace weir_test::codec_row_binary_as
