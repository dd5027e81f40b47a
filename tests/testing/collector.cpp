// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/collector.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
#include <weir/base/row.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/record.hpp>
#include <weir/source/lines.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::testing_collector {

using namespace std::chrono_literals;
using weir::testing::collector;
using weir::testing::detail::kept_texts;
using weir::testing::detail::texts_can_be_kept;

TEST_CASE("a collector keeps items in order, with their stamps, and shares them with its copies") {
    collector<int> seen;
    collector<int> const copy = seen;
    auto job = weir::from(weir::values({3, 1, 2})) | seen.sink();
    while (!job.finished()) job.step(2, weir::timestamp(0s));
    CHECK(copy.items() == std::vector{3, 1, 2});
    CHECK(copy.size() == 3);
    CHECK(copy.entries()[2].at.position == 2);
    CHECK(copy.entries()[1].at.epoch == 1);
    CHECK(copy.entries()[2].at.epoch == 2);
    CHECK(seen.take().size() == 3);
    CHECK(copy.empty());
    CHECK(job.report().balanced());
}

TEST_CASE("a collector keeps copies of texts that are gone when the poll is over") {
    collector<std::string_view> seen;
    {
        std::string const text = "first line\nsecond line, long enough to be somewhere else\n";
        auto job = weir::from(weir::lines(text)) | seen.sink();
        while (!job.finished()) job.step(1, weir::timestamp(0s));
    }
    CHECK(seen.items() == std::vector<std::string_view>{"first line", "second line, long enough to be somewhere else"});
    auto const taken = seen.take();
    CHECK(taken[0].item == "first line");
}

TEST_CASE("a collector takes what its items can be made of") {
    collector<std::string> seen;
    auto job = weir::from(weir::lines("a\nb")) | seen.sink();
    while (!job.finished()) job.step(1, weir::timestamp(0s));
    CHECK(seen.items() == std::vector<std::string>{"a", "b"});
}

struct click {
    std::string_view page;
    std::optional<std::string_view> country;
    int n;
};
struct deep {
    std::vector<click> clicks;
    std::pair<int, std::string_view> pair;
    std::variant<int, std::string_view> either;
};
using page_row = weir::row<weir::column<"page", std::string_view>, weir::column<"n", int>>;
struct pointing {
    int const* where;
};
struct spanning {
    std::span<int const> numbers;
};
struct fixed {
    std::string_view const page;
};

static_assert(texts_can_be_kept<int>());
static_assert(texts_can_be_kept<std::string_view>());
static_assert(texts_can_be_kept<deep>());
static_assert(texts_can_be_kept<page_row>());
static_assert(texts_can_be_kept<weir::change<page_row>>());
static_assert(texts_can_be_kept<weir::record>());
static_assert(!texts_can_be_kept<pointing>());
static_assert(!texts_can_be_kept<spanning>());
static_assert(!texts_can_be_kept<fixed>());
static_assert(!texts_can_be_kept<std::vector<pointing>>());

/// Calls `make(text)` for an item that borrows `text`, keeps the item, and spoils the text.
auto keep(kept_texts& texts, auto make) {
    auto text = std::make_unique<std::string>("a text that is long enough not to lie in the string itself");
    auto item = make(std::string_view(*text));
    texts.own(item);
    text->assign(text->size(), '?');
    text.reset();
    return item;
}
constexpr std::string_view kept = "a text that is long enough not to lie in the string itself";

TEST_CASE("texts are kept wherever an item has them") {
    kept_texts texts;
    CHECK(keep(texts, [](std::string_view t) { return t; }) == kept);
    click const one = keep(texts, [](std::string_view t) { return click{t, t, 1}; });
    CHECK(one.page == kept);
    CHECK(one.country == kept);
    CHECK_FALSE(keep(texts, [](std::string_view t) { return click{t, {}, 1}; }).country);
    deep const all = keep(texts, [](std::string_view t) { return deep{{{t, t, 1}, {t, {}, 2}}, {1, t}, t}; });
    CHECK(all.clicks[1].page == kept);
    CHECK(all.pair.second == kept);
    CHECK(std::get<1>(all.either) == kept);
    CHECK(keep(texts, [](std::string_view t) { return page_row{{t, 1}}; }).get<"page">() == kept);
    auto const change = keep(texts, [](std::string_view t) {
        return weir::change<page_row>{weir::change_kind::update, {{t, 1}}, {{t, 2}}};
    });
    CHECK(change.row.get<"page">() == kept);
    CHECK(change.before.get<"page">() == kept);
    auto const record = keep(texts, [](std::string_view t) {
        weir::record made;
        made.add(t, t);
        return made;
    });
    CHECK(record.columns[0].first == kept);
    CHECK(std::get<std::string_view>(record.columns[0].second) == kept);
}

TEST_CASE("a text without a place stays so; texts stay where they are when their keeper moves") {
    kept_texts texts;
    CHECK(texts.keep({}).data() == nullptr);
    std::string_view const view = texts.keep("kept");
    kept_texts const moved = std::move(texts);
    CHECK(view == "kept");
}

}  // namespace weir_test::testing_collector
