// SPDX-License-Identifier: Apache-2.0
// Clicks in, one row for each page and minute out: how many clicks, and by how many different users. The row is typed: its
// columns are read by name, and a name that it does not have does not compile.
#include <weir.hpp>
#include <weir/time/format_time.hpp>

#include <cstdio>
#include <string_view>

using namespace std::chrono_literals;

struct click {
    std::string_view user_id, page;
    weir::timestamp ts;
};

constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

int main() {
    auto job = weir::from(weir::values<click>({{"ada", "/", noon + 1s},
                                               {"ada", "/cart", noon + 20s},
                                               {"bob", "/", noon + 31s},
                                               {"ada", "/", noon + 30s},        // a second out of order
                                               {"bob", "/cart", noon + 61s},    // the second minute begins …
                                               {"cid", "/", noon + 59s},        // … but the first is still open
                                               {"bob", "/", noon + 90s}}))
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(10s))
             | weir::key_by<&click::page>()
             | weir::window(weir::tumbling(1min), weir::drop_late)
             | weir::aggregate(weir::count().as<"clicks">(), weir::distinct<&click::user_id>().as<"users">())
             | weir::call([](auto const& row) {
                   std::printf("%s  %-6s %llu clicks, %llu users\n", weir::format_time(row.template get<"window_start">()).c_str(),
                               std::string(row.template get<"page">()).c_str(),
                               static_cast<unsigned long long>(row.template get<"clicks">()),
                               static_cast<unsigned long long>(row.template get<"users">()));
               });
    return weir::run(job).exit_code();
}
