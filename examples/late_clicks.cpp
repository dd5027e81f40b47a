// SPDX-License-Identifier: Apache-2.0
// What becomes of clicks that come too late: for half a minute a closed window is corrected, each correction replacing
// the row before it; what comes later still goes down a road of its own, is counted there, and the ledger balances.
#include <weir.hpp>
#include <weir/time/format_time.hpp>

#include <cstdio>
#include <string_view>

using namespace std::chrono_literals;

struct click {
    std::string_view page;
    weir::timestamp ts;
};

constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

int main() {
    auto const print_late = [](click const& late) {
        std::printf("late:  %s  %s\n", weir::format_time(late.ts).c_str(), std::string(late.page).c_str());
    };
    auto const print_row = [](auto const& row) {
        auto const& [start, end, page, clicks] = row.values;
        std::printf("row:   %s  %s %llu\n", weir::format_time(start).c_str(), std::string(page).c_str(),
                    static_cast<unsigned long long>(clicks));
    };

    auto job = weir::from(weir::values<click>({{"/", noon + 10s},
                                               {"/", noon + 50s},
                                               {"/", noon + 70s},      // the watermark passes 12:01:00: the first row
                                               {"/", noon + 55s},      // late, and corrected
                                               {"/", noon + 100s},     // the watermark passes 12:01:30: no more corrections
                                               {"/", noon + 58s}}))    // too late
             | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(5s))
             | weir::key_by<&click::page>()
             | weir::window(weir::tumbling(1min), weir::late_to(weir::call(print_late)), weir::allowed_lateness(30s))
             | weir::aggregate(weir::count())
             | weir::call(print_row);

    weir::report const report = weir::run(job);
    std::printf("\n%s", to_string(report).c_str());
    return report.exit_code();
}
