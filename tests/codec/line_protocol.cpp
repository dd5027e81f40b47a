// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/line_protocol.hpp>

#include <catch.hpp>
#include <oracle/random_stream.hpp>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/line_parser.hpp>
#include <vector>

namespace weir_test::codec_line_protocol {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::column;

enum class color { red, green };

template <class Row>
std::string line_of(Row const& row, weir::line_protocol_options options = {}) {
    if (options.measurement.empty()) options.measurement = "m";
    weir::line_protocol<Row> const codec(options);
    if (codec.problem()) return to_string(*codec.problem());
    weir::byte_buffer into;
    weir::error why;
    return codec.encode(row, into, why) ? std::string(into.view()) : to_string(why);
}

using window_row =
    weir::row<column<"window_start", weir::timestamp>, column<"window_end", weir::timestamp>,
              column<"page", std::string_view>, column<"country", std::string_view>, column<"clicks", std::uint64_t>>;

TEST_CASE("a window's row is a point: tags by name, fields in order, the window's end as time") {
    window_row const row{{weir::timestamp(60s), weir::timestamp(120s), "/home", "FR", 12}};
    CHECK(line_of(row, {.measurement = "page_minute"}) ==
          "page_minute,country=FR,page=/home window_start=60000000i,clicks=12i 120000000\n");
    CHECK(line_of(row, {.tags = {"page"}, .omit = {"window_start"}}) ==
          "m,page=/home country=\"FR\",clicks=12i 120000000\n");
    CHECK(line_of(row, {.guess_tags = false, .fields = {"clicks"}, .time = "window_start"}) ==
          "m clicks=12i 60000000\n");
}

struct everything {
    weir::timestamp at;
    bool b;
    std::int8_t i;
    std::uint32_t u;
    float f;
    double d;
    std::string s;
    color c;
    std::chrono::milliseconds span;
    std::optional<double> maybe;
    std::optional<weir::timestamp> seen;
};

TEST_CASE("each type has its spelling as a field") {
    everything const row{weir::timestamp(1us), true,   -7, 4'000'000'000,       0.1F, 1e300, "a \"b\" \\ c,d=e",
                         color::green,         1500ms, {}, weir::timestamp(9us)};
    CHECK(line_of(row, {.guess_tags = false}) ==
          "m b=t,i=-7i,u=4000000000i,f=0.1,d=1e+300,s=\"a \\\"b\\\" \\\\ c,d=e\",c=\"green\",span=1500i,seen=9i 1\n");
    CHECK(line_of(row, {.guess_tags = false, .fields = {"u", "b"}, .unsigned_fields = true}) ==
          "m b=t,u=4000000000u 1\n");
}

TEST_CASE("each type has its spelling as a tag") {
    everything const row{weir::timestamp(1us), false,  -7, 4'000'000'000,       0.5F, 1e300, "a b,c=d\"e",
                         color::red,           1500ms, {}, weir::timestamp(9us)};
    CHECK(line_of(row, {.tags = {"b", "i", "u", "f", "s", "c", "span", "maybe", "seen"}, .fields = {"d"}}) ==
          "m,b=false,c=red,f=0.5,i=-7,s=a\\ b\\,c\\=d\"e,seen=9,span=1500,u=4000000000 d=1e+300 1\n");
}

TEST_CASE("names are escaped") {
    using odd =
        weir::row<column<"at", weir::timestamp>, column<"a key", std::string_view>, column<"b,=", std::uint64_t>>;
    CHECK(line_of(odd{{weir::timestamp(1us), "x", 2}}, {.measurement = "page, views=1"}) ==
          "page\\,\\ views=1,a\\ key=x b\\,\\==2i 1\n");
}

template <class T>
using tagged = weir::row<column<"at", weir::timestamp>, column<"tag", T>, column<"n", std::uint64_t>>;
template <class T>
std::string with_tag(T tag, weir::line_protocol_options options = {.tags = {"tag"}}) {
    return line_of(tagged<T>{{weir::timestamp(1us), tag, 1}}, options);
}
template <class T>
using with_value = weir::row<column<"at", weir::timestamp>, column<"v", T>>;
template <class T>
std::string with_field(T value, weir::line_protocol_options options = {.guess_tags = false}) {
    return line_of(with_value<T>{{weir::timestamp(1us), value}}, options);
}

TEST_CASE("what a tag cannot hold is an error that names the column, never a silent change") {
    CHECK_THAT(with_tag(std::string("/a\nadmin,role=root x=1i 1")),
               ContainsSubstring("line_protocol: tag: the value holds a line break"));
    CHECK_THAT(with_tag(std::string("a\r")), ContainsSubstring("carriage return"));
    CHECK_THAT(with_tag(std::string("a\0b", 3)), ContainsSubstring("zero byte"));
    CHECK_THAT(with_tag(std::string("ends in a backslash\\")), ContainsSubstring("backslash"));
    CHECK_THAT(with_tag(std::string("\\")), ContainsSubstring("backslash"));
    CHECK_THAT(with_tag(std::string("a\\,b")), ContainsSubstring("backslash"));
    CHECK_THAT(with_tag(std::string("\\\\server\\share")), ContainsSubstring("backslash"));
    CHECK_THAT(with_tag(std::string()), ContainsSubstring("the tag value is empty"));
    CHECK_THAT(with_tag(static_cast<color>(44)), ContainsSubstring("no enumerator"));
    CHECK_THAT(with_tag(std::nan("")), ContainsSubstring("not finite"));
    CHECK(with_tag(std::string("C:\\temp")) == "m,tag=C:\\temp n=1i 1\n");
    CHECK(with_tag(std::string("tab\tbed \xff")) == "m,tag=tab\tbed\\ \xff n=1i 1\n");
}

TEST_CASE("an empty tag can be left out on request, an absent one always is") {
    CHECK(with_tag(std::string(), {.tags = {"tag"}, .omit_empty_tags = true}) == "m n=1i 1\n");
    CHECK(with_tag(std::optional<std::string>()) == "m n=1i 1\n");
    CHECK(with_tag(std::optional<std::string>("x")) == "m,tag=x n=1i 1\n");
    CHECK_THAT(with_tag(std::optional<std::string>("")), ContainsSubstring("the tag value is empty"));
}

TEST_CASE("what a field cannot hold is an error that names the column") {
    CHECK_THAT(with_field(std::nan("")), ContainsSubstring("line_protocol: v: the number is not finite"));
    CHECK_THAT(with_field(-std::numeric_limits<float>::infinity()), ContainsSubstring("not finite"));
    CHECK_THAT(with_field(std::numeric_limits<std::uint64_t>::max()),
               ContainsSubstring("larger than a signed 64-bit field holds"));
    CHECK_THAT(with_field(std::string("a\nb")), ContainsSubstring("line break"));
    CHECK_THAT(with_field(std::string(65'537, 'x')), ContainsSubstring("longer than 64 KiB"));
    CHECK_THAT(with_field(std::optional<int>()), ContainsSubstring("the row has no field"));
    CHECK_THAT(with_field(static_cast<color>(44)), ContainsSubstring("no enumerator"));
    CHECK(with_field(std::string(65'536, 'x')).size() == 65'536 + 9);
    CHECK(with_field(std::string()) == "m v=\"\" 1\n");
    CHECK(with_field(std::numeric_limits<std::uint64_t>::max(), {.unsigned_fields = true}) ==
          "m v=18446744073709551615u 1\n");
    CHECK(with_field(std::numeric_limits<std::int64_t>::min()) == "m v=-9223372036854775808i 1\n");
}

TEST_CASE("a series key that servers refuse is refused here") {
    CHECK_THAT(with_tag(std::string(65'600, 'x')), ContainsSubstring("longer than 64 KiB"));
    CHECK_THAT(with_tag(std::string(32'800, ' ')), ContainsSubstring("longer than 64 KiB"));
    CHECK(with_tag(std::string(65'000, 'x')).size() > 65'000);
}

TEST_CASE("the time takes the precision's steps exactly, or is refused") {
    auto const at = [](weir::timestamp time, weir::line_precision precision) {
        return line_of(with_value<int>{{time, 1}}, {.precision = precision});
    };
    using precision = weir::line_precision;
    CHECK(at(weir::timestamp(1'500'000us), precision::nanoseconds) == "m v=1i 1500000000\n");
    CHECK(at(weir::timestamp(1'500'000us), precision::microseconds) == "m v=1i 1500000\n");
    CHECK(at(weir::timestamp(1'500'000us), precision::milliseconds) == "m v=1i 1500\n");
    CHECK_THAT(at(weir::timestamp(1'500'000us), precision::seconds),
               ContainsSubstring("at: the time lies between two steps"));
    CHECK_THAT(at(weir::timestamp(-1us), precision::milliseconds), ContainsSubstring("between two steps"));
    CHECK(at(weir::timestamp(-3s), precision::seconds) == "m v=1i -3\n");
    CHECK(at(weir::timestamp(9'223'372'036'854'775us), precision::nanoseconds) == "m v=1i 9223372036854775000\n");
    for (weir::timestamp far : {weir::timestamp(9'223'372'036'854'776us), weir::timestamp(-9'223'372'036'854'776us),
                                weir::end_of_time, weir::beginning_of_time})
        for (auto p : {precision::nanoseconds, precision::microseconds, precision::milliseconds, precision::seconds})
            CHECK_THAT(at(far, p), ContainsSubstring("the time is outside of the years"));
}

TEST_CASE("options that do not fit the row make every row an error, which says so at once") {
    weir::line_protocol<window_row> const codec({.measurement = "m", .tags = {"pages"}});
    REQUIRE(codec.problem());
    CHECK_THAT(codec.problem()->cause, ContainsSubstring("'pages'"));
    weir::byte_buffer into;
    weir::error why;
    CHECK_FALSE(codec.encode(window_row{}, into, why));
    CHECK(why == *codec.problem());
}

TEST_CASE("a refused row appends nothing that counts") {
    weir::line_protocol<window_row> const codec({.measurement = "m"});
    weir::byte_buffer into;
    weir::error why;
    REQUIRE(codec.encode(window_row{{{}, {}, "/", "FR", 1}}, into, why));
    std::string const before(into.view());
    CHECK_FALSE(codec.encode(window_row{{{}, {}, "/", "F\nR", 1}}, into, why));
    CHECK(into.view() == before);
    CHECK(why.place == "country");
}

TEST_CASE("every byte at every place of a tag is copied, escaped or refused as the rules say") {
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string tag(size, 'x');
                tag[at] = static_cast<char>(byte);
                bool const refused = byte == 0 || byte == '\n' || byte == '\r' || (byte == '\\' && at + 1 == size);
                bool const escaped = byte == ',' || byte == '=' || byte == ' ';
                std::string expected = tag;
                if (escaped) expected.insert(at, "\\");
                std::string const line = with_tag(std::string_view(tag));
                if (refused) REQUIRE(line.starts_with("line_protocol: tag: "));
                else REQUIRE(line == "m,tag=" + expected + " n=1i 1\n");
            }
        }
    }
}

TEST_CASE("random rows are read back as they were by a parser that knows the rules only") {
    using row = weir::row<column<"at", weir::timestamp>, column<"z", std::string_view>,
                          column<"a", std::optional<std::string_view>>, column<"text", std::string_view>,
                          column<"n", std::int64_t>, column<"d", std::optional<double>>>;
    weir::line_protocol<row> const codec({.measurement = "a measurement, odd", .tags = {"z", "a"}});
    REQUIRE_FALSE(codec.problem());
    std::mt19937_64 random(23);
    std::string_view const alphabet("ab,= \\\"\t\xc3\xa9#/xyz\n\r\0", 19);
    auto const text = [&] {
        std::string made(random() % 14, ' ');
        std::size_t const letters = random() % 3 == 0 ? alphabet.size() : alphabet.size() - 3;
        for (char& c : made) c = alphabet[random() % letters];
        return made;
    };
    int accepted = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string const z = text(), a = text(), t = text();
        row r;
        r.get<"at">() = weir::timestamp(weir::duration(static_cast<std::int64_t>(random() % 2'000'000'000'000'000)));
        r.get<"z">() = z;
        if (random() % 2 != 0) r.get<"a">() = a;
        r.get<"text">() = t;
        r.get<"n">() = static_cast<std::int64_t>(random());
        if (random() % 2 != 0) r.get<"d">() = static_cast<double>(static_cast<std::int64_t>(random())) * 1e-9;
        weir::byte_buffer into;
        weir::error why;
        if (!codec.encode(r, into, why)) {
            auto const unspeakable = [](std::string_view tag) {
                return tag.empty() || tag.find_first_of(std::string_view("\n\r\0\\", 4)) != std::string_view::npos;
            };
            REQUIRE((unspeakable(z) || (r.get<"a">() && unspeakable(a)) || t.find('\n') != std::string::npos));
            continue;
        }
        ++accepted;
        auto const point = line_parser(into.view()).read();
        CAPTURE(into.view());
        REQUIRE(point);
        REQUIRE(point->measurement == "a measurement, odd");
        REQUIRE(point->tags_sorted);
        REQUIRE(point->tags.at("z") == z);
        REQUIRE(point->tags.size() == (r.get<"a">() ? 2 : 1));
        if (r.get<"a">()) REQUIRE(point->tags.at("a") == a);
        REQUIRE(point->fields.at("text") == "\"" + t);
        REQUIRE(point->fields.at("n") == std::to_string(r.get<"n">()) + "i");
        REQUIRE(point->fields.count("d") == (r.get<"d">() ? 1 : 0));
        if (r.get<"d">()) REQUIRE(std::strtod(point->fields.at("d").c_str(), nullptr) == *r.get<"d">());
        REQUIRE(point->time == std::to_string(r.get<"at">().time_since_epoch().count()));
    }
    CHECK(accepted > 4000);
}

TEST_CASE("numbers are written as std::to_chars writes them") {
    auto const same = [](auto number, auto put) {
        char ours[40], theirs[40];
        char const* const end = put(ours, number);
        auto const wanted = std::to_chars(theirs, theirs + sizeof theirs, number);
        return std::string_view(ours, static_cast<std::size_t>(end - ours)) ==
               std::string_view(theirs, static_cast<std::size_t>(wanted.ptr - theirs));
    };
    auto const check = [&](std::uint64_t number) {
        CAPTURE(number);
        REQUIRE(same(number, [](char* at, std::uint64_t n) { return weir::detail::put_unsigned(at, n); }));
        REQUIRE(same(static_cast<std::int64_t>(number), [](char* at, std::int64_t n) { return weir::detail::put_signed(at, n); }));
    };
    check(0);
    check(~std::uint64_t{0});
    check(std::uint64_t{1} << 63);
    for (std::uint64_t power = 1, digits = 1; digits <= 20; power *= 10, ++digits)
        for (std::uint64_t near = 0; near < 3; ++near) check(power - 1 + near);
    dice roll(11);
    for (int i = 0; i < 100'000; ++i)
        check(static_cast<std::uint64_t>(roll.between(0, std::numeric_limits<std::int64_t>::max() - 1)) * 2 >> roll.between(0, 63));
}

}  // namespace weir_test::codec_line_protocol
