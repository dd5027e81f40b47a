// SPDX-License-Identifier: Apache-2.0
// expect: the function given to `flat_map` returns neither a range nor an optional
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/flat_map.hpp>
#include <optional>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const next = [](int n) { return n + 1; };
#else
    auto const next = [](int n) { return std::optional<int>(n + 1); };
#endif
    auto job = weir::from(weir::values({1})) | weir::flat_map(next) | weir::discard();
}
