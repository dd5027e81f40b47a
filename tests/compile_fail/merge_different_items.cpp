// SPDX-License-Identifier: Apache-2.0
// expect: the inputs of `merge` emit different types of items
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/merge.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto other = weir::values({1.5});
#else
    auto other = weir::values({3});
#endif
    auto job = weir::from(weir::merge(weir::values({1, 2}), other)) | weir::discard();
}
