// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/simdjson.hpp>

#include <catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <support/naive_json.hpp>
#include <vector>

namespace weir_test::adapter_simdjson {

using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

struct click {
    std::string_view user_id, page, country;
    weir::timestamp ts;
};

enum class device { desktop, mobile, tablet };

struct address {
    std::string city;
    std::optional<std::uint16_t> zip;
};

struct visit {
    std::uint64_t id = 0;
    device on = device::desktop;
    bool first = false;
    double seconds = 0;
    float ratio = 0;
    address from;
    std::optional<address> to;
    std::vector<std::string_view> tags;
    std::vector<address> stops;
    std::array<std::int8_t, 3> triple{};
    std::optional<std::vector<bool>> flags;
};

struct renamed {
    std::uint64_t user = 0;
    weir::timestamp seen, sent, at, read;
    double price = 0;
    std::vector<std::int64_t> counts;
};

struct open_end {
    std::optional<std::string_view> q;
};

struct tree {
    std::vector<tree> children;
};

struct branch {
    std::optional<std::vector<branch>> twigs;
};

struct whole_numbers {
    std::optional<std::int8_t> i8;
    std::optional<std::uint8_t> u8;
    std::optional<std::int16_t> i16;
    std::optional<std::uint16_t> u16;
    std::optional<std::int32_t> i32;
    std::optional<std::uint32_t> u32;
    std::optional<std::int64_t> i64;
    std::optional<std::uint64_t> u64;
};

}  // namespace weir_test::adapter_simdjson

template <>
struct weir::members_of<weir_test::adapter_simdjson::renamed> {
    using type = weir_test::adapter_simdjson::renamed;
    static constexpr auto value = weir::members(
        weir::member<"userId", &type::user>.as_text(), weir::member<"seen_s", &type::seen>.in(weir::epoch::seconds),
        weir::member<"sent-ns", &type::sent>.in(weir::epoch::nanoseconds),
        weir::member<"@at", &type::at>.in(weir::epoch::iso8601),
        weir::member<"read_ms", &type::read>.in(weir::epoch::milliseconds).as_text(),
        weir::member<"price", &type::price>.as_text(), weir::member<"counts", &type::counts>.as_text());
};

namespace weir_test::adapter_simdjson {

constexpr weir::timestamp at(std::int64_t millis) { return weir::timestamp(milliseconds(millis)); }

/// One document decoded alone; the bytes lie in an allocation of their own, so that a sanitizer sees one read too many.
template <class T>
struct decoded {
    explicit decoded(std::string_view text, weir::json_options options = {})
        : bytes(new char[text.size()]), decoder(weir::json<T>(options)) {
        text.copy(bytes.get(), text.size());
        good = decoder.decode({bytes.get(), text.size()}, item, why);
    }
    T const* operator->() const { return &item; }

    std::unique_ptr<char[]> bytes;
    weir::json_decoder<T> decoder;
    T item{};
    weir::error why{};
    bool good = false;
};

template <class T>
decoded<T> read(std::string_view text, weir::json_options options = {}) {
    decoded<T> result(text, options);
    INFO(text << "\n" << to_string(result.why));
    REQUIRE(result.good);
    return result;
}

template <class T>
weir::error refusal(std::string_view text, weir::json_options options = {}) {
    decoded<T> const result(text, options);
    INFO(text);
    REQUIRE_FALSE(result.good);
    CHECK(result.why.component == "json");
    return result.why;
}

TEST_CASE("a plain struct is read by the names of its members, and further fields are passed over") {
    auto const c = read<click>(R"({"event_id":"e1","user_id":"u7","ts":1767225600123,"page":"/cart","referrer":null,)"
                               R"("country":"FR","device":{"kind":"mobile","sizes":[1,2.5,{"x":[]}]}})");
    CHECK(c->user_id == "u7");
    CHECK(c->page == "/cart");
    CHECK(c->country == "FR");
    CHECK(c->ts == at(1767225600123));
}

TEST_CASE("every kind of member is read") {
    auto const v =
        read<visit>(R"({ "id" : 18446744073709551615, "on":"tablet", "first":true, "seconds":-1.25e1, "ratio":0.1,
        "from":{"city":"Köln \"am\" Rhein","zip":50667}, "to":null, "tags":["a","","b\u0063"],
        "stops":[{"city":"x"},{"zip":1,"city":"y"}], "triple":[-128,0,127], "flags":[true,false,true] })");
    CHECK(v->id == 18446744073709551615U);
    CHECK(v->on == device::tablet);
    CHECK(v->first);
    CHECK(v->seconds == -12.5);
    CHECK(v->ratio == 0.1F);
    CHECK(v->from.city == "Köln \"am\" Rhein");
    CHECK(v->from.zip == 50667);
    CHECK_FALSE(v->to.has_value());
    CHECK(v->tags == std::vector<std::string_view>{"a", "", "bc"});
    REQUIRE(v->stops.size() == 2);
    CHECK(v->stops[0].city == "x");
    CHECK_FALSE(v->stops[0].zip.has_value());
    CHECK(v->stops[1].zip == 1);
    CHECK(v->triple == std::array<std::int8_t, 3>{-128, 0, 127});
    CHECK(v->flags == std::vector<bool>{true, false, true});
}

struct stays {
    std::chrono::milliseconds brief{};
    std::optional<std::chrono::duration<double>> exact;
};

struct long_names {
    int key = 0;
    int a_name_of_20_letters = 0;
    int a_name_of_20_lettuce = 0;
    int a_name_of_twenty_seven_more = 0;
    int a_name_of_twenty_eight_more_ = 0;
    int a_name_of_many_more_than_thirty_two_letters = 0;
    int a_name_of_many_more_than_thirty_two_letterz = 0;
};

TEST_CASE("keys are told apart by all their letters, in whatever order they come") {
    std::mt19937_64 random(720);
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6};
    auto decoder = weir::json<long_names>();
    for (int i = 0; i < 2000; ++i) {
        if (i % 3 == 0) std::swap(order[random() % 7], order[random() % 7]);
        std::string text = "{";
        for (std::size_t const which : order) {
            if (random() % 9 == 0) text += "\"a_name_of_20_letters_and_more\":9,\"a_name_of_20_letter\":9,\"ke\":9,";
            text += "\"" + std::string(weir::member_names<long_names>[which]) + "\":" + std::to_string(which) + ",";
        }
        text.back() = '}';
        long_names item;
        weir::error why;
        INFO(text);
        REQUIRE(decoder.decode(text, item, why));
        std::size_t sum = 0;
        weir::visit_members(item, [&](auto index, int value) { sum += value == static_cast<int>(index()) ? 1U : 0U; });
        CHECK(sum == 7);
    }
}

struct nothing {};

TEST_CASE("a struct without members takes every object") {
    read<nothing>("{}");
    read<nothing>(R"({"a":{"b":[]},"a":1})");
    refusal<nothing>("[]");
    refusal<nothing>(R"({"a":})");
}

TEST_CASE("a duration is a number of its own unit") {
    auto const s = read<stays>(R"({"brief":-1500,"exact":2.5})");
    CHECK(s->brief == milliseconds(-1500));
    CHECK(s->exact->count() == 2.5);
    CHECK(refusal<stays>(R"({"brief":1.5})").place == "brief, byte 9");
}

TEST_CASE("what a document leaves out is not what the one before had") {
    auto decoder = weir::json<visit>();
    visit v;
    weir::error why;
    std::string_view const common = R"("id":1,"on":"mobile","first":false,"seconds":0,"ratio":0,"triple":[1,2,3],)";
    REQUIRE(decoder.decode("{" + std::string(common) +
                               R"("from":{"city":"a","zip":7},"to":{"city":"b","zip":8},"tags":["t","u"],)"
                               R"("stops":[{"city":"s","zip":9}],"flags":[true]})",
                           v, why));
    std::string const second = "{" + std::string(common) + R"("from":{"city":"c"},"tags":[],"stops":[{"city":"d"}]})";
    REQUIRE(decoder.decode(second, v, why));
    CHECK(v.from.city == "c");
    CHECK_FALSE(v.from.zip.has_value());
    CHECK_FALSE(v.to.has_value());
    CHECK(v.tags.empty());
    CHECK(v.stops.size() == 1);
    CHECK(v.stops[0].city == "d");
    CHECK_FALSE(v.stops[0].zip.has_value());
    CHECK_FALSE(v.flags.has_value());
}

TEST_CASE("members may have other names, a declared unit, and numbers as text") {
    auto const r = read<renamed>(
        R"({"userId":"18446744073709551615","seen_s":1767225600.25,"sent-ns":1767225600000000999,)"
        R"("@at":"2026-01-01T01:00:00.5+01:00","read_ms":"1767225600001","price":"1e-2","counts":["-5",6]})");
    CHECK(r->user == 18446744073709551615U);
    CHECK(r->seen == at(1767225600250));
    CHECK(r->sent == at(1767225600000));
    CHECK(r->at == at(1767225600500));
    CHECK(r->read == at(1767225600001));
    CHECK(r->price == 0.01);
    CHECK(r->counts == std::vector<std::int64_t>{-5, 6});
}

TEST_CASE("a time is a number of milliseconds or ISO 8601 text, unless something else was declared") {
    auto const text = [](char const* ts) {
        return std::string(R"({"user_id":"","page":"","country":"","ts":)") + ts + "}";
    };
    CHECK(read<click>(text("1767225600123"))->ts == at(1767225600123));
    CHECK(read<click>(text("1767225600123.0"))->ts == at(1767225600123));
    CHECK(read<click>(text("1.767225600123E12"))->ts == at(1767225600123));
    CHECK(read<click>(text("\"2026-01-01T00:00:00.123Z\""))->ts == at(1767225600123));
    CHECK(read<click>(text("\"2026-01-01T00:00\\u003a00.123Z\""))->ts == at(1767225600123));
    CHECK_THAT(refusal<click>(text("1767225600")).advice,
               ContainsSubstring("as seconds it would be 2026-01-01T00:00:00Z"));
    CHECK_THAT(refusal<click>(text("\"1767225600123\"")).cause, ContainsSubstring("ISO 8601"));
    CHECK_THAT(refusal<click>(text("-9223372036854775808")).cause, ContainsSubstring("beyond"));
    CHECK_THAT(refusal<click>(text("1e400")).cause, ContainsSubstring("beyond"));
    CHECK_THAT(refusal<click>(text("01")).cause, ContainsSubstring("not a number"));
    CHECK_THAT(refusal<click>(text("true")).cause, ContainsSubstring("a time is expected"));
    CHECK(read<click>(text("7"), {.plausible = weir::any_time})->ts == at(7));

    auto const with = [](char const* at, char const* read_ms) {
        return std::string(
                   R"({"userId":1,"seen_s":1767225600,"sent-ns":1767225600000000000,"price":1,"counts":[],"@at":)") +
               at + R"(,"read_ms":)" + read_ms + "}";
    };
    CHECK(read<renamed>(with("\"2026-01-01T00:00:00Z\"", "1767225600000"))->read == at(1767225600000));
    CHECK(refusal<renamed>(with("1767225600000", "1767225600000")).place == "@at, byte 90");
    CHECK_THAT(refusal<renamed>(with("\"2026-01-01T00:00:00Z\"", "\"2026-01-01T00:00:00Z\"")).advice,
               ContainsSubstring("ISO 8601"));
}

TEST_CASE("whole numbers of every width are read to their ends and not beyond") {
    struct {
        char const* field;
        char const* least;
        char const* most;
        char const* below;
        char const* above;
    } const cases[] = {
        {"i8", "-128", "127", "-129", "128"},
        {"u8", "0", "255", "-1", "256"},
        {"i16", "-32768", "32767", "-32769", "32768"},
        {"u16", "0", "65535", "-1", "65536"},
        {"i32", "-2147483648", "2147483647", "-2147483649", "2147483648"},
        {"u32", "0", "4294967295", "-1", "4294967296"},
        {"i64", "-9223372036854775808", "9223372036854775807", "-9223372036854775809", "9223372036854775808"},
        {"u64", "0", "18446744073709551615", "-1", "18446744073709551616"},
    };
    auto const shown = [](whole_numbers const& n) {
        std::string text;
        auto const add = [&](auto const& value) {
            if (value) text += std::to_string(*value);
        };
        add(n.i8), add(n.u8), add(n.i16), add(n.u16), add(n.i32), add(n.u32), add(n.i64), add(n.u64);
        return text;
    };
    for (auto const& each : cases) {
        auto const text = [&](std::string_view value) {
            return std::string("{\"").append(each.field).append("\":").append(value).append("}");
        };
        CHECK(shown(read<whole_numbers>(text(each.least)).item) == each.least);
        CHECK(shown(read<whole_numbers>(text(each.most)).item) == each.most);
        CHECK(shown(read<whole_numbers>(text("-0")).item) == "0");
        for (char const* value : {each.below, each.above, "99999999999999999999999", "-99999999999999999999999"}) {
            auto const why = refusal<whole_numbers>(text(value));
            CHECK_THAT(why.cause, ContainsSubstring("does not fit"));
            CHECK_THAT(why.place, ContainsSubstring(each.field));
        }
        for (char const* value : {"1.0", "1e2", "0.5", "-1E-1"})
            CHECK_THAT(refusal<whole_numbers>(text(value)).cause, ContainsSubstring("is not a whole number"));
        for (char const* value :
             {"01", "-", "+1", "1.", ".5", "1e", "0x1", "1_000", "12a", "--1", "-01", "1.e1", "Infinity", "NaN"})
            refusal<whole_numbers>(text(value));
        CHECK_THAT(refusal<whole_numbers>(text("\"1\"")).cause, ContainsSubstring("a string stands here"));
    }
}

TEST_CASE("random whole numbers of every length are read exactly") {
    std::mt19937_64 random(64);
    for (int i = 0; i < 5000; ++i) {
        std::uint64_t const bits = random() >> (random() % 64);
        auto const number = static_cast<std::int64_t>(bits) * (i % 2 == 0 ? 1 : -1);
        std::string const pad(random() % 20, ' ');
        CHECK(read<whole_numbers>("{" + pad + "\"i64\":" + std::to_string(number) + pad + "}")->i64 == number);
        CHECK(read<whole_numbers>("{\"u64\":" + pad + std::to_string(bits) + "}")->u64 == bits);
    }
}

struct floats {
    std::optional<double> d;
    std::optional<float> f;
};

TEST_CASE("floating-point numbers are the nearest to what is written, never infinite") {
    auto const as_double = [](std::string const& text) { return *read<floats>("{\"d\":" + text + "}")->d; };
    auto const as_float = [](std::string const& text) { return *read<floats>("{\"f\":" + text + "}")->f; };
    for (char const* text : {"0",
                             "-0",
                             "1",
                             "0.1",
                             "-0.5",
                             "3.14159265358979",
                             "1e22",
                             "1e23",
                             "123456789012345678",
                             "1.7976931348623157e308",
                             "2.2250738585072011e-308",
                             "4.9e-324",
                             "9007199254740993",
                             "0.000001",
                             "1E-5",
                             "100000000000000000000000",
                             "3.4028234663852886e38",
                             "1.17549435e-38",
                             "16777217",
                             "0.30000001192092896"}) {
        INFO(text);
        CHECK(as_double(text) == std::strtod(text, nullptr));
        CHECK(std::signbit(as_double(text)) == (text[0] == '-'));
        if (std::fabs(std::strtod(text, nullptr)) <= 3.4028234663852886e38)
            CHECK(as_float(text) == std::strtof(text, nullptr));
    }
    CHECK(as_double("1e-400") == 0);
    CHECK(std::signbit(as_double("-1e-99999999999999999999")));
    CHECK(as_double("0e99999999999999999999") == 0);
    CHECK(as_double("0." + std::string(400, '0') + "1e401") == 1);
    CHECK(as_float("1e-60") == 0);
    for (char const* text : {"1e400", "-1e309", "1e99999999999999999999"})
        CHECK_THAT(refusal<floats>("{\"d\":" + std::string(text) + "}").cause, ContainsSubstring("does not fit"));
    CHECK_THAT(refusal<floats>("{\"f\":3.5e38}").cause, ContainsSubstring("does not fit"));
    for (char const* text :
         {"NaN", "Infinity", "-Infinity", "nan", "1e", "1.", ".1", "+1", "01", "1.5.2", "0x1p3", "\"1\"", "null1"})
        refusal<floats>("{\"d\":" + std::string(text) + "}");

    std::mt19937_64 random(53);
    for (int i = 0; i < 20000; ++i) {
        char text[64];
        double const number = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 200) - 150);
        std::snprintf(text, sizeof text, i % 3 == 0 ? "%.17g" : i % 3 == 1 ? "%.6g" : "%.3f", number);
        INFO(text);
        CHECK(as_double(text) == std::strtod(text, nullptr));
        if (number < 1e38) CHECK(as_float(text) == std::strtof(text, nullptr));
    }
}

TEST_CASE("an error names the field and the byte") {
    struct {
        char const* text;
        char const* place;
        char const* cause;
    } const cases[] = {
        {R"({"user_id":"a","page":1})", "page, byte 22", "a number stands here, where a string is expected"},
        {R"({"user_id":"a","page":null})", "page, byte 22", "null stands here"},
        {R"({"user_id":"a","ts":1767225600000,"country":"x"})", "page, byte 0", "the field is missing: page"},
        {R"({"user_id":"a","country":"x"})", "byte 0", "these fields are missing: page, ts"},
        {R"({})", "byte 0", "these fields are missing: user_id, page, country, ts"},
        {R"({"user_id":"a","user_id":"b"})", "user_id, byte 15", "the key is there twice"},
        {R"({"x":{"y":[1,2,{"z":tru}]}})", "x.y[2].z, byte 20", "tru is not a value"},
        {R"({"x":{"y":[1,2,{"z":"\q"}]}})", "x.y[2].z, byte 21", "is not an escape sequence"},
        {R"({"x":[[],[[1,02]]]})", "x[1][0][1], byte 13", "02 is not a number"},
        {R"({"user_id":"a" "page":"b"})", "user_id, byte 15", "where ',' or '}' is expected"},
        {R"({"user_id" "a"})", "user_id, byte 11", "where ':' is expected"},
        {R"({"user_id":"a",})", "byte 15", "where a key in quotes is expected"},
        {R"({user_id:"a"})", "byte 1", "where a key in quotes is expected"},
        {R"({"user_id":"a")", "user_id, byte 14", "the document ends here"},
        {R"({"user_id":)", "user_id, byte 11", "the document ends here"},
        {R"({"ts":)", "ts, byte 6", "the document ends here"},
        {R"([1])", "byte 0", "an array stands here, where an object is expected"},
        {R"("a")", "byte 0", "a string stands here, where an object is expected"},
        {R"()", "byte 0", "the payload is empty"},
        {" \n ", "byte 0", "the payload is empty"},
        {"{\"user_id\":\"a\tb\"}", "user_id, byte 13", "a control character stands unescaped"},
        {"{\"user_id\":\"a\xff\"}", "user_id, byte 13", "not valid UTF-8"},
        {"{\"x\":{\"a\xc3\":1}}", "x, byte 8", "not valid UTF-8"},
        {R"({"user_id":"a)", "user_id, byte 11", "a string is never closed"},
        {"\xef\xbb\xbf{}", "byte 0", "byte order mark"},
        {R"({"x":[1,2}})", "x[1], byte 9", "where ',' or ']' is expected"},
        {R"({"x":{"a":1]})", "x.a, byte 11", "where ',' or '}' is expected"},
    };
    for (auto const& each : cases) {
        auto const why = refusal<click>(each.text);
        INFO(each.text << "\n" << to_string(why));
        CHECK(why.place == each.place);
        CHECK_THAT(why.cause, ContainsSubstring(each.cause));
    }
    std::string const good = R"({"user_id":"a","page":"b","country":"c","ts":1767225600000})";
    CHECK_THAT(refusal<click>(good + good).cause, ContainsSubstring("a second document follows"));
    CHECK_THAT(refusal<click>(good + "\n" + good).cause, ContainsSubstring("a second document follows"));
    CHECK(refusal<click>(good + " x").place == "byte 60");
    CHECK_THAT(refusal<click>(good + ",").cause, ContainsSubstring("something follows the end"));
    read<click>(" \r\n\t" + good + " \n");

    auto const why = refusal<visit>(R"({"id":1,"on":"phone"})");
    CHECK(why.place == "on, byte 13");
    CHECK(why.cause == "there is no name \"phone\"");
    CHECK(why.advice == "the names are desktop, mobile, tablet");
    CHECK(refusal<visit>(R"({"triple":[1,2]})").place == "triple, byte 10");
    CHECK(refusal<visit>(R"({"triple":[1,2,3,4]})").place == "triple, byte 10");
    CHECK(refusal<visit>(R"({"stops":[{"city":"a"},{"city":"b","zip":70000}]})").place == "stops[1].zip, byte 41");
    CHECK(refusal<visit>(R"({"stops":[{"city":"a"},{"zip":7}]})").place == "stops[1].city, byte 23");
    CHECK(refusal<renamed>(R"({"userId":"12x"})").cause == "the string \"12x\" is not a whole number");
    CHECK(refusal<renamed>(R"({"userId":""})").cause == "the string \"\" is not a whole number");
}

TEST_CASE("an error shows no control characters and has an end") {
    auto const why = refusal<click>("{\"" + std::string(100000, 'k') + "\x1b[31m\":1}");
    CHECK(to_string(why).size() < 1000);
    auto const deep =
        refusal<click>("{\"\\u001bk\":" + std::string(60, '[') + "\"\x7f\\x\"" + std::string(60, ']') + "}");
    for (char c : to_string(deep)) CHECK((c >= ' ' && c <= '~'));
}

TEST_CASE("a key that comes twice is an error, or the first or the last counts") {
    std::string const text = R"({"q":"first","x":1,"x":2,"q":null,"q":"last"})";
    refusal<open_end>(text);
    CHECK(read<open_end>(text, {.duplicates = weir::duplicate_key::first_wins})->q == "first");
    CHECK(read<open_end>(text, {.duplicates = weir::duplicate_key::last_wins})->q == "last");
    CHECK(read<open_end>(R"({"\u0071":"escaped"})")->q == "escaped");
    refusal<open_end>(R"({"q":"a","\u0071":"b"})");
}

TEST_CASE("nesting is limited, whether it is read or passed over, and costs no stack") {
    auto const arrays = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    auto const objects = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
        return text + "1" + std::string(depth, '}');
    };
    auto const trees = [](std::size_t depth) {
        std::string text = "{\"children\":[]}";
        for (std::size_t i = 1; i < depth; ++i) text = "{\"children\":[" + text + "]}";
        return text;
    };
    read<open_end>("{\"x\":" + arrays(63) + "}");
    read<open_end>("{\"x\":" + objects(63) + "}");
    CHECK_THAT(refusal<open_end>("{\"x\":" + arrays(64) + "}").cause, ContainsSubstring("deeper than 64"));
    CHECK(refusal<open_end>("{\"x\":" + objects(64) + "}").place.ends_with("byte 320"));
    refusal<open_end>("{\"x\":" + std::string(1000000, '['));
    refusal<open_end>("{\"x\":" + arrays(500000) + "}");
    read<tree>(trees(32));
    refusal<tree>(trees(33));
    read<tree>(trees(512), {.deepest = 1024});
    refusal<tree>(trees(513), {.deepest = 1000000});
    read<branch>(R"({"twigs":[{}]})", {.deepest = 3});
    refusal<branch>(R"({"twigs":[{}]})", {.deepest = 2});
    read<branch>(R"({"twigs":[{"twigs":[]}]})", {.deepest = 4});
    refusal<branch>(R"({"twigs":[{"twigs":[]}]})", {.deepest = 3});
    read<open_end>("{\"x\":" + arrays(2) + "}", {.deepest = 3});
    refusal<open_end>("{\"x\":" + arrays(3) + "}", {.deepest = 3});
}

}  // namespace weir_test::adapter_simdjson
