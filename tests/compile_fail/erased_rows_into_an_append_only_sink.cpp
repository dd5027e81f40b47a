// SPDX-License-Identifier: Apache-2.0
// expect: weir: rows of this stream can be taken back, and this stage could not take them back.
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
    auto counts = std::move(clicks) | weir::window(weir::tumbling(1min), weir::drop_late, weir::emit::on_update) | weir::aggregate(weir::count());
    auto many = std::move(counts) | weir::filter([](auto const& row) { return row.template get<"count">() > 5; });
#ifdef WEIR_COMPILE_FAIL
    auto job = std::move(many) | weir::call([](auto const&) {});
#else
    auto job = std::move(many) | weir::changelog() | weir::call([](auto const&) {});
#endif
    return weir::run(job).exit_code();
}
