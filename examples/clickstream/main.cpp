// SPDX-License-Identifier: Apache-2.0
// needs: kafka clickhouse influxdb simdjson fmt CLI11
//
// Clicks in, counts per window and key out. Everything that the program does is in `count_windows` below; the rest is
// where the clicks come from, where the rows go, and what the command line said.
#include "clicks_in.hpp"
#include "every_sink.hpp"
#include "grouping.hpp"
#include "options.hpp"
#include "rows_out.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace clickstream {

std::atomic<bool> interrupted = false;

int complain(std::string const& why) {
    fmt::print(stderr, "clickstream: {}\n", why);
    return 2;
}

template <auto Time, class Item>
int count_windows(options const& chosen, weir::any_stream<Item> items, click_feed* feed) {
    std::string unknown;
    auto const key = choose_fields<Item>(chosen.key, unknown);
    std::vector<field<Item>> distinct;
    if (!chosen.distinct.empty()) distinct = choose_fields<Item>({chosen.distinct}, unknown);
    if (!unknown.empty()) return complain("there is no column '" + unknown + "' in this input; --help lists them");
    std::string const distinct_name = "distinct_" + chosen.distinct;

    auto const to_record = [&](auto const& row) {
        weir::record made;
        made.columns.reserve(key.size() + 4);
        made.add("window_start", row.template get<"window_start">());
        made.add("window_end", row.template get<"window_end">());
        add_key_columns(made, row.template get<"key">(), key);
        made.add("events", row.template get<"events">());
        if (!distinct.empty()) made.add(distinct_name, row.template get<"distinct">());
        return made;
    };

    auto job = weir::from(std::move(items))
             | weir::event_time<Time>(weir::bounded_out_of_orderness(chosen.out_of_orderness))
             | weir::key_by(composite_key<Item>(key))
             | weir::window(weir::tumbling(chosen.window), weir::drop_late, weir::allowed_lateness(chosen.allowed_lateness))
             | weir::aggregate(weir::count().as<"events">(),
                               weir::as<"distinct">(distinct_values<Item>{distinct.empty() ? field<Item>{} : distinct.front()}))
             | weir::map(to_record)
             | every_sink{make_sinks(chosen)};

    auto const clock = [] { return std::chrono::time_point_cast<weir::duration>(std::chrono::system_clock::now()); };
    weir::timestamp const deadline =
        chosen.duration > weir::duration::zero() ? clock() + chosen.duration : weir::end_of_time;
    while (!job.finished()) {
        weir::timestamp const now = clock();
        if (feed) feed->produce(now);
        if (feed && !feed->stored()) return complain(to_string(feed->stored().problem()));
        auto const state = job.step(16384, now);
        // What came from somewhere else can be read again from there, so a window that is not complete is not shown.
        if (interrupted || now >= deadline) job.stop(feed ? weir::stop_mode::close_windows : weir::stop_mode::keep_windows);
        if (state == weir::progress::ready || state == weir::progress::ended) continue;
        if (feed && feed->all_read(job.report().total().in)) job.stop();
        else std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

    auto const report = job.report();
    fmt::print(stderr, "{}", to_string(report));
    if (report.failure) return report.exit_code();
    return report.balanced() ? 0 : 3;
}

int run(options const& chosen) {
    if (!chosen.export_to.empty()) {
        auto const written = export_clicks(chosen);
        return written ? 0 : complain(to_string(written.problem()));
    }
    if (chosen.source == "access-log")
        return count_windows<&weir::access_log_entry::time>(chosen, access_log_in(chosen), nullptr);
    std::optional<click_feed> feed;
    if (chosen.source == "generate") feed.emplace(chosen);
    return count_windows<&click::ts>(chosen, clicks_in(chosen, feed ? &*feed : nullptr), feed ? &*feed : nullptr);
}

}  // namespace clickstream

int main(int count, char** words) {
    clickstream::options chosen;
    bool leave = false;
    if (int const code = clickstream::parse(count, words, chosen, leave); leave) return code;
    auto const stop = [](int) { clickstream::interrupted = true; };
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    return clickstream::run(chosen);
}
