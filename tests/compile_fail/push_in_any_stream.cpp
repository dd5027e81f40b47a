// SPDX-License-Identifier: Apache-2.0
// expect: `push` cannot stand inside a merge or an any_stream
#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    weir::any_stream<int> numbers = weir::from(weir::push<int>());
#else
    weir::any_stream<int> numbers = weir::from(weir::values({1}));
#endif
    auto job = weir::from(std::move(numbers)) | weir::discard();
}
