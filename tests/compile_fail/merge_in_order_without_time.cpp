// SPDX-License-Identifier: Apache-2.0
// expect: weir: `merge_in_order` goes by event time. Put `| weir::event_time<&item::member>(
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/merge_in_order.hpp>

#include <chrono>

int main() {
    auto const when = [](int n) { return weir::timestamp(std::chrono::seconds(n)); };
    auto const clock = weir::event_time(when, weir::ascending_timestamps);
    auto one = weir::from(weir::values({1, 2})) | clock;
#ifdef WEIR_COMPILE_FAIL
    auto other = weir::from(weir::values({3}));
#else
    auto other = weir::from(weir::values({3})) | clock;
#endif
    auto job = weir::from(weir::merge_in_order(one, other)) | weir::discard();
}
