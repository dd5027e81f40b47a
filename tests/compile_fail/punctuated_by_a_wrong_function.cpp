// SPDX-License-Identifier: Apache-2.0
// expect: weir: the function given to `punctuated` must take the item and return a `std::optional<weir::timestamp>`
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>

#include <optional>

struct click {
    weir::timestamp at;
    bool last;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto promise = [](click const& c) { return c.last; };
#else
    auto promise = [](click const& c) { return c.last ? std::optional(c.at) : std::nullopt; };
#endif
    auto job = weir::from(weir::values<click>({{}})) | weir::event_time<&click::at>(weir::punctuated(promise)) | weir::discard();
}
