// SPDX-License-Identifier: Apache-2.0
// expect: weir: windows that share panes put states together, and one of the aggregate functions cannot merge.
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <string_view>

struct click {
    std::string_view page;
    int milliseconds;
    weir::timestamp at;
};

struct last_seen {
    static constexpr std::string_view name = "last_seen";
    int init() const { return 0; }
    void add(int& state, click const& item) const { state = item.milliseconds; }
#ifndef WEIR_COMPILE_FAIL
    void merge(int& into, int from) const { into = from; }
#endif
    int result(int state) const { return state; }
};

int main() {
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::hopping(std::chrono::minutes(2), std::chrono::minutes(1)), weir::drop_late) |
               weir::aggregate(weir::count(), last_seen{}) | weir::discard();
    return weir::run(job).exit_code();
}
