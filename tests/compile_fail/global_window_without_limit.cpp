// SPDX-License-Identifier: Apache-2.0
// expect: weir: a global window does not close, so the state of its keys would grow for ever.
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/flat_map.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/split.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <string_view>

struct click {
    std::string_view page;
    weir::timestamp at;
};

int main() {
    using namespace std::chrono_literals;
    auto clicks = weir::from(weir::values<click>({{"/home", {}}})) | weir::event_time<&click::at>(weir::bounded_out_of_orderness(1s)) |
                  weir::key_by<&click::page>();
#ifdef WEIR_COMPILE_FAIL
    auto all = std::move(clicks) | weir::window(weir::global(), weir::drop_late);
#else
    auto all = std::move(clicks) | weir::window(weir::global(), weir::drop_late, weir::expire_after(24h));
#endif
    auto job = std::move(all) | weir::aggregate(weir::count()) | weir::call([](auto const&) {});
    return weir::run(job).exit_code();
}
