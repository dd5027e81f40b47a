// SPDX-License-Identifier: Apache-2.0
// Apart from main.cpp, so that the two are compiled side by side.
#include "rows_out.hpp"

#include <weir/adapter/clickhouse.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/sink/file.hpp>

namespace web_clicks {

namespace {

template <class Row>
weir::boxed<Row> rows_out(options const& chosen, std::string const& table, weir::duration age) {
    if (!chosen.output.empty()) return weir::boxed<Row>(weir::file(chosen.output + "." + table + ".ndjson", weir::ndjson()));
    weir::clickhouse::options to{.url = chosen.clickhouse, .table = table, .database = chosen.database};
    to.user = chosen.user;
    to.password = chosen.password;
    to.truncate_times = chosen.truncate_times;
    to.batch.age = age;
    to.batch.retry.give_up_after = chosen.give_up_after;
    return weir::boxed<Row>(weir::clickhouse::sink(to));
}

}  // namespace

weir::boxed<click> clicks_out(options const& chosen, std::string const& table, weir::duration age) {
    return rows_out<click>(chosen, table, age);
}

weir::boxed<page_minute> minutes_out(options const& chosen, std::string const& table, weir::duration age) {
    return rows_out<page_minute>(chosen, table, age);
}

}  // namespace web_clicks
