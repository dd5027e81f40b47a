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
static_assert(!has_misspelt_hook<right> && !has_misshaped_hook<right> && !has_near_on_item<right>);

/// Members of the user's own that are no hooks.
struct of_its_own : right {
    [[nodiscard]] int* begin() { return nullptr; }
    [[nodiscard]] int* end() { return nullptr; }
    void tick() {}
    int watermark = 0;
    void add(int) {}
};
static_assert(!has_misspelt_hook<of_its_own> && !has_misshaped_hook<of_its_own>);

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
static_assert(has_misspelt_hook<misspelt> && has_misspelt_hook<misspelt_reference> && has_misspelt_hook<misspelt_tick>);
static_assert(has_misspelt_hook<misspelt_lane> && has_misspelt_hook<misspelt_batch> && has_misspelt_hook<camel_case>);
static_assert(has_near_on_item<of_another_library>);

constexpr auto lambda = [](int n) { return n; };
constexpr auto generic_lambda = [](auto const& item) { return item.page; };
static_assert(has_near_on_item<decltype(lambda)> && !has_near_on_item<decltype(generic_lambda)>);

struct changes_items {
    using output = int;
    void on_item(int&, auto&) {}
};
struct takes_values {
    void on_item(std::string_view) {}
};
static_assert(weir::detail::has_on_item<right> && weir::detail::has_on_item<changes_items> &&
              weir::detail::has_on_item<takes_values>);
static_assert(!weir::detail::has_on_item<misspelt> && !weir::detail::has_on_item<int>);

struct last final {
    void on_item(int const&) {}
};
static_assert(weir::detail::has_on_item<last> && !has_misshaped_hook<last> && !has_misshaped_hook<decltype(lambda)>);

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
static_assert(has_misshaped_hook<swapped> && has_misshaped_hook<of_another_time> && has_misshaped_hook<hidden>);
static_assert(!has_misshaped_hook<in_a_base>);
static_assert(has_misshaped_hook<without_out> && has_misshaped_hook<end_without_out> &&
              has_misshaped_hook<settle_without_out>);

TEST_CASE("misspelt and misshaped hooks are found, and a stage's other members are not taken for them") { SUCCEED(); }

}  // namespace weir_test::pipeline_misfit
