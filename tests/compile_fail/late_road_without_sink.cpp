// SPDX-License-Identifier: Apache-2.0
// expect: weir: this branch does not end in a sink, so its items would vanish.
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/map.hpp>
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
    auto page_of = weir::map([](click const& c) { return c.page; });
#ifdef WEIR_COMPILE_FAIL
    auto road = weir::late_to(page_of);
#else
    auto road = weir::late_to(weir::chain(page_of) | weir::discard());
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::tumbling(std::chrono::minutes(1)), road) | weir::aggregate(weir::count()) |
               weir::discard();
    return weir::run(job).exit_code();
}
