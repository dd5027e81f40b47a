// SPDX-License-Identifier: Apache-2.0
// expect: weir: `expire_after` gives memory back by moving the states of the keys that stay, and one of the aggregate
#include <weir/base/arena.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/window.hpp>

#include <chrono>
#include <string_view>

struct click {
    std::string_view user;
    std::string_view page;
    weir::timestamp at;
};

struct last_page {
    static constexpr std::string_view name = "last_page";
    std::string_view init() const { return {}; }
    void add(std::string_view& state, click const& item, weir::arena& memory) const { state = memory.intern(item.page); }
#ifndef WEIR_COMPILE_FAIL
    void merge(std::string_view& into, std::string_view from, weir::arena& memory) const { into = memory.intern(from); }
#endif
    std::string_view result(std::string_view state) const { return state; }
};

int main() {
    auto job = weir::from(weir::values<click>({{"ann", "/home", {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::key_by<&click::user>() | weir::window(weir::global(), weir::drop_late, weir::expire_after(std::chrono::hours(1))) |
               weir::aggregate(last_page{}) | weir::discard();
    return weir::run(job).exit_code();
}
