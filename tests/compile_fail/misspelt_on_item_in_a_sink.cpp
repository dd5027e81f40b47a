// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage has no `on_item`; is a hook misspelt?
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct stage {
#ifdef WEIR_COMPILE_FAIL
    void process(int const&) {}
#else
    void on_item(int const&) {}
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage();
    return weir::run(job).exit_code();
}
