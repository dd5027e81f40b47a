// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/sink/outbox.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::clickhouse {

/// How rows are written.
enum class data_format {
    row_binary,  ///< the fastest for both sides; column types are checked by the server with every insert where it can
    json_each_row,  ///< one JSON object a row: readable on the wire
};

/// Settings of `clickhouse::sink`.
struct options {
    std::string url = "http://localhost:8123";  ///< of the HTTP interface; without user and password
    std::string table{};                        ///< `page_minute_agg`, or `rt.page_minute_agg`
    std::string database{};  ///< empty: what stands before the dot in `table`, else the user's default
    std::string user{};      ///< empty: the server's `default`
    std::string password{};  ///< sent in a header; no error, log or metric ever shows it
    data_format format = data_format::row_binary;
    bool gzip = false;  ///< compress what is sent

    /// When an insert is closed and what happens when it fails. More than a million rows, or 256 MiB, would no longer
    /// be one block to the server, and so not stored whole or not at all.
    batch_options batch{.rows = 100'000, .bytes = std::size_t{16} << 20};
    http::client_options http{};

    bool create_table = false;            ///< make the table if it is not there
    std::string engine{};                 ///< of the table to be made: `table_options::engine`
    std::vector<std::string> order_by{};  ///< of the table to be made: `table_options::order_by`
    bool truncate_times = false;          ///< cut times down to the column's steps instead of refusing the row
    std::vector<std::pair<std::string, std::string>> settings{};  ///< ClickHouse's own, for every insert
};

}  // namespace weir::clickhouse
