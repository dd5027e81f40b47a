// SPDX-License-Identifier: Apache-2.0
// expect: weir: `from` takes a source:
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <vector>

int main() {
    std::vector<int> const numbers{1, 2};
#ifdef WEIR_COMPILE_FAIL
    auto begin = weir::from(numbers);
#else
    auto begin = weir::from(weir::values(numbers));
#endif
    auto job = std::move(begin) | weir::call([](int) {});
    return weir::run(job).exit_code();
}
