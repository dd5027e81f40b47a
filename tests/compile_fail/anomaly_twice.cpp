// SPDX-License-Identifier: Apache-2.0
// expect: weir: `anomaly` adds the columns `z_score` and `is_anomaly`
#include <weir/click/anomaly.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>

#include <chrono>
#include <string_view>

struct reading {
    std::string_view meter;
    double value;
    weir::timestamp at;
};

int main() {
    auto const timed = weir::event_time<&reading::at>(weir::bounded_out_of_orderness(std::chrono::seconds(1)));
    [[maybe_unused]] weir::expire_after const expiry{std::chrono::hours(1)};
    auto job = weir::from(weir::values<reading>({{"a", 5, {}}})) |
#ifdef WEIR_COMPILE_FAIL
               timed | weir::key_by<"meter">() | weir::anomaly<"value">(expiry) | weir::key_by<"meter">() | weir::anomaly<"value">(expiry) |
#else
               timed | weir::key_by<"meter">() | weir::anomaly<"value">(expiry) |
#endif
               weir::discard();
    return weir::run(job).exit_code();
}
