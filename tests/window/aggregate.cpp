// SPDX-License-Identifier: Apache-2.0
#include <weir/window/aggregate.hpp>

#include <catch.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <support/scripted_lanes.hpp>
#include <type_traits>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/session.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_aggregate {

struct click {
    std::string_view page;
    std::optional<std::string> country;
    std::string_view user;
    std::int32_t milliseconds;
    weir::timestamp ts;
};

[[nodiscard]] weir::timestamp at(std::int64_t seconds) { return weir::timestamp(std::chrono::seconds(seconds)); }

auto clicks() {
    return weir::from(weir::values(std::vector<click>{{"/b", "FR", "ann", 5, at(0)},
                                                      {"/a", "DE", "bob", 7, at(59)},
                                                      {"/b", std::nullopt, "ann", 9, at(30)},
                                                      {"/b", "FR", "eve", 1, at(10)},
                                                      {"/a", "FR", "bob", 2, at(61)},
                                                      {"/b", "FR", "ann", 3, at(7)}})) |
           weir::event_time<&click::ts>(weir::bounded_out_of_orderness(std::chrono::seconds(60)));
}

auto const minutes = [] { return weir::window(weir::tumbling(std::chrono::minutes(1)), weir::drop_late); };

template <class Job>
weir::report run(Job job) {
    while (!job.finished()) job.step(2, at(0));
    return job.report();
}

TEST_CASE(
    "a row's columns: window_start, window_end, the keys by their members' names, one a function, in that order") {
    auto job =
        clicks() | weir::key_by<&click::page, &click::country>() | minutes() |
        weir::aggregate(weir::count().as<"clicks">(), weir::distinct<&click::user>().as<"users">(),
                        weir::mean<&click::milliseconds>()) |
        weir::call([](auto const& row) {
            using row_type = std::remove_cvref_t<decltype(row)>;
            static_assert(
                std::is_same_v<
                    row_type,
                    weir::row<weir::column<"window_start", weir::timestamp>,
                              weir::column<"window_end", weir::timestamp>, weir::column<"page", std::string_view>,
                              weir::column<"country", std::string_view>, weir::column<"clicks", std::uint64_t>,
                              weir::column<"users", std::uint64_t>, weir::column<"mean", std::optional<double>>>>);
        });
    run(std::move(job));
}

TEST_CASE("output order: windows by end, then keys in first-seen order; all functions of a row see the same items") {
    std::vector<std::string> rows;
    auto const report =
        run(clicks() | weir::key_by<&click::page>() | minutes() |
            weir::aggregate(weir::count(), weir::sum<&click::milliseconds>(), weir::max<&click::user>()) |
            weir::call([&](auto const& row) {
                rows.push_back(
                    std::to_string(row.template get<"window_end">().time_since_epoch() / std::chrono::seconds(1)) +
                    " " + std::string(row.template get<"page">()) + " " + std::to_string(row.template get<"count">()) +
                    " " + std::to_string(row.template get<"sum">()) + " " + std::string(row.template get<"max">()));
            }));
    CHECK(rows == std::vector<std::string>{"60 /b 4 18 eve", "60 /a 1 7 bob", "120 /a 1 2 bob"});
    CHECK(report.total().in == 6);
    CHECK(report.total().aggregated == 6);
    CHECK(report.balanced());
}

TEST_CASE("a null key part excludes the item from its grouping, and it is counted") {
    std::uint64_t items = 0;
    auto const report =
        run(clicks() | weir::key_by<&click::page, &click::country>() | minutes() | weir::aggregate(weir::count()) |
            weir::call([&](auto const& row) { items += row.template get<"count">(); }));
    CHECK(items == 5);
    CHECK(report.total().null_key == 1);
    CHECK(report.balanced());
}

TEST_CASE("with null_as_key() absence is a key of its own, and the column an optional") {
    std::vector<std::string> countries;
    auto const report = run(clicks() | weir::key_by<&click::country>(weir::null_as_key()) | minutes() |
                            weir::aggregate(weir::count()) | weir::call([&](auto const& row) {
                                std::optional<std::string_view> const& country = row.template get<"country">();
                                countries.push_back(std::string(country.value_or("none")) +
                                                    std::to_string(row.template get<"count">()));
                            }));
    CHECK(countries == std::vector<std::string>{"FR3", "DE1", "none1", "FR1"});
    CHECK(report.total().null_key == 0);
}

TEST_CASE("without key_by there is one row a window") {
    std::vector<std::uint64_t> counts;
    run(clicks() | minutes() | weir::aggregate(weir::count()) |
        weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); }));
    CHECK(counts == std::vector<std::uint64_t>{5, 1});
}

TEST_CASE(
    "end of stream: a bounded source moves the watermark to the end of time, every window closes, the exit code is 0") {
    auto const report = run(clicks() | minutes() | weir::aggregate(weir::count()) | weir::discard());
    CHECK(report.ended);
    CHECK(report.exit_code() == 0);
    CHECK(report.total().in_flight == 0);
    CHECK(report.stages.back().count.in == 2);
}

TEST_CASE("a row travels on: its time is the window's last instant, its column names are checked by the compiler") {
    struct page_minute {
        std::string_view page;
        std::uint64_t clicks;
    };
    std::vector<std::uint64_t> hours;
    auto job = clicks() | weir::key_by<&click::page>() | minutes() | weir::aggregate(weir::count().as<"clicks">()) |
               weir::map([](auto const& row) {
                   return page_minute{row.template get<"page">(), row.template get<"clicks">()};
               }) |
               weir::window(weir::tumbling(std::chrono::hours(1)), weir::drop_late) |
               weir::aggregate(weir::sum<&page_minute::clicks>()) |
               weir::call([&](auto const& row) { hours.push_back(row.template get<"sum">()); });
    run(std::move(job));
    CHECK(hours == std::vector<std::uint64_t>{6});
}

TEST_CASE("equal input gives equal output bytes, whatever the seed of the tables is") {
    // The seed differs between processes; here the order of many keys must be that of their first appearance.
    std::vector<click> many;
    std::vector<std::string> pages;
    for (int i = 0; i < 2000; ++i) pages.push_back("/page/" + std::to_string((i * 7919) % 2000));
    for (int i = 0; i < 6000; ++i) many.push_back({pages[static_cast<std::size_t>(i) % 2000], "FR", "ann", 1, at(0)});
    std::vector<std::string> got;
    auto job = weir::from(weir::values(std::move(many))) |
               weir::event_time<&click::ts>(weir::bounded_out_of_orderness(std::chrono::seconds(0))) |
               weir::key_by<&click::page>() | minutes() | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { got.emplace_back(row.template get<"page">()); });
    run(std::move(job));
    CHECK(got == pages);
}

/// An aggregate function of the user's own, as its page shows it.
struct longest_stay {
    static constexpr std::string_view name = "longest_stay";
    [[nodiscard]] std::int32_t init() const { return 0; }
    void add(std::int32_t& state, click const& c) const { state = std::max(state, c.milliseconds); }
    void merge(std::int32_t& into, std::int32_t other) const { into = std::max(into, other); }
    [[nodiscard]] std::int64_t result(std::int32_t state) const { return state; }
};

TEST_CASE("an aggregate function of the user's own, under its name or one given with as<>") {
    std::vector<std::int64_t> longest;
    run(clicks() | minutes() | weir::aggregate(longest_stay{}, weir::as<"longest">(longest_stay{})) |
        weir::call([&](auto const& row) {
            CHECK(row.template get<"longest">() == row.template get<"longest_stay">());
            longest.push_back(row.template get<"longest">());
        }));
    CHECK(longest == std::vector<std::int64_t>{9, 2});
}

/// Whether the first poll is acknowledged while the second window still holds the row that came of it. Its row comes after one
/// of a later poll: the first windows come by their ends, whatever was read first.
template <class Window>
[[nodiscard]] bool acknowledges_too_early(Window second) {
    auto const micros = [](std::int64_t n) { return weir::duration(n); };
    lane_script<fact> script;
    std::uint64_t position = 0;
    for (std::int64_t time : {12, 5, 30, 31}) {
        script.emit({1, static_cast<std::uint32_t>(position), 1, weir::timestamp(micros(time))}, {.position = position}).end_poll();
        ++position;
    }
    scripted_lanes source(script, false);
    auto const progress = source.progress();
    auto job = weir::from(std::move(source)) | weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(10))) |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count().as<"facts">()) |
               std::move(second) | weir::aggregate(weir::count()) | weir::discard();
    bool early = false;
    for (int poll = 0; poll < 3; ++poll) {
        job.step(10, at(0));
        early = early || progress->acknowledged > progress->item_epochs.at(0);
    }
    CHECK(job.report().total().aggregated >= 2);
    while (!job.finished()) job.step(10, at(0));
    CHECK(job.report().balanced());
    return early;
}

TEST_CASE("a window needs the oldest poll that an item of it was read in, whichever item came first") {
    auto const span = [](std::int64_t n) { return weir::duration(n); };
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::tumbling(span(1000)), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::tumbling(span(1000)), weir::drop_late, weir::allowed_lateness(span(9)))));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::tumbling(span(1000)), weir::drop_late, weir::emit::every(span(500)))));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::hopping(span(1000), span(500)), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::hopping(span(1000), span(7)), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::chain(weir::key_by<"facts">()) |
                                       weir::window(weir::hopping(span(1000), span(500)), weir::drop_late)));
    // An item without a key is in no window, which needs its poll no longer then.
    auto const key_of_first = [](auto const& row) {
        bool const first = row.template get<"window_start">().time_since_epoch().count() == 0;
        return first ? std::optional<std::int64_t>(1) : std::nullopt;
    };
    CHECK(acknowledges_too_early(weir::chain(weir::key_by<"first">(key_of_first)) |
                                 weir::window(weir::hopping(span(1000), span(500)), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::sliding(span(1000)), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::count_window(100, 1), weir::drop_late)));
    CHECK_FALSE(acknowledges_too_early(weir::window(weir::session(span(1000)), weir::drop_late)));
}

struct noted_epochs {
    std::vector<std::uint64_t>* epochs;

    template <class Row>
    void on_item(Row const&, auto& out) {
        epochs->push_back(out.at().epoch);
    }
};

/// The epochs of the rows of windows over three items of as many polls, which are those of the items 0, 0, 1, 2 and 2.
void check_epochs(auto keyed) {
    auto const after = [](std::int64_t n) { return weir::timestamp(weir::duration(n)); };
    lane_script<fact> script;
    script.emit({1, 0, 1, after(5)}, {.position = 0}).end_poll().emit({1, 1, 1, after(12)}, {.position = 1}).end_poll();
    script.emit({1, 2, 1, after(40)}, {.position = 2});
    std::vector<std::uint64_t> epochs;
    scripted_lanes source(script, false);
    auto const progress = source.progress();
    auto job = keyed(weir::from(std::move(source)) | weir::event_time<&fact::at>(weir::bounded_out_of_orderness(weir::duration(0)))) |
               weir::window(weir::hopping(weir::duration(20), weir::duration(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               noted_epochs{&epochs};
    while (!job.finished()) job.step(10, at(0));
    auto const& read = progress->item_epochs;
    CHECK(epochs == std::vector<std::uint64_t>{read.at(0), read.at(0), read.at(1), read.at(2), read.at(2)});
}

TEST_CASE("a row has the epoch of the oldest pane of its window, in tables and in columns") {
    check_epochs([](auto items) { return items; });
    check_epochs([](auto items) { return std::move(items) | weir::key_by<&fact::key>(); });
}

TEST_CASE("a poll is no longer needed once every window of its items has closed") {
    auto const acknowledged_behind_first = [](auto chain) {
        lane_script<fact> script;
        script.emit({1, 0, 1, weir::timestamp(weir::duration(5))}, {.position = 0}).end_poll();
        script.emit({1, 1, 1, weir::timestamp(weir::duration(26))}, {.position = 1}).end_poll();
        scripted_lanes source(script, false, true);
        auto const progress = source.progress();
        auto job = weir::from(std::move(source)) | weir::event_time<&fact::at>(weir::ascending_timestamps) | std::move(chain) |
                   weir::aggregate(weir::count()) | weir::discard();
        for (int poll = 0; poll < 3; ++poll) job.step(10, at(0));
        return progress->acknowledged == progress->item_epochs.at(1);
    };
    auto const span = [](std::int64_t n) { return weir::duration(n); };
    CHECK(acknowledged_behind_first(weir::window(weir::tumbling(span(20)), weir::drop_late)));
    CHECK(acknowledged_behind_first(weir::window(weir::hopping(span(20), span(10)), weir::drop_late)));
    CHECK(acknowledged_behind_first(weir::chain(weir::key_by<&fact::key>()) |
                                    weir::window(weir::hopping(span(20), span(10)), weir::drop_late)));
    CHECK(acknowledged_behind_first(weir::window(weir::session(span(20)), weir::drop_late)));
}

/// The sums of the windows of facts, one a value at the time beside it.
template <class Rule>
[[nodiscard]] std::vector<std::int64_t> sums_of(Rule rule, std::vector<std::pair<std::int64_t, std::int64_t>> const& timed) {
    std::vector<fact> facts;
    for (auto const& [time, value] : timed) facts.push_back({1, 0, value, weir::timestamp(weir::duration(time))});
    std::vector<std::int64_t> sums;
    auto job = weir::from(weir::values(std::move(facts))) | weir::event_time<&fact::at>(weir::ascending_timestamps) |
               weir::key_by<&fact::key>() | weir::window(rule, weir::drop_late) | weir::aggregate(weir::sum<&fact::value>()) |
               weir::call([&](auto const& row) { sums.push_back(row.template get<"sum">()); });
    while (!job.finished()) job.step(10, at(0));
    CHECK_FALSE(job.report().failure);
    return sums;
}

TEST_CASE("a sum that fits is no overflow, whatever it would be while one part after the other leaves the window") {
    auto const span = [](std::int64_t n) { return weir::duration(n); };
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    using sums = std::vector<std::int64_t>;
    CHECK(sums_of(weir::hopping(span(25), span(10)), {{0, -5}, {5, 5}, {12, most}}) == sums{-5, most, most, most});
    CHECK(sums_of(weir::sliding(span(12)), {{0, -5}, {1, 5}, {5, most}, {13, 0}}) == sums{-5, 0, most, most});
    CHECK(sums_of(weir::count_window(4, 3), {{0, -5}, {1, 5}, {2, most}, {3, -1}, {4, -1}, {5, -1}}) == sums{most, most - 3});
}

}  // namespace weir_test::window_aggregate
