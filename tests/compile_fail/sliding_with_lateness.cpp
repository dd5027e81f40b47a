// SPDX-License-Identifier: Apache-2.0
// expect: weir: a window that takes events in order (sliding, count_window) has one final row for each:
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <cstdint>

struct click {
    int milliseconds;
    weir::timestamp at;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto windows = weir::window(weir::sliding(std::chrono::minutes(1)), weir::drop_late, weir::allowed_lateness(std::chrono::seconds(5)));
#else
    auto windows = weir::window(weir::sliding(std::chrono::minutes(1)), weir::drop_late);
#endif
    auto job = weir::from(weir::values<click>({{5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | windows |
               weir::aggregate(weir::count()) | weir::discard();
    return weir::run(job).exit_code();
}
