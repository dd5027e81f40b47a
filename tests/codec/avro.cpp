// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/avro.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <support/cases.hpp>
#include <vector>

namespace weir_test::codec_avro {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Catch::Matchers::ContainsSubstring;

enum class suit { spades, hearts, clubs };

struct place {
    std::string_view city;
    std::int32_t code;
    friend bool operator==(place const&, place const&) = default;
};

struct everything {
    bool truth;
    std::int8_t tiny;
    std::uint32_t wide;
    std::int64_t whole;
    float single;
    double real;
    std::string_view text;
    std::vector<std::byte> bytes;
    weir::timestamp time;
    std::chrono::sys_days day;
    std::chrono::milliseconds span;
    weir::avro::decimal<20, 3> price;
    weir::avro::uuid id;
    suit card;
    std::array<std::byte, 3> fixed;
    std::optional<std::string> maybe;
    std::vector<place> places;
    std::array<int, 2> pair;
    std::map<std::string, std::int64_t> counts;
    std::vector<std::pair<std::string_view, bool>> flags;
    friend bool operator==(everything const&, everything const&) = default;
};

/// A tree, which contains itself.
struct tree {
    int value = 0;
    std::vector<tree> children;
    friend bool operator==(tree const&, tree const&) = default;
};

struct count_only {
    std::int64_t count = 0;
};

struct inner_b;
struct inner_a {
    std::vector<inner_b> b;
    std::int64_t missing = 0;
};
struct inner_b {
    std::vector<inner_a> a;
};
struct either_way {
    std::optional<inner_a> x;
    std::optional<inner_b> y;
};

std::string encode(auto const& item) {
    weir::byte_buffer bytes;
    weir::error why;
    bool const good = weir::avro::append(item, bytes, why);
    INFO(to_string(why));
    REQUIRE(good);
    return std::string(bytes.view());
}

template <class T>
weir::avro::reading<T> reading_of(std::string_view schema) {
    auto made = weir::avro::reading<T>::of(schema);
    if (!made) FAIL(to_string(made.problem()));
    return *std::move(made);
}
template <class T>
std::string refusal(std::string_view schema) {
    auto const made = weir::avro::reading<T>::of(schema);
    return made ? "it was taken" : to_string(made.problem());
}

/// What becomes of the bytes: the error in one line, or "".
template <class T>
std::string decode(weir::avro::reading<T> const& how, std::string_view bytes, T& into) {
    weir::error why;
    return how.decode(bytes, into, why) ? std::string() : to_string(why);
}
template <class T>
T decoded(std::string_view schema, std::string_view bytes) {
    T into{};
    std::string const problem = decode(reading_of<T>(schema), bytes, into);
    INFO(problem);
    CHECK(problem.empty());
    return into;
}
template <class T>
std::string failure(std::string_view schema, std::string_view bytes) {
    T into{};
    return decode(reading_of<T>(schema), bytes, into);
}

std::string record(std::string_view fields) { return R"({"type":"record","name":"r","fields":[)" + std::string(fields) + "]}"; }
std::string field(std::string_view name, std::string_view type) {
    return R"({"name":")" + std::string(name) + R"(","type":)" + std::string(type) + "}";
}

struct long_and_text {
    std::int64_t a;
    std::string_view b;
};

TEST_CASE("avro: the record of the specification has the bytes that stand there") {
    // "Apache Avro Specification", Binary Encoding: {"a": 27, "b": "foo"} is 36 06 66 6f 6f.
    CHECK(encode(long_and_text{27, "foo"}) == "\x36\x06\x66\x6f\x6f");
    auto const schema = record(field("a", R"("long")") + "," + field("b", R"("string")"));
    auto const item = decoded<long_and_text>(schema, "\x36\x06\x66\x6f\x6f");
    CHECK(item.a == 27);
    CHECK(item.b == "foo");
}

TEST_CASE("avro: numbers are zigzag, seven bits a byte") {
    struct one { std::int64_t n; };
    CHECK(encode(one{0}) == "\0"sv);
    CHECK(encode(one{-1}) == "\1");
    CHECK(encode(one{1}) == "\2");
    CHECK(encode(one{-64}) == "\x7f");
    CHECK(encode(one{64}) == "\x80\x01");
    CHECK(encode(one{INT64_MAX}) == "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    CHECK(encode(one{INT64_MIN}) == "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST_CASE("avro: whatever is written is read back, under the type's own schema") {
    everything item{.truth = true, .tiny = -7, .wide = 4'000'000'000, .whole = INT64_MIN, .single = 0.1F, .real = -1e300,
                    .text = "zażółć", .bytes = {std::byte{0}, std::byte{255}}, .time = weir::timestamp(-1us),
                    .day = std::chrono::sys_days(std::chrono::days(20'000)), .span = 1500ms, .price = {-123456789012345678},
                    .id = *weir::avro::uuid::parse("123e4567-e89b-12d3-a456-426614174000"), .card = suit::clubs,
                    .fixed = {std::byte{1}, std::byte{2}, std::byte{3}}, .maybe = "x", .places = {{"Kraków", 30}, {"", -1}},
                    .pair = {4, 5}, .counts = {{"a", 1}, {"b", -1}}, .flags = {{"on", true}, {"off", false}}};
    auto const how = reading_of<everything>(weir::avro::schema_of<everything>());
    everything back{};
    std::string bytes = encode(item);
    CHECK(decode(how, bytes, back).empty());
    CHECK(back == item);
    // The same object again: nothing of the item before is left.
    item.maybe.reset();
    item.places.clear();
    item.counts.clear();
    item.flags.clear();
    bytes = encode(item);
    CHECK(decode(how, bytes, back).empty());
    CHECK(back == item);
}

TEST_CASE("avro: a type that contains itself is a schema that names itself") {
    CHECK(weir::avro::schema_of<tree>() ==
          R"({"type":"record","name":"tree","fields":[{"name":"value","type":"int"},)"
          R"({"name":"children","type":{"type":"array","items":"tree"}}]})");
    tree const item{1, {{2, {{3, {}}}}, {4, {}}}};
    auto const bytes = encode(item);
    CHECK(decoded<tree>(weir::avro::schema_of<tree>(), bytes) == item);
    // And where nobody wants it, it is passed over.
    struct value_only { int value; };
    CHECK(decoded<value_only>(weir::avro::schema_of<tree>(), bytes).value == 1);
}

TEST_CASE("avro: a member takes what may be promoted to it, and nothing else") {
    struct target { std::int64_t n; };
    struct single { float n; };
    struct real { double n; };
    struct text { std::string_view n; };
    struct raw { std::vector<std::byte> n; };
    struct small { std::int32_t n; };
    auto const schema = [](std::string_view type) { return record(field("n", type)); };
    CHECK(decoded<target>(schema(R"("int")"), "\x03").n == -2);
    CHECK(decoded<single>(schema(R"("long")"), "\x04").n == 2);
    CHECK(decoded<real>(schema(R"("int")"), "\x04").n == 2);
    CHECK(decoded<real>(schema(R"("float")"), "\0\0\0\x3f"sv).n == 0.5);
    CHECK(decoded<text>(schema(R"("bytes")"), "\x02x").n == "x");
    CHECK(decoded<raw>(schema(R"("string")"), "\x02x").n.size() == 1);
    CHECK(refusal<small>(schema(R"("long")")) ==
          "avro: field 'n': the writer's schema says long, the struct's member is int (int)");
    for (std::string_view const type : {R"("float")", R"("double")", R"("string")", R"("null")", R"("boolean")"})
        CHECK_THAT(refusal<target>(schema(type)), ContainsSubstring("the struct's member is long"));
    CHECK_THAT(refusal<single>(schema(R"("double")")), ContainsSubstring("says double, the struct's member is float"));
    CHECK_THAT(refusal<text>(schema(R"("long")")), ContainsSubstring("says long, the struct's member is string"));
}

struct page_view {
    std::string_view page;
    std::int64_t viewed;
    std::string_view country = "?";
    std::int32_t version = 0;
    std::optional<std::string_view> referrer;
};

TEST_CASE("avro: fields may come in another order, be more, be fewer where the member has a default") {
    auto const whole = record(field("x", R"({"type":"array","items":["null","double"]})") + "," + field("version", R"("int")") +
                              "," + field("viewed", R"("long")") + "," + field("m", R"({"type":"map","values":"bytes"})") + "," +
                              field("page", R"("string")"));
    page_view view = {.page = {}, .viewed = {}, .country = "PL", .version = {}, .referrer = "left over"};
    CHECK(decode(reading_of<page_view>(whole), "\x04\0\x02\x01\2\3\4\5\6\7\x08\0\x06\x0a\x02\x02k\x02v\0\x02/"sv, view).empty());
    CHECK(view.page == "/");
    CHECK(view.viewed == 5);
    CHECK(view.version == 3);
    CHECK(view.country == "?");
    CHECK_FALSE(view.referrer);
}

TEST_CASE("avro: a member that the writer lacks and that has no default is one clear error") {
    auto const error = refusal<page_view>(record(field("page", R"("string")") + "," + field("seen", R"("long")") + "," +
                                                 field("version", R"("int")")));
    CHECK_THAT(error, ContainsSubstring("avro: field 'viewed': the writer's record r has no such field, only page, seen, version"));
    CHECK_THAT(error, ContainsSubstring("weir::avro::aliases"));
    // An initializer that says what the type says anyway is none.
    CHECK_THAT(refusal<page_view>(record(field("page", R"("string")") + "," + field("viewed", R"("long")"))),
               ContainsSubstring("field 'version'"));
}

struct renamed {
    std::string_view user;
    int n = 0;
    double score = 0;
};

}  // namespace weir_test::codec_avro

template <>
struct weir::members_of<weir_test::codec_avro::renamed> {
    using type = weir_test::codec_avro::renamed;
    static constexpr auto value = weir::members(
        weir::member<"userId", &type::user>.with(weir::avro::aliases("uid", "user_name")),
        weir::member<"n", &type::n>.with(weir::avro::defaulted),
        weir::member<"score", &type::score>.with(weir::avro::aliases("n")).with(weir::avro::defaulted));
};

namespace weir_test::codec_avro {

TEST_CASE("avro: a member goes by its outside name, then by its aliases in order") {
    auto const user_of = [](std::string const& fields, std::string_view bytes) {
        return decoded<renamed>(record(fields), bytes).user;
    };
    CHECK(user_of(field("userId", R"("string")"), "\2a") == "a");
    CHECK(user_of(field("uid", R"("string")"), "\2a") == "a");
    CHECK(user_of(field("user_name", R"("string")"), "\2a") == "a");
    CHECK(user_of(field("user_name", R"("string")") + "," + field("uid", R"("string")"), "\2a\2b") == "b");
    CHECK(user_of(field("uid", R"("string")") + "," + field("userId", R"("string")"), "\2a\2b") == "b");
    // A field that has a member of its own name is no alias of another.
    auto const item = decoded<renamed>(record(field("userId", R"("string")") + "," + field("n", R"("int")")), "\2a\4");
    CHECK(item.n == 2);
    CHECK(item.score == 0);
    CHECK_THAT(refusal<renamed>(record(field("user", R"("string")"))), ContainsSubstring("field 'userId'"));
    CHECK(weir::avro::schema_of<renamed>() ==
          R"({"type":"record","name":"renamed","fields":[{"name":"userId","type":"string","aliases":["uid","user_name"]},)"
          R"({"name":"n","type":"int","default":0},{"name":"score","type":"double","aliases":["n"],"default":0}]})");
}

TEST_CASE("avro: a union is read branch by branch") {
    struct maybe { std::optional<std::int64_t> n; };
    struct always { std::int64_t n; };
    auto const schema = record(field("n", R"(["string","null","int",{"type":"record","name":"s","fields":[]}])"));
    CHECK(decoded<maybe>(schema, "\x04\x06").n == 3);
    CHECK_FALSE(decoded<maybe>(schema, "\x02").n);
    CHECK(decoded<always>(schema, "\x04\x06").n == 3);
    CHECK(failure<maybe>(schema, "\x00\x02x"sv) == "avro: n: the writer's schema says string, the struct's member is long (long)");
    CHECK_THAT(failure<always>(schema, "\x02"), ContainsSubstring("n: the writer's schema says null"));
    CHECK_THAT(failure<always>(schema, "\x08"), ContainsSubstring("no branch of that number"));
    CHECK_THAT(failure<always>(schema, "\x01"), ContainsSubstring("no branch of that number"));
    CHECK_THAT(refusal<always>(record(field("n", R"(["null","string"])"))),
               ContainsSubstring("says string, the struct's member is long"));
    CHECK_THAT(refusal<maybe>(record(field("n", "[]"))), ContainsSubstring("union of nothing"));
    // An optional member takes what is no union at all, and a union without null.
    CHECK(decoded<maybe>(record(field("n", R"("long")")), "\x06").n == 3);
    CHECK(decoded<maybe>(record(field("n", R"(["long","string"])")), "\0\x06"sv).n == 3);
    // The whole document may be a union.
    CHECK(decoded<always>("[\"null\"," + record(field("n", R"("long")")) + "]", "\x02\x06").n == 3);
}

TEST_CASE("avro: enums go by name, whatever their numbers") {
    struct hand { suit card; };
    auto const schema = record(field("card", R"({"type":"enum","name":"e","symbols":["clubs","stars","spades"]})"));
    CHECK(decoded<hand>(schema, "\0"sv).card == suit::clubs);
    CHECK(decoded<hand>(schema, "\4").card == suit::spades);
    CHECK(failure<hand>(schema, "\2") == "avro: card: the enum has no enumerator 'stars'");
    CHECK_THAT(failure<hand>(schema, "\6"), ContainsSubstring("no symbol of that number"));
    auto const hostile = R"({"type":"enum","name":"e","symbols":["clubs","a\nb)" + std::string(10'000, 'x') + "\"]}";
    CHECK(failure<hand>(record(field("card", hostile)), "\2").starts_with("avro: card: the enum has no enumerator 'a?bxxx"));
    CHECK(failure<hand>(record(field("card", hostile)), "\2").size() < 400);
    CHECK_THAT(refusal<hand>(record(field("card", R"({"type":"enum","name":"e","symbols":["x"]})"))),
               ContainsSubstring("enum e, the struct's member is enum suit"));
    weir::byte_buffer bytes;
    weir::error why;
    CHECK_FALSE(weir::avro::append(hand{static_cast<suit>(9)}, bytes, why));
    CHECK(to_string(why) == "avro: card: the value has no enumerator");
}

struct times {
    weir::timestamp t;
};
struct counted {
    weir::timestamp t;
};

}  // namespace weir_test::codec_avro

template <>
struct weir::members_of<weir_test::codec_avro::counted> {
    using type = weir_test::codec_avro::counted;
    static constexpr auto value = weir::members(weir::member<"t", &type::t>.in(weir::epoch::milliseconds));
};

namespace weir_test::codec_avro {

TEST_CASE("avro: logical types become the library's") {
    auto const logical = [](std::string_view type, std::string_view meaning, std::string_view more = "") {
        return record(field("t", R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(meaning) + '"' +
                                     std::string(more) + "}"));
    };
    CHECK(decoded<times>(logical("long", "timestamp-millis"), "\x03").t == weir::timestamp(-2ms));
    CHECK(decoded<times>(logical("long", "timestamp-micros"), "\x03").t == weir::timestamp(-2us));
    CHECK(decoded<times>(logical("long", "timestamp-nanos"), "\x03").t == weir::timestamp(-1us));
    CHECK(decoded<times>(logical("long", "local-timestamp-millis"), "\x04").t == weir::timestamp(2ms));
    CHECK(decoded<times>(logical("int", "date"), "\x04").t == weir::timestamp(48h));
    CHECK_THAT(failure<times>(logical("long", "timestamp-millis"), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
               ContainsSubstring("t: the time is out of range"));
    CHECK_THAT(refusal<times>(record(field("t", R"("long")"))), ContainsSubstring("weir::epoch::milliseconds"));
    CHECK(decoded<counted>(record(field("t", R"("long")")), "\x04").t == weir::timestamp(2ms));
    // What the writer says counts before what the struct says.
    CHECK(decoded<counted>(logical("long", "timestamp-micros"), "\x04").t == weir::timestamp(2us));
    CHECK_THAT(weir::avro::schema_of<counted>(), ContainsSubstring("timestamp-millis"));
    CHECK(encode(counted{weir::timestamp(-1us)}) == "\1");

    struct day { std::chrono::sys_days t; };
    struct clock { std::chrono::microseconds t; };
    struct hours { std::chrono::hours t; };
    struct money { weir::avro::decimal<6, 3> t; };
    struct name { weir::avro::uuid t; };
    CHECK(decoded<day>(logical("int", "date"), "\x04").t.time_since_epoch() == std::chrono::days(2));
    CHECK_THAT(refusal<day>(record(field("t", R"("int")"))), ContainsSubstring("int (date)"));
    CHECK(decoded<clock>(logical("int", "time-millis"), "\x04").t == 2ms);
    CHECK(decoded<clock>(logical("long", "time-micros"), "\x04").t == 2us);
    CHECK_THAT(refusal<hours>(logical("int", "time-millis")), ContainsSubstring("time-millis"));
    CHECK(decoded<hours>(record(field("t", R"("int")")), "\x04").t == 2h);

    auto const cents = logical("bytes", "decimal", R"(,"precision":5,"scale":2)");
    CHECK(to_string(decoded<money>(cents, "\x04\xfb\x2e").t) == "-12.340");
    CHECK(to_string(decoded<money>(cents, "\x06\xff\xfb\x2e").t) == "-12.340");
    CHECK_THAT(failure<money>(cents, "\x06\x01\x86\xa0"), ContainsSubstring("t: the decimal has more digits than the member"));
    CHECK_THAT(failure<money>(cents, "\0"sv), ContainsSubstring("no bytes"));
    CHECK_THAT(failure<money>(cents, "\x22\x01" + std::string(16, '\0')), ContainsSubstring("more than 38 digits"));
    CHECK_THAT(refusal<money>(logical("bytes", "decimal", R"(,"precision":9,"scale":4)")),
               ContainsSubstring("says bytes (decimal(9, 4)), the struct's member is decimal(6, 3)"));
    // A logical type that is none is passed over, and the bytes are bytes.
    CHECK_THAT(refusal<money>(logical("bytes", "decimal")), ContainsSubstring("says bytes, the struct's"));
    auto const fixed = record(
        field("t", R"({"type":"fixed","name":"f","size":3,"logicalType":"decimal","precision":4,"scale":3})"));
    CHECK(to_string(decoded<money>(fixed, "\xff\xfb\x2e").t) == "-1.234");

    auto const text = to_string(decoded<name>(logical("string", "uuid"), "\x48" "123E4567-e89b-12d3-a456-426614174000").t);
    CHECK(text == "123e4567-e89b-12d3-a456-426614174000");
    CHECK_THAT(failure<name>(logical("string", "uuid"), "\x02x"), ContainsSubstring("t: the string is no UUID"));
    auto const sixteen = record(field("t", R"({"type":"fixed","name":"f","size":16,"logicalType":"uuid"})"));
    CHECK(decoded<name>(sixteen, "0123456789abcdef").t.bytes[15] == 'f');
}

TEST_CASE("avro: names have namespaces, and one type may be used more than once") {
    struct point { int x; };
    struct line { point from, to; };
    CHECK(decoded<line>(R"({"type":"record","name":"line","namespace":"geo","fields":[{"name":"from","type":
        {"type":"record","name":"point","fields":[{"name":"x","type":"int"}]}},
        {"name":"to","type":"geo.point"}]})", "\2\4").to.x == 2);
    CHECK(decoded<line>(R"({"type":"record","name":"geo.line","fields":[{"name":"from","type":
        {"type":"record","name":"point","fields":[{"name":"x","type":"int"}]}},{"name":"to","type":"point"}]})", "\2\4").to.x == 2);
    std::string const before[] = {R"({"type":"record","name":"geo.point","fields":[{"name":"x","type":"int"}]})"};
    auto const schema = record(field("from", R"("geo.point")") + "," + field("to", R"("geo.point")"));
    auto const made = weir::avro::reading<line>::of(schema, before);
    REQUIRE(made);
    line into{};
    CHECK(decode(*made, "\2\4", into).empty());
    CHECK(into.to.x == 2);
}

TEST_CASE("avro: what is no schema is refused with its reason") {
    using any = long_and_text;
    CHECK_THAT(refusal<any>(""), ContainsSubstring("no JSON"));
    CHECK_THAT(refusal<any>("{"), ContainsSubstring("ends too early") || ContainsSubstring("key is expected"));
    CHECK_THAT(refusal<any>(R"("strin")"), ContainsSubstring("'strin' is not defined"));
    CHECK_THAT(refusal<any>(R"({"name":"x"})"), ContainsSubstring("no \"type\""));
    CHECK_THAT(refusal<any>(R"({"type":"record","fields":[]})"), ContainsSubstring("no name"));
    CHECK_THAT(refusal<any>(record(field("a", R"("int")") + "," + field("a", R"("int")"))),
               ContainsSubstring("two fields are called 'a'"));
    CHECK_THAT(refusal<any>(record(field("a", R"(["int","int"])"))), ContainsSubstring("two branches of the type int"));
    CHECK_THAT(refusal<any>(record(field("a", R"([["int"]])"))), ContainsSubstring("directly in a union"));
    CHECK_THAT(refusal<any>(record(field("a", R"({"type":"fixed","name":"f","size":-1})"))), ContainsSubstring("size"));
    CHECK_THAT(refusal<any>(record(field("a", R"({"type":"fixed","name":"r","size":1})"))), ContainsSubstring("defined twice"));
    CHECK_THAT(refusal<any>(std::string(100'000, '[')), ContainsSubstring("nested too deeply"));
    CHECK_THAT(refusal<any>("\"" + std::string(2'000'000, 'x') + "\""), ContainsSubstring("too large"));
    CHECK_THAT(refusal<any>(R"("long")"), ContainsSubstring("says long, the struct's member is record long_and_text"));
    // A chain of names is as deep as it is long, though the document is flat.
    std::string chain = R"([{"type":"record","name":"r0","fields":[]})";
    for (int i = 1; i < 5000; ++i) {
        std::string const self = std::to_string(i);
        chain += R"(,{"type":"record","name":"r)" + self + R"(","fields":[)" +
                 field("children", R"({"type":"array","items":"r)" + std::to_string(i - 1) + "\"}") + "]}";
    }
    struct bush { std::vector<tree> children; };
    CHECK_THAT(refusal<bush>(record(field("pool", chain + "]") + "," + field("children", R"({"type":"array","items":"r4999"})"))),
               ContainsSubstring("field 'children[]"));
}

TEST_CASE("avro: hostile bytes are errors") {
    struct list { std::vector<int> n; };
    struct nulls { std::vector<place> n; };
    auto const ints = record(field("n", R"({"type":"array","items":"int"})"));
    auto const text = record(field("a", R"("long")") + "," + field("b", R"("string")"));
    CHECK_THAT(failure<long_and_text>(text, ""), ContainsSubstring("a: the bytes end too early"));
    CHECK_THAT(failure<long_and_text>(text, "\x80"), ContainsSubstring("a: the bytes end too early"));
    CHECK_THAT(failure<long_and_text>(text, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), ContainsSubstring("more than 64 bits"));
    CHECK_THAT(failure<long_and_text>(text, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
               ContainsSubstring("more than 64 bits"));
    CHECK_THAT(failure<long_and_text>(text, "\0\1"sv), ContainsSubstring("b: a length is negative"));
    CHECK_THAT(failure<long_and_text>(text, "\0\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv),
               ContainsSubstring("larger than what is left"));
    CHECK_THAT(failure<long_and_text>(text, "\0\2\xff"sv), ContainsSubstring("b: a string is no UTF-8"));
    CHECK_THAT(failure<long_and_text>(text, "\0\0x"sv), ContainsSubstring("something follows"));
    CHECK_THAT(failure<list>(ints, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ContainsSubstring("too many items"));
    CHECK_THAT(failure<list>(ints, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0"sv), ContainsSubstring("too many items"));
    CHECK_THAT(failure<list>(ints, "\1\x7f"), ContainsSubstring("block is larger"));
    CHECK_THAT(failure<list>(ints, "\4\2"), ContainsSubstring("n[1]: the bytes end too early"));
    CHECK_THAT(failure<list>(ints, "\2\x80\x80\x80\x80\x40\0"sv), ContainsSubstring("n[0]: an int has more than 32 bits"));
    CHECK(decoded<list>(ints, "\3\4\2\4\2\6\0"sv).n == std::vector<int>{1, 2, 3});
    struct none {};
    // Items without bytes: their number is bounded, though they are passed over.
    auto const empties = record(field("x", R"({"type":"array","items":"null"})") + "," + field("a", R"("long")"));
    struct only_a { std::int64_t a; };
    CHECK(failure<only_a>(empties, "\x80\x80\x80\x80\x01\0\2"sv) == "avro: there are too many items");
    auto const how = reading_of<tree>(weir::avro::schema_of<tree>());
    tree into;
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "\2\2";
    CHECK_THAT(decode(how, deep, into), ContainsSubstring("nested too deeply"));
}

/// A record in each of which there are two of the one before: nothing has a byte, and there are 2^depth of them.
std::string doubling(int depth) {
    std::string text = R"({"type":"record","name":"r0","fields":[]})";
    for (int i = 1; i <= depth; ++i)
        text = R"({"type":"record","name":"r)" + std::to_string(i) + R"(","fields":[{"name":"a","type":)" + text +
               R"(},{"name":"b","type":"r)" + std::to_string(i - 1) + R"("}]})";
    return text;
}

TEST_CASE("avro: records without bytes are no endless work") {
    auto const few = reading_of<count_only>(R"({"type":"record","name":"t","fields":[{"name":"x","type":)" + doubling(8) +
                                            R"(},{"name":"count","type":"long"}]})");
    count_only made;
    weir::error why;
    CHECK(few.decode("\x0e", made, why));
    CHECK(made.count == 7);
    auto const many = reading_of<count_only>(R"({"type":"record","name":"t","fields":[{"name":"x","type":)" + doubling(28) +
                                             R"(},{"name":"count","type":"long"}]})");
    CHECK_FALSE(many.decode("\x0e", made, why));
    CHECK(why.cause == "there are too many fields without bytes");
}

TEST_CASE("avro: a chain of schemas by name is no deeper than the stack") {
    std::vector<std::string> before{R"({"type":"record","name":"r0","fields":[]})"};
    for (int i = 1; i <= 63; ++i) {
        std::string type = "\"r" + std::to_string(i - 1) + "\"";
        for (int k = 0; k < 88; ++k) type = R"({"type":"array","items":)" + type + "}";
        before.push_back(R"({"type":"record","name":"r)" + std::to_string(i) + R"(","fields":[{"name":"a","type":)" + type + "}]}");
    }
    auto const made = weir::avro::reading<count_only>::of(
        R"({"type":"record","name":"t","fields":[{"name":"count","type":"long"},{"name":"x","type":"r63"}]})", before,
        {.deepest = 100'000});
    REQUIRE(made);
    count_only into;
    weir::error why;
    CHECK(made->decode(std::string("\x0e\0", 2), into, why));
    CHECK_FALSE(made->decode(std::string("\x0e") + std::string(200, '\2'), into, why));
    CHECK(why.cause == "the writer's schema is nested too deeply");
}

TEST_CASE("avro: what contains a record that cannot be read cannot be read by it either") {
    // `b` is resolved within `a`, of which it is not yet known that `missing` spoils it.
    auto const made = reading_of<either_way>(
        R"({"type":"record","name":"t","fields":[{"name":"x","type":["null",{"type":"record","name":"a","fields":[)"
        R"({"name":"b","type":{"type":"array","items":{"type":"record","name":"b","fields":[)"
        R"({"name":"a","type":{"type":"array","items":"a"}}]}}},)"
        R"({"name":"missing","type":"string"}]}]},{"name":"y","type":["null","b"]}]})");
    either_way into;
    weir::error why;
    CHECK(made.decode(std::string("\0\0", 2), into, why));
    // y: a `b` with one `a` in it: no `b`, and the text "z".
    CHECK_FALSE(made.decode(std::string("\0\2\2\0\2z\0", 7), into, why));
    CHECK_THAT(why.cause, ContainsSubstring("the writer's schema says string"));
    CHECK_FALSE(made.decode(std::string("\0\2\2\0\0", 5), into, why));
}

TEST_CASE("avro: what Avro cannot say is not written") {
    struct big { std::uint64_t n; };
    struct text { std::vector<std::optional<std::string_view>> all; };
    weir::byte_buffer bytes;
    weir::error why;
    CHECK_FALSE(weir::avro::append(big{std::uint64_t{1} << 63}, bytes, why));
    CHECK(to_string(why) == "avro: n: the number does not fit into a long");
    CHECK_FALSE(weir::avro::append(text{{"a", std::nullopt, "\xc0"}}, bytes, why));
    CHECK(to_string(why) == "avro: all[2]: the text is no UTF-8");
}

TEST_CASE("avro: a decoder of one schema") {
    weir::avro::binary_decoder<long_and_text> good = weir::avro::binary<long_and_text>(weir::avro::schema_of<long_and_text>());
    long_and_text item{};
    weir::error why;
    CHECK(good.decode("\x36\x06\x66\x6f\x6f", item, why));
    CHECK_FALSE(good.problem());
    auto bad = weir::avro::binary<long_and_text>(R"("int")");
    REQUIRE(bad.problem());
    CHECK_FALSE(bad.decode("\x02", item, why));
    CHECK(why == *bad.problem());
}

TEST_CASE("avro: bytes that were changed anywhere are read or refused, never more than that") {
    everything const item{.truth = true, .tiny = 1, .wide = 2, .whole = 3, .single = 4, .real = 5, .text = "text", .bytes = {},
                          .time = {}, .day = {}, .span = {}, .price = {77}, .id = {}, .card = suit::hearts, .fixed = {},
                          .maybe = "m",
                          .places = {{"a", 1}, {"b", 2}}, .pair = {1, 2}, .counts = {{"k", 1}}, .flags = {{"f", true}}};
    struct nothing_of_it { std::optional<std::string> absent; };
    std::string const bytes = encode(item);
    std::string const schema = weir::avro::schema_of<everything>();
    auto const how = reading_of<everything>(schema);
    auto const skipping = reading_of<nothing_of_it>(schema);
    std::mt19937_64 random(7);
    everything into{};
    nothing_of_it nothing{};
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < cases(20'000); ++i) {
        std::string changed = bytes;
        for (auto left = 1 + random() % 3; left != 0; --left) {
            std::size_t const at = random() % changed.size();
            if (random() % 4 == 0) changed.resize(at + 1);
            else changed[at] = static_cast<char>(random() % 2 ? random() : random() % 2 ? 0xff : 0x80);
        }
        if (!decode(how, changed, into).empty()) ++refused;
        static_cast<void>(decode(skipping, changed, nothing));
        std::string text = schema;
        for (auto left = 1 + random() % 4; left != 0; --left) {
            std::size_t const at = random() % text.size();
            if (random() % 2) text.erase(at, random() % 20);
            else text[at] = "{}[]\":,x1"[random() % 9];
            if (text.empty()) break;
        }
        if (auto const other = weir::avro::reading<everything>::of(text)) static_cast<void>(decode(*other, bytes, into));
    }
    CHECK(refused > 0);
}

}  // namespace weir_test::codec_avro
