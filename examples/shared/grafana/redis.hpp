// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "columns.hpp"
#include "dashboard.hpp"

#include <string>
#include <string_view>

namespace examples::grafana {

/// All fields of the hash whose key the sink makes by this pattern of rows that have `value` in the one column that is in it.
template <weir::columnar Row>
query redis_hash(pattern<Row> key, column<Row> named, std::string_view value) {
    json_object asks;
    asks.add("type", "command").add("command", "hgetall").add("keyName", key.text_with(named, value)).add("query", "");
    return {{"redis-datasource", "redis"}, asks};
}

}  // namespace examples::grafana
