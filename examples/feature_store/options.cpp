// SPDX-License-Identifier: Apache-2.0
// Apart from main.cpp, so that the two are compiled side by side.
#include "options.hpp"

#include <CLI/CLI.hpp>

namespace feature_store {

int parse(int count, char** words, options& chosen, bool& leave) {
    CLI::App app{"Counts views a page and minute, from Kafka to Redis: as they come, or all over again.", "feature_store"};
    app.add_option("--generate", chosen.generate, "write made-up events to this file (-: standard output), and do nothing else");
    app.add_flag("--dashboard", chosen.dashboard, "print the dashboard of Grafana, and do nothing else");
    app.add_option("--events", chosen.events, "how many; 0 with --rate: without end")->capture_default_str();
    app.add_option("--rate", chosen.rate, "so many a second from now on; 0: at once, and always the same");
    app.add_option("--seed", chosen.seed, "equal seeds make equal events")->capture_default_str();
    app.add_option("--input", chosen.input, "send this file through a Kafka broker inside the program; else --brokers");
    app.add_option("--brokers", chosen.brokers, "Kafka, as in host:9092")->capture_default_str();
    app.add_option("--topic", chosen.topic, "its topic")->capture_default_str();
    app.add_option("--group", chosen.group, "its consumer group")->capture_default_str();
    app.add_flag("--until-end", chosen.until_end, "read up to what is there now and end");
    app.add_flag("--batch", chosen.batch,
                 "count all that the topic holds now, however late it came, and write the same fields; then end");
    app.add_option("--output", chosen.output, "write the rows to this file as CSV, each as often as it changes; else --redis")
        ->type_name("FILE");
    app.add_option("--redis", chosen.redis, "Redis's address, redis://host:port or unix:///path")->capture_default_str();
    app.add_option("--database", chosen.database, "the number of its database")->capture_default_str();
    app.add_option("--user", chosen.user, "its user");
    app.add_option("--password", chosen.password, "the password")->envname("REDIS_PASSWORD");
    app.add_option("--dead-letters", chosen.dead_letters, "write what cannot be read to this file");
    app.add_option("--give-up-after", chosen.give_up_after, "seconds that Redis may take to store a batch")->capture_default_str();
    app.add_option("--metrics", chosen.metrics, "serve Prometheus metrics at this port")->type_name("PORT");
    app.add_option("--metrics-address", chosen.metrics_address, "and at this address of this machine; they have no password")
        ->capture_default_str();
    try {
        app.parse(count, words);
    } catch (CLI::ParseError const& why) {
        leave = true;
        return app.exit(why);
    }
    return 0;
}

}  // namespace feature_store
