// SPDX-License-Identifier: Apache-2.0
// expect: weir: this operator does not take the item that the stage before it emits.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct stage {
    using output = int;
#ifdef WEIR_COMPILE_FAIL
    bool on_item(int const& n, auto& out) {
        out.emit(n);
        return true;
    }
#else
    void on_item(int const& n, auto& out) { out.emit(n); }
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage() | weir::discard();
    return weir::run(job).exit_code();
}
