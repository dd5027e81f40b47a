// SPDX-License-Identifier: Apache-2.0
// Minutes with far more or far fewer clicks than the page had before: every minute goes on with its score, and those that
// stand out go down a road of their own as well.
#include <weir.hpp>

#include <cstdio>
#include <string_view>

using namespace std::chrono_literals;

struct click {
    std::string_view page;
    weir::timestamp ts;
};

/// Ten minutes of two pages: one is searched for all at once, the other loses its buyers and falls silent for a minute.
std::vector<click> some_clicks() {
    constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;
    constexpr int searched[] = {3, 4, 3, 5, 4, 4, 3, 21, 4, 20};
    constexpr int bought[] = {8, 9, 8, 8, 9, 9, 8, 2, 0, 1};
    std::vector<click> clicks;
    for (int minute = 0; minute < 10; ++minute) {
        for (int i = 0; i < searched[minute]; ++i) clicks.push_back({"/search", noon + minute * 1min + i * 1s});
        for (int i = 0; i < bought[minute]; ++i) clicks.push_back({"/cart", noon + minute * 1min + i * 1s});
    }
    return clicks;
}

int main() {
    auto const is_anomaly = [](auto const& row) { return row.template get<"is_anomaly">(); };
    auto const print_minute = [](char const* road) {
        return [road](auto const& row) {
            std::printf("%-8s %s %-8s %2d", road, weir::format_time(row.template get<"window_start">()).c_str(),
                        std::string(row.template get<"page">()).c_str(), static_cast<int>(row.template get<"clicks">()));
            if (auto const score = row.template get<"z_score">()) std::printf(" %+8.2f", *score);
            std::printf("\n");
        };
    };

    auto job = weir::from(weir::values<click>(some_clicks()))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(1min))
             | weir::key_by<&click::page>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"clicks">())
             | weir::key_by<"page">()
             | weir::anomaly<"clicks">(weir::expire_after(24h), {.threshold = 3, .silent_every = 1min})
             | weir::split(weir::call(print_minute("minute")),
                           weir::chain(weir::filter(is_anomaly)) | weir::call(print_minute("ANOMALY")));
    return weir::run(job).exit_code();
}
