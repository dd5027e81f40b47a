// SPDX-License-Identifier: Apache-2.0
// expect: some inputs of `merge` have event time and others have not
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/merge.hpp>
#include <chrono>

int main() {
    auto const when = [](int n) { return weir::timestamp(std::chrono::seconds(n)); };
    auto const clock = weir::event_time(when, weir::bounded_out_of_orderness(std::chrono::seconds(1)));
    auto timed = weir::from(weir::values({1, 2})) | clock;
#ifdef WEIR_COMPILE_FAIL
    auto other = weir::from(weir::values({3}));
#else
    auto other = weir::from(weir::values({3})) | clock;
#endif
    auto job = weir::from(weir::merge(timed, other)) | weir::discard();
}
