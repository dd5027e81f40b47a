// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click_generator.hpp"

#include <weir/click/anomaly.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace web_clicks {

/// What the command line asked for.
struct options {
    std::string generate;
    bool dashboard = false;
    std::uint64_t events = 20'000;
    double rate = 0;
    click_options clicks;

    std::string input;
    std::string brokers = "localhost:9092";
    std::string topic = "web.clicks";
    std::string group = "page-minutes";
    bool until_end = false;

    std::string output;
    std::string clickhouse;
    std::string database = "rt";
    std::string user, password;
    bool truncate_times = false;
    std::string dead_letters;
    std::uint16_t metrics = 0;
    std::string metrics_address = "127.0.0.1";
    weir::anomaly_settings score;  ///< by default as published, but for what a count is scored against
    weir::duration give_up_after = std::chrono::seconds(30);
};

/// Fills `chosen` from the command line; what is left to do is to run, or to leave with the exit code returned.
int parse(int count, char** words, options& chosen, bool& leave);

}  // namespace web_clicks
