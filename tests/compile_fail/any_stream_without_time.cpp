// SPDX-License-Identifier: Apache-2.0
// expect: `any_stream<T>` holds a stream without event time
#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <chrono>

int main() {
    auto const when = [](int n) { return weir::timestamp(std::chrono::seconds(n)); };
    auto timed = weir::from(weir::values({1})) | weir::event_time(when, weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#ifdef WEIR_COMPILE_FAIL
    weir::any_stream<int> numbers = timed;
#else
    weir::any_stream<int, weir::timed> numbers = timed;
#endif
    auto job = weir::from(std::move(numbers)) | weir::discard();
}
