// SPDX-License-Identifier: Apache-2.0
// needs: redis
// expect: weir: `redis::lookup` makes its keys of the item's columns
#include <weir/adapter/redis.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string_view>

struct click {
    int user_id;
};
struct user {
    std::string_view name;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::redis::lookup<user>({.key = "user:{user_id}"}, weir::left_join) | weir::discard();
#else
    auto job = weir::from(weir::values<click>({{1}})) | weir::redis::lookup<user>({.key = "user:{user_id}"}, weir::left_join) | weir::discard();
#endif
    return weir::run(job).exit_code();
}
