// SPDX-License-Identifier: Apache-2.0
// needs: kafka elasticsearch simdjson CLI11
//
// The ksqlDB clickstream demonstration: clicks joined with users and codes, nine streams and tables, to Kafka and Elasticsearch.
#include "../shared/send_lines.hpp"
#include "../shared/write_lines.hpp"
#include "dashboard.hpp"
#include "generator.hpp"
#include "options.hpp"
#include "rows.hpp"
#include "rows_out.hpp"

#include <weir/adapter/simdjson.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;
using namespace clickstream_sql;

std::atomic<bool> interrupted = false;

/// `COUNT(*)` in a window as ksqlDB has it: late clicks count for a day, and the row comes anew with each change, at most once
/// in two seconds, its default `commit.interval`.
template <class Row, weir::fixed_string Count, class Rule>
auto count_in(Rule rule, weir::duration size) {
    return weir::chain(weir::window(rule, weir::drop_late, weir::allowed_lateness(24h - size), weir::emit::on_update(2s)))
         | weir::aggregate(weir::count().as<Count>()) | weir::to<Row>();
}

/// A table kept up to date by a compacted topic.
template <class Row>
auto follow(options const& chosen, std::string const& topic, weir::table<int, Row>& table) {
    return weir::alongside(weir::from(weir::kafka::table_source({.brokers = chosen.brokers, .topic = chosen.input_prefix + topic}))
                           | weir::decode_table(weir::plain_key<int>(), weir::json<Row>())
                           | weir::to_table(table));
}

int run_queries(options const& chosen, weir::kafka::source_options const& clicks) {
    weir::table<int, user> users(weir::state_limit(256 << 20));
    weir::table<int, code> codes(weir::state_limit(1 << 20));
    auto const with_user = [](click const& c, user const* u) {
        user_click joined{c.time, c.userid, {}, c.ip, {}, c.request, c.status, c.bytes};
        if (u) joined.username = u->username, joined.city = u->city;
        return joined;
    };
    auto const with_code = [](click const& c, code const* known) {
        return known ? enriched_code{c.time, c.status, known->definition} : enriched_code{c.time, {}, {}};
    };
    auto const is_html = [](click const& c) { return c.request.find("html") != c.request.npos; };
    auto const is_error = [](click const& c) { return c.status > 400; };

    auto job = weir::from(weir::kafka::source(clicks))
             | follow(chosen, "clickstream_users", users)
             | follow(chosen, "clickstream_codes", codes)
             | weir::decode(weir::json<click>())
             | weir::event_time(weir::record_time, weir::bounded_out_of_orderness(0s), {.advance_when_idle = !clicks.until_end})
             | with_event_time()
             | weir::split(
                 weir::chain(weir::key_by<&click::userid>())
                     | count_in<events_per_min, "events">(weir::tumbling(1min), 1min)
                     | table_out<events_per_min>(chosen, "events_per_min", {"userid", "window_start"}),
                 weir::chain(weir::filter(is_html)) | weir::key_by<&click::userid>()
                     | count_in<pages_per_min, "pages">(weir::hopping(1min, 5s), 1min)
                     | table_out<pages_per_min>(chosen, "pages_per_min", {"userid", "window_start"}),
                 weir::chain(weir::filter(is_error)) | weir::key_by<&click::status>()
                     | count_in<errors_per_min, "errors">(weir::hopping(1min, 5s), 1min)
                     | table_out<errors_per_min>(chosen, "errors_per_min", {"status", "window_start"}),
                 weir::chain(weir::filter(is_error)) | weir::key_by<&click::status>()
                     | count_in<errors_per_min, "errors">(weir::hopping(1min, 20s), 1min)
                     | weir::filter([](errors_per_min const& row) { return row.errors > 5; })
                     | table_out<errors_per_min>(chosen, "errors_per_min_alert", {"status", "window_start"}),
                 weir::chain(weir::lookup<&click::status>(codes, weir::left_join, with_code))
                     | weir::tee(stream_out<&enriched_code::code>(chosen, "enriched_error_codes"))
                     | weir::key_by<&enriched_code::code, &enriched_code::definition>()
                     | count_in<enriched_error_codes_count, "count">(weir::tumbling(30s), 30s)
                     | weir::filter([](enriched_error_codes_count const& row) { return row.count > 1; })
                     | table_out<enriched_error_codes_count>(chosen, "enriched_error_codes_count",
                                                             {"code", "definition", "window_start"}),
                 weir::chain(weir::lookup<&click::userid>(users, weir::left_join, with_user))
                     | weir::tee(stream_out<&user_click::userid>(chosen, "user_clickstream"))
                     | weir::split(
                         weir::chain(weir::key_by<&user_click::username>())
                             | count_in<click_user_sessions, "events">(weir::session(30s), 30s)
                             | table_out<click_user_sessions>(chosen, "click_user_sessions", {"username", "last_event"}),
                         weir::chain(weir::key_by<&user_click::username, &user_click::ip, &user_click::city>())
                             | count_in<user_ip_activity, "count">(weir::tumbling(1min), 1min)
                             | weir::filter([](user_ip_activity const& row) { return row.count > 1; })
                             | table_out<user_ip_activity>(chosen, "user_ip_activity",
                                                           {"username", "ip", "city", "window_start"})));
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
    if (!chosen.generate.empty()) return generate(chosen);
    for (int const signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });

    weir::kafka::source_options clicks{.brokers = chosen.brokers, .topic = chosen.input_prefix + "clickstream"};
    clicks.group = chosen.group;
    clicks.until_end = chosen.until_end;
    clicks.idle_timeout = 2s;
    if (chosen.input.empty()) return run_queries(chosen, clicks);

    weir::kafka::embedded_broker broker({.compress = weir::kafka::compression::lz4});
    for (std::string const topic : {"clickstream", "clickstream_codes", "clickstream_users"})
        if (auto const sent = examples::send_records(broker, topic, chosen.input + "/" + topic + ".tsv"); !sent)
            return std::fprintf(stderr, "failed: %s\n", to_string(sent.problem()).c_str()), 1;
    chosen.brokers = broker.brokers();
    return run_queries(chosen, {.brokers = broker.brokers(), .topic = "clickstream", .until_end = true});
}
