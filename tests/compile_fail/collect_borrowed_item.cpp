// SPDX-License-Identifier: Apache-2.0
// expect: this stage keeps items past the call, but the item borrows memory
#include <weir/pipeline/job.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/lines.hpp>
#include <string>
#include <string_view>
#include <vector>

int main() {
#ifdef WEIR_COMPILE_FAIL
    std::vector<std::string_view> lines;
#else
    std::vector<std::string> lines;
#endif
    auto job = weir::from(weir::lines("a")) | weir::collect(lines);
}
