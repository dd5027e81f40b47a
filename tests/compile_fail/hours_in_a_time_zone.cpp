// SPDX-License-Identifier: Apache-2.0
// expect: weir: windows in a time zone are of whole days, weeks, months or years
#include <weir/window/calendar.hpp>

#include <chrono>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::tumbling const rule(std::chrono::hours(24), weir::time_zone("UTC"));
#else
    weir::tumbling const rule(std::chrono::days(1), weir::time_zone("UTC"));
#endif
    return rule.valid() ? 0 : 1;
}
