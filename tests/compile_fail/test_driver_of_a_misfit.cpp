// SPDX-License-Identifier: Apache-2.0
// expect: weir: say where late items go
#include <weir/aggregate/count.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>
#include <chrono>

int main() {
#ifdef WEIR_COMPILE_FAIL
    auto window = weir::window(weir::tumbling(std::chrono::minutes(1)));
#else
    auto window = weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late);
#endif
    auto driver = weir::testing::test_driver<int>(weir::chain(std::move(window)) | weir::aggregate(weir::count()));
    driver.push(1, weir::timestamp());
    driver.advance_watermark_to(weir::end_of_time);
    for (auto const& row : driver.take_outputs()) (void)row;
}
