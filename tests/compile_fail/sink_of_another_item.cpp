// SPDX-License-Identifier: Apache-2.0
// expect: weir: this sink does not take the item that the stage before it emits. Its `void on_item(Item const& item)`
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

#include <string>

struct print {
    void on_item(std::string const&) {}
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto job = weir::from(weir::values({1})) | print();
#else
    auto job = weir::from(weir::values({1})) | weir::map([](int n) { return std::to_string(n); }) | print();
#endif
    return weir::run(job).exit_code();
}
