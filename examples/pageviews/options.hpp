// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace pageviews {

/// What the command line asked for.
struct options {
    std::string generate;
    bool dashboard = false;
    bool embedded = false;
    std::uint64_t events = 20'000;
    std::uint64_t seed = 1;

    std::string brokers = "localhost:9092";
    std::string topic = "pageviews";
    std::string group = "pageviews";
    bool until_end = false;
    std::string registry = "http://localhost:8081";
    std::string registry_user, registry_password;
    bool put_aside = false;

    std::string output;
    std::string clickhouse = "http://localhost:8123";
    std::string database = "default";
    std::string user, password;
    std::string dead_letters;
    weir::duration give_up_after = std::chrono::seconds(30);
};

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
inline int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"Counts the views and users of each page and minute: from Avro in Kafka to ClickHouse.", "pageviews"};
    int patience = 30;
    app.add_option("--generate", chosen.generate, "write made-up views to this file (-: standard output), and do nothing else");
    app.add_flag("--dashboard", chosen.dashboard, "print the dashboard of Grafana, and do nothing else");
    app.add_flag("--embedded", chosen.embedded, "send the same views through a Kafka broker inside the program");
    app.add_option("--events", chosen.events, "how many")->capture_default_str();
    app.add_option("--seed", chosen.seed, "equal seeds make equal views")->capture_default_str();
    app.add_option("--brokers", chosen.brokers, "Kafka, as in host:9092")->capture_default_str();
    app.add_option("--topic", chosen.topic, "its topic")->capture_default_str();
    app.add_option("--group", chosen.group, "its consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read up to what is there now, close the windows and end");
    app.add_option("--registry", chosen.registry, "the schema registry's address")->capture_default_str();
    app.add_option("--registry-user", chosen.registry_user, "its user");
    app.add_option("--registry-password", chosen.registry_password, "the user's password")->envname("REGISTRY_PASSWORD");
    app.add_flag("--put-aside", chosen.put_aside, "records of a schema that does not fit are dead letters; else it stops");
    app.add_option("--output", chosen.output, "write rows to FILE.TABLE.ndjson for each table; else --clickhouse")->type_name("FILE");
    app.add_option("--clickhouse", chosen.clickhouse, "ClickHouse's address")->capture_default_str();
    app.add_option("--database", chosen.database, "its database")->capture_default_str();
    app.add_option("--user", chosen.user, "its user");
    app.add_option("--password", chosen.password, "the user's password")->envname("CLICKHOUSE_PASSWORD");
    app.add_option("--dead-letters", chosen.dead_letters, "write what cannot be read to this file");
    app.add_option("--give-up-after", patience, "seconds to try again while a registry or ClickHouse does not answer")
        ->capture_default_str();
    try {
        app.parse(count, words);
        if (chosen.embedded && chosen.output.empty()) throw CLI::ValidationError("say where the rows go: --output");
        chosen.give_up_after = std::chrono::seconds(patience);
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    return 0;
}

}  // namespace pageviews
