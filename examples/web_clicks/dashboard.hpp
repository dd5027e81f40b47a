// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace web_clicks {

/// The dashboard of Grafana as JSON: `grafana/dashboard.json`.
std::string dashboard();

}  // namespace web_clicks
