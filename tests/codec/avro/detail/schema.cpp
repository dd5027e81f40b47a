// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/avro/detail/schema.hpp>

#include <catch.hpp>
#include <cstddef>
#include <ctime>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test::codec_avro_detail_schema {

using Catch::Matchers::ContainsSubstring;

std::string field(std::string_view name, std::string_view type) {
    return R"({"name":")" + std::string(name) + R"(","type":)" + std::string(type) + "}";
}
std::string record(std::string_view fields) {
    return R"({"type":"record","name":"r","fields":[)" + std::string(fields) + "]}";
}

/// What is wrong with a schema; empty: it was understood.
std::string problem_of(std::string_view text, std::span<std::string const> before = {}) {
    auto const made = weir::avro::detail::schema_parser().parse(text, before);
    return made ? std::string() : to_string(made.problem());
}

TEST_CASE("avro schema: what each field or branch costs does not grow with their number") {
    std::clock_t const begin = std::clock();
    // The shortest fields, as many as a document may hold.
    std::string fields = field("a", R"({"type":"record","name":"z","fields":[]})");
    int count = 0;
    for (; fields.size() < 1'000'000; ++count) fields += "," + field("x" + std::to_string(count), R"("z")");
    CHECK(count > 30'000);
    CHECK(problem_of(record(fields)).empty());
    CHECK_THAT(problem_of(record(fields + "," + field("x7", R"("z")"))), ContainsSubstring("two fields are called 'x7'"));
    // Branches are shorter still, when other schemas define them.
    std::vector<std::string> before;
    std::string branches = "\"null\"";
    for (int name = 0; before.size() < 5; before.back() += "]") {
        before.emplace_back("[\"null\"");
        for (; before.back().size() < 1'000'000; ++name) {
            std::string const quoted = "\"f" + std::to_string(name) + "\"";
            before.back() += R"(,{"type":"fixed","size":0,"name":)" + quoted + "}";
            branches += "," + quoted;
        }
    }
    branches.resize(branches.rfind(',', 1'000'000));
    CHECK(problem_of("[" + branches + "]", before).empty());
    CHECK_THAT(problem_of("[" + branches + ",\"f7\"]", before), ContainsSubstring("two branches of the type fixed f7"));
    // Each compared with each would take minutes.
    CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 30);
}

TEST_CASE("avro schema: a namespace has a bound, since every name within has it in front") {
    auto const in_space = [](std::size_t size) {
        return R"({"type":"record","name":"r","namespace":")" + std::string(size, 'n') + R"(","fields":[)" +
               field("f", R"({"type":"fixed","name":"f","size":1})") + "]}";
    };
    CHECK(problem_of(in_space(1022)).empty());
    // A name with a dot is whole: the namespace around does not count.
    std::string const dotted = R"({"type":"fixed","size":1,"name":")" + std::string(1000, 'd') + ".x\"}";
    CHECK(problem_of(R"({"type":"record","name":"r","namespace":")" + std::string(1000, 'n') + R"(","fields":[)" +
                     field("f", dotted) + "]}").empty());
    CHECK_THAT(problem_of(in_space(1023)), ContainsSubstring("longer than 1024 bytes"));
    CHECK(problem_of(R"({"type":"fixed","size":1,"name":")" + std::string(1024, 'n') + "\"}").empty());
    CHECK_THAT(problem_of(R"({"type":"fixed","size":1,"name":")" + std::string(1025, 'n') + "\"}"),
               ContainsSubstring("longer than 1024 bytes"));
}

TEST_CASE("avro schema: whatever its names hold, an error shows them in one line, and no more than their beginning") {
    std::string const hostile = R"(a\nb\u001b[31m)";
    std::string const name = GENERATE_COPY(hostile, hostile + std::string(900, 'x'), hostile + std::string(100'000, 'x'));
    std::string const quoted = "\"" + name + "\"";
    std::string const named = R"({"type":"fixed","size":1,"name":)" + quoted + "}";
    std::string const text = GENERATE_COPY(
        quoted, R"({"name":)" + quoted + "}", record(field(name, "\"int\"") + "," + field(name, "\"int\"")),
        R"({"type":"record","name":)" + quoted + "}", R"({"type":"record","fields":[7],"name":)" + quoted + "}",
        R"({"type":"enum","name":)" + quoted + "}", R"({"type":"fixed","size":-1,"name":)" + quoted + "}",
        record(field("f", named) + "," + field("g", named)),
        record(field("f", named) + "," + field("g", "[" + quoted + "," + quoted + "]")));
    std::string const said = problem_of(text);
    CAPTURE(text.substr(0, 100));
    CHECK_FALSE(said.empty());
    CHECK(said.size() < 1500);
    for (char const c : said) CHECK_FALSE((c >= 0 && c < ' '));
}

TEST_CASE("avro schema: it is no deeper than the stack") {
    auto const nested = [](int levels) {
        std::string text = "\"int\"";
        for (int i = 0; i < levels; ++i) text = R"({"type":"array","items":)" + text + "}";
        return text;
    };
    CHECK(problem_of(nested(90)).empty());
    CHECK_THAT(problem_of(nested(20'000)), ContainsSubstring("nested too deeply"));
}

}  // namespace weir_test::codec_avro_detail_schema
