// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/to.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/values.hpp>

namespace weir_test::transform_to {

using minute_row = weir::row<weir::column<"window_start", weir::timestamp>, weir::column<"page", std::string_view>,
                             weir::column<"country", std::optional<std::string_view>>,
                             weir::column<"clicks", std::uint32_t>, weir::column<"share", float>>;

struct page_minute {
    std::uint64_t clicks;
    std::string page;
    std::optional<std::string> country;
    std::optional<double> share;
    weir::timestamp window_start;
    friend bool operator==(page_minute const&, page_minute const&) = default;
};

TEST_CASE("to matches fields with columns by name, whatever the order") {
    std::vector<page_minute> got;
    std::string text = "/a";
    auto job = weir::from(weir::values({minute_row{{seconds(60), text, "FR", 7u, 0.5f}},
                                        minute_row{{seconds(120), "/b", std::nullopt, 8u, 1.0f}}})) |
               weir::to<page_minute>() | weir::collect(got);
    run_to_end(job);
    text = "overwritten";
    CHECK(got ==
          std::vector<page_minute>{{7, "/a", "FR", 0.5, seconds(60)}, {8, "/b", std::nullopt, 1.0, seconds(120)}});
    CHECK(job.describe() == "values\nto\ncollect\n");
    CHECK(job.report().balanced());
}

struct click {
    std::string_view user;
    std::string_view page;
    int times;
};
struct page_only {
    std::string_view page;
    long times;
};

TEST_CASE("to takes structs too, and leaves out what is not asked for") {
    std::vector<std::string> pages;
    long times = 0;
    auto job = weir::from(weir::values({click{"u", "/a", 1}, click{"v", "/b", 2}})) | weir::to<page_only>() |
               weir::call([&](page_only const& item) {
                   pages.emplace_back(item.page);
                   times += item.times;
               });
    run_to_end(job);
    CHECK(pages == std::vector<std::string>{"/a", "/b"});
    CHECK(times == 3);
}

TEST_CASE("what a field holds without loss") {
    using weir::detail::fits_field;
    STATIC_REQUIRE(fits_field<std::uint32_t, std::int64_t>());
    STATIC_REQUIRE(fits_field<std::int8_t, std::int64_t>());
    STATIC_REQUIRE(fits_field<float, double>());
    STATIC_REQUIRE(fits_field<int, std::optional<long>>());
    STATIC_REQUIRE(fits_field<std::string, std::string>());
    STATIC_REQUIRE(fits_field<std::string_view, std::optional<std::string>>());
    STATIC_REQUIRE_FALSE(fits_field<std::uint64_t, std::int64_t>());
    STATIC_REQUIRE_FALSE(fits_field<std::int32_t, std::uint64_t>());
    STATIC_REQUIRE_FALSE(fits_field<std::int64_t, std::int32_t>());
    STATIC_REQUIRE_FALSE(fits_field<int, double>());
    STATIC_REQUIRE_FALSE(fits_field<double, float>());
    STATIC_REQUIRE_FALSE(fits_field<bool, int>());
    STATIC_REQUIRE_FALSE(fits_field<std::optional<int>, int>());
    STATIC_REQUIRE_FALSE(fits_field<std::string, std::string_view>());
    STATIC_REQUIRE_FALSE(fits_field<int, std::string>());
}

}  // namespace weir_test::transform_to
