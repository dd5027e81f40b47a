// SPDX-License-Identifier: Apache-2.0
// Apart from main.cpp, so that the two are compiled side by side.
#include "options.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace web_clicks {

int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"Clicks per page, country and minute, with their users and a score: from Kafka to ClickHouse.", "web_clicks"};
    app.add_option("--generate", chosen.generate, "write made-up clicks to this file (-: standard output), and do nothing else");
    app.add_flag("--dashboard", chosen.dashboard, "print the dashboard of Grafana, and do nothing else");
    app.add_option("--events", chosen.events, "how many clicks are made up; 0 with --rate: without end")->capture_default_str();
    app.add_option("--rate", chosen.rate,
                   "make up so many a second from now on: for --generate, or for a Kafka broker inside the program");
    app.add_option("--seed", chosen.clicks.seed, "equal seeds make equal clicks")->capture_default_str();
    auto* const event_rate = app.add_option("--event-rate", chosen.clicks.rate, "so many a second of event time")
                                 ->capture_default_str();
    auto* const start = app.add_option("--start", chosen.clicks.start, "time of the first, in seconds since 1970")
                            ->capture_default_str();
    app.add_option("--input", chosen.input, "send this file through a Kafka broker inside the program; else --brokers")
        ->excludes("--rate");
    app.add_option("--brokers", chosen.brokers, "Kafka, as in host:9092")->capture_default_str();
    app.add_option("--topic", chosen.topic, "its topic")->capture_default_str();
    app.add_option("--group", chosen.group, "its consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read up to what is there now, close the windows and end");
    app.add_option("--output", chosen.output, "write rows to FILE.clicks_raw.ndjson and so on; else --clickhouse")
        ->type_name("FILE");
    app.add_option("--clickhouse", chosen.clickhouse, "ClickHouse's address, as in http://localhost:8123");
    app.add_option("--database", chosen.database, "its database")->capture_default_str();
    app.add_option("--user", chosen.user, "its user");
    app.add_option("--password", chosen.password, "the user's password")->envname("CLICKHOUSE_PASSWORD");
    app.add_flag("--truncate-times", chosen.truncate_times, "cut times to the second, for a ClickHouse before 20.1");
    app.add_option("--dead-letters", chosen.dead_letters, "write what cannot be read to this file");
    app.add_option("--metrics", chosen.metrics, "serve Prometheus metrics at this port")->type_name("PORT");
    app.add_option("--metrics-address", chosen.metrics_address, "and at this address of this machine; they have no password")
        ->capture_default_str();
    app.add_option("--threshold", chosen.score.threshold, "a score further from zero is an anomaly")
        ->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--score", chosen.score.against, "a count against those before it (earlier), or also itself (published)")
        ->transform(CLI::CheckedTransformer(std::map<std::string, weir::score_against>{
            {"earlier", weir::score_against::earlier}, {"published", weir::score_against::earlier_and_own}}))
        ->default_str("earlier");
    try {
        app.parse(count, words);
        bool const runs = chosen.generate.empty() && !chosen.dashboard;
        if (runs && chosen.output.empty() && chosen.clickhouse.empty())
            throw CLI::ValidationError("say where the rows go: --output or --clickhouse");
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    if (chosen.rate > 0 && event_rate->empty()) chosen.clicks.rate = chosen.rate;
    if (chosen.rate > 0 && start->empty()) {
        auto const now = std::chrono::system_clock::now().time_since_epoch();
        chosen.clicks.start = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    }
    return 0;
}

}  // namespace web_clicks
