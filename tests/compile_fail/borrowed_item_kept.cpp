// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage keeps items past the call, but the item borrows memory (a string_view,
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>
#include <string_view>
#include <vector>

struct click {
#ifdef WEIR_COMPILE_FAIL
    std::string_view page;
#else
    std::string page;
#endif
};

struct history {
    static constexpr bool keeps_items = true;
    std::vector<click> clicks;
    void on_item(click const& c) { clicks.push_back(c); }
};

int main() {
    auto job = weir::from(weir::values<click>({{"/home"}})) | history();
    return weir::run(job).exit_code();
}
