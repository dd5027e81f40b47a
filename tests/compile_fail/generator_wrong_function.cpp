// SPDX-License-Identifier: Apache-2.0
// expect: the function given to `generator<T>` takes `auto& out`
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/generator.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const poll = [](int) { return weir::poll_result::end; };
#else
    auto const poll = [](auto&) { return weir::poll_result::end; };
#endif
    auto job = weir::from(weir::generator<int>(poll)) | weir::discard();
}
