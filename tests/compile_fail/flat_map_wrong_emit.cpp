// SPDX-License-Identifier: Apache-2.0
// expect: the function given to `flat_map<T>` cannot be called
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/flat_map.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const next = [](int) {};
#else
    auto const next = [](int n, auto emit) { emit(n); };
#endif
    auto job = weir::from(weir::values({1})) | weir::flat_map<int>(next) | weir::discard();
}
