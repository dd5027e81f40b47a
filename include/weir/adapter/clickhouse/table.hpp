// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/key_columns.hpp>
#include <weir/codec/clickhouse_type.hpp>
#include <weir/codec/row_binary.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::clickhouse {

/// A name as an identifier: between backticks, whatever it holds.
[[nodiscard]] inline std::string quoted_name(std::string_view name) {
    std::string text = "`";
    for (char c : name) {
        if (c == '`' || c == '\\') text += '\\';
        text += c;
    }
    return text + '`';
}

/// `rt.page_minute_agg`, or the table of the database given beside it: `` `rt`.`page_minute_agg` ``. Only the first dot
/// separates, and none when the database is given.
[[nodiscard]] inline std::string quoted_table(std::string_view table, std::string_view database = {}) {
    if (!database.empty()) return quoted_name(database) + "." + quoted_name(table);
    std::size_t const dot = table.find('.');
    if (dot == std::string_view::npos) return quoted_name(table);
    return quoted_name(table.substr(0, dot)) + "." + quoted_name(table.substr(dot + 1));
}

/// A column of a table that is to be made.
struct wanted_column {
    std::string name{};
    clickhouse_type type{};
    bool is_key = false;
};

/// How a table is to be made.
struct table_options {
    std::string database{};
    /// What stands behind `ENGINE =`, `ORDER BY` included; empty: chosen by what is known of the row.
    std::string engine{};
    /// What tells two rows apart: a row that comes again with the same replaces the first. Empty: the row's key
    /// columns.
    std::vector<std::string> order_by{};
    bool has_date_time64 = true;  ///< false for servers before 20.1
    bool has_bool = true;         ///< false for servers before 21.12
};

namespace detail {

template <row_binary_row Row>
std::vector<wanted_column> wanted_columns() {
    std::vector<wanted_column> columns;
    for_each_column<Row>([&](auto i) {
        columns.push_back({std::string(column_name<Row, i()>), natural_clickhouse_type<column_type<Row, i()>>,
                           is_key_column<Row, i()>});
    });
    return columns;
}

/// The key columns; the window's start is one of them when the row knows its key at all.
inline std::vector<std::string> natural_order(std::vector<wanted_column> const& columns) {
    std::vector<std::string> order;
    bool const knows = std::any_of(columns.begin(), columns.end(), [](auto const& c) { return c.is_key; });
    if (!knows) return order;
    for (auto const& column : columns)
        if (column.is_key || column.name == "window_start") order.push_back(column.name);
    return order;
}

}  // namespace detail

/// The text that makes a table for these columns.
///
/// Where it is known what tells rows apart, the engine is `ReplacingMergeTree ORDER BY` that: a batch that is sent
/// twice, or a window that is corrected, ends as one row (after merges, or with `FINAL`). Where it is not known the
/// engine is `MergeTree`, which keeps every row: a guess could merge rows that are different.
[[nodiscard]] inline std::string create_table_statement(std::string_view table,
                                                        std::vector<wanted_column> const& columns,
                                                        table_options const& options = {}) {
    std::string text = "CREATE TABLE IF NOT EXISTS " + quoted_table(table, options.database) + "\n(\n";
    for (auto const& column : columns) {
        text +=
            "    " + quoted_name(column.name) + " " + to_string(column.type, options.has_date_time64, options.has_bool);
        text += &column == &columns.back() ? "\n" : ",\n";
    }
    text += ")\nENGINE = ";
    if (!options.engine.empty()) return text + options.engine;
    auto const order = options.order_by.empty() ? detail::natural_order(columns) : options.order_by;
    if (order.empty()) return text + "MergeTree\nORDER BY tuple()";
    std::string names;
    bool any_nullable = false;
    for (auto const& name : order) {
        names += (names.empty() ? "" : ", ") + quoted_name(name);
        for (auto const& column : columns) any_nullable = any_nullable || (column.name == name && column.type.nullable);
    }
    text += "ReplacingMergeTree\nORDER BY (" + names + ")";
    if (any_nullable) text += "\nSETTINGS allow_nullable_key = 1";
    return text;
}

/// The text that makes a table for rows of this type: `create_table_statement<row>("rt.page_minute_agg")`.
template <row_binary_row Row>
[[nodiscard]] std::string create_table_statement(std::string_view table, table_options const& options = {}) {
    return create_table_statement(table, detail::wanted_columns<Row>(), options);
}

/// A column of a table that is there, as the server describes it.
struct table_column {
    std::string name{};
    std::string type_text{};
    std::string default_kind{};  ///< empty, `DEFAULT`, `MATERIALIZED`, `ALIAS` or `EPHEMERAL`
    clickhouse_type type{};
};

/// Reads the answer to `DESCRIBE TABLE … FORMAT TabSeparatedRaw`.
[[nodiscard]] inline std::vector<table_column> read_description(std::string_view text) {
    std::vector<table_column> columns;
    while (!text.empty()) {
        std::size_t const end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const next = [&line] {
            std::size_t const tab = std::min(line.find('\t'), line.size());
            std::string_view const field = line.substr(0, tab);
            line.remove_prefix(std::min(tab + 1, line.size()));
            return std::string(field);
        };
        table_column column;
        column.name = next();
        column.type_text = next();
        column.default_kind = next();
        column.type = clickhouse_type::parse(column.type_text);
        if (!column.name.empty()) columns.push_back(std::move(column));
    }
    return columns;
}

/// What a row's column wants, and what the table has: empty, or the sentence that says why they do not fit.
template <class T>
[[nodiscard]] std::string column_problem(std::string_view name, table_column const* found, std::string_view table) {
    std::string const expected = to_string(natural_clickhouse_type<T>);
    std::string const column = "the row's column '" + std::string(name) + "' (" + expected + ") ";
    if (found == nullptr) return column + "is not in the table " + std::string(table);
    if (found->default_kind == "MATERIALIZED" || found->default_kind == "ALIAS")
        return column + "is a column of " + std::string(table) + ", but of the kind " + found->default_kind +
               ", which the server computes itself";
    if (can_be_sent_as<T>(found->type)) return {};
    std::string text = column + "does not fit the table's column of type " + found->type_text;
    if (weir::detail::is_optional<T> && !found->type.nullable) text += ", which is not Nullable";
    return text;
}

}  // namespace weir::clickhouse
