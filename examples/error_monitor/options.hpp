// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace error_monitor {

/// What the command line asked for.
struct options {
    std::string generate;
    bool dashboard = false;
    std::uint64_t events = 20'000;
    std::uint64_t seed = 1;
    double rate = 0;

    std::string input;
    std::string brokers = "localhost:9092";
    std::string topic = "clickstream_events";
    std::string group = "error-monitor";
    bool until_end = false;

    std::string output;
    std::string influxdb = "http://localhost:8086";
    std::string database, user, password;
    std::string org, bucket, token;
    std::string dead_letters;
    double threshold = 0.4;
    weir::duration give_up_after = std::chrono::seconds(30);
};

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
inline int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"Counts HTTP statuses per ten seconds, and finds the minutes with too many server errors: from Kafka to InfluxDB.",
                 "error_monitor"};
    app.add_option("--generate", chosen.generate, "write made-up events to this file (-: standard output), and do nothing else");
    app.add_flag("--dashboard", chosen.dashboard, "print the dashboard of Grafana, and do nothing else");
    app.add_option("--events", chosen.events, "how many; 0 with --rate: without end")->capture_default_str();
    app.add_option("--rate", chosen.rate, "so many a second from now on; 0: at once, and always the same");
    app.add_option("--seed", chosen.seed, "equal seeds make equal events")->capture_default_str();
    app.add_option("--input", chosen.input, "send this file through a Kafka broker inside the program; else --brokers");
    app.add_option("--brokers", chosen.brokers, "Kafka, as in host:9092")->capture_default_str();
    app.add_option("--topic", chosen.topic, "its topic")->capture_default_str();
    app.add_option("--group", chosen.group, "its consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read up to what is there now, close the windows and end");
    app.add_option("--output", chosen.output, "write points to FILE.http_counts.lp and FILE.http_error_alerts.lp; else --influxdb")
        ->type_name("FILE");
    app.add_option("--influxdb", chosen.influxdb, "InfluxDB's address")->capture_default_str();
    app.add_option("--database", chosen.database, "its database: the interface of 1.x, /write");
    app.add_option("--user", chosen.user, "its user");
    app.add_option("--password", chosen.password, "the user's password")->envname("INFLUXDB_PASSWORD");
    app.add_option("--bucket", chosen.bucket, "its bucket: the interface of 2.x, /api/v2/write")->excludes("--database");
    app.add_option("--org", chosen.org, "the bucket's organisation");
    app.add_option("--token", chosen.token, "its token")->envname("INFLUXDB_TOKEN");
    app.add_option("--dead-letters", chosen.dead_letters, "write what cannot be read to this file");
    app.add_option("--threshold", chosen.threshold, "the share of server errors in a minute above which there is an alert")
        ->check(CLI::Range(0.0, 1.0))->capture_default_str();
    try {
        app.parse(count, words);
        bool const runs = chosen.generate.empty() && !chosen.dashboard;
        if (runs && chosen.output.empty() && chosen.database.empty() == chosen.bucket.empty())
            throw CLI::ValidationError("say where the points go: --output, --database or --bucket");
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    return 0;
}

}  // namespace error_monitor
