// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace feature_store {

/// What the command line asked for.
struct options {
    std::string generate;
    bool dashboard = false;
    std::uint64_t events = 20'000;
    std::uint64_t seed = 1;
    double rate = 0;

    std::string input;
    std::string brokers = "localhost:9092";
    std::string topic = "clickstream-events";
    std::string group = "feature-store";
    bool until_end = false;
    bool batch = false;

    std::string output;
    std::string redis = "redis://localhost:6379";
    int database = 0;
    std::string user, password;
    std::string dead_letters;
    std::uint32_t give_up_after = 30;

    std::uint16_t metrics = 0;
    std::string metrics_address = "127.0.0.1";
};

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
int parse(int count, char** words, options& chosen, bool& leave);

}  // namespace feature_store
