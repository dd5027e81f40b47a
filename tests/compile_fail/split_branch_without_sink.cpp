// SPDX-License-Identifier: Apache-2.0
// expect: this branch does not end in a sink
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/split.hpp>

int main() {
    auto const twice = weir::map([](int n) { return 2 * n; });
#ifdef WEIR_COMPILE_FAIL
    auto branch = weir::chain(twice);
#else
    auto branch = weir::chain(twice) | weir::discard();
#endif
    auto job = weir::from(weir::values({1})) | weir::split(branch, weir::discard());
}
