// SPDX-License-Identifier: Apache-2.0
// needs: kafka clickhouse simdjson CLI11
//
// Kafka in; clicks, and their one-minute rows of page and country with users and a score, out to ClickHouse.
#include "../shared/send_lines.hpp"
#include "../shared/write_lines.hpp"
#include "click.hpp"
#include "click_generator.hpp"
#include "options.hpp"
#include "rows_out.hpp"

#include <weir/adapter/simdjson.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace web_clicks;

std::atomic<bool> interrupted = false;

int watch(options const& chosen, weir::kafka::source_options const& kafka) {
    auto job = weir::from(weir::kafka::source(kafka))
             | weir::decode(weir::json<click>())
             | weir::tee(clicks_out(chosen, "clicks_raw", 10s))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
             | weir::key_by<&click::page, &click::country>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"cnt">(), weir::distinct<&click::user_id>().as<"unique_users">())
             | weir::key_by<"page", "country">()
             | weir::anomaly<"cnt">(weir::expire_after(24h), chosen.score)
             | weir::to<page_minute>()
             | weir::split(minutes_out(chosen, "page_minute_agg", 5s),
                           weir::chain(weir::filter([](page_minute const& minute) { return minute.is_anomaly; }))
                               | minutes_out(chosen, "page_minute_anomalies", 1s));
    if (!chosen.dead_letters.empty()) job.dead_letters_to(weir::dead_letter_file(chosen.dead_letters));

    auto const report = weir::run(job, {.stop = &interrupted});
    std::fputs(to_string(report).c_str(), stderr);
    return report.exit_code();
}

int main(int count, char** words) {
    options chosen;
    bool leave = false;
    if (int const code = parse(count, words, chosen, leave); leave) return code;
    if (!chosen.generate.empty()) {
        click_generator clicks(chosen.clicks);
        return examples::write_lines(chosen.generate, clicks, chosen.events, chosen.rate);
    }
    for (int const signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
    if (chosen.input.empty())
        return watch(chosen, {.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group, .until_end = chosen.until_end});

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    if (auto const sent = examples::send_lines(broker, chosen.topic, chosen.input); !sent)
        return std::fprintf(stderr, "failed: %s\n", to_string(sent.problem()).c_str()), 1;
    return watch(chosen, {.brokers = broker.brokers(), .topic = chosen.topic, .until_end = true});
}
