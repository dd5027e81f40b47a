// SPDX-License-Identifier: Apache-2.0
// expect: `to<T>()` finds no column for a field of T
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
#ifdef WEIR_COMPILE_FAIL
    std::string users;
#else
    std::string user;
#endif
};
int main() { auto job = weir::from(weir::values({click{"u", 1}})) | weir::to<tally>() | weir::discard(); }
