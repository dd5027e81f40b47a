// SPDX-License-Identifier: Apache-2.0
// expect: weir: a source stands in the middle of a pipeline.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/merge.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | weir::values({2}) | weir::discard();
#else
    auto job = weir::from(weir::merge(weir::values({1}), weir::values({2}))) | weir::discard();
#endif
    return weir::run(job).exit_code();
}
