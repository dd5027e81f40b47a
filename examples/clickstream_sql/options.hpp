// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace clickstream_sql {

/// What the command line asked for.
struct options {
    std::string generate;
    bool dashboard = false;
    std::uint64_t events = 2'000;
    std::uint64_t seed = 1;
    bool pauses = false;
    double rate = 0;

    std::string input;
    std::string brokers = "localhost:9092";
    std::string input_prefix, output_prefix;
    std::string group = "clickstream-sql";
    bool until_end = false;

    std::string output;
    std::string elasticsearch = "http://localhost:9200";
    std::string user, password;
    bool append = false;
    std::string dead_letters;
    int give_up_after = 30;
};

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
inline int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"The ksqlDB clickstream demonstration: nine streams and tables, from Kafka to Kafka and Elasticsearch.",
                 "clickstream_sql"};
    app.add_option("--generate", chosen.generate,
                   "clickstream, clickstream_codes or clickstream_users: write made-up records, lines of "
                   "`milliseconds TAB key TAB JSON`, to standard output, and do nothing else")
        ->check(CLI::IsMember({"clickstream", "clickstream_codes", "clickstream_users"}));
    app.add_flag("--dashboard", chosen.dashboard, "print the dashboard of Grafana, and do nothing else");
    app.add_option("--events", chosen.events, "how many; 0 with --rate: without end")->capture_default_str();
    app.add_option("--seed", chosen.seed, "equal seeds make equal records")->capture_default_str();
    app.add_flag("--pauses", chosen.pauses, "90 s of records, 35 s of none, and so on: sessions end");
    app.add_option("--rate", chosen.rate, "so many a second; 0: at once");
    app.add_option("--input", chosen.input,
                   "send clickstream.tsv, clickstream_codes.tsv and clickstream_users.tsv of this folder through a Kafka broker "
                   "inside the program; else --brokers")
        ->type_name("FOLDER");
    app.add_option("--brokers", chosen.brokers, "Kafka, as in host:9092")->capture_default_str();
    app.add_option("--input-prefix", chosen.input_prefix, "before the names of the topics that are read");
    app.add_option("--output-prefix", chosen.output_prefix, "before the names of the topics and indices that are written");
    app.add_option("--group", chosen.group, "the consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read up to what is there now, close the windows and end");
    app.add_option("--output", chosen.output, "write all to files in this folder; else to Kafka and --elasticsearch")
        ->type_name("FOLDER");
    app.add_option("--elasticsearch", chosen.elasticsearch, "the address of Elasticsearch or OpenSearch")->capture_default_str();
    app.add_option("--user", chosen.user, "its user");
    app.add_option("--password", chosen.password, "the user's password")->envname("ELASTICSEARCH_PASSWORD");
    app.add_flag("--append", chosen.append, "each change is one more document, as in the demonstration; else each row is one");
    app.add_option("--give-up-after", chosen.give_up_after, "seconds that a store may not be reached")->capture_default_str();
    app.add_option("--dead-letters", chosen.dead_letters, "write what cannot be read to this file");
    try {
        app.parse(count, words);
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    return 0;
}

}  // namespace clickstream_sql
