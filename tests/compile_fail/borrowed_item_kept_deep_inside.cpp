// SPDX-License-Identifier: Apache-2.0
// expect: weir: this stage keeps items past the call, but the item borrows memory (a string_view,
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct address {
#ifdef WEIR_COMPILE_FAIL
    std::optional<std::string_view> city;
#else
    std::optional<std::string> city;
#endif
};
struct visit {
    int number;
    std::vector<address> stops;
};

struct history {
    using output = visit;
    static constexpr bool keeps_items = true;
    visit last;
    void on_item(visit const& v, auto& out) {
        out.emit(last);
        last = v;
    }
};

int main() {
    auto job = weir::from(weir::values<visit>({{1, {{"Paris"}}}})) | history() | weir::discard();
    return weir::run(job).exit_code();
}
