// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/ndjson.hpp>

#include <catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace weir_test::codec_ndjson {

using namespace std::chrono_literals;

template <class T>
std::string json(T const& value) {
    weir::byte_buffer to;
    weir::append_json(to, value);
    return std::string(to.view());
}

enum class device { phone, desktop };

using minute = weir::row<weir::column<"window_start", weir::timestamp>, weir::column<"window_end", weir::timestamp>,
                         weir::column<"status", int>, weir::column<"events", std::uint64_t>>;

TEST_CASE("a row is one line, its members in the order of the columns") {
    auto const start = weir::timestamp(std::chrono::sys_days(2015y / 5 / 17) + 10h + 5min);
    weir::byte_buffer to;
    weir::error why;
    CHECK(weir::ndjson().encode(minute{{start, start + 1min, 200, 12}}, to, why));
    CHECK(weir::ndjson().encode(minute{{start + 1500us, start + 250ms, 404, 1}}, to, why));
    CHECK(to.view() ==
          "{\"window_start\":\"2015-05-17T10:05:00Z\",\"window_end\":\"2015-05-17T10:06:00Z\",\"status\":200,"
          "\"events\":12}\n"
          "{\"window_start\":\"2015-05-17T10:05:00.001500Z\",\"window_end\":\"2015-05-17T10:05:00.250Z\",\"status\":"
          "404,\"events\":1}\n");
}

struct inner {
    int x;
    std::optional<std::string> note;
};
struct everything {
    bool yes;
    std::int8_t tiny;
    std::uint64_t huge;
    std::int64_t low;
    float small;
    double large;
    std::string_view text;
    device where;
    std::optional<int> absent;
    std::optional<int> present;
    std::chrono::milliseconds took;
    std::vector<int> list;
    inner nested;
};

TEST_CASE("every type of value has its form") {
    everything const all{true,
                         -5,
                         std::numeric_limits<std::uint64_t>::max(),
                         std::numeric_limits<std::int64_t>::min(),
                         0.1f,
                         1e300,
                         "a",
                         device::desktop,
                         std::nullopt,
                         7,
                         250ms,
                         {1, 2},
                         {3, "n"}};
    CHECK(json(all) ==
          "{\"yes\":true,\"tiny\":-5,\"huge\":18446744073709551615,\"low\":-9223372036854775808,\"small\":0.1,"
          "\"large\":1e+300,\"text\":\"a\",\"where\":\"desktop\",\"absent\":null,\"present\":7,\"took\":250,"
          "\"list\":[1,2],\"nested\":{\"x\":3,\"note\":\"n\"}}");
    CHECK(json(static_cast<device>(9)) == "9");
    CHECK(json(std::vector<int>{}) == "[]");
    CHECK(json(weir::row<>{}) == "{}");
    CHECK(json("literal") == "\"literal\"");
}

TEST_CASE("a record is written by the names that it has when the program runs") {
    weir::record row;
    row.add("page", std::string_view("/a\"b"));
    row.add("na\"me", std::uint64_t{3});
    row.add("none", std::monostate{});
    row.add("ratio", 0.5);
    row.add("when", weir::timestamp(1us));
    CHECK(json(row) ==
          "{\"page\":\"/a\\\"b\",\"na\\\"me\":3,\"none\":null,\"ratio\":0.5,\"when\":\"1970-01-01T00:00:00.000001Z\"}");
    CHECK(json(weir::record{}) == "{}");
}

TEST_CASE("a column's name is escaped too") {
    CHECK(json(weir::row<weir::column<"a\"\\\n", int>>{{1}}) == "{\"a\\u0022\\u005c\\u000a\":1}");
}

TEST_CASE("texts are escaped exactly where JSON asks for it") {
    CHECK(json("\"\\\b\f\n\r\t/") == R"("\"\\\b\f\n\r\t/")");
    CHECK(json(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
    CHECK(json("") == "\"\"");
    CHECK(json("\u00e9\u20ac\U0001F600\u2028") == "\"\u00e9\u20ac\U0001F600\u2028\"");
}

TEST_CASE("texts of every length agree with a naive writer, wherever the special characters stand") {
    std::mt19937 random(3);
    std::vector<std::string> const parts{"a",    "b",    " ", "~", "\x7f", "\"", "\\",     "\n",
                                         "\x1f", "\x01", "!", "#", "[",    "]",  "\u00e9", "\U0001F600"};
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        std::string expected = "\"";
        for (auto count = random() % 40; count > 0; --count) {
            std::string const& part = parts[random() % 4 == 0 ? random() % parts.size() : random() % 4];
            text += part;
            if (part == "\"" || part == "\\") expected += "\\" + part;
            else if (part == "\n") expected += "\\n";
            else if (part == "\x1f") expected += "\\u001f";
            else if (part == "\x01") expected += "\\u0001";
            else expected += part;
        }
        REQUIRE(json(text) == expected + "\"");
    }
}

TEST_CASE("what is not UTF-8 is replaced, an ill-formed sequence at a time") {
    std::string const x = "\xEF\xBF\xBD";
    CHECK(json("a\xFFz") == "\"a" + x + "z\"");
    CHECK(json("\xC0\x80") == "\"" + x + x + "\"");                  // overlong
    CHECK(json("\xED\xA0\x80") == "\"" + x + x + x + "\"");          // a surrogate
    CHECK(json("\xF4\x90\x80\x80") == "\"" + x + x + x + x + "\"");  // beyond U+10FFFF
    CHECK(json("\xE2\x82") == "\"" + x + "\"");                      // cut off
    CHECK(json("\xE2\x82\"") == "\"" + x + "\\\"\"");
    CHECK(json("\xF0\x9F\x98z") == "\"" + x + "z\"");
    CHECK(json("\x80\x80") == "\"" + x + x + "\"");
    CHECK(json("\xF5") == "\"" + x + "\"");
}

TEST_CASE("UTF-8 is told from what is not by the table of the Unicode standard") {
    // Table 3-7, written out as intervals; every text of up to three bytes is tried against it, and four-byte ones at
    // the edges.
    auto const in = [](int c, int low, int high) { return low <= c && c <= high; };
    auto const valid = [&](std::vector<int> const& b) {
        switch (b.size()) {
            case 1:
                return b[0] < 0x80;
            case 2:
                return in(b[0], 0xC2, 0xDF) && in(b[1], 0x80, 0xBF);
            case 3:
                return in(b[2], 0x80, 0xBF) &&
                       ((b[0] == 0xE0 && in(b[1], 0xA0, 0xBF)) || (in(b[0], 0xE1, 0xEC) && in(b[1], 0x80, 0xBF)) ||
                        (b[0] == 0xED && in(b[1], 0x80, 0x9F)) || (in(b[0], 0xEE, 0xEF) && in(b[1], 0x80, 0xBF)));
            default:
                return in(b[2], 0x80, 0xBF) && in(b[3], 0x80, 0xBF) &&
                       ((b[0] == 0xF0 && in(b[1], 0x90, 0xBF)) || (in(b[0], 0xF1, 0xF3) && in(b[1], 0x80, 0xBF)) ||
                        (b[0] == 0xF4 && in(b[1], 0x80, 0x8F)));
        }
    };
    std::vector<int> const edges{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    auto const wrong = [&](std::vector<int> const& bytes) {
        std::string text;
        for (int b : bytes) text += static_cast<char>(b);
        auto const [size, is_valid] = weir::detail::first_utf8_sequence(text);
        // The whole text is one character or its beginning is one of a shorter text, which was tried before.
        return (size == bytes.size() && is_valid) != valid(bytes);
    };
    int count = 0;
    for (int a = 0; a < 256; ++a) {
        count += wrong({a});
        for (int b = 0; b < 256; ++b) {
            count += wrong({a, b});
            for (int c : edges) {
                count += wrong({a, b, c});
                for (int d : edges) count += wrong({a, b, c, d});
            }
        }
    }
    CHECK(count == 0);
}

TEST_CASE("floating-point numbers read back as the same number, and others become null") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20000; ++i) {
        std::uint64_t const bits = random();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        std::string const text = json(value);
        if (std::isfinite(value)) REQUIRE(std::strtod(text.c_str(), nullptr) == value);
        else REQUIRE(text == "null");
    }
    CHECK(json(0.1) == "0.1");
    CHECK(json(-0.0) == "-0");
    CHECK(json(3.0) == "3");
    CHECK(json(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(json(std::numeric_limits<float>::infinity()) == "null");
    CHECK(json(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
    CHECK(json(std::numeric_limits<double>::denorm_min()) == "5e-324");
}

}  // namespace weir_test::codec_ndjson
