// SPDX-License-Identifier: Apache-2.0
#include <weir/source/values.hpp>

#include <catch.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>

namespace weir_test::source_values {

struct batches {
    std::vector<std::pair<std::uint64_t, std::vector<int>>>* got;
    void on_item(int const&) {}
    void on_batch(std::span<int const> items, auto& out) {
        got->push_back({out.at().position, {items.begin(), items.end()}});
    }
};

TEST_CASE("values: a budget's worth each poll, side by side, then the end with the last of them") {
    std::vector<std::pair<std::uint64_t, std::vector<int>>> got;
    auto job = weir::from(weir::values({1, 2, 3, 4, 5})) | batches{&got};
    CHECK(job.step(2, {}) == weir::progress::ready);
    CHECK(job.step(2, {}) == weir::progress::ready);
    CHECK(job.step(0, {}) == weir::progress::ended);  // never less than one
    CHECK(got == std::vector<std::pair<std::uint64_t, std::vector<int>>>{{0, {1, 2}}, {2, {3, 4}}, {4, {5}}});
    CHECK(job.report().total().in == 5);
}

TEST_CASE("values of a vector, of a span that outlives the job, and none at all") {
    std::vector<std::string> got;
    auto const keep = [&](std::string const& text) { got.push_back(text); };
    auto owned = weir::from(weir::values(std::vector<std::string>{"a", "b"})) | weir::call(keep);
    while (!owned.finished()) owned.step(1, {});
    std::vector<std::string> const outside{"c"};
    auto borrowed = weir::from(weir::values(std::span<std::string const>(outside))) | weir::call(keep);
    while (!borrowed.finished()) borrowed.step(1, {});
    auto none = weir::from(weir::values(std::vector<std::string>{})) | weir::call(keep);
    CHECK(none.step(1, {}) == weir::progress::ended);
    CHECK(got == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("values may be such that they can only be moved: they are never copied") {
    std::vector<std::unique_ptr<int>> owners;
    owners.push_back(std::make_unique<int>(7));
    int sum = 0;
    auto job =
        weir::from(weir::values(std::move(owners))) | weir::call([&](std::unique_ptr<int> const& n) { sum += *n; });
    while (!job.finished()) job.step(1, {});
    CHECK(sum == 7);
}

}  // namespace weir_test::source_values
