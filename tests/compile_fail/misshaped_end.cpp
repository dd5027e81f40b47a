// SPDX-License-Identifier: Apache-2.0
// expect: weir: a hook of this stage has the wrong parameters, or is not public, and would never be called.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct stage {
#ifdef WEIR_COMPILE_FAIL
    void on_item(int const&) {}
    void on_end() {}
#else
    void on_item(int const&) {}
    void on_end(auto&) {}
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage();
    return weir::run(job).exit_code();
}
