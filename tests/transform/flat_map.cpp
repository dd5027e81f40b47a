// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/flat_map.hpp>

#include <array>
#include <catch.hpp>
#include <optional>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::transform_flat_map {

TEST_CASE("flat_map emits each item of a range") {
    std::vector<int> got;
    auto job = weir::from(weir::values({0, 1, 3})) |
               weir::flat_map([](int n) { return std::vector<int>(static_cast<std::size_t>(n), n); }) |
               weir::call([&](int n) { got.push_back(n); });
    run_to_end(job);
    CHECK(got == std::vector{1, 3, 3, 3});
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.stages[1].count.in == 3);
    CHECK(report.stages[1].count.emitted == 4);
    CHECK(report.stages[2].count.in == 4);
}

TEST_CASE("flat_map emits the value of an optional, or nothing") {
    std::vector<std::string> got;
    auto job = weir::from(weir::values({1, 2, 3})) | weir::flat_map([](int n) -> std::optional<std::string> {
                   if (n == 2) return std::nullopt;
                   return std::to_string(n);
               }) |
               weir::call([&](std::string const& text) { got.push_back(text); });
    run_to_end(job);
    CHECK(got == std::vector<std::string>{"1", "3"});
}

TEST_CASE("flat_map takes a reference to a range that lives elsewhere") {
    std::array<int, 2> const pair{7, 8};
    int sum = 0;
    auto job = weir::from(weir::values({1, 2})) |
               weir::flat_map([&](int) -> std::array<int, 2> const& { return pair; }) |
               weir::call([&](int n) { sum += n; });
    run_to_end(job);
    CHECK(sum == 30);
}

TEST_CASE("flat_map<T> emits what its function hands to emit, with the item's stamp") {
    witness end;
    auto job = weir::from(scripted_source{{{{emits{1, 4}, emits{2, 5}}}}}) | weir::flat_map<int>([](int n, auto emit) {
                   for (int i = 0; i < n; ++i) emit(10 * n + i);
               }) |
               end;
    run_to_end(job);
    CHECK(end.take() == "10@4 20@5 21@5 end");
}

}  // namespace weir_test::transform_flat_map
