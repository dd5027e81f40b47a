// SPDX-License-Identifier: Apache-2.0
// expect: weir: a window that takes events in order (sliding, count_window) needs aggregate functions that can merge two states:
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
#include <string_view>

struct click {
    int milliseconds;
    weir::timestamp at;
};

struct slowest {
    static constexpr std::string_view name = "slowest";
    [[nodiscard]] int init() const { return 0; }
    void add(int& state, click const& each) const { state = each.milliseconds > state ? each.milliseconds : state; }
#ifndef WEIR_COMPILE_FAIL
    void merge(int& into, int from) const { into = from > into ? from : into; }
#endif
    [[nodiscard]] std::int64_t result(int state) const { return state; }
};

int main() {
    auto windows = weir::window(weir::sliding(std::chrono::minutes(1)), weir::drop_late);
    auto job = weir::from(weir::values<click>({{5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | windows |
               weir::aggregate(slowest()) | weir::discard();
    return weir::run(job).exit_code();
}
