// SPDX-License-Identifier: Apache-2.0
// expect: this `boxed<T>` is made for another type of item
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::boxed<double> sink(weir::discard{});
#else
    weir::boxed<int> sink(weir::discard{});
#endif
    auto job = weir::from(weir::values({1})) | std::move(sink);
}
