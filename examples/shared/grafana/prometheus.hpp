// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "dashboard.hpp"

#include <string_view>

namespace examples::grafana {

/// An expression of Prometheus, and what its lines are called. Metrics are named by whoever exposes them, not by a row's type.
inline query prometheus(std::string_view expression, std::string_view legend) {
    json_object asks;
    return {{"prometheus", "prometheus"}, asks.add("expr", expression).add("legendFormat", legend).add("range", true)};
}

}  // namespace examples::grafana
