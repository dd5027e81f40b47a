// SPDX-License-Identifier: Apache-2.0
// expect: weir: two columns of the row have the same name.
#include <weir/aggregate/sum.hpp>
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
    std::string_view page;
    int milliseconds;
    weir::timestamp at;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto totals = weir::aggregate(weir::sum<&click::milliseconds>(), weir::sum<&click::milliseconds>());
#else
    auto totals = weir::aggregate(weir::sum<&click::milliseconds>(), weir::sum<&click::milliseconds>().as<"again">());
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) | totals | weir::discard();
    return weir::run(job).exit_code();
}
