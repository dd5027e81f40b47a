// SPDX-License-Identifier: Apache-2.0
// expect: weir: `expire_after` keeps the last row of each key that stays, and the result of one of the aggregate functions
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

struct pages {
    std::string_view first;
    std::string_view last;
};

struct both_ends {
    static constexpr std::string_view name = "both_ends";
    pages init() const { return {}; }
    void add(pages& state, click const& item, weir::arena& memory) const { merge(state, {item.page, item.page}, memory); }
    void merge(pages& into, pages const& from, weir::arena& memory) const {
        if (into.first.empty()) into.first = memory.intern(from.first);
        into.last = memory.intern(from.last);
    }
#ifdef WEIR_COMPILE_FAIL
    pages result(pages const& state) const { return state; }
#else
    std::string_view result(pages const& state) const { return state.last; }
#endif
};

int main() {
    auto job = weir::from(weir::values<click>({{"ann", "/home", {}}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1))) |
               weir::key_by<&click::user>() |
               weir::window(weir::global(), weir::drop_late, weir::emit::on_update, weir::expire_after(std::chrono::hours(1))) |
               weir::aggregate(both_ends{}) | weir::discard();
    return weir::run(job).exit_code();
}
