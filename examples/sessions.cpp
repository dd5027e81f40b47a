// SPDX-License-Identifier: Apache-2.0
// Sessions of users, kept up to date in a map while they last: rows come before a session closes, a late click joins two
// sessions into one, and HAVING (a filter behind the aggregate) keeps the short ones out.
#include <weir.hpp>
#include <weir/time/format_time.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <tuple>

using namespace std::chrono_literals;

struct click {
    std::string_view user;
    weir::timestamp ts;
};

struct visit {                      // what `to` makes of a row: the columns are found by their names
    weir::timestamp window_start, last_event;
    std::string user;
    std::uint64_t clicks;
};

constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

int main() {
    std::map<std::tuple<std::string, weir::timestamp>, visit> visits;      // the rows as they stand now
    auto const print_change = [](auto const& change) {
        char const* const kind = change.kind == weir::change_kind::insert   ? "insert"
                                 : change.kind == weir::change_kind::update ? "update"
                                                                            : "erase";
        std::printf("  %-6s  %s from %s: %d clicks\n", kind, change.row.user.c_str(), weir::format_time(change.row.window_start).c_str(),
                    static_cast<int>(change.row.clicks));
    };

    auto job = weir::from(weir::push<click>())
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(30min))
             | weir::key_by<&click::user>()
             | weir::window(weir::session(10min), weir::drop_late, weir::emit::on_update)
             | weir::aggregate(weir::count().as<"clicks">())
             | weir::filter([](auto const& row) { return row.template get<"clicks">() >= 2; })      // HAVING clicks >= 2
             | weir::to<visit>()
             | weir::tee(weir::chain(weir::changelog()) | weir::call(print_change))
             | weir::upsert_into<"user", "window_start">(visits);

    auto const push = [&](std::string_view user, std::chrono::minutes minute) {
        std::printf("%s clicks at 12:%02d\n", std::string(user).c_str(), static_cast<int>(minute.count()));
        job.push(click{user, noon + minute});
    };
    push("ann", 0min);
    push("ann", 4min);
    push("bob", 5min);
    push("ann", 20min);
    push("ann", 22min);
    push("ann", 12min);      // at most ten minutes from 12:04, and from 12:20: one session
    push("bob", 50min);
    job.stop();
    while (!job.finished()) job.step(1, noon + 1h);

    std::puts("\nvisits of two clicks and more:");
    for (auto const& [key, v] : visits)
        std::printf("  %s %s to %s: %d clicks\n", v.user.c_str(), weir::format_time(v.window_start).c_str(),
                    weir::format_time(v.last_event).c_str(), static_cast<int>(v.clicks));
    return job.report().exit_code();
}
