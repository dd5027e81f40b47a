// SPDX-License-Identifier: Apache-2.0
// expect: weir: `alongside` takes a whole job, from its source to its sink
#include <weir/join/alongside.hpp>
#include <weir/join/to_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string_view>
#include <utility>

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
    auto other = weir::from(weir::values<user>({{1, "ann"}}));
#else
    auto other = weir::from(weir::values<user>({{1, "ann"}})) | weir::to_table<&user::id>(users);
#endif
    auto job = weir::from(weir::values<click>({{1, "/"}})) | weir::alongside(std::move(other)) | weir::discard();
    return weir::run(job).exit_code();
}
