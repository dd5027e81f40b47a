// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `key_by` returns a std::string, which would allocate for every item.
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
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

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto key = weir::key_by<"page">([](click const& c) { return std::string(c.page.substr(1)); });
#else
    auto key = weir::key_by<"page">([](click const& c) { return c.page.substr(1); });
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | key |
               weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::discard();
    return weir::run(job).exit_code();
}
