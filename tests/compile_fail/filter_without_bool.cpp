// SPDX-License-Identifier: Apache-2.0
// expect: weir: the predicate given to `filter` cannot be called with the item that comes before it, or does not return bool.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/filter.hpp>

#include <string>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const keep = [](int n) { return std::to_string(n); };
#else
    auto const keep = [](int n) { return n > 0; };
#endif
    auto job = weir::from(weir::values({1})) | weir::filter(keep) | weir::discard();
    return weir::run(job).exit_code();
}
