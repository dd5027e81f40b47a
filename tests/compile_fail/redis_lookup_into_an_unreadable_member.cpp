// SPDX-License-Identifier: Apache-2.0
// needs: redis
// expect: weir: `redis::lookup<row>` makes a plain struct of what Redis has
#include <weir/adapter/redis.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>
#include <vector>

struct click {
    int user_id;
};
struct user {
#ifdef WEIR_COMPILE_FAIL
    std::vector<std::string> names;
#else
    std::string names;
#endif
};

int main() {
    auto job = weir::from(weir::values<click>({{1}})) | weir::redis::lookup<user>({.key = "user:{user_id}"}, weir::inner_join) | weir::discard();
    return weir::run(job).exit_code();
}
