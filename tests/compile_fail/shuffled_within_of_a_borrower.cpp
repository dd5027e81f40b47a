// SPDX-License-Identifier: Apache-2.0
// expect: weir: `shuffled_within` keeps items for a while
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/weaken.hpp>
#include <chrono>
#include <span>
#include <string_view>

struct numbers {
#ifdef WEIR_COMPILE_FAIL
    std::span<int const> some;
#else
    std::string_view some;
#endif
};

int main() {
    auto const when = [](numbers const&) { return weir::timestamp(); };
    auto job = weir::from(weir::testing::shuffled_within(weir::values<numbers>({}), std::chrono::seconds(1), 1, when)) | weir::discard();
}
