// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "options.hpp"

#include <weir/adapter/clickhouse.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/sink/file.hpp>

#include <string>

namespace pageviews {

/// Where rows go: a table of ClickHouse, or a file.
template <class Row>
weir::boxed<Row> rows_out(options const& chosen, std::string const& table) {
    if (!chosen.output.empty()) return weir::boxed<Row>(weir::file(chosen.output + "." + table + ".ndjson", weir::ndjson()));
    weir::clickhouse::options to{.url = chosen.clickhouse, .table = table, .database = chosen.database};
    to.user = chosen.user;
    to.password = chosen.password;
    to.truncate_times = true;  // ClickHouse before 20.1 keeps whole seconds only
    to.batch.retry.give_up_after = chosen.give_up_after;
    return weir::boxed<Row>(weir::clickhouse::sink(to));
}

}  // namespace pageviews
