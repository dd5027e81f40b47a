// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace pageviews {

/// The dashboard of Grafana as JSON: `grafana/dashboard.json`.
std::string dashboard();

}  // namespace pageviews
