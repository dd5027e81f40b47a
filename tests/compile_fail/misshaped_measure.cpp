// SPDX-License-Identifier: Apache-2.0
// expect: weir: a hook of this stage has the wrong parameters, or is not public, and would never be called.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct stage {
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(n); }
#ifdef WEIR_COMPILE_FAIL
    void measure(weir::stage_figures&) {}
#else
    void measure(weir::stage_figures&) const {}
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage() | weir::discard();
    return weir::run(job).exit_code();
}
