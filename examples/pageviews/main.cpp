// SPDX-License-Identifier: Apache-2.0
// needs: kafka avro clickhouse CLI11
//
// Kafka and a schema registry in, page views and views per page and minute out to ClickHouse.
#include "../shared/write_lines.hpp"
#include "dashboard.hpp"
#include "embedded.hpp"
#include "rows_out.hpp"

#include <weir.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace pageviews;

std::atomic<bool> interrupted = false;

int count_views(options const& chosen, weir::kafka::source_options const& kafka, weir::avro::decode_options const& avro) {
    auto job = weir::from(weir::kafka::source(kafka))
             | weir::avro::decode<pageview>(avro)
             | weir::event_time(weir::record_time, weir::bounded_out_of_orderness(10s))
             | weir::tee(weir::chain(with_time()) | rows_out<stored_view>(chosen, "pageviews"))
             | weir::key_by<&pageview::pageid>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"views">(), weir::distinct<&pageview::userid>().as<"users">())
             | weir::to<page_minute>()
             | rows_out<page_minute>(chosen, "pageviews_per_minute");
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
        generator views(chosen.seed);
        return examples::write_lines(chosen.generate, views, chosen.events);
    }
    for (int const signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
    if (!chosen.embedded) {
        weir::avro::decode_options avro{
            .registry = {.url = chosen.registry, .user = chosen.registry_user, .password = chosen.registry_password}};
        avro.registry.retry.give_up_after = chosen.give_up_after;
        if (chosen.put_aside) avro.unreadable = weir::avro::unreadable_schema::dead_letter;
        return count_views(
            chosen, {.brokers = chosen.brokers, .topic = chosen.topic, .group = chosen.group, .until_end = chosen.until_end}, avro);
    }

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    if (auto const sent = send_views(broker, chosen); !sent)
        return std::fprintf(stderr, "failed: %s\n", to_string(sent.problem()).c_str()), 1;
    return count_views(chosen, {.brokers = broker.brokers(), .topic = chosen.topic, .until_end = true},
                       {.schemas = {{number_of_schema, {weir::avro::schema_of<pageview>()}}}});
}
