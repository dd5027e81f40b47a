// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage has a member that looks like a misspelt hook, which would never be called.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

struct stage {
    using output = int;
#ifdef WEIR_COMPILE_FAIL
    void on_item(int const& n, auto& out) { out.emit(n); }
    void on_lanes(weir::lane_event, auto&) {}
#else
    void on_item(int const& n, auto& out) { out.emit(n); }
    void on_lane(weir::lane_event, auto&) {}
#endif
};

int main() {
    auto job = weir::from(weir::values({1})) | stage() | weir::discard();
    return weir::run(job).exit_code();
}
