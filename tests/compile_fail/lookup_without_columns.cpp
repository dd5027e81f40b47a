// SPDX-License-Identifier: Apache-2.0
// expect: weir: `lookup` without a function makes a row of the item's columns and the value's
#include <weir/join/lookup.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string_view>

struct click {
    int userid;
    std::string_view page;
};
struct user {
    int id;
    std::string_view name;
};

int main() {
    weir::table<int, int> ages(weir::unbounded);
#ifdef WEIR_COMPILE_FAIL
    auto stage = weir::lookup<&click::userid>(ages, weir::left_join);
#else
    auto stage = weir::lookup<&click::userid>(ages, weir::left_join, [](click const&, int const* age) { return age ? *age : 0; });
#endif
    auto job = weir::from(weir::values<click>({{1, "/"}})) | stage | weir::discard();
    return weir::run(job).exit_code();
}
