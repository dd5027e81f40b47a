// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/sink/outbox.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::redis {

/// What a key holds: each row becomes one field, one value, one member or one entry.
enum class data_type {
    hash,        ///< `HSET key field value`; without `options::field` each column is a field
    string,      ///< `SET key value`
    sorted_set,  ///< `ZADD key score value`
    stream,      ///< `XADD key id column value ...`
};

/// How times are written.
enum class time_text {
    iso,               ///< `2025-06-10T05:04:00Z`
    iso_without_zone,  ///< `2025-06-10T05:04:00`, in UTC all the same: Python's `isoformat()` of a naive time of whole seconds
    seconds,           ///< since 1970, cut down to whole ones
    milliseconds,
    microseconds,
};

/// Settings of `redis::sink`. A pattern is a text in which `{name}` stands for the row's column of that name, and `{{`
/// and `}}` for the braces themselves; it is held against the row's columns before anything is sent.
struct options {
    std::string url = "redis://localhost:6379";  ///< or `unix:///run/redis.sock`; without user and password
    int database = 0;
    std::string user{};      ///< empty: the server's `default`
    std::string password{};  ///< no error, log or metric ever shows it

    data_type type = data_type::hash;
    std::string key{};    ///< pattern: `click_count:{page}`
    std::string field{};  ///< pattern, hash: `{window_end}`; empty: a field for each column that `key` does not name
    std::string value{};  ///< pattern: `{count}`; empty: the row as JSON. Of a sorted set: the member
    std::string score{};  ///< sorted set: the column that ranks; times count milliseconds since 1970
    std::string id{};     ///< pattern, stream: `{window_end}` (in milliseconds), `{at}-{number}`; empty: the server's
    std::vector<std::string> columns{};  ///< stream, and hash without `field`: which columns; empty: all but the key's

    time_text times = time_text::iso;
    duration time_to_live{};  ///< of the whole key, from its last write; nothing: for ever

    duration connect_timeout = std::chrono::seconds(5);  ///< until the server has answered the log-in
    duration timeout = std::chrono::seconds(15);         ///< without a byte in either direction

    batch_options batch{.rows = 1'000, .bytes = std::size_t{1} << 20};  ///< a batch is one pipeline
};

}  // namespace weir::redis
