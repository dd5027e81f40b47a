// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/clickhouse/table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir_test::adapter_clickhouse_table {

using namespace weir::clickhouse;
using weir::column;

template <weir::fixed_string Name, class T>
struct key : column<Name, T> {
    static constexpr bool is_key = true;
};

using window_row =
    weir::row<column<"window_start", weir::timestamp>, column<"window_end", weir::timestamp>,
              key<"page", std::string_view>, column<"clicks", std::uint64_t>, column<"load", std::optional<double>>>;
struct click {
    weir::timestamp at;
    std::string page;
    bool ok;
};

TEST_CASE("clickhouse table: names are quoted, whatever they hold") {
    CHECK(quoted_name("page") == "`page`");
    CHECK(quoted_name("a`b\\c; DROP TABLE x") == "`a\\`b\\\\c; DROP TABLE x`");
    CHECK(quoted_table("page_minute_agg") == "`page_minute_agg`");
    CHECK(quoted_table("rt.page_minute_agg") == "`rt`.`page_minute_agg`");
    CHECK(quoted_table("a.b.c") == "`a`.`b.c`");
    CHECK(quoted_table("a.b", "db") == "`db`.`a.b`");
}

TEST_CASE("clickhouse table: a row that knows its key gets a table that replaces by window and key") {
    CHECK(create_table_statement<window_row>("rt.page_minute_agg") ==
          "CREATE TABLE IF NOT EXISTS `rt`.`page_minute_agg`\n"
          "(\n"
          "    `window_start` DateTime64(6, 'UTC'),\n"
          "    `window_end` DateTime64(6, 'UTC'),\n"
          "    `page` String,\n"
          "    `clicks` UInt64,\n"
          "    `load` Nullable(Float64)\n"
          ")\n"
          "ENGINE = ReplacingMergeTree\n"
          "ORDER BY (`window_start`, `page`)");
}

TEST_CASE("clickhouse table: a row that does not know its key gets a table that keeps every row") {
    CHECK(create_table_statement<click>("clicks", {.has_date_time64 = false, .has_bool = false}) ==
          "CREATE TABLE IF NOT EXISTS `clicks`\n"
          "(\n"
          "    `at` DateTime('UTC'),\n"
          "    `page` String,\n"
          "    `ok` UInt8\n"
          ")\n"
          "ENGINE = MergeTree\n"
          "ORDER BY tuple()");
}

TEST_CASE("clickhouse table: order and engine can be chosen") {
    std::string const chosen = create_table_statement<click>("clicks", {.database = "rt", .order_by = {"page", "at"}});
    CHECK(chosen.starts_with("CREATE TABLE IF NOT EXISTS `rt`.`clicks`\n"));
    CHECK(chosen.ends_with("ENGINE = ReplacingMergeTree\nORDER BY (`page`, `at`)"));
    CHECK(create_table_statement<window_row>("t", {.order_by = {"load"}}).ends_with("SETTINGS allow_nullable_key = 1"));
    CHECK(create_table_statement<click>("t", {.engine = "Memory"}).ends_with("ENGINE = Memory"));
}

TEST_CASE("clickhouse table: a description is read as the server writes it") {
    auto const columns = read_description(
        "a\tDateTime('UTC')\t\t\t\nb\tNullable(UInt8)\t\t\t\t\t\n"
        "c\tEnum8('x' = 1, 'y\\'z' = 2)\tDEFAULT\t'x'\t\ne\tUInt8\tMATERIALIZED\t1\t\n");
    REQUIRE(columns.size() == 4);
    CHECK(columns[0].name == "a");
    CHECK(columns[0].type_text == "DateTime('UTC')");
    CHECK(columns[0].type.what == weir::clickhouse_type::kind::date_time);
    CHECK(columns[1].type.nullable);
    CHECK(columns[2].default_kind == "DEFAULT");
    CHECK(columns[2].type.what == weir::clickhouse_type::kind::unknown);
    CHECK(columns[3].default_kind == "MATERIALIZED");
    CHECK(read_description("").empty());
    CHECK(read_description("lonely").at(0).type_text.empty());
}

TEST_CASE("clickhouse table: one sentence says what does not fit") {
    auto const columns = read_description("n\tUInt32\t\nm\tUInt32\tALIAS\ns\tArray(String)\t\n");
    CHECK(column_problem<std::uint64_t>("n", &columns[0], "`t`").empty());
    CHECK(column_problem<std::uint64_t>("n", nullptr, "`t`") ==
          "the row's column 'n' (UInt64) is not in the table `t`");
    CHECK(column_problem<std::string>("n", &columns[0], "`t`") ==
          "the row's column 'n' (String) does not fit the table's column of type UInt32");
    CHECK(column_problem<std::string>("s", &columns[2], "`t`") ==
          "the row's column 's' (String) does not fit the table's column of type Array(String)");
    CHECK(column_problem<std::optional<std::uint32_t>>("n", &columns[0], "`t`") ==
          "the row's column 'n' (Nullable(UInt32)) does not fit the table's column of type UInt32, which is not "
          "Nullable");
    CHECK(column_problem<std::uint64_t>("m", &columns[1], "`t`") ==
          "the row's column 'm' (UInt64) is a column of `t`, but of the kind ALIAS, which the server computes itself");
}

}  // namespace weir_test::adapter_clickhouse_table
