// SPDX-License-Identifier: Apache-2.0
// expect: weir: two columns of the row have the same name.
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/session.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

struct click {
    std::string_view user;
    weir::timestamp at;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto counted = weir::aggregate(weir::count().as<"last_event">());
#else
    auto counted = weir::aggregate(weir::count());
#endif
    auto sessions = weir::window(weir::session(std::chrono::minutes(30)), weir::drop_late);
    auto job = weir::from(weir::values<click>({{"ann", {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | weir::key_by<&click::user>() |
               sessions | counted | weir::discard();
    return weir::run(job).exit_code();
}
