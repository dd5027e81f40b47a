// SPDX-License-Identifier: Apache-2.0
// expect: `to<T>()` needs a row or a plain struct before it
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/to.hpp>

struct number {
    int value;
};
int main() {
#ifdef WEIR_COMPILE_FAIL
    auto source = weir::values({1});
#else
    auto source = weir::values({number{1}});
#endif
    auto job = weir::from(source) | weir::to<number>() | weir::discard();
}
