// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `batch` cannot be called with a std::span of the items
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/values.hpp>

#include <span>
#include <string>

int main() {
#ifdef WEIR_COMPILE_FAIL
    using item = std::string;
#else
    using item = int;
#endif
    auto job = weir::from(weir::values({1, 2})) |
               weir::batch({.rows = 2}, [](std::span<item const>) -> weir::result<void> { return {}; });
    return weir::run(job).exit_code();
}
