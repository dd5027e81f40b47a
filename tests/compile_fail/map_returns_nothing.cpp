// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `map` returns nothing.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

int main() {
    auto const look = [](int) {};
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::map(look) | weir::discard();
#else
    auto job = weir::from(weir::values({1})) | weir::call(look);
#endif
    return weir::run(job).exit_code();
}
