// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "options.hpp"

#include <weir/adapter/influxdb.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/sink/line_protocol_file.hpp>

#include <string>
#include <utility>
#include <vector>

namespace error_monitor {

/// Where points go: InfluxDB by either interface, or a file of the same lines.
template <class Point>
weir::boxed<Point> points_out(options const& chosen, std::string measurement, std::vector<std::string> tags = {}) {
    auto const precision = weir::line_precision::nanoseconds;
    if (!chosen.output.empty())
        return weir::boxed<Point>(weir::line_protocol_file(
            chosen.output + "." + measurement + ".lp",
            {.measurement = measurement, .tags = std::move(tags), .guess_tags = false, .precision = precision}));
    weir::influxdb::options to{.url = chosen.influxdb, .database = chosen.database, .user = chosen.user, .password = chosen.password};
    to.org = chosen.org;
    to.bucket = chosen.bucket;
    to.token = chosen.token;
    to.measurement = std::move(measurement);
    to.tags = std::move(tags);
    to.guess_tags = false;
    to.precision = precision;
    to.batch.retry.give_up_after = chosen.give_up_after;
    return weir::boxed<Point>(weir::influxdb::sink(to));
}

}  // namespace error_monitor
