// SPDX-License-Identifier: Apache-2.0
// expect: weir: this operator does not take the item that the stage before it emits.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <string>

struct shout {
    using output = std::string;
    void on_item(std::string const& text, auto& out) { out.emit(text + "!"); }
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto texts = weir::from(weir::values({1}));
#else
    auto texts = weir::from(weir::values<std::string>({"a"}));
#endif
    auto job = std::move(texts) | shout() | weir::call([](std::string const&) {});
    return weir::run(job).exit_code();
}
