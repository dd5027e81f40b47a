// SPDX-License-Identifier: Apache-2.0
// Clicks of web pages, as one-minute rows of page and country with their users and a score: in every tenth minute a
// campaign sends people to one product, and its minutes stand out.
#include "click_generator.hpp"

#include <weir.hpp>

#include <cstdio>

using namespace std::chrono_literals;
using web_clicks::click;

int main() {
    std::uint64_t rows = 0, clicks = 0, late = 0;
    auto job = weir::from(weir::generator(web_clicks::click_generator({.clicks = 120'000, .late_share = 0.0005, .campaign_share = 0.5})))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s), {.max_ahead = weir::no_future_guard})
             | weir::key_by<&click::page, &click::country>()
             | weir::window(weir::tumbling(1min), weir::late_to(weir::call([&](click const&) { ++late; })))
             | weir::aggregate(weir::count().as<"cnt">(), weir::distinct<&click::user_id>().as<"unique_users">())
             | weir::key_by<"page", "country">()
             | weir::anomaly<"cnt">(weir::expire_after(24h), {.threshold = 8, .silent_every = 1min})
             | weir::call([&](auto const& row) {
                   auto const& [start, end, page, country, cnt, users, score, is_anomaly] = row.values;
                   ++rows, clicks += cnt;
                   if (is_anomaly)
                       std::printf("%s %s %s: %d clicks of %d users, %+.1f\n", weir::format_time(start).c_str(), std::string(page).c_str(),
                                   std::string(country).c_str(), static_cast<int>(cnt), static_cast<int>(users), *score);
               });
    int const code = weir::run(job).exit_code();
    std::printf("%d rows of %d clicks, %d late\n", static_cast<int>(rows), static_cast<int>(clicks), static_cast<int>(late));
    return code;
}
