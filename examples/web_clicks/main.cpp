// SPDX-License-Identifier: Apache-2.0
// needs: kafka clickhouse prometheus simdjson CLI11
//
// Kafka in; clicks, and their one-minute rows of page and country with users and a score, out to ClickHouse.
#include "../shared/send_lines.hpp"
#include "../shared/write_lines.hpp"
#include "click.hpp"
#include "click_generator.hpp"
#include "dashboard.hpp"
#include "live_clicks.hpp"
#include "options.hpp"
#include "rows_out.hpp"

#include <weir/adapter/prometheus.hpp>
#include <weir/adapter/simdjson.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace web_clicks;

std::atomic<bool> interrupted = false;

int complain(weir::error const& why) { return std::fprintf(stderr, "failed: %s\n", to_string(why).c_str()), 1; }

int watch(options const& chosen, weir::kafka::source_options const& kafka, live_clicks* live = nullptr) {
    auto job = weir::from(weir::kafka::source(kafka))
             | weir::decode(weir::json<click>())
             | weir::tee(clicks_raw(chosen))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
             | weir::key_by<&click::page, &click::country>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"cnt">(), weir::distinct<&click::user_id>().as<"unique_users">())
             | weir::key_by<"page", "country">()
             | weir::anomaly<"cnt">(weir::expire_after(24h), chosen.score)
             | weir::to<page_minute>()
             | weir::split(page_minute_agg(chosen),
                           weir::chain(weir::filter([](page_minute const& minute) { return minute.is_anomaly; }))
                               | page_minute_anomalies(chosen));
    if (!chosen.dead_letters.empty()) job.dead_letters_to(weir::dead_letter_file(chosen.dead_letters));

    weir::prometheus::server metrics(
        {.address = chosen.metrics_address, .port = chosen.metrics, .metrics = {.pipeline = "web_clicks"}});
    bool const watched = chosen.metrics != 0;
    if (auto const listening = watched ? metrics.open() : weir::result<void>(); !listening) return complain(listening.problem());
    weir::result<void> fed;
    auto const each_round = [&] {
        if (watched) metrics.poll(job);
        if (!live || !fed) return;
        std::uint64_t const read = job.report().total().in;
        fed = live->produce(read);
        if (!fed || live->all_read(read)) job.stop();
    };

    auto const report = weir::run(job, {.stop = &interrupted, .each_round = each_round});
    std::fputs(to_string(report).c_str(), stderr);
    return fed ? report.exit_code() : complain(fed.problem());
}

int main(int count, char** words) {
    options chosen;
    bool leave = false;
    if (int const code = parse(count, words, chosen, leave); leave) return code;
    if (chosen.dashboard) return std::puts(dashboard().c_str()) < 0 ? 1 : 0;
    if (!chosen.generate.empty()) {
        click_generator clicks(chosen.clicks);
        return examples::write_lines(chosen.generate, clicks, chosen.events, chosen.rate);
    }
    for (int const signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
    weir::kafka::source_options kafka{.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group};
    kafka.until_end = chosen.until_end;
    if (chosen.input.empty() && chosen.rate <= 0) return watch(chosen, kafka);

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    kafka = {.brokers = broker.brokers(), .topic = chosen.topic, .partitions = {0}, .until_end = chosen.rate <= 0};
    if (!chosen.input.empty()) {
        auto const sent = examples::send_lines(broker, chosen.topic, chosen.input);
        return sent ? watch(chosen, kafka) : complain(sent.problem());
    }
    if (auto const made = broker.create_topic(chosen.topic, 1); !made) return complain(made.problem());
    live_clicks live(broker, chosen.topic, chosen.clicks, chosen.rate, chosen.events);
    return watch(chosen, kafka, &live);
}
