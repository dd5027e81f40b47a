// SPDX-License-Identifier: Apache-2.0
// expect: the vector given to `collect` holds another type
#include <weir/pipeline/job.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/values.hpp>
#include <string>
#include <vector>

int main() {
#ifdef WEIR_COMPILE_FAIL
    std::vector<std::string> kept;
#else
    std::vector<int> kept;
#endif
    auto job = weir::from(weir::values({1, 2})) | weir::collect(kept);
}
