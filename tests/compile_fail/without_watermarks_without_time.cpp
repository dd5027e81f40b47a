// SPDX-License-Identifier: Apache-2.0
// expect: weir: `without_watermarks` needs a stream that has watermarks
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/weaken.hpp>
#include <weir/transform/event_time.hpp>
#include <chrono>

int main() {
    auto const when = [](int n) { return weir::timestamp(std::chrono::seconds(n)); };
#ifdef WEIR_COMPILE_FAIL
    auto stream = weir::from(weir::values({1}));
    (void)when;
#else
    auto stream = weir::from(weir::values({1})) | weir::event_time(when, weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#endif
    auto job = weir::from(weir::testing::without_watermarks(std::move(stream))) | weir::discard();
}
