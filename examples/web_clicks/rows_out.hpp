// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click.hpp"
#include "options.hpp"

#include <weir/pipeline/boxed.hpp>

namespace web_clicks {

// Where rows go: a table of ClickHouse, or a file of JSON lines that has its name.
weir::boxed<click> clicks_raw(options const& chosen);
weir::boxed<page_minute> page_minute_agg(options const& chosen);
weir::boxed<page_minute> page_minute_anomalies(options const& chosen);

}  // namespace web_clicks
