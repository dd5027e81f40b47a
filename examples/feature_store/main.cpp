// SPDX-License-Identifier: Apache-2.0
// needs: kafka redis prometheus simdjson CLI11
//
// Kafka in, views a page and minute out to Redis: as they grow, or with --batch all of them over again.
#include "../shared/send_lines.hpp"
#include "../shared/write_lines.hpp"
#include "counts_out.hpp"
#include "dashboard.hpp"
#include "event.hpp"
#include "generator.hpp"
#include "options.hpp"

#include <weir/adapter/prometheus.hpp>
#include <weir/adapter/simdjson.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace feature_store;

std::atomic<bool> interrupted = false;

int complain(weir::error const& why) { return std::fprintf(stderr, "failed: %s\n", to_string(why).c_str()), 1; }

template <class Emission>
int count_views(options const& chosen, weir::kafka::source_options const& kafka, weir::duration out_of_order, Emission emission) {
    auto job = weir::from(weir::kafka::source(kafka))
             | weir::decode(weir::json<page_view>())
             | weir::event_time<&page_view::timestamp>(weir::bounded_out_of_orderness(out_of_order))
             | weir::key_by<&page_view::page>()
             | weir::window(weir::tumbling(1min), weir::drop_late, emission)
             | weir::aggregate(weir::count())
             | weir::to<page_count>()
             | counts_out(chosen);
    if (!chosen.dead_letters.empty()) job.dead_letters_to(weir::dead_letter_file(chosen.dead_letters));

    weir::prometheus::server metrics({.address = chosen.metrics_address, .port = chosen.metrics,
                                      .metrics = {.pipeline = chosen.batch ? "feature_store_batch" : "feature_store"}});
    bool const watched = chosen.metrics != 0;
    if (auto const listening = watched ? metrics.open() : weir::result<void>(); !listening) return complain(listening.problem());
    auto const each_round = [&] {
        if (watched) metrics.poll(job);
    };
    auto const report = weir::run(job, {.stop = &interrupted, .each_round = each_round});
    std::fputs(to_string(report).c_str(), stderr);
    return report.exit_code();
}

int run(options const& chosen, weir::kafka::source_options kafka) {
    if (!chosen.batch) return count_views(chosen, kafka, 5s, weir::emit::on_update(1s));
    // From the first offset to the last one there is now; nothing is late, and no group's offsets are touched.
    kafka.group.clear();
    kafka.until_end = true;
    return count_views(chosen, kafka, std::chrono::years(100), weir::emit::on_close);
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
        return run(chosen, {.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group, .until_end = chosen.until_end});

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    if (auto const sent = examples::send_lines(broker, chosen.topic, chosen.input); !sent) return complain(sent.problem());
    return run(chosen, {.brokers = broker.brokers(), .topic = chosen.topic, .until_end = true});
}
