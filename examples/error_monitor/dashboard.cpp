// SPDX-License-Identifier: Apache-2.0
#include "dashboard.hpp"

#include "../shared/grafana/influxdb.hpp"
#include "event.hpp"

#include <utility>

namespace error_monitor {

using namespace examples::grafana;

std::string dashboard() {
    influx_question<status_count> const requests{
        .measurement = "http_counts", .function = "sum", .field = "count", .by = "status_code"};
    influx_question<status_count> mean = requests;
    mean.function = "mean";
    std::vector<panel> panels{
        {.title = "Requests by status",
         .description = "How many requests came in each interval of the graph, whatever its zoom. InfluxQL.",
         .size = {12, 9},
         .queries = {influxql_series(requests)}},
        {.title = "Requests by status (Flux)",
         .description = "The same in Flux.",
         .size = {12, 9},
         .queries = {flux_series("clickstream", requests)}},
        {.title = "Mean count of a 10 s window",
         .description = "The published panel in InfluxQL.",
         .queries = {influxql_series(mean)}},
        {.title = "Mean count of a 10 s window (Flux, as published)",
         .description = "The published panel. A mean of counts does not say how many requests came: see the panels above.",
         .queries = {flux_series("clickstream", mean)}},
        {.title = "Server errors",
         .description = "How many requests ended with a status of 500 or more.",
         .type = panel_type::stat,
         .size = {6, 6},
         .queries = {influxql_number(requests, R"("{status_code}" =~ /^5/)")}},
        {.title = "Share of server errors, minutes with an alert",
         .description = "The share of the minute that ends at the point; there are points only above the job's threshold.",
         .size = {9, 6},
         .queries = {influxql_series<error_alert>({.measurement = "http_error_alerts", .function = "max", .field = "share"})},
         .unit = "percentunit"},
        {.title = "Alerts",
         .description = "The last minutes with too many server errors.",
         .type = panel_type::table,
         .size = {9, 6},
         .queries = {influxql_points<error_alert>("http_error_alerts", 20)},
         .unit = ""}};
    return to_json({.uid = "weir-error-monitor", .title = "HTTP errors", .from = "now-15m", .panels = std::move(panels)});
}

}  // namespace error_monitor
