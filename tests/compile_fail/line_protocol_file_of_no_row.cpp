// SPDX-License-Identifier: Apache-2.0
// expect: weir: `line_protocol_file` takes rows whose columns are
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/line_protocol_file.hpp>
#include <weir/source/values.hpp>

#include <string>
#include <vector>

struct click {
    weir::timestamp at;
#ifdef WEIR_COMPILE_FAIL
    std::vector<std::string> pages;
#else
    std::string page;
#endif
    int n;
};

int main() {
    auto job = weir::from(weir::values<click>({})) | weir::line_protocol_file("clicks.lp", {.measurement = "clicks"});
    return job.finished() ? 1 : 0;
}
