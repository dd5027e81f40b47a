// SPDX-License-Identifier: Apache-2.0
// expect: `to<T>()` finds a column of a field's name, but of a type
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/to.hpp>
#include <string>
#include <string_view>

struct click {
    std::string_view user;
    long count;
};
struct tally {
    std::string user;
#ifdef WEIR_COMPILE_FAIL
    int count;
#else
    long count;
#endif
};
int main() { auto job = weir::from(weir::values({click{"u", 1}})) | weir::to<tally>() | weir::discard(); }
