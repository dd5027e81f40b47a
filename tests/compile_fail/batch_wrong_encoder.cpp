// SPDX-License-Identifier: Apache-2.0
// expect: weir: the encoder given to `batch` does not take the item that comes before it
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/values.hpp>

struct as_text {
#ifdef WEIR_COMPILE_FAIL
    bool encode(int, weir::byte_buffer& into) {
#else
    bool encode(int, weir::byte_buffer& into, weir::error&) {
#endif
        into.push_back('x');
        return true;
    }
};
struct to_nowhere {
    void start(weir::shipment const&, weir::timestamp) {}
    weir::outcome poll(weir::timestamp) { return weir::outcome::acknowledged(); }
};

int main() {
    auto job = weir::from(weir::values({1, 2})) | weir::batch({.rows = 2}, as_text(), to_nowhere());
    return weir::run(job).exit_code();
}
