// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/misfit.hpp>

#include <catch.hpp>
#include <cstddef>
#include <span>
#include <string_view>

// What the compiler says of misfits stands in tests/compile_fail; here is what counts as one, and above all what does not.
namespace weir_test::pipeline_misfit {

using weir::detail::has_misshaped_hook;
using weir::detail::has_misspelt_hook;
using weir::detail::has_near_on_item;

struct right {
    using output = int;
    void on_item(int const&, auto&) {}
    void on_batch(std::span<int const>, auto&) {}
    void on_watermark(weir::timestamp, auto&) {}
    void on_lane(weir::lane_event, auto&) {}
    void on_tick(weir::timestamp, auto&) {}
    void settle(auto&) {}
    void flush(auto&) {}
    void on_end(auto&) {}
    void close() {}
};

/// Members of the user's own that are no hooks.
struct of_its_own : right {
    [[nodiscard]] int* begin() { return nullptr; }
    [[nodiscard]] int* end() { return nullptr; }
    void tick() {}
    int watermark = 0;
    void add(int) {}
};

struct misspelt {
    void on_watermrak(weir::timestamp, auto&) {}
};
struct misspelt_reference {
    void on_water_mark(weir::timestamp const&, auto&) {}
};
struct misspelt_tick {
    void on_ticks(weir::timestamp, auto&) {}
};
struct misspelt_lane {
    void on_lanes(weir::lane_event, auto&) {}
};
struct misspelt_batch {
    void on_batches(std::span<int const>, auto&) {}
};
struct camel_case {
    void onEnd(auto&) {}
};
struct of_another_library {
    void process(int const&, auto&) {}
};

constexpr auto lambda = [](int n) { return n; };
constexpr auto generic_lambda = [](auto const& item) { return item.page; };

struct changes_items {
    using output = int;
    void on_item(int&, auto&) {}
};
struct takes_values {
    void on_item(std::string_view) {}
};

struct last final {
    void on_item(int const&) {}
};

struct without_out {
    void on_watermark(weir::timestamp) {}
};
struct end_without_out {
    void on_end() {}
};
struct settle_without_out {
    void settle() {}
};
struct swapped {
    void on_watermark(auto&, weir::timestamp) {}
};
struct of_another_time {
    void on_tick(std::string_view, auto&) {}
};
class hidden {
    void on_end(auto&) {}
};
struct in_a_base : right {
    int on_watermark_calls = 0;
};

TEST_CASE("misspelt and misshaped hooks are found") {
    STATIC_REQUIRE(has_misspelt_hook<misspelt>);
    STATIC_REQUIRE(has_misspelt_hook<misspelt_reference>);
    STATIC_REQUIRE(has_misspelt_hook<misspelt_tick>);
    STATIC_REQUIRE(has_misspelt_hook<misspelt_lane>);
    STATIC_REQUIRE(has_misspelt_hook<misspelt_batch>);
    STATIC_REQUIRE(has_misspelt_hook<camel_case>);
    STATIC_REQUIRE(has_near_on_item<of_another_library>);
    STATIC_REQUIRE(has_near_on_item<decltype(lambda)>);
    STATIC_REQUIRE(has_misshaped_hook<swapped>);
    STATIC_REQUIRE(has_misshaped_hook<of_another_time>);
    STATIC_REQUIRE(has_misshaped_hook<hidden>);
    STATIC_REQUIRE(has_misshaped_hook<without_out>);
    STATIC_REQUIRE(has_misshaped_hook<end_without_out>);
    STATIC_REQUIRE(has_misshaped_hook<settle_without_out>);
}

TEST_CASE("a stage's right hooks and its other members are not taken for misspelt or misshaped ones") {
    STATIC_REQUIRE_FALSE(has_misspelt_hook<right>);
    STATIC_REQUIRE_FALSE(has_misshaped_hook<right>);
    STATIC_REQUIRE_FALSE(has_near_on_item<right>);
    STATIC_REQUIRE_FALSE(has_misspelt_hook<of_its_own>);
    STATIC_REQUIRE_FALSE(has_misshaped_hook<of_its_own>);
    STATIC_REQUIRE_FALSE(has_near_on_item<decltype(generic_lambda)>);
    STATIC_REQUIRE_FALSE(has_misshaped_hook<last>);
    STATIC_REQUIRE_FALSE(has_misshaped_hook<decltype(lambda)>);
    STATIC_REQUIRE_FALSE(has_misshaped_hook<in_a_base>);
}

TEST_CASE("whether a stage takes items at all is seen whatever it takes them as") {
    STATIC_REQUIRE(weir::detail::has_on_item<right>);
    STATIC_REQUIRE(weir::detail::has_on_item<changes_items>);
    STATIC_REQUIRE(weir::detail::has_on_item<takes_values>);
    STATIC_REQUIRE(weir::detail::has_on_item<last>);
    STATIC_REQUIRE_FALSE(weir::detail::has_on_item<misspelt>);
    STATIC_REQUIRE_FALSE(weir::detail::has_on_item<int>);
}

}  // namespace weir_test::pipeline_misfit
