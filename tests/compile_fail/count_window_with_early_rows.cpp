// SPDX-License-Identifier: Apache-2.0
// expect: weir: a window that takes events in order (sliding, count_window) has one final row for each:
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <cstdint>

struct click {
    int milliseconds;
    weir::timestamp at;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto windows = weir::window(weir::count_window(10), weir::drop_late, weir::emit::on_update);
#else
    auto windows = weir::window(weir::count_window(10), weir::drop_late, weir::emit::on_close);
#endif
    auto job = weir::from(weir::values<click>({{5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | windows |
               weir::aggregate(weir::count()) | weir::discard();
    return weir::run(job).exit_code();
}
