// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/line_roles.hpp>

#include <catch.hpp>
#include <string>
#include <vector>

namespace weir_test::codec_line_roles {

using Catch::Matchers::ContainsSubstring;
using nature = weir::line_column::nature;
using role = weir::line_role;
using roles = std::vector<weir::line_role>;

weir::line_columns const window_row{{"window_start", nature::time},
                                    {"window_end", nature::time},
                                    {"page", nature::text},
                                    {"status", nature::number},
                                    {"clicks", nature::number}};

std::string problem(weir::line_protocol_options const& options, weir::line_columns const& columns = window_row) {
    auto const chosen = weir::choose_line_roles(options, columns);
    return chosen ? std::string() : to_string(chosen.problem());
}

TEST_CASE("without a word, the window's end is the time, texts are tags, the rest is fields") {
    auto const chosen = weir::choose_line_roles({.measurement = "m"}, window_row);
    REQUIRE(chosen);
    CHECK(*chosen == roles{role::field, role::time, role::tag, role::field, role::field});
}

TEST_CASE("a row that knows its key is tagged with its key, numbers too and other texts not") {
    weir::line_columns columns{{"window_start", nature::time, true},
                               {"window_end", nature::time},
                               {"status", nature::number, true},
                               {"sample", nature::text},
                               {"clicks", nature::number}};
    auto const chosen = weir::choose_line_roles({.measurement = "m"}, columns);
    REQUIRE(chosen);
    CHECK(*chosen == roles{role::field, role::time, role::tag, role::field, role::field});
}

TEST_CASE("the options choose") {
    auto const chosen = weir::choose_line_roles(
        {.measurement = "m", .tags = {"status", "page"}, .fields = {"clicks"}, .time = "window_start"}, window_row);
    REQUIRE(chosen);
    CHECK(*chosen == roles{role::time, role::omitted, role::tag, role::tag, role::field});

    auto const no_tags =
        weir::choose_line_roles({.measurement = "m", .guess_tags = false, .omit = {"window_start"}}, window_row);
    REQUIRE(no_tags);
    CHECK(*no_tags == roles{role::omitted, role::time, role::field, role::field, role::field});
}

TEST_CASE("the time is the window's end, else its start, else the first time there is") {
    auto const time_of = [](weir::line_columns const& columns) {
        auto const chosen = weir::choose_line_roles({.measurement = "m"}, columns);
        REQUIRE(chosen);
        for (std::size_t i = 0; i < columns.size(); ++i)
            if ((*chosen)[i] == role::time) return std::string(columns[i].name);
        return std::string();
    };
    CHECK(time_of({{"at", nature::time}, {"window_start", nature::time}, {"window_end", nature::time}, {"n"}}) ==
          "window_end");
    CHECK(time_of({{"at", nature::time}, {"window_start", nature::time}, {"n"}}) == "window_start");
    CHECK(time_of({{"n"}, {"at", nature::time}, {"later", nature::time}}) == "at");
    CHECK(time_of({{"window_end", nature::number}, {"at", nature::time}}) == "at");
}

TEST_CASE("what does not fit together is one clear error") {
    CHECK_THAT(problem({}), ContainsSubstring("the measurement's name is empty"));
    CHECK_THAT(problem({.measurement = "#m"}), ContainsSubstring("'#'"));
    CHECK_THAT(problem({.measurement = "a\nb"}), ContainsSubstring("control character"));
    CHECK_THAT(problem({.measurement = "a\\"}), ContainsSubstring("backslash"));
    CHECK_THAT(problem({.measurement = "m", .tags = {"pag"}}),
               ContainsSubstring(
                   "the option tags names the column 'pag', which the row does not have (its columns are window_start, "
                   "window_end, page, status, clicks)"));
    CHECK_THAT(problem({.measurement = "m", .fields = {"x"}}),
               ContainsSubstring("the option fields names the column 'x'"));
    CHECK_THAT(problem({.measurement = "m", .omit = {"x"}}), ContainsSubstring("the option omit names the column 'x'"));
    CHECK_THAT(problem({.measurement = "m", .time = "x"}), ContainsSubstring("the option time names the column 'x'"));
    CHECK_THAT(problem({.measurement = "m", .time = "page"}), ContainsSubstring("'page' is no weir::timestamp"));
    CHECK_THAT(problem({.measurement = "m", .tags = {"page", "page"}}), ContainsSubstring("'page' is chosen twice"));
    CHECK_THAT(problem({.measurement = "m", .tags = {"window_end"}}),
               ContainsSubstring("'window_end' is chosen twice"));
    CHECK_THAT(problem({.measurement = "m"}, {{"n"}}), ContainsSubstring("no column is a time"));
    CHECK_THAT(problem({.measurement = "m"}, {{"at", nature::time}, {"page", nature::text}}),
               ContainsSubstring("no column is left to be a field"));
    CHECK_THAT(problem({.measurement = "m"}, {{"at", nature::time}, {"time", nature::number}}),
               ContainsSubstring("column name 'time'"));
    CHECK_THAT(problem({.measurement = "m"}, {{"at", nature::time}, {"a\\b"}}), ContainsSubstring("backslash"));
    CHECK(problem({.measurement = "m", .omit = {"time"}}, {{"at", nature::time}, {"time", nature::number}, {"n"}})
              .empty());
}

TEST_CASE("the two interfaces spell precisions differently") {
    CHECK(v1_name(weir::line_precision::nanoseconds) == "n");
    CHECK(v1_name(weir::line_precision::microseconds) == "u");
    CHECK(v1_name(weir::line_precision::seconds) == "s");
    CHECK(v2_name(weir::line_precision::nanoseconds) == "ns");
    CHECK(v2_name(weir::line_precision::microseconds) == "us");
    CHECK(v2_name(weir::line_precision::milliseconds) == "ms");
}

}  // namespace weir_test::codec_line_roles
