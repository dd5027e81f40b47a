// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/changelog.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/upsert.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/named.hpp>
#include <weir/transform/split.hpp>
#include <weir/transform/tee.hpp>
#include <weir/transform/to.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::transform_changelog {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

struct click {
    std::string_view page;
    std::int64_t time;
};

/// Counts of clicks a page, in windows of ten, a change for each click.
[[nodiscard]] auto counts() {
    return weir::from(weir::values<click>({{"/", 1}, {"/a", 2}, {"/", 3}, {"/", 4}, {"/", 5}, {"/", 11}})) |
           weir::event_time([](click const& each) { return at(each.time); }, weir::bounded_out_of_orderness(weir::duration(5))) |
           weir::key_by<&click::page>() |
           weir::window(weir::tumbling(weir::duration(10)), weir::drop_late, weir::emit::on_update) |
           weir::aggregate(weir::count());
}

/// Changes as texts: `insert / 1`; what an update replaces in brackets.
struct noted {
    std::vector<std::string>* into;

    template <class Row>
    void operator()(weir::change<Row> const& each) const {
        std::string text(weir::enum_name(each.kind));
        text += " " + std::string(each.template get<"page">()) + " " + std::to_string(each.template get<"count">());
        if (each.kind == weir::change_kind::update) text += " (" + std::to_string(each.before.template get<"count">()) + ")";
        into->push_back(text);
    }
};

TEST_CASE("changelog makes each change an item") {
    std::vector<std::string> log;
    auto job = counts() | weir::changelog() | weir::call(noted{&log});
    weir::report const report = weir::run(job);
    CHECK(log == std::vector<std::string>{"insert / 1", "insert /a 1", "update / 2 (1)", "update / 3 (2)", "update / 4 (3)",
                                          "insert / 1"});
    CHECK(report.balanced());
    CHECK(report.exit_code() == 0);
}

TEST_CASE("a sink that knows nothing of changes gets the rows, each time anew; the report shows no stage for it") {
    std::vector<std::uint64_t> rows;
    auto job = counts() | weir::call([&](auto const& row) { rows.push_back(row.template get<"count">()); });
    weir::report const report = weir::run(job);
    CHECK(rows == std::vector<std::uint64_t>{1, 1, 2, 3, 4, 1});
    CHECK(report.balanced());
    REQUIRE(report.stages.size() == 4);
    CHECK(report.stages.back().name == "call");
    CHECK(job.describe().find("rows") == std::string::npos);
}

TEST_CASE("HAVING: a filter behind an aggregate inserts what begins to pass and erases what no longer does") {
    auto const few = [](auto const& row) { return row.template get<"count">() >= 2 && row.template get<"count">() <= 3; };
    std::vector<std::string> log;
    auto job = counts() | weir::filter(few) | weir::changelog() | weir::call(noted{&log});
    weir::report const report = weir::run(job);
    CHECK(log == std::vector<std::string>{"insert / 2", "update / 3 (2)", "erase / 3"});
    CHECK(report.balanced());
}

TEST_CASE("two filters behind one another take back as one would") {
    std::vector<std::string> log;
    auto job = counts() | weir::filter([](auto const& row) { return row.template get<"count">() != 1; }) |
               weir::filter([](auto const& row) { return row.template get<"count">() < 4; }) | weir::changelog() | weir::call(noted{&log});
    weir::run(job);
    CHECK(log == std::vector<std::string>{"insert / 2", "update / 3 (2)", "erase / 3"});
}

struct page_count {
    std::string page;
    std::uint64_t count;

    friend bool operator==(page_count const&, page_count const&) = default;
};

TEST_CASE("map and to turn what an update replaces too, so that a filter behind them can take back") {
    std::vector<std::pair<weir::change_kind, page_count>> log;
    auto job = counts() | weir::to<page_count>() |
               weir::map([](page_count const& each) { return page_count{each.page, each.count * 10}; }) |
               weir::filter([](page_count const& each) { return each.count == 20; }) | weir::changelog() |
               weir::call([&](weir::change<page_count> const& each) { log.emplace_back(each.kind, each.row); });
    weir::run(job);
    using enum weir::change_kind;
    CHECK(log == std::vector<std::pair<weir::change_kind, page_count>>{{insert, {"/", 20}}, {erase, {"/", 20}}});
}

TEST_CASE("tee, split and names hand changes on as they are") {
    std::map<std::string, page_count> once;
    std::vector<std::string> log;
    std::uint64_t rows = 0;
    auto job = counts() | weir::tee(weir::call([&](auto const&) { ++rows; })) |
               weir::split(weir::chain(weir::to<page_count>()) | weir::filter([](page_count const& each) { return each.count < 2; }) |
                               weir::upsert_into<"page">(once),
                           weir::chain(weir::named<"few">(weir::filter([](auto const& row) { return row.template get<"count">() < 3; }))) |
                               weir::changelog() | weir::call(noted{&log}));
    weir::report const report = weir::run(job);
    CHECK(rows == 6);
    CHECK(once == std::map<std::string, page_count>{{"/", {"/", 1}}, {"/a", {"/a", 1}}});
    CHECK(log == std::vector<std::string>{"insert / 1", "insert /a 1", "update / 2 (1)", "erase / 2", "insert / 1"});
    CHECK(report.balanced());
}

}  // namespace weir_test::transform_changelog
