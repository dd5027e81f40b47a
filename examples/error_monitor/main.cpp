// SPDX-License-Identifier: Apache-2.0
// needs: kafka influxdb simdjson CLI11
//
// Kafka in, HTTP statuses per ten seconds out to InfluxDB, and an alert for each minute with too many server errors.
#include "../shared/send_lines.hpp"
#include "../shared/write_lines.hpp"
#include "dashboard.hpp"
#include "event.hpp"
#include "generator.hpp"
#include "options.hpp"
#include "points_out.hpp"

#include <weir/adapter/simdjson.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace error_monitor;

std::atomic<bool> interrupted = false;

int monitor(options const& chosen, weir::kafka::source_options const& kafka) {
    auto job = weir::from(weir::kafka::source(kafka))
             | weir::decode(weir::json<http_event>())
             | weir::event_time<&http_event::time>(weir::bounded_out_of_orderness(10s))
             | weir::tee(weir::chain(weir::window(weir::hopping(1min, 10s), weir::drop_late))
                       | weir::aggregate(weir::count().as<"events">(), server_errors())
                       | weir::map([](auto const& row) {
                             auto const events = row.template get<"events">(), errors = row.template get<"errors">();
                             double const share = static_cast<double>(errors) / static_cast<double>(events);
                             return error_alert{row.template get<"window_end">(), events, errors, share};
                         })
                       | weir::filter([least = chosen.threshold](error_alert const& minute) { return minute.share > least; })
                       | points_out<error_alert>(chosen, "http_error_alerts"))
             | weir::key_by<&http_event::status_code>()
             | weir::window(weir::tumbling(10s), weir::drop_late)
             | weir::aggregate(weir::count())
             | weir::to<status_count>()
             | points_out<status_count>(chosen, "http_counts", {"status_code"});
    if (!chosen.dead_letters.empty()) job.dead_letters_to(weir::dead_letter_file(chosen.dead_letters));

    auto const report = weir::run(job, {.stop = &interrupted});
    std::fputs(to_string(report).c_str(), stderr);
    return report.exit_code();
}

int main(int count, char** words) {
    options chosen;
    bool leave = false;
    if (int const code = parse(count, words, chosen, leave); leave) return code;
    if (chosen.dashboard) return std::puts(dashboard().c_str()) < 0 ? 1 : 0;
    if (!chosen.generate.empty()) {
        generator events(chosen.seed, chosen.rate);
        return examples::write_lines(chosen.generate, events, chosen.events, chosen.rate);
    }
    for (int const signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
    if (chosen.input.empty())
        return monitor(chosen, {.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group, .until_end = chosen.until_end});

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    if (auto const sent = examples::send_lines(broker, chosen.topic, chosen.input); !sent)
        return std::fprintf(stderr, "failed: %s\n", to_string(sent.problem()).c_str()), 1;
    return monitor(chosen, {.brokers = broker.brokers(), .topic = chosen.topic, .until_end = true});
}
