// SPDX-License-Identifier: Apache-2.0
// expect: weir: `event_time` needs a watermark strategy: `bounded_out_of_orderness(10s)`, `punctuated(f)`, or a struct
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>

#include <chrono>

struct click {
    weir::timestamp at;
};

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto when = weir::event_time<&click::at>(std::chrono::seconds(1));
#else
    auto when = weir::event_time<&click::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1)));
#endif
    auto job = weir::from(weir::values<click>({{}})) | when | weir::discard();
}
