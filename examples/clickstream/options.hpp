// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "generator.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace clickstream {

/// What the command line asked for.
struct options {
    std::string source = "generate";
    std::vector<std::string> sinks{"terminal"};
    std::vector<std::string> inputs;
    std::string output = "-";

    std::vector<std::string> key{"page", "country"};
    std::string distinct;
    weir::duration window = std::chrono::minutes(1);
    weir::duration out_of_orderness = std::chrono::seconds(10);
    weir::duration allowed_lateness{};

    std::uint64_t events = 200'000;
    double rate = 0;
    weir::duration duration{};
    generator_options generate;
    std::string export_to;

    std::string brokers;
    std::string topic = "web.clicks";
    std::string group = "clickstream";
    bool until_end = false;
    std::string clickhouse_url = "http://localhost:8123";
    std::string influxdb_url = "http://localhost:8086";
    std::string user, password, token, org, bucket;
    std::string database = "default";
    std::string influxdb_database;
    std::string table = "clickstream";
    std::string output_topic = "page.minutes";
    weir::duration connect_timeout = std::chrono::seconds(10);
};

/// Reads `60s`, `1min`, `500ms`, `2h`, `1d`.
inline std::string parse_span(std::string const& text, weir::duration& into) {
    std::size_t digits = 0;
    std::int64_t number = 0;
    while (digits < text.size() && digits < 12 && text[digits] >= '0' && text[digits] <= '9')
        number = number * 10 + (text[digits++] - '0');
    std::string const unit = text.substr(digits);
    std::int64_t const factor = unit == "us" ? 1 : unit == "ms" ? 1000 : unit == "s" || unit.empty() ? 1'000'000
                              : unit == "m" || unit == "min" ? 60'000'000 : unit == "h" ? 3'600'000'000
                              : unit == "d" ? 86'400'000'000 : 0;
    if (digits == 0 || factor == 0) return "'" + text + "' is no span of time; write 500ms, 60s, 1min, 2h or 1d";
    into = weir::duration(number * factor);
    return {};
}

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
inline int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"Counts clicks per window and key: Kafka, a file, a web server's log or made-up clicks in; a table, NDJSON, "
                 "ClickHouse, InfluxDB or Kafka out.",
                 "clickstream"};
    auto const span = [&](char const* name, weir::duration& into, char const* help) {
        app.add_option_function<std::string>(name, [&into](std::string const& text) {
            if (std::string const why = parse_span(text, into); !why.empty()) throw CLI::ValidationError(why);
        }, help)->type_name("SPAN");
    };
    app.add_option("--source", chosen.source, "where clicks come from: generate (through a Kafka broker inside the program), kafka, "
                                              "file (NDJSON), access-log (common or combined)")
        ->check(CLI::IsMember({"generate", "kafka", "file", "access-log"}))->capture_default_str();
    app.add_option("--sink", chosen.sinks, "where rows go, one or several: terminal, ndjson, clickhouse, influxdb, kafka")
        ->delimiter(',')->check(CLI::IsMember({"terminal", "ndjson", "clickhouse", "influxdb", "kafka"}))->capture_default_str();
    app.add_option("--input", chosen.inputs, "files to read, with --source file or access-log");
    app.add_option("--output", chosen.output, "file that --sink ndjson writes; - is standard output")->capture_default_str();
    app.add_option("--key", chosen.key, "columns to group by: page country device user_id of clicks, status method address path of "
                                        "an access log; none: one row a window")
        ->delimiter(',')->capture_default_str();
    app.add_option("--distinct", chosen.distinct, "also count the different values of this column");
    span("--window", chosen.window, "length of a window [1min]");
    span("--out-of-orderness", chosen.out_of_orderness, "how far out of order an event may be and still be on time [10s]");
    span("--allowed-lateness", chosen.allowed_lateness, "how long a closed window can still be corrected [0s]");
    app.add_option("--events", chosen.events, "how many clicks to generate")->capture_default_str();
    app.add_option("--rate", chosen.rate, "clicks to generate a second; 0: as fast as they are read")->capture_default_str();
    span("--duration", chosen.duration, "stop after this long [never]");
    app.add_option("--seed", chosen.generate.seed, "equal seeds make equal clicks")->capture_default_str();
    app.add_option("--event-rate", chosen.generate.clicks_per_second, "clicks a second of event time")->capture_default_str();
    app.add_option("--late-share", chosen.generate.late_share, "share of clicks that come a minute or two late")->capture_default_str();
    app.add_option("--malformed-share", chosen.generate.malformed_share, "share of clicks that are cut off")->capture_default_str();
    app.add_option("--export", chosen.export_to, "write the generated clicks to this file as NDJSON, and do nothing else");
    app.add_option("--brokers", chosen.brokers, "Kafka brokers, as in host:9092");
    app.add_option("--topic", chosen.topic, "Kafka topic to read")->capture_default_str();
    app.add_option("--group", chosen.group, "Kafka consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read Kafka up to what is there now, then end");
    app.add_option("--output-topic", chosen.output_topic, "Kafka topic that --sink kafka writes")->capture_default_str();
    app.add_option("--clickhouse", chosen.clickhouse_url, "ClickHouse's address")->capture_default_str();
    app.add_option("--influxdb", chosen.influxdb_url, "InfluxDB's address")->capture_default_str();
    app.add_option("--database", chosen.database, "database of ClickHouse, and of InfluxDB")->capture_default_str();
    app.add_option("--influxdb-database", chosen.influxdb_database, "database of InfluxDB, if not --database");
    app.add_option("--table", chosen.table, "table of ClickHouse, measurement of InfluxDB")->capture_default_str();
    app.add_option("--org", chosen.org, "organisation of InfluxDB 2");
    app.add_option("--bucket", chosen.bucket, "bucket of InfluxDB 2");
    app.add_option("--user", chosen.user, "user of ClickHouse or InfluxDB");
    app.add_option("--password", chosen.password, "its password")->envname("WEIR_PASSWORD");
    app.add_option("--token", chosen.token, "token of InfluxDB 2")->envname("WEIR_TOKEN");
    span("--connect-timeout", chosen.connect_timeout, "give up a broker or database that cannot be reached after this long [10s]");
    try {
        app.parse(count, words);
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    if (chosen.key == std::vector<std::string>{"none"} || chosen.key == std::vector<std::string>{""}) chosen.key.clear();
    return 0;
}

}  // namespace clickstream
