// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/line_protocol_record.hpp>

#include <catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace weir_test::codec_line_protocol_record {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::record;

record window(std::string_view page, std::int64_t status, std::uint64_t clicks) {
    record row;
    row.add("window_start", weir::timestamp(60s));
    row.add("window_end", weir::timestamp(120s));
    row.add("status", status);
    row.add("page", page);
    row.add("clicks", clicks);
    return row;
}

std::string line_of(weir::line_protocol<record>& codec, record const& row) {
    weir::byte_buffer into;
    weir::error why;
    return codec.encode(row, into, why) ? std::string(into.view()) : to_string(why);
}
std::string line_of(record const& row, weir::line_protocol_options options = {.measurement = "m"}) {
    weir::line_protocol<record> codec(std::move(options));
    return line_of(codec, row);
}

TEST_CASE("a record is a point, as the typed row would be") {
    CHECK(line_of(window("/a b", 200, 12),
                  {.measurement = "my table", .tags = {"status", "page"}, .omit = {"window_start"}}) ==
          "my\\ table,page=/a\\ b,status=200 clicks=12i 120000000\n");
    CHECK(line_of(window("/", 200, 12)) == "m,page=/ window_start=60000000i,status=200i,clicks=12i 120000000\n");
}

TEST_CASE("each kind of value has its spelling") {
    record row;
    row.add("at", weir::timestamp(1us));
    row.add("t,", true);
    row.add("i", std::int64_t{-5});
    row.add("u", std::uint64_t{5});
    row.add("d", 0.25);
    row.add("s", std::string_view("say \"hi\""));
    row.add("nothing", std::monostate{});
    row.add("seen", weir::timestamp(7us));
    CHECK(line_of(row, {.measurement = "m", .guess_tags = false}) ==
          "m t\\,=t,i=-5i,u=5i,d=0.25,s=\"say \\\"hi\\\"\",seen=7i 1\n");
    CHECK(line_of(row, {.measurement = "m", .tags = {"t,", "i", "u", "d", "s", "nothing"}}) ==
          "m,d=0.25,i=-5,s=say\\ \"hi\",t\\,=true,u=5 seen=7i 1\n");
}

TEST_CASE("what a point cannot say is an error that names the column") {
    CHECK(line_of(window("/a\nb", 200, 1)) ==
          "line_protocol: page: the value holds a line break, which would begin another point");
    CHECK_THAT(line_of(window("", 200, 1)), ContainsSubstring("page: the tag value is empty"));
    CHECK_THAT(line_of(window("/", 200, std::numeric_limits<std::uint64_t>::max())),
               ContainsSubstring("clicks: the number is larger"));
    CHECK_THAT(line_of(window(std::string(70'000, 'x'), 200, 1)), ContainsSubstring("longer than 64 KiB"));
    CHECK(line_of(window("", 200, 1), {.measurement = "m", .omit_empty_tags = true}).starts_with("m window_start="));

    record row = window("/", 200, 1);
    row.columns[1].second = std::monostate{};
    weir::line_protocol<record> codec({.measurement = "m", .tags = {"page"}, .time = "window_start"});
    CHECK(line_of(codec, row) == "m,page=/ status=200i,clicks=1i 60000000\n");
    row.columns[0].second = std::monostate{};
    CHECK_THAT(line_of(codec, row), ContainsSubstring("the time is absent"));
    row = window("/", 200, 1);
    row.columns[4].second = std::nan("");
    CHECK_THAT(line_of(codec, row), ContainsSubstring("clicks: the number is not finite"));

    record bare;
    bare.add("at", weir::timestamp(1us));
    bare.add("n", std::monostate{});
    CHECK_THAT(line_of(bare), ContainsSubstring("the row has no field"));
}

TEST_CASE("options that do not fit are an error for the records that they do not fit") {
    CHECK_THAT(line_of(window("/", 1, 1), {.measurement = ""}), ContainsSubstring("the measurement's name is empty"));
    CHECK(weir::line_protocol<record>({.measurement = ""}).problem());
    CHECK_FALSE(weir::line_protocol<record>({.measurement = "m"}).problem());
    weir::line_protocol<record> codec({.measurement = "m", .tags = {"country"}});
    CHECK_THAT(line_of(codec, window("/", 1, 1)), ContainsSubstring("'country', which the row does not have"));
    CHECK_THAT(line_of(codec, window("/", 1, 1)), ContainsSubstring("'country', which the row does not have"));
    record row = window("/", 1, 1);
    row.add("country", std::string_view("FR"));
    CHECK_THAT(line_of(codec, row), ContainsSubstring("m,country=FR "));
}

TEST_CASE("columns may change in mid-stream") {
    weir::line_protocol<record> codec({.measurement = "m"});
    CHECK(line_of(codec, window("/", 1, 1)) == "m,page=/ window_start=60000000i,status=1i,clicks=1i 120000000\n");
    record other;
    other.add("user", std::string_view("u1"));
    other.add("at", weir::timestamp(5us));
    other.add("n", 1.5);
    CHECK(line_of(codec, other) == "m,user=u1 n=1.5 5\n");
    CHECK(line_of(codec, window("/", 1, 1)) == "m,page=/ window_start=60000000i,status=1i,clicks=1i 120000000\n");
    CHECK_THAT(line_of(codec, record{}), ContainsSubstring("no column is a time"));
}

}  // namespace weir_test::codec_line_protocol_record
