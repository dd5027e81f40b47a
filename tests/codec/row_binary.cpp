// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/row_binary.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/hexadecimal.hpp>
#include <vector>

namespace weir_test::codec_row_binary {

using namespace std::chrono_literals;
using weir::column;

enum class color { red, green };

template <class Row>
std::string encoded(Row const& row) {
    weir::byte_buffer into;
    weir::error why;
    REQUIRE(weir::row_binary().encode(row, into, why));
    return std::string(into.view());
}

template <class T>
std::string hex_of(T const& value) {
    return hexadecimal(encoded(weir::row<column<"x", T>>{{value}}));
}

TEST_CASE("RowBinary gives the bytes of the reference") {
    CHECK(hex_of(std::string_view("foobar")) == "06 66 6f 6f 62 61 72");
    CHECK(hex_of(std::uint64_t{1}) == "01 00 00 00 00 00 00 00");
    CHECK(hex_of(std::uint32_t{1705314600}) == "28 09 a5 65");
    CHECK(hex_of(std::optional<std::uint32_t>(42)) == "00 2a 00 00 00");
    CHECK(hex_of(std::optional<std::uint32_t>()) == "01");
}

TEST_CASE("each type has its bytes") {
    CHECK(hex_of(true) == "01");
    CHECK(hex_of(std::int8_t{-1}) == "ff");
    CHECK(hex_of(std::int16_t{-2}) == "fe ff");
    CHECK(hex_of(std::numeric_limits<std::int64_t>::min()) == "00 00 00 00 00 00 00 80");
    CHECK(hex_of(1.5F) == "00 00 c0 3f");
    CHECK(hex_of(-0.0) == "00 00 00 00 00 00 00 80");
    CHECK(hex_of(std::numeric_limits<double>::infinity()) == "00 00 00 00 00 00 f0 7f");
    CHECK(hex_of(weir::timestamp(-1us)) == "ff ff ff ff ff ff ff ff");
    CHECK(hex_of(std::chrono::milliseconds(258)) == "02 01 00 00 00 00 00 00");
    CHECK(hex_of(color::green) == "05 67 72 65 65 6e");
    CHECK(hex_of(std::string()) == "00");
    CHECK(hex_of(std::string("\0\n", 2)) == "02 00 0a");
    CHECK(hex_of(std::optional<std::string>("ab")) == "00 02 61 62");
    CHECK(hex_of(std::optional<std::string_view>()) == "01");
}

TEST_CASE("the length of a text takes as many bytes as it needs") {
    for (auto [size, head] : {std::pair<std::size_t, char const*>{127, "7f"},
                              {128, "80 01"},
                              {16383, "ff 7f"},
                              {16384, "80 80 01"},
                              {3'000'000, "c0 8d b7 01"}}) {
        std::string const text(size, 'x');
        std::string const bytes = encoded(weir::row<column<"x", std::string_view>>{{text}});
        std::string const expected(head);
        CHECK(hexadecimal(bytes.substr(0, (expected.size() + 1) / 3)) == expected);
        CHECK(bytes.substr((expected.size() + 1) / 3) == text);
    }
}

struct plain {
    weir::timestamp at;
    std::string page;
    std::optional<std::uint16_t> status;
    color paint;
};

TEST_CASE("a plain struct is a row, and rows follow each other without a mark") {
    weir::byte_buffer into;
    weir::error why;
    CHECK(weir::row_binary().encode(plain{weir::timestamp(1us), "/", 200, color::red}, into, why));
    CHECK(weir::row_binary().encode(plain{weir::timestamp(2us), "", {}, color::green}, into, why));
    CHECK(hexadecimal(into.view()) ==
          "01 00 00 00 00 00 00 00 01 2f 00 c8 00 03 72 65 64 "
          "02 00 00 00 00 00 00 00 00 01 05 67 72 65 65 6e");
}

TEST_CASE("an enum without a name is an error that names the column, and nothing is appended") {
    weir::byte_buffer into;
    into.append("before");
    weir::error why;
    CHECK_FALSE(weir::row_binary().encode(plain{{}, "page", {}, static_cast<color>(77)}, into, why));
    CHECK(to_string(why) == "row_binary: paint: the enum has no enumerator of this value");
    CHECK(into.view() == "before");
}

/// Reads RowBinary back, byte by byte.
struct reader {
    std::string_view left;

    std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value |= static_cast<std::uint64_t>(static_cast<unsigned char>(left[i])) << (8 * i);
        left.remove_prefix(bytes);
        return value;
    }
    std::string text() {
        std::uint64_t size = 0;
        for (unsigned shift = 0;; shift += 7) {
            std::uint64_t const byte = number(1);
            size |= (byte & 0x7f) << shift;
            if (byte < 0x80) break;
        }
        std::string value(left.substr(0, size));
        left.remove_prefix(size);
        return value;
    }
};

TEST_CASE("random rows are read back as they were") {
    using row = weir::row<column<"a", std::string_view>, column<"b", std::uint64_t>,
                          column<"c", std::optional<std::string_view>>, column<"d", std::int32_t>,
                          column<"e", std::optional<std::int8_t>>, column<"f", weir::timestamp>>;
    std::mt19937_64 random(11);
    std::vector<std::string> texts;
    for (int i = 0; i < 64; ++i) {
        std::string text(random() % (i % 8 == 0 ? 400 : 12), ' ');
        for (char& c : text) c = static_cast<char>(random());
        texts.push_back(text);
    }
    std::vector<row> rows;
    for (int i = 0; i < 2000; ++i) {
        row r;
        r.get<"a">() = texts[random() % texts.size()];
        r.get<"b">() = random();
        if (random() % 2 != 0) r.get<"c">() = texts[random() % texts.size()];
        r.get<"d">() = static_cast<std::int32_t>(random());
        if (random() % 2 != 0) r.get<"e">() = static_cast<std::int8_t>(random());
        r.get<"f">() = weir::timestamp(weir::duration(static_cast<std::int64_t>(random())));
        rows.push_back(r);
    }
    weir::byte_buffer into;
    weir::error why;
    for (row const& r : rows) REQUIRE(weir::row_binary().encode(r, into, why));
    reader from{into.view()};
    for (row const& r : rows) {
        REQUIRE(from.text() == r.get<"a">());
        REQUIRE(from.number(8) == r.get<"b">());
        bool const absent = from.number(1) != 0;
        REQUIRE(absent == !r.get<"c">().has_value());
        if (!absent) REQUIRE(from.text() == *r.get<"c">());
        REQUIRE(static_cast<std::int32_t>(from.number(4)) == r.get<"d">());
        bool const no_e = from.number(1) != 0;
        REQUIRE(no_e == !r.get<"e">().has_value());
        if (!no_e) REQUIRE(static_cast<std::int8_t>(from.number(1)) == *r.get<"e">());
        REQUIRE(static_cast<std::int64_t>(from.number(8)) == r.get<"f">().time_since_epoch().count());
    }
    CHECK(from.left.empty());
}

static_assert(weir::row_binary_row<plain>);
static_assert(!weir::row_binary_row<weir::row<column<"x", std::vector<int>>>>);
static_assert(!weir::row_binary_row<weir::row<column<"x", std::optional<std::optional<int>>>>>);

}  // namespace weir_test::codec_row_binary
