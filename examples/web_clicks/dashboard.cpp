// SPDX-License-Identifier: Apache-2.0
#include "dashboard.hpp"

#include "../shared/grafana/clickhouse.hpp"
#include "../shared/grafana/prometheus.hpp"
#include "click.hpp"

#include <iterator>

#include <utility>

namespace web_clicks {

using namespace examples::grafana;

namespace {

/// What the job writes, and what sql/tables.sql lets ClickHouse make of it, which has no row type here.
std::vector<panel> clicks() {
    std::string_view const minutes = "rt.page_minute_agg FINAL";
    return {
        {.title = "Clicks a minute",
         .description = "By country. FINAL: a row that came twice counts once.",
         .size = {12, 9},
         .queries = {clickhouse_series<page_minute>({.table = minutes,
                                                     .time = "$__timeInterval({window_start})",
                                                     .by = "{country}",
                                                     .show = "sum({cnt}) AS clicks"})}},
        {.title = "Users in five minutes",
         .description = "Different people on all pages: the states of uniq add up, where numbers of users would not.",
         .size = {12, 9},
         .queries = {clickhouse_text(panel_type::timeseries,
                                     "SELECT window_start AS time, uniqMerge(agg.unique_users) AS users "
                                     "FROM rt.page_5min_agg AS agg WHERE $__timeFilter(window_start) "
                                     "GROUP BY time ORDER BY time")}},
        {.title = "Pages",
         .description = "The most visited.",
         .type = panel_type::table,
         .size = {8, 8},
         .queries = {clickhouse_text(panel_type::table,
                                     "SELECT page, countMerge(agg.cnt) AS clicks, uniqMerge(agg.unique_users) AS users, "
                                     "uniqMerge(agg.unique_countries) AS countries FROM rt.page_5min_agg AS agg "
                                     "WHERE $__timeFilter(window_start) GROUP BY page ORDER BY clicks DESC")},
         .unit = ""},
        {.title = "Devices",
         .description = "By the hours that begin in the time shown, and the one before.",
         .type = panel_type::piechart,
         .size = {8, 8},
         .queries = {clickhouse_text(panel_type::piechart,
                                     "SELECT device, sum(cnt) AS clicks FROM rt.page_hourly "
                                     "WHERE window_start >= $__fromTime - INTERVAL 1 HOUR AND window_start <= $__toTime "
                                     "GROUP BY device ORDER BY clicks DESC")},
         .options = R"({"reduceOptions": {"values": true, "calcs": ["lastNotNull"], "fields": ""},
                        "legend": {"displayMode": "table", "placement": "right", "values": ["value"]}})"},
        {.title = "Recent activity",
         .description = "The published view of the last 24 hours.",
         .type = panel_type::table,
         .size = {8, 8},
         .queries = {clickhouse_text(panel_type::table,
                                     "SELECT page, country, device, total_clicks, unique_users, last_seen "
                                     "FROM rt.recent_activity LIMIT 20")},
         .unit = ""},
        {.title = "Anomalies",
         .description = "Minutes whose count is more than 2.5 standard deviations from those before it.",
         .type = panel_type::table,
         .size = {12, 9},
         .queries = {clickhouse_table<page_minute>(
             {.table = "rt.page_minute_anomalies FINAL",
              .show = "{window_start}, {page}, {country}, {cnt}, {unique_users}, round({z_score}, 1) AS z_score",
              .order = "{window_start} DESC, abs({z_score}) DESC",
              .limit = 50})},
         .unit = ""},
        {.title = "Farthest score of each minute",
         .description = "Of all pages and countries.",
         .size = {12, 9},
         .queries = {clickhouse_series<page_minute>(
             {.table = minutes, .show = "max({z_score}) AS above, min({z_score}) AS below", .where = "isNotNull({z_score})"})}},
        {.title = "From click to row",
         .description = "How long after a click its row was stored; the published query divided a time by a thousand.",
         .queries = {clickhouse_series<click>(
             {.table = "rt.clicks_raw",
              .time = "$__timeInterval(created_at)",
              .show = "quantile(0.5)(toUnixTimestamp(created_at) - toUnixTimestamp64Milli({ts}) / 1000) AS median, "
                      "quantile(0.99)(toUnixTimestamp(created_at) - toUnixTimestamp64Milli({ts}) / 1000) AS p99"})},
         .unit = "s"}};
}

/// What the job says of itself.
std::vector<panel> job() {
    return {
        {.title = "Records read",
         .description = "A second.",
         .queries = {prometheus(R"(rate(weir_job_received_items_total{pipeline="web_clicks"}[$__rate_interval]))", "read")}},
        {.title = "Behind the end of the topic",
         .description = "Records, by partition.",
         .size = {8, 8},
         .queries = {prometheus(R"(weir_source_lag{pipeline="web_clicks"})", "{{lane}}")}},
        {.title = "Watermark behind the clock",
         .description = "No less than the ten seconds that a click may be out of order.",
         .size = {8, 8},
         .queries = {prometheus(R"(weir_watermark_lag_seconds{pipeline="web_clicks"})", "lag")},
         .unit = "s"},
        {.title = "Late and unreadable",
         .description = "A second.",
         .size = {8, 8},
         .queries = {prometheus("sum by (fate) (rate(weir_stage_items_total{pipeline=\"web_clicks\","
                                "fate=~\"late|dead_lettered\"}[$__rate_interval]))",
                                "{{fate}}")}},
        {.title = "Acknowledgement by ClickHouse",
         .description = "Of 100 batches, the 99th.",
         .size = {8, 8},
         .queries = {prometheus("histogram_quantile(0.99, sum by (stage, le) (rate("
                                "weir_sink_acknowledgement_seconds_bucket{pipeline=\"web_clicks\"}[$__rate_interval])))",
                                "{{stage}}")},
         .unit = "s"},
        {.title = "Batches that wait",
         .description = "Four for each table hold the source up.",
         .size = {8, 8},
         .queries = {prometheus(R"(weir_sink_waiting_batches{pipeline="web_clicks"})", "{{stage}}")}},
        {.title = "Held up",
         .description = "The share of the time in which a sink could take no more.",
         .size = {8, 8},
         .queries = {prometheus(R"(avg_over_time(weir_job_held_up{pipeline="web_clicks"}[$__rate_interval]))", "held up")},
         .unit = "percentunit"}};
}

}  // namespace

std::string dashboard() {
    std::vector<panel> panels = clicks();
    std::vector<panel> const watched = job();
    panels.insert(panels.end(), watched.begin(), watched.end());
    return to_json({.uid = "weir-web-clicks", .title = "Web clicks", .panels = std::move(panels)});
}

}  // namespace web_clicks
