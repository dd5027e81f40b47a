// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `batch` must say what became of the batch
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/values.hpp>

#include <span>

int main() {
    auto job = weir::from(weir::values({1, 2})) | weir::batch({.rows = 2}, [](std::span<int const>) {
#ifndef WEIR_COMPILE_FAIL
                   return weir::outcome::acknowledged();
#endif
               });
    return weir::run(job).exit_code();
}
