// SPDX-License-Identifier: Apache-2.0
// expect: weir: the row has no column of this name;
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
    auto const read = [](auto const& row) { return row.template get<"click">(); };
#else
    auto const read = [](auto const& row) { return row.template get<"clicks">(); };
#endif
    auto job = weir::from(weir::values<click>({{"/home", 5, {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late) |
               weir::aggregate(weir::count().as<"clicks">()) | weir::call(read);
    return weir::run(job).exit_code();
}
