// SPDX-License-Identifier: Apache-2.0
// expect: weir: `key_by` names a member that is a pointer.
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
#include <string_view>

struct click {
#ifdef WEIR_COMPILE_FAIL
    char const* page;
#else
    std::string_view page;
#endif
    weir::timestamp at;
};

int main() {
    auto job = weir::from(weir::values<click>({{"/home", {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::key_by<&click::page>() | weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) |
               weir::aggregate(weir::count()) | weir::discard();
    return weir::run(job).exit_code();
}
