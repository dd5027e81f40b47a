// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/base/columns.hpp>

#include <string>
#include <utility>

namespace clickstream_sql {

/// How documents look, as ksqlDB has them: the second column is EVENT_TS, in milliseconds, and all names are in upper case.
template <class Row>
weir::elasticsearch::options documents_of(std::string index) {
    weir::elasticsearch::options to{.index = std::move(index)};
    to.rename = {{std::string(weir::column_name<Row, 1>), "EVENT_TS"}};
    to.upper_case = true;
    to.times = weir::elasticsearch::time_format::epoch_millis;
    return to;
}

}  // namespace clickstream_sql
