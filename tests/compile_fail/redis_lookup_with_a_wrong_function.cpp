// SPDX-License-Identifier: Apache-2.0
// needs: redis
// expect: weir: the function given to `redis::lookup` cannot be called with the item and the row
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
    auto greeted = [](click const&, user const& u) { return u.name.size(); };
#else
    auto greeted = [](click const&, user const* u) { return u ? u->name.size() : 0; };
#endif
    auto job = weir::from(weir::values<click>({{1}})) | weir::redis::lookup<user>({.key = "user:{user_id}"}, weir::left_join, greeted) |
               weir::discard();
    return weir::run(job).exit_code();
}
