// SPDX-License-Identifier: Apache-2.0
#include <weir/window/rule.hpp>

#include <catch.hpp>
#include <cstdint>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_rule {

/// Windows of two panes of ten each, one beginning in each pane, but for a hole behind each fifth.
struct pairs_of_tens {
    [[nodiscard]] weir::tumbling<> panes() const { return weir::tumbling(weir::duration(10)); }
    [[nodiscard]] std::int64_t first_pane_of(std::int64_t number) const { return number; }
    [[nodiscard]] std::int64_t end_pane_of(std::int64_t number) const { return number + 2; }
    [[nodiscard]] std::int64_t first_window_with(std::int64_t pane) const { return pane % 5 == 4 ? pane + 1 : pane - 1; }
    [[nodiscard]] std::int64_t last_window_with(std::int64_t pane) const { return pane; }
    [[nodiscard]] weir::timestamp start_of(std::int64_t number) const { return weir::timestamp(weir::duration(number * 10)); }
    [[nodiscard]] weir::timestamp end_of(std::int64_t number) const { return start_of(number + 2); }
    [[nodiscard]] std::int64_t most_panes() const { return 2; }
    [[nodiscard]] std::int64_t first_window_ending_after(weir::timestamp t) const { return panes().number_of(t) - 1; }
    [[nodiscard]] bool valid() const { return true; }
    [[nodiscard]] weir::error complaint() const { return {}; }
};

TEST_CASE("a rule is known by what it can say") {
    STATIC_REQUIRE(weir::window_rule<weir::tumbling<>>);
    STATIC_REQUIRE_FALSE(weir::pane_rule<weir::tumbling<>>);
    STATIC_REQUIRE(weir::pane_rule<pairs_of_tens>);
    STATIC_REQUIRE_FALSE(weir::window_rule<pairs_of_tens>);
    STATIC_REQUIRE_FALSE(weir::any_window_rule<int>);
}

TEST_CASE("the windows of a time are one, those that have its pane, or none") {
    auto const time = [](std::int64_t micros) { return weir::timestamp(weir::duration(micros)); };
    auto const one = weir::detail::windows_with(weir::tumbling(weir::duration(10)), time(-1));
    CHECK((one.first == -1 && one.last == -1));
    auto const two = weir::detail::windows_with(pairs_of_tens(), time(15));
    CHECK((two.first == 0 && two.last == 1));
    auto const none = weir::detail::windows_with(pairs_of_tens(), time(49));
    CHECK(none.first > none.last);
}

}  // namespace weir_test::window_rule
