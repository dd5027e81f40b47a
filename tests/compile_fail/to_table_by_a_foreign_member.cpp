// SPDX-License-Identifier: Apache-2.0
// expect: weir: `to_table` names a member, or a column, that the item before it does not have.
#include <weir/join/to_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
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
    weir::table<int, user> users(weir::unbounded);
#ifdef WEIR_COMPILE_FAIL
    auto sink = weir::to_table<&click::userid>(users);
#else
    auto sink = weir::to_table<&user::id>(users);
#endif
    auto job = weir::from(weir::values<user>({{1, "ann"}})) | sink;
    return weir::run(job).exit_code();
}
