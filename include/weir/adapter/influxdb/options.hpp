// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/codec/line_roles.hpp>
#include <weir/sink/outbox.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir::influxdb {

/// Settings of `influxdb::sink`. Either `database` is given (the interface of 1.x: `/write`) or `bucket`
/// (`/api/v2/write`).
struct options {
    std::string url = "http://localhost:8086";  ///< without user and password

    std::string database{};
    std::string retention_policy{};  ///< empty: the database's default
    std::string user{};
    std::string password{};  ///< sent in a header; no error, log or metric ever shows it

    std::string org{};
    std::string bucket{};
    std::string token{};  ///< as `password`

    // Which column becomes what: as in `line_protocol_options`, where each is described.
    std::string measurement{};
    std::vector<std::string> tags{};
    bool guess_tags = true;
    std::vector<std::string> fields{};
    std::vector<std::string> omit{};
    std::string time{};
    line_precision precision = line_precision::microseconds;
    bool unsigned_fields = false;
    bool omit_empty_tags = false;

    bool gzip = false;  ///< compress what is sent
    batch_options batch{.rows = 5'000, .bytes = std::size_t{8} << 20};
    http::client_options http{};
};

/// The part of the options that is about lines.
[[nodiscard]] inline line_protocol_options line_options_of(options const& chosen) {
    return {.measurement = chosen.measurement,
            .tags = chosen.tags,
            .guess_tags = chosen.guess_tags,
            .fields = chosen.fields,
            .omit = chosen.omit,
            .time = chosen.time,
            .precision = chosen.precision,
            .unsigned_fields = chosen.unsigned_fields,
            .omit_empty_tags = chosen.omit_empty_tags};
}

}  // namespace weir::influxdb
