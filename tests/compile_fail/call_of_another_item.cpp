// SPDX-License-Identifier: Apache-2.0
// expect: weir: this sink does not take the item that the stage before it emits: the function given to `call`
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const seen = [](std::string const&) {};
#else
    auto const seen = [](int) {};
#endif
    auto job = weir::from(weir::values({1})) | weir::call(seen);
    return weir::run(job).exit_code();
}
