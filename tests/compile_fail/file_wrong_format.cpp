// SPDX-License-Identifier: Apache-2.0
// expect: the format given to the sink `file` cannot write the item
#include <weir/codec/csv.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/file.hpp>
#include <weir/source/values.hpp>

struct click {
    int count;
};
int main() {
#ifdef WEIR_COMPILE_FAIL
    auto source = weir::values({1});
#else
    auto source = weir::values({click{1}});
#endif
    auto job = weir::from(source) | weir::file("out.csv", weir::csv());
}
