// SPDX-License-Identifier: Apache-2.0
// expect: weir: an aggregate needs a window, or its state would grow for ever.
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
    std::string_view page;
    int milliseconds;
    weir::timestamp at;
};

int main() {
    auto clicks = weir::from(weir::values<click>({{"/home", 5, {}}})) |
                  weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#ifdef WEIR_COMPILE_FAIL
    auto windowed = std::move(clicks) | weir::key_by<&click::page>();
#else
    auto windowed = std::move(clicks) | weir::key_by<&click::page>() |
                    weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late);
#endif
    auto job = std::move(windowed) | weir::aggregate(weir::count().as<"clicks">()) |
               weir::call([](auto const& row) { static_cast<void>(row.template get<"clicks">()); });
    return weir::run(job).exit_code();
}
