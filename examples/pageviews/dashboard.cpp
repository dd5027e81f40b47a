// SPDX-License-Identifier: Apache-2.0
#include "dashboard.hpp"

#include "../shared/grafana/clickhouse.hpp"
#include "pageview.hpp"

#include <utility>

namespace pageviews {

using namespace examples::grafana;

std::string dashboard() {
    std::string_view const minutes = "pageviews_per_minute FINAL";
    std::vector<panel> panels{
        {.title = "Page views per minute",
         .description = "All pages together; a minute stands at its start.",
         .size = {12, 9},
         .queries = {clickhouse_series<page_minute>({.table = minutes, .show = "sum({views}) AS views"})}},
        {.title = "Users per minute",
         .description = "How many different users there were on all pages: from the views, since users of pages cannot be "
                        "added up.",
         .size = {12, 9},
         .queries = {clickhouse_series<stored_view>(
             {.table = "pageviews", .time = "toStartOfMinute({ts})", .show = "uniqExact({userid}) AS users"})}},
        {.title = "Top pages",
         .description = "The ten pages with the most views.",
         .type = panel_type::table,
         .size = {12, 10},
         .queries = {clickhouse_table<page_minute>(
             {.table = minutes,
              .by = "{pageid}",
              .show = "sum({views}) AS page_views, max({users}) AS most_users_in_a_minute",
              .order = "page_views DESC, {pageid}",
              .limit = 10})}},
        {.title = "Users",
         .description = "What each user looked at.",
         .type = panel_type::table,
         .size = {12, 10},
         .queries = {clickhouse_table<stored_view>(
             {.table = "pageviews FINAL",
              .by = "{userid}",
              .show = "count() AS page_views, uniqExact({pageid}) AS pages, max({ts}) AS last_seen",
              .order = "page_views DESC, {userid}"})}},
        {.title = "Top five pages, views per interval",
         .description = "The most viewed pages in the course of time, whatever the zoom of the graph.",
         .size = {24, 9},
         .queries = {clickhouse_series<page_minute>(
             {.table = minutes,
              .time = "$__timeInterval({window_start})",
              .by = "{pageid}",
              .show = "sum({views}) AS page_views",
              .where = "{pageid} IN (SELECT {pageid} FROM pageviews_per_minute FINAL WHERE $__timeFilter({window_start}) "
                       "GROUP BY {pageid} ORDER BY sum({views}) DESC, {pageid} LIMIT 5)"})}}};
    return to_json({.uid = "weir-pageviews", .title = "Page views", .refresh = "10s", .panels = std::move(panels)});
}

}  // namespace pageviews
