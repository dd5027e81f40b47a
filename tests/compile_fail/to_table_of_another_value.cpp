// SPDX-License-Identifier: Apache-2.0
// expect: weir: the table given to `to_table` holds another type
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
#ifdef WEIR_COMPILE_FAIL
    weir::table<int, click> table(weir::unbounded);
#else
    weir::table<int, user> table(weir::unbounded);
#endif
    auto job = weir::from(weir::values<user>({{1, "ann"}})) | weir::to_table<&user::id>(table);
    return weir::run(job).exit_code();
}
