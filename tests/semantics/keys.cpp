// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <optional>
#include <utility>

namespace weir_test::semantics_keys {

using namespace semantics;

struct visit {
    std::optional<std::string_view> page;
    std::optional<int> shop;
};

[[nodiscard]] auto visits(auto key) {
    return weir::testing::test_driver<visit>(weir::chain(std::move(key)) | weir::window(weir::tumbling(us(10)), weir::drop_late) |
                                             weir::aggregate(weir::count()));
}

TEST_CASE("A null (absent optional) key part: the item is excluded from that grouping and counted as such (SQL's rule), unless "
          "`null_as_key()` is written.") {
    auto const run = [](auto driver) {
        driver.push({"/", 1}, at(1));
        driver.push({std::nullopt, 1}, at(2));
        driver.push({"/", std::nullopt}, at(3));
        driver.push({std::nullopt, 1}, at(4));
        driver.end();
        CHECK(driver.balanced());
        std::vector<std::uint64_t> rows;
        for (auto const& each : driver.outputs()) rows.push_back(each.item.template get<"count">());
        return std::pair(rows, driver.report().total().null_key);
    };
    using answer = std::pair<std::vector<std::uint64_t>, std::uint64_t>;
    CHECK(run(visits(weir::key_by<&visit::page>())) == answer{{2}, 2});
    CHECK(run(visits(weir::key_by<&visit::page, &visit::shop>())) == answer{{1}, 3});
    CHECK(run(visits(weir::key_by<&visit::page>(weir::null_as_key()))) == answer{{2, 2}, 0});
    CHECK(run(visits(weir::key_by<&visit::page, &visit::shop>(weir::null_as_key()))) == answer{{1, 2, 1}, 0});
}

}  // namespace weir_test::semantics_keys
