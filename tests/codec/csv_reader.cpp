// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/csv_reader.hpp>

#include <catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/codec/csv.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/lines.hpp>
#include <weir/transform/decode.hpp>

namespace weir_test::codec_csv_reader {

using namespace std::chrono_literals;

enum class device { phone, desktop };

struct click {
    std::string_view page;
    std::int32_t count;
    std::optional<double> price;
    weir::timestamp time;
    device where;
    bool paid;
    friend bool operator==(click const&, click const&) = default;
};

auto const noon = weir::timestamp(std::chrono::sys_days(2015y / 5 / 17) + 12h);

template <class T>
std::string read(std::string_view line, T& into, weir::csv_columns columns = {}) {
    auto decoder = weir::csv<T>(columns);
    weir::error why;
    if (decoder.decode(line, into, why)) return "ok";
    CHECK(why.component == "csv");
    return why.place + ": " + why.cause;
}
template <class T = click>
std::string complaint(std::string_view line, weir::csv_columns columns = {}) {
    T into{};
    return read(line, into, columns);
}

TEST_CASE("a line is read into a struct") {
    click into{};
    CHECK(read("/a,-3,1.5,2015-05-17T12:00:00Z,desktop,true", into) == "ok");
    CHECK(into == click{"/a", -3, 1.5, noon, device::desktop, true});
    CHECK(read("\"/b,c\",\"4\",,2015-05-17T14:00:00+02:00,phone,0", into) == "ok");
    CHECK(into == click{"/b,c", 4, std::nullopt, noon, device::phone, false});
}

TEST_CASE("columns are found by the names of a header line") {
    click into{};
    weir::csv_columns const columns{.separator = ';', .columns = "paid;ignored;time;where;\"price\";count;page"};
    CHECK(read("1;x;2015-05-17T12:00:00Z;phone;inf;7;/p", into, columns) == "ok");
    CHECK(into == click{"/p", 7, std::numeric_limits<double>::infinity(), noon, device::phone, true});
    CHECK(complaint("1", {.columns = "page,count"}) == ": the header line has no column \"price\"");
    CHECK(complaint("1", {.columns = "page,page"}) == ": the column \"page\" is there twice");
    CHECK(complaint("1", {.columns = "page,\"count"}) == ": in the header line: its closing quote is missing");
}

TEST_CASE("what cannot be read names its column") {
    std::string const good = "/a,1,1.5,2015-05-17T12:00:00Z,phone,true";
    auto const with = [&](std::string_view part, std::string_view other) {
        std::string changed = good;
        changed.replace(changed.find(part), part.size(), other);
        return complaint(changed);
    };
    CHECK(complaint(good) == "ok");
    CHECK(with(",1,", ",x,") == "count: \"x\" is not a whole number");
    CHECK(with(",1,", ",1 ,") == "count: \"1 \" is not a whole number");
    CHECK(with(",1,", ",,") == "count: \"\" is not a whole number");
    CHECK(with(",1,", ",1.5,") == "count: \"1.5\" is not a whole number");
    CHECK(with(",1,", ",2147483648,") == "count: \"2147483648\" does not fit");
    CHECK(with("1.5", "\"\"") == "price: \"\" is not a number");
    CHECK(with("1.5", "1e999") == "price: \"1e999\" does not fit");
    CHECK(with("phone", "fridge") == "where: \"fridge\" is not one of the names that are allowed");
    CHECK(with("true", "yes") == "paid: \"yes\" is not true or false");
    CHECK(with("2015-05-17T12:00:00Z", "1431864000").starts_with("time: \"1431864000\" is no time in ISO 8601"));
    CHECK(with(",true", "") == "paid: the line has 5 fields and not 6");
    CHECK(with("true", "true,") == "column 7: the line has more than 6 fields");
    CHECK(with("true", "true,\"") == "column 7: the line has more than 6 fields");
    CHECK(with("/a", "\"/a") == "page: its closing quote is missing");
    CHECK(with("/a", "\"/a\"b") == "page: something stands behind its closing quote");
    CHECK(with("/a", "/\"a\"") == "page: there is a quote in a field that does not begin with one");
    CHECK(complaint("") == "count: the line has 1 fields and not 6");
}

struct times {
    weir::timestamp when;
    std::uint8_t small;
    std::chrono::seconds took;
};

}  // namespace weir_test::codec_csv_reader

template <>
struct weir::members_of<weir_test::codec_csv_reader::times> {
    using times = weir_test::codec_csv_reader::times;
    static constexpr auto value =
        members(member<"ts", &times::when>.in(epoch::milliseconds), unrenamed<&times::small>, unrenamed<&times::took>);
};

namespace weir_test::codec_csv_reader {

TEST_CASE("annotations and other names count, and the range of times") {
    times into{};
    CHECK(read("1431864000000,255,90", into, {.columns = "ts,small,took"}) == "ok");
    CHECK(into.when == noon);
    CHECK(into.took == 90s);
    CHECK(complaint<times>("1431864000000,256,1") == "small: \"256\" does not fit");
    CHECK(complaint<times>("1431864000000,-1,1") == "small: \"-1\" is not a whole number, zero or more");
    CHECK(complaint<times>("1431864000,1,1").starts_with("ts: \"1431864000\" as milliseconds is 1970-01-17"));
    CHECK(complaint<times>("1431864000,1,1", {.plausible = weir::any_time}) == "ok");
}

struct texts {
    std::string a;
    std::string b;
    std::optional<std::string> c;
    friend bool operator==(texts const&, texts const&) = default;
};

TEST_CASE("what is written reads back, for any text without a line break") {
    std::mt19937 random(7);
    auto const text = [&] {
        std::string made;
        for (auto size = random() % 8; size > 0; --size) made += ",\"; x'\t\xC3\xA9"[random() % 9];
        return made;
    };
    auto reader = weir::csv<texts>();
    for (int i = 0; i < 20000; ++i) {
        texts const row{text(), text(), random() % 2 == 0 ? std::optional(text()) : std::nullopt};
        weir::byte_buffer to;
        weir::error why;
        REQUIRE(weir::csv({.line_end = ""}).encode(row, to, why));
        std::string_view const line = to.view();
        texts back;
        INFO(line);
        REQUIRE(reader.decode(line, back, why));
        REQUIRE(back == row);
        if (i % 100 == 0) reader.settle();
    }
}

/// Keeps views until the poll is over.
struct pages_at_the_end {
    std::vector<std::string_view>* views;
    std::vector<std::string>* pages;
    void on_item(click const& item) { views->push_back(item.page); }
    void settle(auto&) {
        for (std::string_view view : *views) pages->emplace_back(view);
        views->clear();
    }
};

TEST_CASE("unquoted texts live until the poll is over") {
    std::string text = "page,count,price,time,where,paid\n";
    std::vector<std::string> expected;
    for (int i = 0; i < 500; ++i) {
        text += "\"/\"\"" + std::to_string(i) + "\"\"\",1,,2015-05-17T12:00:00Z,phone,true\n";
        expected.push_back("/\"" + std::to_string(i) + "\"");
    }
    std::vector<std::string_view> views;
    std::vector<std::string> pages;
    auto job = weir::from(weir::lines(text, {.skip_first = 1, .block = 1000})) | weir::decode(weir::csv<click>()) |
               pages_at_the_end{&views, &pages};
    run_to_end(job, 50);
    CHECK(pages == expected);
}

}  // namespace weir_test::codec_csv_reader
