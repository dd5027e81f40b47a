// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `map` cannot be called with the item that comes before it.
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

#include <string>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto texts = weir::from(weir::values({1}));
#else
    auto texts = weir::from(weir::values<std::string>({"a"}));
#endif
    auto job = std::move(texts) | weir::map([](std::string const& text) { return text.size(); }) | weir::discard();
    return weir::run(job).exit_code();
}
