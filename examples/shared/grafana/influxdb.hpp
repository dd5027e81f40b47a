// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "columns.hpp"
#include "dashboard.hpp"

#include <string>
#include <string_view>
#include <type_traits>

namespace examples::grafana {

/// What is asked about the points of a measurement, in InfluxQL or in Flux.
template <weir::columnar Row>
struct influx_question {
    std::string_view measurement{};
    std::string_view function{};  ///< of what comes within an interval of the graph: `sum`
    column<Row> field{};
    column<Row> by{};  ///< a tag: a line for each of its values; empty: one for all
};

namespace detail {

/// The column that is a point's time, unless the sink was told otherwise.
template <class Row>
consteval std::string_view point_time() {
    for (std::string_view usual : {"window_end", "window_start"})
        if (weir::column_index<Row>(usual) != weir::column_count<Row>) return usual;
    return time_column<Row>();
}

inline query influxql(std::string_view text, std::string_view format, std::string const& alias = {}) {
    json_object asks;
    asks.add("rawQuery", true).add("query", text).add("resultFormat", format);
    if (!alias.empty()) asks.add("alias", alias);
    return {{"influxdb", "influxql"}, asks};
}

inline std::string quoted(std::string_view name) { return json(name); }

template <class Row>
std::string select(influx_question<Row> const& asked) {
    std::string text("SELECT ");
    text.append(asked.function).append("(").append(quoted(asked.field.name())).append(") FROM ");
    return text.append(quoted(asked.measurement)).append(" WHERE $timeFilter");
}

}  // namespace detail

/// Lines in the course of time, by InfluxQL.
template <weir::columnar Row>
query influxql_series(influx_question<Row> const& asked) {
    std::string text = detail::select(asked) + " GROUP BY time($__interval)";
    if (!asked.by.empty()) text.append(", ").append(detail::quoted(asked.by.name()));
    std::string const name(asked.by.empty() ? asked.field.name() : asked.by.name());
    return detail::influxql(text + " fill(none)", "time_series", asked.by.empty() ? name : "$tag_" + name);
}

/// One number of those points for which a condition holds, by InfluxQL: `"{status}" =~ /^5/`.
template <weir::columnar Row>
query influxql_number(influx_question<Row> const& asked, std::type_identity_t<pattern<Row>> where) {
    return detail::influxql(detail::select(asked) + " AND " + where.text(), "time_series");
}

/// The last points, with all that the row has beside its time, by InfluxQL.
template <weir::columnar Row>
query influxql_points(std::string_view measurement, int limit) {
    std::string fields;
    weir::for_each_column<Row>([&](auto i) {
        if (weir::column_name<Row, i()> == detail::point_time<Row>()) return;
        fields.append(fields.empty() ? "" : ", ").append(detail::quoted(weir::column_name<Row, i()>));
    });
    return detail::influxql("SELECT " + fields + " FROM " + detail::quoted(measurement) +
                                " WHERE $timeFilter ORDER BY time DESC LIMIT " + std::to_string(limit),
                            "table");
}

/// Lines in the course of time, by Flux.
template <weir::columnar Row>
query flux_series(std::string_view bucket, influx_question<Row> const& asked) {
    std::string text("from(bucket: ");
    text.append(json(bucket)).append(")\n  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)\n");
    text.append("  |> filter(fn: (r) => r._measurement == ").append(json(asked.measurement));
    text.append(" and r._field == ").append(json(asked.field.name())).append(")\n  |> group(columns: [");
    if (!asked.by.empty()) text.append(json(asked.by.name()));
    text.append("])\n  |> aggregateWindow(every: v.windowPeriod, fn: ").append(asked.function);
    return {{"influxdb", "flux"}, json_object().add("query", text.append(", createEmpty: false)"))};
}

}  // namespace examples::grafana
