// SPDX-License-Identifier: Apache-2.0
#include <weir/window/state_limit.hpp>

#include <catch.hpp>
#include <cstdint>
#include <map>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <support/scripted_lanes.hpp>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/global.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::window_state_limit {

[[nodiscard]] constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }
[[nodiscard]] constexpr weir::duration micros(std::int64_t n) { return weir::duration(n); }

struct visit {
    std::string_view user;
    std::int64_t time;
};
struct seen_row {
    std::int64_t start;
    std::string user;
    std::uint64_t count;
    std::string last;
};

/// Visits are pushed in; the rows go to `rows`.
template <class Rule, class... Options>
[[nodiscard]] auto counting(std::vector<seen_row>& rows, std::uint64_t& late, Rule rule, Options... options) {
    return weir::from(weir::push<visit>()) |
           weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(100)),
                            {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&visit::user>() | weir::window(rule, weir::late_to(weir::call([&](visit const&) { ++late; })), options...) |
           weir::aggregate(weir::count(), weir::max<&visit::user>(), weir::distinct<&visit::user>()) | weir::call([&](auto const& row) {
               REQUIRE(row.template get<"distinct">() >= 1);
               rows.push_back({row.template get<"window_start">().time_since_epoch().count(), std::string(row.template get<"user">()),
                               row.template get<"count">(), std::string(row.template get<"max">())});
           });
}

[[nodiscard]] std::uint64_t total(std::vector<seen_row> const& rows) {
    std::uint64_t sum = 0;
    for (seen_row const& each : rows) sum += each.count;
    return sum;
}

/// Pushes visits of `users` users, one a user, at `time`.
void push_users(auto& job, int users, std::int64_t time) {
    for (int i = 0; i < users; ++i) job.push(visit{"user-" + std::to_string(i), time});
}

constexpr std::size_t some_room = 60'000;

TEST_CASE("a state that is full stops the job with an error that names key, window and limit") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::tumbling(micros(10)), weir::state_limit(some_room));
    push_users(job, 10, 1);
    job.step(0, at(0));
    CHECK_FALSE(job.finished());
    push_users(job, 1000, 1);
    job.step(0, at(0));
    auto const report = job.report();
    REQUIRE(report.failure);
    CHECK(report.failure->component == "window");
    CHECK(report.failure->place.starts_with("key user-"));
    CHECK(report.failure->place.ends_with(", window 1970-01-01T00:00:00Z"));
    CHECK(report.failure->cause == "the state is full: its limit is 60000 bytes");
    CHECK(report.balanced());
}

TEST_CASE("an overflow key takes what finds no room, and totals stay exact") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::tumbling(micros(10)), weir::state_limit(some_room, weir::overflow_key("others")));
    for (int round = 0; round < 3; ++round) push_users(job, 1000, 1);
    job.stop();
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(total(rows) == 3000);
    CHECK(rows.size() < 1000);
    CHECK(rows.size() > 50);
    // Users that had a place of their own kept it; all others are one row.
    std::uint64_t others = 0;
    for (seen_row const& each : rows)
        if (each.user == "others") others += each.count;
        else CHECK(each.count == 3);
    CHECK(others == 3000 - 3 * (rows.size() - 1));
}

TEST_CASE("close_oldest closes windows before their time, the oldest first; what comes for them then is late") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::tumbling(micros(10)), weir::state_limit(40'000, weir::close_oldest));
    push_users(job, 50, 5);
    CHECK(rows.empty());
    push_users(job, 50, 15);
    push_users(job, 50, 25);  // no room for three
    REQUIRE(rows.size() == 50);
    CHECK(rows[0].start == 0);
    CHECK(rows[49].user == "user-49");
    job.push(visit{"user-7", 6});
    CHECK(late == 1);
    job.push(visit{"user-7", 16});
    job.stop();
    CHECK(late == 1);
    CHECK(total(rows) == 151);
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.total().late == 1);
}

TEST_CASE("an item that no closing can make room for takes the road of the late items") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::tumbling(micros(10)), weir::state_limit(10, weir::close_oldest));
    job.push(visit{"a", 5});
    CHECK(late == 1);
    CHECK(job.report().balanced());
}

/// Users come to one window after the other, some of them while the one before is still open; the first window in which the
/// state was full, or -1.
[[nodiscard]] int first_full_window(std::size_t limit) {
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(2)),
                                {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&visit::user>() | weir::window(weir::tumbling(micros(10)), weir::drop_late, weir::state_limit(limit)) |
               weir::aggregate(weir::count()) | weir::discard();
    for (int window = 0; window < 8; ++window) {
        push_users(job, 5, 10 * window);
        push_users(job, 300, 10 * window + 5);
        job.step(0, at(0));
        if (job.report().failure) return window;
    }
    return -1;
}

TEST_CASE("what windows that have closed held does not count for those that come: one is as full as another") {
    int most = -1;
    for (std::size_t limit = 60'000; limit <= 140'000; limit += 5'000) {
        int const full = first_full_window(limit);
        CAPTURE(limit);
        CHECK(full <= 1);  // in the second the first is open too
        most = full == -1 ? most : static_cast<int>(limit);
    }
    CHECK(most < 140'000);
}

TEST_CASE("what discarded rows have shown does not count: a new key has its place however long the others have been there") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::global(), weir::state_limit(200'000, weir::overflow_key("others")),
                        weir::emit::every(micros(10)), weir::discarding);
    for (int round = 0; round < 2'000; ++round) push_users(job, 10, 10 * round);
    job.push(visit{"new", 20'000});
    job.stop();
    CHECK(total(rows) == 20'001);
    CHECK(rows.back().user == "new");
    CHECK(job.report().balanced());
}

TEST_CASE("expire_after forgets keys without events, at multiples of the duration, and emits them before") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::global(), weir::expire_after(micros(1000)));
    job.push(visit{"quiet, with a long name that lies in the arena", 1500});
    for (std::int64_t time : {1600, 2100, 2700}) job.push(visit{"busy, with a long name that lies in the arena", time});
    job.push(visit{"busy, with a long name that lies in the arena", 3099});  // the watermark is 2999
    CHECK(rows.empty());
    job.push(visit{"busy, with a long name that lies in the arena", 3100});  // 3000: quiet since 1500
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].user.starts_with("quiet"));
    CHECK(rows[0].count == 1);
    CHECK(rows[0].last.starts_with("quiet"));
    job.push(visit{"quiet, with a long name that lies in the arena", 3200});
    job.stop();
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].user.starts_with("busy"));
    CHECK(rows[1].count == 5);
    CHECK(rows[1].last.starts_with("busy"));
    CHECK(rows[2].count == 1);  // began anew
    CHECK(job.report().balanced());
    CHECK(job.report().total().in_flight == 0);
}

TEST_CASE("expire_after: the row of a key comes once more before it is forgotten where its window would have a final one") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::global(), weir::expire_after(micros(1000)), weir::emit::every(micros(100)));
    job.push(visit{"quiet", 50});
    job.push(visit{"busy", 900});
    REQUIRE(rows.size() == 1);
    job.push(visit{"busy", 1950});  // the watermark is 1850: quiet since 50
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].user == "quiet");
    CHECK(rows[1].count == 1);
    CHECK(rows[2].user == "busy");
    job.stop();
    CHECK(rows.size() == 4);
    CHECK(job.report().balanced());
}

TEST_CASE("expire_after: a correction that waits for its period comes at the latest when its key is forgotten") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::tumbling(micros(10)), weir::allowed_lateness(micros(100'000)), weir::expire_after(micros(1000)),
                        weir::emit::on_update(micros(10'000)));
    job.push(visit{"ann", 1});
    job.push(visit{"bob", 111});  // the watermark is 11
    REQUIRE(rows.size() == 1);
    job.push(visit{"ann", 2});
    CHECK(rows.size() == 1);
    job.push(visit{"bob", 2200});  // and now 2100
    REQUIRE(rows.size() >= 2);
    CHECK(rows[1].user == "ann");
    CHECK(rows[1].count == 2);
    job.stop();
    CHECK(job.report().balanced());
    CHECK(job.report().total().in_flight == 0);
}

TEST_CASE("expire_after keeps what is needed to say what an update replaces") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::global(), weir::expire_after(micros(1000)), weir::emit::on_update);
    for (int i = 0; i < 100; ++i) job.push(visit{"user-" + std::to_string(i) + "-with-a-name-that-lies-in-the-arena", 10 + i});
    for (std::int64_t time = 1000; time < 5000; time += 500) job.push(visit{"user-0-with-a-name-that-lies-in-the-arena", time});
    job.stop();
    CHECK(total(rows) == 100 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9);
    CHECK(rows.back().last == "user-0-with-a-name-that-lies-in-the-arena");
    CHECK(job.report().balanced());
}

TEST_CASE("expire_after goes by the latest event of a key, and forgets it when exactly the duration has passed") {
    std::vector<seen_row> rows;
    std::uint64_t late = 0;
    auto job = counting(rows, late, weir::global(), weir::expire_after(micros(1000)));
    job.push(visit{"at 2000", 2000});
    job.push(visit{"at 2050", 2050});
    job.push(visit{"at 2050", 1960});  // out of order
    job.push(visit{"busy", 3099});
    CHECK(rows.empty());
    job.push(visit{"busy", 3100});  // the watermark is 3000
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].user == "at 2000");
}

TEST_CASE("expire_after: a key that stays still knows which row its next one replaces") {
    std::string log;
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0)),
                                {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&visit::user>() |
               weir::window(weir::global(), weir::drop_late, weir::expire_after(micros(1000)), weir::emit::on_update) |
               weir::aggregate(weir::count()) | weir::changelog() | weir::call([&](auto const& each) {
                   log += std::string(weir::enum_name(each.kind)) + " " + std::string(each.row.template get<"user">()) + "; ";
               });
    job.push(visit{"quiet", 600});
    job.push(visit{"busy", 1500});
    job.push(visit{"busy", 2000});  // "quiet" expires
    job.push(visit{"busy", 2100});
    job.push(visit{"quiet", 2200});
    CHECK(log == "insert quiet; insert busy; update busy; update busy; insert quiet; ");
}

TEST_CASE("a row that comes once is plain, whatever the limit: a filter behind it takes nothing back, and every sink may follow") {
    std::vector<std::uint64_t> counts;
    auto job = weir::from(weir::push<visit>()) |
               weir::event_time([](visit const& each) { return at(each.time); }, weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&visit::user>() |
               weir::window(weir::hopping(micros(20), micros(10)), weir::drop_late, weir::state_limit(some_room),
                            weir::expire_after(micros(1000))) |
               weir::aggregate(weir::count()) | weir::filter([](auto const& row) { return row.template get<"count">() > 1; }) |
               weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
    for (std::int64_t const time : {1, 12, 13, 25}) job.push(visit{"ann", time});
    job.stop();
    CHECK(counts == std::vector<std::uint64_t>{3, 3});
    CHECK(job.report().balanced());
}

/// Facts, one a poll, counted in a window that does not close; behind each poll but the last, how many were acknowledged.
template <class... Options>
[[nodiscard]] std::vector<std::uint64_t> acknowledged_facts(std::vector<fact> const& facts, Options... options) {
    lane_script<fact> script;
    for (fact const& each : facts) script.emit(each, {.position = each.id}).end_poll();
    scripted_lanes source(script, false);
    auto const progress = source.progress();
    auto job = weir::from(std::move(source)) | weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&fact::key>() | weir::window(weir::global(), weir::drop_late, options...) |
               weir::aggregate(weir::count()) | weir::discard();
    std::vector<std::uint64_t> acknowledged;
    for (std::size_t i = 1; i < facts.size(); ++i) {
        job.step(10, at(0));
        std::uint64_t done = 0;
        for (std::uint64_t const epoch : progress->item_epochs) done += epoch < progress->acknowledged ? 1U : 0U;
        acknowledged.push_back(done);
    }
    return acknowledged;
}

TEST_CASE("expire_after: what was read of a key that is forgotten is acknowledged, though the window stays open") {
    auto const acknowledged = acknowledged_facts({{1, 0, 0, at(10)}, {2, 1, 0, at(20)}, {1, 2, 0, at(30)}, {2, 3, 0, at(900)},
                                                  {2, 4, 0, at(1500)}, {3, 5, 0, at(4000)}, {3, 6, 0, at(4010)}},
                                                 weir::expire_after(micros(1000)));
    // The first key is forgotten at 1500, the second at 4000.
    CHECK(acknowledged == std::vector<std::uint64_t>{0, 0, 0, 0, 1, 5});
}

}  // namespace weir_test::window_state_limit
