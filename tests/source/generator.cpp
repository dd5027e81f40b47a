// SPDX-License-Identifier: Apache-2.0
#include <weir/source/generator.hpp>

#include <catch.hpp>
#include <optional>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::source_generator {

TEST_CASE("generator emits what its function returns, until it returns nothing") {
    std::vector<int> got;
    int calls = 0;
    auto job = weir::from(weir::generator([&]() -> std::optional<int> {
                   ++calls;
                   if (calls == 5) return std::nullopt;
                   return calls;
               })) |
               weir::call([&](int n) { got.push_back(n); });
    job.step(3, seconds(0));
    CHECK(got == std::vector{1, 2, 3});
    CHECK(run_to_end(job, 3) == weir::progress::ended);
    CHECK(got == std::vector{1, 2, 3, 4});
    CHECK(calls == 5);
}

TEST_CASE("generator takes a function that is a poll") {
    std::vector<std::string> got;
    auto job = weir::from(weir::generator<std::string>([n = 0](auto& out) mutable {
                   out.emit("item " + std::to_string(n));
                   return ++n < 3 ? weir::poll_result::ready : weir::poll_result::end;
               })) |
               weir::call([&](std::string const& text) { got.push_back(text); });
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(got == std::vector<std::string>{"item 0", "item 1", "item 2"});
}

}  // namespace weir_test::source_generator
