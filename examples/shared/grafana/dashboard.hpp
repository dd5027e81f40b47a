// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file A Grafana dashboard: what differs between ours is said, the rest is the same in all of them.

namespace examples::grafana {

/// A data source as the provisioned ones are called.
struct data_source {
    std::string_view type, uid;
};

/// What a panel asks a data source; made by the functions in the headers beside this one.
struct query {
    data_source from;
    json_object asks;
};

enum class panel_type { timeseries, table, stat, piechart };

/// How wide and high a panel is: the dashboard is 24 wide.
struct panel_size {
    int width = 12, height = 8;
};

struct panel {
    std::string_view title{};
    std::string_view description{};
    panel_type type = panel_type::timeseries;
    panel_size size{};
    std::vector<query> queries{};

    std::string_view unit = "short";  ///< of its numbers, as Grafana calls it; empty: they are shown as they are
    // As JSON, where there is something to say.
    std::string_view mappings{};
    std::string_view custom{};
    std::string_view overrides{};
    std::string_view options{};
    std::string_view transformations{};
};

struct dashboard {
    std::string_view uid{};
    std::string_view title{};
    std::string_view refresh = "5s";
    std::string_view from = "now-1h";
    std::vector<panel> panels{};  ///< from the left to the right, and on below where a panel has no room
};

namespace detail {

struct panel_place {
    int x = 0, y = 0, w = 0, h = 0;
};

inline std::string targets(std::vector<query> const& queries) {
    std::vector<std::string> targets;
    char name[] = "A";
    for (auto const& [from, asks] : queries) {
        json_object target;
        target.add("refId", std::string_view(name)).add("datasource", from).add_all(asks);
        targets.push_back(target.text());
        ++name[0];
    }
    return json_array(targets);
}

inline std::string panel_json(panel const& shown, std::size_t id, panel_place const& place) {
    json_object made;
    made.add("id", id).add("title", shown.title).add("description", shown.description).add("type", shown.type);
    made.add("datasource", shown.queries.front().from).add("gridPos", place);
    made.add_json("targets", targets(shown.queries));
    if (!shown.unit.empty()) {
        json_object defaults, fields;
        defaults.add("unit", shown.unit).add_json("mappings", shown.mappings).add_json("custom", shown.custom);
        fields.add_json("defaults", defaults.text());
        fields.add_json("overrides", shown.overrides.empty() ? "[]" : shown.overrides);
        made.add_json("fieldConfig", fields.text());
    }
    return made.add_json("options", shown.options).add_json("transformations", shown.transformations).text();
}

}  // namespace detail

/// The dashboard as JSON that Grafana 11 can be provisioned with. Each panel has one query at least.
inline std::string to_json(dashboard const& shown) {
    std::vector<std::string> panels;
    detail::panel_place place;
    for (panel const& each : shown.panels) {
        place.x += place.w;
        if (place.x + each.size.width > 24) place.x = 0, place.y += place.h, place.h = 0;
        place.w = each.size.width;
        if (place.h < each.size.height) place.h = each.size.height;
        panels.push_back(detail::panel_json(each, panels.size() + 1, {place.x, place.y, each.size.width, each.size.height}));
    }
    json_object made;
    made.add("uid", shown.uid).add("title", shown.title).add_json("tags", R"(["weir"])").add("schemaVersion", 39);
    made.add("version", 1).add("editable", true).add("refresh", shown.refresh);
    made.add_json("time", json_object().add("from", shown.from).add("to", "now").text()).add("timezone", "browser");
    made.add_json("templating", R"({"list":[]})").add_json("annotations", R"({"list":[]})");
    return indented(made.add_json("panels", json_array(panels)).text());
}

}  // namespace examples::grafana
