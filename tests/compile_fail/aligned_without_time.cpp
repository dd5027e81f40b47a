// SPDX-License-Identifier: Apache-2.0
// expect: weir: `aligned` compares event times, but the inputs of this `merge` have none.
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/merge.hpp>

#include <chrono>

int main() {
    auto const when = [](int n) { return weir::timestamp(std::chrono::seconds(n)); };
#ifdef WEIR_COMPILE_FAIL
    auto one = weir::from(weir::values({1, 2}));
    auto other = weir::from(weir::values({3}));
#else
    auto one = weir::from(weir::values({1, 2})) | weir::event_time(when, weir::ascending_timestamps);
    auto other = weir::from(weir::values({3})) | weir::event_time(when, weir::ascending_timestamps);
#endif
    auto job = weir::from(weir::merge(weir::aligned(std::chrono::minutes(1)), one, other)) | weir::discard();
    (void)when;
}
