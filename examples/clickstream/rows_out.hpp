// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "options.hpp"
#include "terminal.hpp"

#include <weir/adapter/clickhouse.hpp>
#include <weir/adapter/influxdb.hpp>
#include <weir/adapter/kafka.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/sink/file.hpp>
#include <weir/sink/print.hpp>

#include <string>
#include <utility>
#include <vector>

namespace clickstream {

/// The sinks that the command line named.
inline std::vector<weir::boxed<weir::record>> make_sinks(options const& chosen) {
    std::vector<weir::boxed<weir::record>> sinks;
    auto const add = [&](auto sink) { sinks.emplace_back(std::move(sink)); };
    for (std::string const& name : chosen.sinks) {
        if (name == "terminal") {
            add(terminal());
        } else if (name == "ndjson") {
            if (chosen.output == "-") add(weir::print(stdout));
            else add(weir::file(chosen.output, weir::ndjson()));
        } else if (name == "clickhouse") {
            weir::clickhouse::options to{.url = chosen.clickhouse_url, .table = chosen.table, .database = chosen.database};
            to.user = chosen.user;
            to.password = chosen.password;
            to.create_table = true;
            to.order_by = chosen.key;
            to.order_by.insert(to.order_by.begin(), "window_start");
            to.batch.retry.give_up_after = chosen.connect_timeout;
            add(weir::clickhouse::sink(to));
        } else if (name == "influxdb") {
            weir::influxdb::options to{.url = chosen.influxdb_url};
            if (chosen.bucket.empty()) to.database = chosen.influxdb_database.empty() ? chosen.database : chosen.influxdb_database;
            to.user = chosen.user;
            to.password = chosen.password;
            to.org = chosen.org;
            to.bucket = chosen.bucket;
            to.token = chosen.token;
            to.measurement = chosen.table;
            to.tags = chosen.key;
            to.batch.retry.give_up_after = chosen.connect_timeout;
            add(weir::influxdb::sink(to));
        } else if (name == "kafka") {
            weir::kafka::sink_options to{.brokers = chosen.brokers, .topic = chosen.output_topic};
            to.connect_timeout = chosen.connect_timeout;
            add(weir::kafka::sink(to, weir::ndjson()));
        }
    }
    return sinks;
}

}  // namespace clickstream
