// SPDX-License-Identifier: Apache-2.0
// expect: weir: a stage stands behind a sink.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

int main() {
    auto const negated = weir::map([](int n) { return -n; });
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::discard() | negated;
#else
    auto job = weir::from(weir::values({1})) | negated | weir::discard();
#endif
    return weir::run(job).exit_code();
}
