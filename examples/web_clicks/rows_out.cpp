// SPDX-License-Identifier: Apache-2.0
// Apart from main.cpp, so that the two are compiled side by side.
#include "rows_out.hpp"

#include <weir/adapter/clickhouse.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/sink/file.hpp>

#include <string>

using namespace std::chrono_literals;

namespace web_clicks {

namespace {

/// Reports and metrics call the sink as its table. A batch goes when its first row has waited for `age`.
template <class Row, weir::fixed_string Table>
weir::boxed<Row> rows_out(options const& chosen, weir::duration age) {
    std::string const table(Table.view());
    if (!chosen.output.empty())
        return weir::boxed<Row>(weir::named<Table>(weir::file(chosen.output + "." + table + ".ndjson", weir::ndjson())));
    weir::clickhouse::options to{.url = chosen.clickhouse, .table = table, .database = chosen.database};
    to.user = chosen.user;
    to.password = chosen.password;
    to.truncate_times = chosen.truncate_times;
    to.batch.age = age;
    to.batch.retry.give_up_after = chosen.give_up_after;
    return weir::boxed<Row>(weir::named<Table>(weir::clickhouse::sink(to)));
}

}  // namespace

weir::boxed<click> clicks_raw(options const& chosen) { return rows_out<click, "clicks_raw">(chosen, 10s); }

weir::boxed<page_minute> page_minute_agg(options const& chosen) { return rows_out<page_minute, "page_minute_agg">(chosen, 5s); }

weir::boxed<page_minute> page_minute_anomalies(options const& chosen) {
    return rows_out<page_minute, "page_minute_anomalies">(chosen, 1s);
}

}  // namespace web_clicks
