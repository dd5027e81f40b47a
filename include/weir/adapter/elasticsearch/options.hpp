// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/sink/outbox.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::elasticsearch {

/// What a document's `_id` is made of, and so what becomes of a row that comes again.
enum class write_mode {
    /// The `_id` is the row's key. A row that comes anew replaces the document, one that is taken back deletes it, and a
    /// batch that is sent twice leaves what it left the first time.
    upsert,
    /// The server makes the ids: every row is a document of its own. A batch whose answer was lost is sent again, and
    /// its rows are then there twice.
    append,
    /// The `_id` is a hash of the document. A batch that is sent twice is there once, and so are two rows whose
    /// documents are equal to the byte: right for rows of windows, and for events that carry an id or an exact time.
    append_once,
};

/// How times are written. The type `date` takes both, and keeps milliseconds.
enum class time_format {
    iso,           ///< `"2015-05-17T10:05:00.25Z"`, with all that the time has
    epoch_millis,  ///< `1431857100250`; what is finer is cut off
};

/// Settings of `elasticsearch::sink`.
struct options {
    std::string url = "http://localhost:9200";  ///< without user and password

    // One way to say who we are, or none. No error, log or metric ever shows a secret.
    std::string user{};
    std::string password{};
    std::string api_key{};  ///< as the server gives it in `encoded`, or `id:api_key`
    std::string bearer_token{};

    /// `page-minutes`; or with the row's time in it, `page-minutes-%Y.%m.%d` (`%Y %m %d %H`, in UTC).
    std::string index{};
    /// The column whose time the index's name has. Empty: `window_start`, else `window_end`, else the first time.
    std::string index_time{};
    write_mode mode = write_mode::upsert;
    /// Columns that make the `_id` when rows are upserted. Empty: the row's key columns and `window_start`.
    std::vector<std::string> key{};
    /// Rows that are taken back are not wanted: their documents stay. Only asked for when such rows are appended.
    bool drop_erased = false;

    std::vector<std::pair<std::string, std::string>>
        rename{};                          ///< columns whose field has another name: {column, field}
    bool upper_case = false;               ///< field names in upper case (a to z), but those renamed
    std::vector<std::string> omit{};       ///< columns that are in no document
    time_format times = time_format::iso;  ///< of columns; times inside of structs are ISO

    bool put_template = false;    ///< put an index template before the first document, if none of its name is there
    std::string template_name{};  ///< empty: `weir-` and the index's name without its time
    int shards = 1;               ///< of the indices that the template makes
    int replicas = 1;

    std::vector<std::pair<std::string, std::string>> parameters{};  ///< further ones of `_bulk`: {"pipeline", "geo"}
    bool gzip = false;                                              ///< compress what is sent
    batch_options batch{.rows = 5'000, .bytes = std::size_t{5} << 20};
    http::client_options http{.most_response_bytes = std::size_t{16} << 20};
};

}  // namespace weir::elasticsearch
