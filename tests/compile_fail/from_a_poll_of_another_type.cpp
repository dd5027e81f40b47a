// SPDX-License-Identifier: Apache-2.0
// expect: weir: `from` takes a source:
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct countdown {
    using output = int;
    int left = 3;
#ifdef WEIR_COMPILE_FAIL
    bool poll(auto& out) {
        out.emit(left);
        return --left > 0;
    }
#else
    weir::poll_result poll(auto& out) {
        out.emit(left);
        return --left > 0 ? weir::poll_result::ready : weir::poll_result::end;
    }
#endif
};

int main() {
    auto job = weir::from(countdown()) | weir::discard();
    return weir::run(job).exit_code();
}
