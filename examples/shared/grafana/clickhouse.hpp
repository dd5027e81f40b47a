// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "columns.hpp"
#include "dashboard.hpp"

#include <string>
#include <string_view>

namespace examples::grafana {

/// What is asked about the rows of a table. `by`, `show` and `where` are lists and conditions of SQL.
template <weir::columnar Row>
struct clickhouse_question {
    std::string_view table{};  ///< with `FINAL`, where a row that came twice is to count once
    pattern<Row> time{};       ///< of a series: what a row's time becomes; empty: it stays as it is
    pattern<Row> by{};         ///< columns: a line, or a row, for each of their values; empty: one for all, or each row
    pattern<Row> show{};
    pattern<Row> where{};  ///< beside the time that the dashboard shows
    pattern<Row> order{};  ///< of a table
    int limit = 0;         ///< of a table; 0: all
};

/// A statement that is no question about a row's type, such as one about a view that the database makes.
inline query clickhouse_text(panel_type type, std::string_view sql) {
    bool const series = type == panel_type::timeseries;
    json_object asks;
    asks.add("editorType", "sql").add("queryType", series ? "timeseries" : "table").add("format", series ? 0 : 1);
    return {{"grafana-clickhouse-datasource", "clickhouse"}, asks.add("rawSql", sql)};
}

namespace detail {

template <class Row>
std::string from_where(clickhouse_question<Row> const& asked) {
    static_assert(!time_column<Row>().empty(), "a row without a time cannot be asked for a span of time");
    std::string sql(" FROM ");
    sql.append(asked.table).append(" WHERE $__timeFilter(").append(time_column<Row>()).append(")");
    if (!asked.where.empty()) sql.append(" AND ").append(asked.where.text());
    return sql;
}

}  // namespace detail

/// Lines in the course of time.
template <weir::columnar Row>
query clickhouse_series(clickhouse_question<Row> const& asked) {
    std::string const by = asked.by.empty() ? "" : ", " + asked.by.text();
    std::string sql("SELECT ");
    sql.append(asked.time.empty() ? std::string(time_column<Row>()) : asked.time.text()).append(" AS time").append(by);
    sql.append(", ").append(asked.show.text()).append(detail::from_where(asked));
    return clickhouse_text(panel_type::timeseries, sql.append(" GROUP BY time").append(by).append(" ORDER BY time"));
}

/// Rows.
template <weir::columnar Row>
query clickhouse_table(clickhouse_question<Row> const& asked) {
    std::string sql("SELECT ");
    if (!asked.by.empty()) sql.append(asked.by.text()).append(", ");
    sql.append(asked.show.text()).append(detail::from_where(asked));
    if (!asked.by.empty()) sql.append(" GROUP BY ").append(asked.by.text());
    sql.append(" ORDER BY ").append(asked.order.text());
    if (asked.limit > 0) sql.append(" LIMIT ").append(std::to_string(asked.limit));
    return clickhouse_text(panel_type::table, sql);
}

}  // namespace examples::grafana
