// SPDX-License-Identifier: Apache-2.0
// expect: weir: an aggregate function does not take the item that comes before it.
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

struct longest {
    static constexpr std::string_view name = "longest";
    [[nodiscard]] int init() const { return 0; }
#ifdef WEIR_COMPILE_FAIL
    void add(int& state, click const& c) { state = state < c.milliseconds ? c.milliseconds : state; }
#else
    void add(int& state, click const& c) const { state = state < c.milliseconds ? c.milliseconds : state; }
#endif
    [[nodiscard]] int result(int state) const { return state; }
};

int main() {
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) | weir::aggregate(longest()) |
               weir::discard();
    return weir::run(job).exit_code();
}
