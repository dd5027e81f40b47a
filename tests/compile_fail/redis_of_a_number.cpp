// SPDX-License-Identifier: Apache-2.0
// needs: redis
// expect: weir: `redis::sink` takes rows whose columns are numbers
#include <weir/adapter/redis.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>

struct page {
    int views;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::redis::sink({.key = "views"});
#else
    auto job = weir::from(weir::values<page>({{1}})) | weir::redis::sink({.key = "views"});
#endif
    return weir::run(job).exit_code();
}
