// SPDX-License-Identifier: Apache-2.0
// weir::tumbling(1min), made again by a stranger: a window rule numbers the windows, and says where each begins and ends.
#include <weir.hpp>
#include <weir/time/format_time.hpp>

#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

struct minutes {
    static constexpr std::int64_t size = 60'000'000;      // microseconds

    /// The window that an event belongs to. Rounded towards the past, before 1970 too.
    std::int64_t number_of(weir::timestamp t) const {
        std::int64_t const since = t.time_since_epoch().count();
        return since / size - (since % size < 0 ? 1 : 0);
    }
    weir::timestamp start_of(std::int64_t number) const { return weir::timestamp(weir::duration(number * size)); }
    weir::timestamp end_of(std::int64_t number) const { return start_of(number + 1); }
    bool valid() const { return true; }
};
static_assert(weir::window_rule<minutes>);

struct click {
    std::uint64_t user;
    weir::timestamp ts;
};

/// The rows of clicks from just before 1970 to just behind it, counted in windows of this rule.
std::vector<std::string> rows_of(auto rule) {
    std::vector<click> clicks;
    for (int i = 0; i < 12; ++i) clicks.push_back({.user = i % 2 == 0 ? 1u : 2u, .ts = weir::timestamp(i * 20s - 90s)});

    std::vector<std::string> rows;
    auto job = weir::from(weir::values(clicks)) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(0s))
             | weir::key_by<&click::user>() | weir::window(rule, weir::drop_late) | weir::aggregate(weir::count())
             | weir::call([&](auto const& row) {
                   auto const& [start, end, user, count] = row.values;
                   rows.push_back(weir::format_time(start) + " to " + weir::format_time(end) + "  user " + std::to_string(user) +
                                  ": " + std::to_string(count));
               });
    weir::run(job);
    return rows;
}

int main() {
    for (std::string const& row : rows_of(minutes())) std::printf("%s\n", row.c_str());

    bool const equal = rows_of(minutes()) == rows_of(weir::tumbling(1min));
    std::printf("%s\n", equal ? "the same as weir::tumbling" : "NOT the same as weir::tumbling");
    return equal ? 0 : 1;
}
