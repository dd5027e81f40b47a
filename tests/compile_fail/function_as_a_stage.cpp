// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage has no `on_item`; is a hook misspelt?
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

int main() {
    auto const doubled = [](int n) { return 2 * n; };
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | doubled | weir::discard();
#else
    auto job = weir::from(weir::values({1})) | weir::map(doubled) | weir::discard();
#endif
    return weir::run(job).exit_code();
}
