// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click.hpp"
#include "options.hpp"

#include <weir/pipeline/boxed.hpp>

#include <string>

namespace web_clicks {

/// Where clicks and minutes go: a table of ClickHouse, or a file of JSON lines that has its name. A batch goes after `age` at
/// the latest.
weir::boxed<click> clicks_out(options const& chosen, std::string const& table, weir::duration age);
weir::boxed<page_minute> minutes_out(options const& chosen, std::string const& table, weir::duration age);

}  // namespace web_clicks
