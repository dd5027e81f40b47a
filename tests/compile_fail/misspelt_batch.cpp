// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage has a member that looks like a misspelt hook, which would never be called.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <span>

struct stage {
#ifdef WEIR_COMPILE_FAIL
    void on_item(int const&) {}
    void on_batches(std::span<int const>, auto&) {}
#else
    void on_item(int const&) {}
    void on_batch(std::span<int const>, auto&) {}
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage();
    return weir::run(job).exit_code();
}
