// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "columns.hpp"
#include "dashboard.hpp"

#include <weir/adapter/elasticsearch/index_template.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace examples::grafana {

/// What is asked about the documents of an index, whose data source has its name.
template <weir::columnar Row>
struct elasticsearch_question {
    std::string_view index{};
    std::string_view function = "max";
    column<Row> field{};            ///< empty: how many documents there are
    std::vector<column<Row>> by{};  ///< a line, or a row, for each of their values
    std::string_view interval{};    ///< of a series: `10s`, `auto`; empty: it is none
};

/// An aggregation over documents whose fields are named as the sink with these options names them.
template <weir::columnar Row>
query elasticsearch(elasticsearch_question<Row> const& asked, weir::elasticsearch::options const& sink) {
    std::string const time = weir::elasticsearch::field_name_of(sink, time_column<Row>());
    json_object metric;
    metric.add("type", asked.field.empty() ? "count" : asked.function).add("id", "1");
    if (!asked.field.empty()) metric.add("field", weir::elasticsearch::field_name_of(sink, asked.field.name()));

    std::vector<std::string> buckets;
    auto const bucket = [&](std::string_view type, std::string_view field, std::string_view settings) {
        json_object made;
        made.add("type", type).add("field", field).add("id", std::to_string(buckets.size() + 2));
        buckets.push_back(made.add_json("settings", settings).text());
    };
    for (auto const& each : asked.by)
        bucket("terms", weir::elasticsearch::field_name_of(sink, each.name()),
               R"({"min_doc_count":"1","order":"desc","orderBy":"_term","size":"10"})");
    if (!asked.interval.empty()) {
        json_object settings;
        settings.add("interval", asked.interval).add("min_doc_count", "0").add("trimEdges", "0");
        bucket("date_histogram", time, settings.text());
    }
    json_object asks;
    asks.add("query", "").add("timeField", time).add_json("metrics", json_array({metric.text()}));
    return {{"elasticsearch", asked.index}, asks.add_json("bucketAggs", json_array(buckets))};
}

}  // namespace examples::grafana
