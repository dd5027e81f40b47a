// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `lookup` cannot be called with the item and the table's value
#include <weir/join/lookup.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string_view>
#include <cstdint>

struct click {
    int userid;
    std::string_view page;
};
struct user {
    int id;
    std::string_view name;
};

int main() {
    weir::table<std::int64_t, user> users(weir::unbounded);
#ifdef WEIR_COMPILE_FAIL
    auto stage = weir::lookup<&click::userid>(users, weir::left_join, [](click const&, user const& u) { return u.id; });
#else
    auto stage = weir::lookup<&click::userid>(users, weir::left_join, [](click const&, user const* u) { return u ? u->id : 0; });
#endif
    auto job = weir::from(weir::values<click>({{1, "/"}})) | stage | weir::discard();
    return weir::run(job).exit_code();
}
