// SPDX-License-Identifier: Apache-2.0
// expect: the function given to `tap` cannot be called
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/tap.hpp>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto const look = [](int*) {};
#else
    auto const look = [](int) {};
#endif
    auto job = weir::from(weir::values({1})) | weir::tap(look) | weir::discard();
}
