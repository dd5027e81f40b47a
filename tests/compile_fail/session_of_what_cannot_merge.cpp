// SPDX-License-Identifier: Apache-2.0
// expect: weir: an event out of order may join two sessions, and one of the aggregate functions cannot merge
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

struct last_of_all {
    static constexpr std::string_view name = "last_of_all";
    weir::timestamp init() const { return {}; }
    void add(weir::timestamp& state, click const& c) const { state = c.at; }
#ifndef WEIR_COMPILE_FAIL
    void merge(weir::timestamp& into, weir::timestamp const& other) const { into = into < other ? other : into; }
#endif
    weir::timestamp result(weir::timestamp const& state) const { return state; }
};

int main() {
    auto job = weir::from(weir::values<click>({{"ann", {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) | weir::key_by<&click::user>() |
               weir::window(weir::session(std::chrono::minutes(30)), weir::drop_late) | weir::aggregate(last_of_all{}) | weir::discard();
    return weir::run(job).exit_code();
}
