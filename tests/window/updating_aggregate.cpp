// SPDX-License-Identifier: Apache-2.0
// Every emission against the naive oracle is in tests/oracle/every_window.cpp; here is what it does not show.
#include <weir/window/updating_aggregate.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <oracle/random_stream.hpp>
#include <string>
#include <support/scripted_lanes.hpp>
#include <string_view>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_updating_aggregate {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }
[[nodiscard]] constexpr weir::duration micros(std::int64_t n) { return weir::duration(n); }

struct visit {
    std::string_view page;
    std::int64_t time;
    std::int64_t seconds = 0;
};

/// A job of pushed visits in windows of ten with these options; its rows, as texts, go to `log`.
template <class... Options>
[[nodiscard]] auto visits(std::vector<std::string>& log, Options... options) {
    return weir::from(weir::push<visit>()) |
           weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0)),
                            {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&visit::page>() | weir::window(weir::tumbling(micros(10)), weir::drop_late, options...) |
           weir::aggregate(weir::count(), weir::max<&visit::page>()) | weir::call([&](auto const& row) {
               log.push_back(std::string(row.template get<"page">()) + " " + std::to_string(row.template get<"count">()) + " " +
                             std::string(row.template get<"max">()));
           });
}

TEST_CASE("emit::on_update: a row for each change, and none when the window closes") {
    std::vector<std::string> log;
    auto job = visits(log, weir::emit::on_update);
    job.push(visit{"/", 1});
    CHECK(log == std::vector<std::string>{"/ 1 /"});
    job.push(visit{"/", 2});
    CHECK(log.size() == 2);
    job.push(visit{"/", 10});
    CHECK(log == std::vector<std::string>{"/ 1 /", "/ 2 /", "/ 1 /"});
}

TEST_CASE("emit::on_update(d): changes wait until the watermark reaches a multiple of d; what waits comes when the window closes") {
    std::vector<std::string> log;
    auto job = visits(log, weir::emit::on_update(micros(4)));
    job.push(visit{"/", 1});
    log.clear();  // the first watermark of all passes every multiple before it
    job.push(visit{"/", 2});
    job.push(visit{"/", 3});
    CHECK(log.empty());
    job.push(visit{"/a", 4});  // the row of what came before this visit
    CHECK(log == std::vector<std::string>{"/ 3 /"});
    job.push(visit{"/", 10});  // 8 and the window's end at once
    CHECK(log == std::vector<std::string>{"/ 3 /", "/a 1 /a"});
}

TEST_CASE("emit::every(d): early rows of what has changed, and then the final one of everything") {
    std::vector<std::string> log;
    auto job = visits(log, weir::emit::every(micros(4)));
    for (std::int64_t time : {1, 3}) job.push(visit{"/", time});
    log.clear();
    job.push(visit{"/a", 5});
    CHECK(log == std::vector<std::string>{"/ 2 /"});
    job.push(visit{"/a", 9});
    CHECK(log == std::vector<std::string>{"/ 2 /", "/a 1 /a"});
    job.push(visit{"/", 10});
    CHECK(log == std::vector<std::string>{"/ 2 /", "/a 1 /a", "/ 2 /", "/a 2 /a"});
}

TEST_CASE("discarding: a row holds what came since the row before it, and nothing comes where nothing came") {
    std::vector<std::string> log;
    auto job = visits(log, weir::emit::every(micros(4)), weir::discarding);
    for (std::int64_t time : {1, 2, 3, 5, 9, 10}) job.push(visit{"/", time});
    CHECK(log == std::vector<std::string>{"/ 3 /", "/ 1 /", "/ 1 /"});
}

/// Fires when a row holds a visit of a minute.
struct long_stay {
    std::uint64_t* asked;
    bool fires(weir::trigger_view const& view) const {
        ++*asked;
        CHECK(view.window_start == at(0));
        CHECK(view.window_end == at(10));
        CHECK(view.watermark == view.event_time);
        return view.unseen == 2;
    }
};

TEST_CASE("emit::when: a rule of one's own says when early rows come; the final one comes anyway") {
    std::vector<std::string> log;
    std::uint64_t asked = 0;
    auto job = visits(log, weir::emit::when(long_stay{&asked}));
    for (std::int64_t time : {1, 2, 3}) job.push(visit{"/", time});
    CHECK(asked == 3);
    CHECK(log == std::vector<std::string>{"/ 2 /"});
    job.stop();
    CHECK(log == std::vector<std::string>{"/ 2 /", "/ 3 /"});
}

/// Fires when a row holds two visits.
struct two_visits {
    std::vector<std::uint64_t>* held;
    bool fires(weir::trigger_view const& view) const {
        held->push_back(view.items);
        return view.items == 2;
    }
};

TEST_CASE("emit::when: a trigger is shown how many items the row holds: where rows discard, those since the row before") {
    std::vector<std::string> log;
    std::vector<std::uint64_t> held;
    auto job = visits(log, weir::emit::when(two_visits{&held}), weir::discarding);
    for (std::int64_t time : {1, 2, 3, 4, 5}) job.push(visit{"/", time});
    CHECK(held == std::vector<std::uint64_t>{1, 2, 1, 2, 1});
    CHECK(log == std::vector<std::string>{"/ 2 /", "/ 2 /"});
    held.clear();
    auto accumulating = visits(log, weir::emit::when(two_visits{&held}));
    for (std::int64_t time : {1, 2, 3}) accumulating.push(visit{"/", time});
    CHECK(held == std::vector<std::uint64_t>{1, 2, 3});
}

/// Never.
struct not_early {
    bool fires(weir::trigger_view const&) const { return false; }
};

TEST_CASE("emit::when: what comes within the allowed lateness corrects the row at once, whatever the rule says") {
    std::vector<std::string> log;
    auto job = visits(log, weir::emit::when(not_early{}), weir::allowed_lateness(micros(50)));
    job.push(visit{"/", 1});
    job.push(visit{"/", 11});
    CHECK(log == std::vector<std::string>{"/ 1 /"});
    job.push(visit{"/", 5});
    CHECK(log == std::vector<std::string>{"/ 1 /", "/ 2 /"});
}

TEST_CASE("an update says what it replaces, also when the table has grown in between") {
    struct sighting {
        std::string text;
        std::uint64_t before;
    };
    std::vector<sighting> seen;
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0)),
                                {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&visit::page>() | weir::window(weir::tumbling(micros(10)), weir::drop_late, weir::emit::on_update) |
               weir::aggregate(weir::count(), weir::max<&visit::page>()) | weir::changelog() | weir::call([&](auto const& item) {
                   if (item.kind == weir::change_kind::update)
                       seen.push_back({std::string(item.before.template get<"page">()) + std::string(item.before.template get<"max">()),
                                       item.before.template get<"count">()});
               });
    job.push(visit{"/first", 1});
    for (int i = 0; i < 1000; ++i) job.push(visit{"/page" + std::to_string(i), 2});
    job.push(visit{"/first", 3});
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].text == "/first/first");
    CHECK(seen[0].before == 1);
}

TEST_CASE("an integer sum that overflows stops the job and names the key; nothing is emitted of it") {
    std::vector<std::int64_t> sums;
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&visit::page>() | weir::window(weir::tumbling(micros(10)), weir::drop_late, weir::emit::on_update) |
               weir::aggregate(weir::sum<&visit::seconds>()) |
               weir::call([&](auto const& row) { sums.push_back(row.template get<"sum">()); });
    job.push(visit{"/", 1, std::numeric_limits<std::int64_t>::max()});
    job.push(visit{"/", 1, 1});
    job.step(0, at(1));
    CHECK(sums.size() == 1);
    REQUIRE(job.report().failure);
    CHECK(job.report().failure->place == "key /, window 1970-01-01T00:00:00Z");
    CHECK(job.report().balanced());
}

TEST_CASE("periods and durations that are not positive are errors in words") {
    std::vector<std::string> log;
    auto const cause = [](auto job) {
        job.step(0, at(0));
        auto const report = job.report();
        return report.failure ? report.failure->cause : std::string();
    };
    CHECK(cause(visits(log, weir::emit::every(micros(0)))) == "the period of the emission is not positive");
    CHECK(cause(visits(log, weir::emit::on_update(micros(-1)))) == "the period of the emission is not positive");
    CHECK(cause(visits(log, weir::emit::on_update, weir::allowed_lateness(micros(-1)))) == "allowed_lateness is negative");
    CHECK(cause(visits(log, weir::emit::on_update, weir::expire_after(micros(0)))) == "expire_after is not positive");
    CHECK(cause(visits(log, weir::emit::on_update)).empty());
}

/// An `out` behind which there is nothing.
struct nowhere {
    weir::stamp stamped;
    [[nodiscard]] weir::stamp const& at() const { return stamped; }
    void emit(auto const&, weir::stamp const&) {}
    void lane(weir::lane_event) {}
};

TEST_CASE("open_windows shows each open window, and what it holds") {
    weir::detail::updating_aggregate<visit, weir::member_key<false, &visit::page>,
                                     weir::window_settings<weir::tumbling<>, weir::drop_late_t, weir::emit::every_t>, weir::drop_late_t,
                                     weir::detail::count_function>
        stage({}, {weir::tumbling(micros(10)), {}, {}, {micros(5)}, {}, {}}, {}, {{}});
    for (std::int64_t time : {1, 2, 11}) {
        nowhere out{{.time = at(time)}};
        stage.on_item(visit{"/", time}, out);
    }
    std::vector<weir::open_window> open;
    stage.open_windows([&](weir::open_window const& each) { open.push_back(each); });
    REQUIRE(open.size() == 2);
    CHECK(open[0].start == at(0));
    CHECK(open[0].end == at(10));
    CHECK(open[0].items == 2);
    CHECK_FALSE(open[0].fired);
    CHECK(open[1].items == 1);
}

struct page_count {
    std::string_view page;
    std::uint64_t clicks;
    weir::timestamp end;
};

TEST_CASE("what the row of an expired key borrows lives until the poll is over, so that windows behind windows may gather") {
    lane_script<fact> script;
    constexpr std::uint32_t pages = 100'000;
    std::uint64_t position = 0;
    auto const emit = [&](std::uint32_t page, std::int64_t time) {
        script.emit({page, static_cast<std::uint32_t>(position), 1, at(time)}, {.position = position});
        ++position;
    };
    for (std::int64_t round = 0; round < 2; ++round) {
        for (std::uint32_t page = 0; page < pages; ++page) emit(page, 1000 * round);
        emit(pages, 1000 * round + 500);  // all the others expire, in the same poll
        script.end_poll();
    }
    std::uint64_t rows = 0;
    bool right = true;
    auto job = weir::from(scripted_lanes(lending(script), true)) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(0))) | weir::key_by<&text_fact::page>() |
               weir::window(weir::tumbling(micros(1'000'000)), weir::drop_late, weir::emit::every(micros(1'000'000)), weir::discarding,
                            weir::expire_after(micros(100))) |
               weir::aggregate(weir::count().as<"clicks">()) | weir::map([](auto const& row) {
                   return page_count{row.template get<"page">(), row.template get<"clicks">(), row.template get<"window_end">()};
               }) |
               weir::key_by<&page_count::page>() | weir::window(weir::tumbling(micros(1'000'000)), weir::drop_late) |
               weir::aggregate(weir::sum<&page_count::clicks>()) | weir::call([&](auto const& row) {
                   right = right && row.template get<"page">() == page_of(static_cast<std::uint32_t>(rows)) &&
                           row.template get<"sum">() == 2;
                   ++rows;
               });
    while (!job.finished()) job.step(1'000'000, at(0));
    CHECK(rows == pages + 1);
    CHECK(right);
    CHECK(job.report().balanced());
}

TEST_CASE("an event at the end of time is in the last windows that there are") {
    std::vector<std::uint64_t> counts;
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0)),
                                {.max_ahead = weir::no_future_guard}) |
               weir::window(weir::hopping(micros(3), micros(1), micros(-1)), weir::drop_late, weir::emit::on_update) |
               weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
    job.push(visit{"/", std::numeric_limits<std::int64_t>::max() - 1});
    job.push(visit{"/", std::numeric_limits<std::int64_t>::max() - 1});
    job.stop();
    CHECK(counts == std::vector<std::uint64_t>{1, 1, 1, 2, 2, 2});
    CHECK(job.report().balanced());
}

}  // namespace weir_test::window_updating_aggregate
