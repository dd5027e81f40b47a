// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace clickstream_sql {

/// The dashboard of Grafana as JSON: `grafana/dashboard.json`.
std::string dashboard();

}  // namespace clickstream_sql
