// SPDX-License-Identifier: Apache-2.0
// expect: this sink does not take the item
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/tee.hpp>

struct text_sink {
    void on_item(char const* const&) {}
};
struct number_sink {
    void on_item(int const&) {}
};
int main() {
#ifdef WEIR_COMPILE_FAIL
    text_sink side;
#else
    number_sink side;
#endif
    auto job = weir::from(weir::values({1})) | weir::tee(side) | weir::discard();
}
