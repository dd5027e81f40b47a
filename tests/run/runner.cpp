// SPDX-License-Identifier: Apache-2.0
#include <weir/run/runner.hpp>

#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::run_runner {

using namespace std::chrono_literals;

[[nodiscard]] weir::timestamp at(std::int64_t seconds) { return weir::timestamp(std::chrono::seconds(seconds)); }

/// Emits a number each poll for ever, or is idle; sets a flag after some polls.
struct endless {
    using output = int;
    std::atomic<bool>* flag;
    int polls_before_flag;
    bool idle = false;
    int polls = 0;
    std::vector<weir::duration>* waits = nullptr;
    weir::poll_result poll(auto& out) {
        if (++polls == polls_before_flag) flag->store(true);
        if (idle) return weir::poll_result::idle;
        out.emit(polls);
        return weir::poll_result::ready;
    }
    void wait(weir::duration longest) {
        if (waits) waits->push_back(longest);
    }
};

template <class Source>
auto windowed(Source source, std::vector<std::uint64_t>& counts) {
    return weir::from(std::move(source)) |
           weir::event_time([](int n) { return at(n); }, weir::bounded_out_of_orderness(0s)) |
           weir::window(weir::tumbling(10s), weir::drop_late) | weir::aggregate(weir::count()) |
           weir::call([&](auto const& row) { counts.push_back(row.template get<"count">()); });
}

TEST_CASE("without a clock of its own a job is run by the wall clock") {
    std::vector<int> got;
    auto job = weir::from(weir::values({1, 2})) | weir::call([&](int n) { got.push_back(n); });
    weir::run_options options;
    options.clock = nullptr;
    CHECK(weir::run(job, options).ended);
    CHECK(got == std::vector{1, 2});
}

TEST_CASE("run drives a job to its end on this thread and returns its report") {
    std::vector<std::uint64_t> counts;
    auto job = windowed(weir::values({1, 2, 15}), counts);
    auto const report = weir::run(job, {.budget = 1});
    CHECK(report.exit_code() == 0);
    CHECK(report.balanced());
    CHECK(counts == std::vector<std::uint64_t>{2, 1});
    CHECK(weir::run(weir::from(weir::values({1})) | weir::discard()).exit_code() == 0);
    CHECK(weir::run(weir::broken{}).exit_code() == 2);
}

TEST_CASE("the stop flag stops a job cleanly: its windows are kept for the next run, unless they are told to close") {
    for (bool const close : {false, true}) {
        std::atomic<bool> stop = false;
        std::vector<std::uint64_t> counts;
        auto job = windowed(endless{&stop, 25}, counts);
        weir::run_options options{.budget = 1, .stop = &stop};
        if (close) options.on_stop = weir::stop_mode::close_windows;
        auto const report = weir::run(job, options);
        CHECK(report.ended);
        CHECK(report.balanced());
        CHECK(counts == (close ? std::vector<std::uint64_t>{9, 10, 6} : std::vector<std::uint64_t>{9, 10}));
        CHECK(report.total().in_flight == (close ? 0 : 6));
    }
}

TEST_CASE("the runner reads the clock that it is given, and shows how the job stands about every so often") {
    std::atomic<bool> stop = false;
    std::int64_t now = 1000;
    std::vector<std::uint64_t> shown;
    std::vector<std::int64_t> when;
    auto job = weir::from(endless{&stop, 35}) | weir::discard();
    weir::run(job, {.budget = 1,
                    .clock = [&] { return at(now++); },
                    .stop = &stop,
                    .progress =
                        [&](weir::report const& report) {
                            shown.push_back(report.total().in);
                            when.push_back(now);
                        },
                    .progress_every = 10s});
    REQUIRE(shown.size() == 3);
    CHECK(when[1] - when[0] == 10);
    CHECK(shown[1] - shown[0] == 10);
    CHECK(shown[2] - shown[1] == 10);
}

TEST_CASE("an idle source is asked to wait, no longer than said, nor than until the next wake") {
    std::atomic<bool> stop = false;
    std::vector<weir::duration> waits;
    struct wakes {
        weir::timestamp at;
        void on_item(int const&) {}
        [[nodiscard]] weir::timestamp next_wake() const { return at; }
    };
    auto const run = [&](weir::timestamp wake) {
        stop = false;
        waits.clear();
        auto job = weir::from(endless{&stop, 3, true, 0, &waits}) | wakes{wake};
        weir::run(job, {.clock = [] { return at(100); }, .stop = &stop, .idle_wait = 5s});
        REQUIRE_FALSE(waits.empty());
        return waits.front();
    };
    CHECK(run(weir::end_of_time) == 5s);
    CHECK(run(at(102)) == 2s);
    CHECK(run(at(107)) == 5s);
    CHECK(run(at(100)) == 0s);
    CHECK(run(at(50)) == 0s);
    CHECK(run(weir::beginning_of_time) == 0s);
}

/// Holds the job up for some ticks, and is busy for some more.
struct slow {
    int held_up;
    int busy_for;
    void on_item(int const&) {}
    void on_tick(weir::timestamp, auto&) { held_up > 0 ? --held_up : --busy_for; }
    [[nodiscard]] bool ready() const { return held_up == 0; }
    [[nodiscard]] bool busy() const { return busy_for > 0; }
    [[nodiscard]] weir::timestamp next_wake() const { return at(100); }  // now: no test sleeps
};

TEST_CASE(
    "a sink that holds the job up, or is still sending, is asked again soon: the source does not wait meanwhile") {
    std::atomic<bool> stop = false;
    std::vector<weir::duration> waits;
    auto job = weir::from(endless{&stop, 1, true, 0, &waits}) | slow{10, 10};
    auto const report = weir::run(job, {.clock = [] { return at(100); }, .stop = &stop, .idle_wait = 1h});
    CHECK(report.ended);
    CHECK(waits.empty());
}

TEST_CASE("each_round is called after each step, the last included, and may look at the job") {
    std::vector<std::uint64_t> seen;
    auto job = weir::from(weir::values({1, 2, 3})) | weir::call([](int) {});
    weir::run(job, {.budget = 1,
                    .clock = [] { return at(100); },
                    .each_round = [&] { seen.push_back(job.report().total().in); }});
    REQUIRE(seen.size() >= 3);
    CHECK(seen.front() == 1);
    CHECK(seen.back() == 3);
    CHECK(job.finished());
}

}  // namespace weir_test::run_runner
