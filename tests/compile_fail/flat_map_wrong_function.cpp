// SPDX-License-Identifier: Apache-2.0
// expect: the function given to `flat_map` cannot be called
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/flat_map.hpp>
#include <vector>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const pair = [](int* n) { return std::vector<int>{*n, *n}; };
#else
    auto const pair = [](int n) { return std::vector<int>{n, n}; };
#endif
    auto job = weir::from(weir::values({1})) | weir::flat_map(pair) | weir::discard();
}
