// SPDX-License-Identifier: Apache-2.0
// expect: weir: say where late items go: `window(rule, weir::drop_late)` counts and drops them,
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <string_view>

struct click {
    std::string_view page;
    int milliseconds;
    weir::timestamp at;
};

int main() {
    weir::allowed_lateness const lateness(std::chrono::seconds(5));
#ifdef WEIR_COMPILE_FAIL
    auto minutes = weir::window(weir::tumbling(std::chrono::minutes(1)), lateness);
#else
    auto minutes = weir::window(weir::tumbling(std::chrono::minutes(1)), lateness, weir::late_to(weir::discard()));
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | minutes |
               weir::aggregate(weir::count()) | weir::discard();
    return weir::run(job).exit_code();
}
