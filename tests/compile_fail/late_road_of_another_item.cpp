// SPDX-License-Identifier: Apache-2.0
// expect: weir: this sink does not take the item that the stage before it emits.
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
#include <string>
#include <string_view>

struct click {
    std::string_view page;
    int milliseconds;
    weir::timestamp at;
};

struct keeps_texts {
    void on_item(std::string const&) {}
};
struct keeps_clicks {
    void on_item(click const&) {}
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto road = weir::late_to(keeps_texts());
#else
    auto road = weir::late_to(keeps_clicks());
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::tumbling(std::chrono::minutes(1)), road) | weir::aggregate(weir::count()) |
               weir::discard();
    return weir::run(job).exit_code();
}
