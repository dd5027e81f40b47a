// SPDX-License-Identifier: Apache-2.0
// expect: the predicate given to `split_by` cannot be called
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/split.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const large = [](int* n) { return n != nullptr; };
#else
    auto const large = [](int n) { return n > 1; };
#endif
    auto job = weir::from(weir::values({1})) | weir::split_by(large, weir::discard(), weir::discard());
}
