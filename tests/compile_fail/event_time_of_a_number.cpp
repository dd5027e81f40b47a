// SPDX-License-Identifier: Apache-2.0
// expect: weir: `event_time` needs a `weir::timestamp` of each item:
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
#ifdef WEIR_COMPILE_FAIL
    auto when = weir::event_time<&click::milliseconds>(weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#else
    auto when = weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) | when |
               weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::discard();
    return weir::run(job).exit_code();
}
