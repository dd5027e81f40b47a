// SPDX-License-Identifier: Apache-2.0
#include "dashboard.hpp"

#include "../shared/grafana/elasticsearch.hpp"
#include "documents.hpp"
#include "rows.hpp"

#include <utility>

namespace clickstream_sql {

using namespace examples::grafana;

namespace {

constexpr std::string_view points = R"({"drawStyle": "points"})";
constexpr std::string_view lines = R"({"drawStyle": "line", "showPoints": "always"})";
constexpr std::string_view legend =
    R"({"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["mean", "max", "lastNotNull"]}})";

/// A table's index is called as the table is.
template <class Row>
query about(elasticsearch_question<Row> const& asked) {
    return elasticsearch(asked, documents_of<Row>(std::string(asked.index)));
}

}  // namespace

std::string dashboard() {
    std::vector<panel> panels{
        {.title = "400 error status alert HAVING count(*) > 5",
         .description = "ERRORS_PER_MIN_ALERT: the minutes, one each 20 s, in which a status above 400 came more than five times.",
         .size = {12, 9},
         .queries = {about<errors_per_min>(
             {.index = "errors_per_min_alert", .field = "errors", .by = {"status"}, .interval = "auto"})},
         .custom = points,
         .options = legend},
        {.title = "Stream-Table JOIN on Clickstream and Web_Users",
         .description = "USER_IP_ACTIVITY: how many documents an address, user and city have.",
         .type = panel_type::table,
         .size = {12, 9},
         .queries = {about<user_ip_activity>({.index = "user_ip_activity", .by = {"ip", "username", "city"}})},
         .unit = ""},
        {.title = "User Sessionisation - resource hits",
         .description = "CLICK_USER_SESSIONS: the clicks of each session, at its last click.",
         .size = {24, 10},
         .queries = {about<click_user_sessions>(
             {.index = "click_user_sessions", .field = "events", .by = {"username"}, .interval = "10s"})},
         .custom = lines,
         .options = legend},
        {.title = "Page Views using LIKE filtering",
         .description = "PAGES_PER_MIN: the mean, over users, of the pages in the minute that begins then.",
         .queries = {about<pages_per_min>({.index = "pages_per_min", .function = "avg", .field = "pages", .interval = "10s"})},
         .custom = lines,
         .options = legend},
        {.title = "Errors per minute",
         .description = "ERRORS_PER_MIN, which the published dashboard does not show: each status above 400, a minute each 5 s.",
         .queries = {about<errors_per_min>(
             {.index = "errors_per_min", .field = "errors", .by = {"status"}, .interval = "10s"})},
         .custom = lines,
         .options = legend},
        {.title = "TABLE-STREAM JOIN between ClickStream and Codes Table",
         .description = "ENRICHED_ERROR_CODES_COUNT: the most that a code came in half a minute.",
         .type = panel_type::table,
         .queries = {about<enriched_error_codes_count>(
             {.index = "enriched_error_codes_count", .field = "count", .by = {"code", "definition"}})},
         .unit = ""},
        {.title = "Count all Events grouped by time bucket",
         .description = "EVENTS_PER_MIN: the most that a user clicked in the minute that begins then.",
         .queries = {about<events_per_min>({.index = "events_per_min", .field = "events", .interval = "10s"})},
         .custom = lines,
         .options = legend}};
    return to_json(
        {.uid = "weir-clickstream-sql", .title = "Click Stream Analysis", .from = "now-15m", .panels = std::move(panels)});
}

}  // namespace clickstream_sql
