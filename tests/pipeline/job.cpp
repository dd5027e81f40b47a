// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/job.hpp>

#include <catch.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <support/scripted_lanes.hpp>
#include <utility>
#include <vector>
#include <weir/pipeline/boxed.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/split.hpp>

namespace weir_test::pipeline_job {

using weir::progress;

[[nodiscard]] weir::timestamp at(std::int64_t n) { return weir::timestamp(weir::duration(n)); }

/// What a test turns in a sink, and what the sink writes down.
struct controls {
    bool ready = true, busy = false, satisfied = false, failed = false;
    std::uint64_t held = weir::nothing_held;
    weir::timestamp wake = weir::end_of_time;
    std::vector<int> got{};
    int ticks = 0, flushes = 0, ends = 0, closes = 0, settles = 0;
    weir::error why{.component = "sink", .cause = "broken"};
};

struct turned_sink {
    static constexpr std::string_view name = "turned";
    std::shared_ptr<controls> c = std::make_shared<controls>();
    void on_item(int const& n) { c->got.push_back(n); }
    void on_tick(weir::timestamp, auto&) { ++c->ticks; }
    void settle(auto&) { ++c->settles; }
    void flush(auto&) { ++c->flushes; }
    void on_end(auto&) { ++c->ends; }
    void close() { ++c->closes; }
    [[nodiscard]] bool ready() const { return c->ready; }
    [[nodiscard]] bool busy() const { return c->busy; }
    [[nodiscard]] bool satisfied() const { return c->satisfied; }
    [[nodiscard]] std::uint64_t oldest_held() const { return c->held; }
    [[nodiscard]] weir::timestamp next_wake() const { return c->wake; }
    [[nodiscard]] weir::error const* failure() const { return c->failed ? &c->why : nullptr; }
};

/// A source of counting numbers that writes down what it is asked.
struct source_log {
    int polls = 0, kept_alive = 0, closes = 0, stops = 0;
    std::vector<std::size_t> budgets{};
    std::vector<std::uint64_t> acknowledged{};
    weir::poll_result next = weir::poll_result::ready;
    bool failed = false;
    weir::error why{.component = "source", .cause = "cut off"};
    weir::timestamp ticked{}, wake = weir::end_of_time;
};
struct turned_source {
    using output = int;
    static constexpr std::string_view name = "counting";
    std::shared_ptr<source_log> log = std::make_shared<source_log>();
    weir::poll_result poll(auto& out) {
        log->budgets.push_back(out.budget());
        if (log->next == weir::poll_result::ready) out.emit(++log->polls);
        return log->next;
    }
    void on_tick(weir::timestamp now) { log->ticked = now; }
    void keep_alive(weir::timestamp) { ++log->kept_alive; }
    void acknowledge(std::uint64_t epoch) { log->acknowledged.push_back(epoch); }
    void close() { ++log->closes; }
    [[nodiscard]] weir::timestamp next_wake() const { return log->wake; }
    [[nodiscard]] weir::error const* failure() const { return log->failed ? &log->why : nullptr; }
};

TEST_CASE("a step is one round: ticks, one poll with the budget, settling, acknowledging") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | sink;
    CHECK(job.step(42, at(5)) == progress::ready);
    CHECK(source.log->budgets == std::vector<std::size_t>{42});
    CHECK(source.log->ticked == at(5));
    CHECK(sink.c->got == std::vector{1});
    CHECK(sink.c->ticks == 1);
    CHECK(sink.c->settles == 1);
    CHECK(source.log->acknowledged == std::vector<std::uint64_t>{2});
    source.log->next = weir::poll_result::idle;
    CHECK(job.step(42, at(6)) == progress::idle);
    CHECK_FALSE(job.finished());
}

TEST_CASE("back-pressure: while a stage is not ready the source is not polled but kept alive") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | weir::map([](int n) { return n; }) | sink;
    sink.c->ready = false;
    CHECK(job.step(1, at(0)) == progress::held_up);
    CHECK(job.step(1, at(0)) == progress::held_up);
    CHECK(source.log->polls == 0);
    CHECK(source.log->kept_alive == 2);
    CHECK(sink.c->ticks == 2);
    sink.c->ready = true;
    CHECK(job.step(1, at(0)) == progress::ready);
    CHECK(source.log->polls == 1);
}

/// Lets an item out at each tick.
struct ticking {
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(n); }
    void on_tick(weir::timestamp, auto& out) { out.emit(0); }
};

TEST_CASE("what a tick lets out is settled also where nothing is polled") {
    turned_source source;
    turned_sink sink;
    SECTION("because a stage is not ready") {
        auto job = weir::from(source) | ticking() | sink;
        sink.c->ready = false;
        CHECK(job.step(1, at(0)) == progress::held_up);
    }
    SECTION("because all has been read") {
        auto job = weir::from(source) | ticking() | sink;
        source.log->next = weir::poll_result::end;
        sink.c->busy = true;
        CHECK(job.step(1, at(0)) == progress::idle);
        sink.c->settles = 0;
        CHECK(job.step(1, at(0)) == progress::idle);
    }
    CHECK(sink.c->settles == 1);
}

TEST_CASE("nothing is acknowledged that a stage still holds") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | sink;
    sink.c->held = 2;
    for (int i = 0; i < 4; ++i) job.step(1, at(0));
    CHECK(source.log->acknowledged == std::vector<std::uint64_t>{2});
    sink.c->held = 4;
    job.step(1, at(0));
    sink.c->held = weir::nothing_held;
    job.step(1, at(0));
    CHECK(source.log->acknowledged == std::vector<std::uint64_t>{2, 4, 7});
}

TEST_CASE("a job ends when its source has ended and no sink is busy; then everything is closed, once") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | sink;
    job.step(1, at(0));
    source.log->next = weir::poll_result::end;
    sink.c->busy = true;
    CHECK(job.step(1, at(0)) == progress::idle);
    CHECK(job.sending());
    CHECK(sink.c->ends == 1);
    CHECK(job.step(1, at(0)) == progress::idle);
    CHECK(source.log->budgets.size() == 2);  // it is not polled after its end
    CHECK_FALSE(job.report().ended);
    CHECK(job.report().exit_code() == 2);
    sink.c->busy = false;
    CHECK(job.step(1, at(0)) == progress::ended);
    CHECK(job.finished());
    CHECK(job.report().ended);
    CHECK(job.report().exit_code() == 0);
    CHECK(job.step(1, at(0)) == progress::ended);
    CHECK(sink.c->ends == 1);
    CHECK(sink.c->closes == 1);
    CHECK(source.log->closes == 1);
}

TEST_CASE("a stage that is satisfied ends the job") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | sink;
    job.step(1, at(0));
    sink.c->satisfied = true;
    CHECK(job.step(1, at(0)) == progress::ended);
    CHECK(sink.c->ends == 1);
}

TEST_CASE("a failure of a stage or of the source stops the job with its error; everything is closed, nothing ends") {
    for (bool const of_source : {false, true}) {
        turned_source source;
        turned_sink sink;
        auto job = weir::from(source) | sink;
        job.step(1, at(0));
        (of_source ? source.log->failed : sink.c->failed) = true;
        CHECK(job.step(1, at(0)) == progress::failed);
        CHECK(job.finished());
        CHECK(job.report().failure == (of_source ? source.log->why : sink.c->why));
        CHECK(job.report().exit_code() == 1);
        CHECK_FALSE(job.report().ended);
        CHECK(sink.c->got.size() == 1);
        CHECK(sink.c->ends == 0);
        CHECK(sink.c->closes == 1);
        CHECK(source.log->closes == 1);
        CHECK(job.step(1, at(0)) == progress::failed);
    }
}

/// Cannot bear the number two, and keeps nothing.
struct brittle_sink {
    std::optional<weir::error> why{};
    void on_item(int const& n) {
        if (n == 2) why = weir::error{.component = "sink", .cause = "two"};
    }
    [[nodiscard]] weir::error const* failure() const { return why ? &*why : nullptr; }
};

TEST_CASE("what a stage fails with is not acknowledged, though the stage does not say that it holds it") {
    turned_source source;
    auto job = weir::from(source) | brittle_sink{};
    job.step(1, at(0));
    CHECK(job.step(1, at(0)) == progress::failed);
    CHECK(source.log->acknowledged == std::vector<std::uint64_t>{2});
}

/// Cannot write what it has at the end of a round, in which it took no more either.
struct full_sink {
    std::shared_ptr<bool> full = std::make_shared<bool>(false);
    std::optional<weir::error> why{};
    std::uint64_t held = 1;
    void on_item(int const&) {}
    void settle(auto&) {
        if (!*full) return;
        held = weir::nothing_held;
        why = weir::error{.component = "sink", .cause = "full"};
    }
    [[nodiscard]] bool ready() const { return !*full; }
    [[nodiscard]] std::uint64_t oldest_held() const { return held; }
    [[nodiscard]] weir::error const* failure() const { return why ? &*why : nullptr; }
};

TEST_CASE("nor is it when the job was held up") {
    turned_source source;
    full_sink sink;
    auto job = weir::from(source) | sink;
    job.step(1, at(0));
    *sink.full = true;
    CHECK(job.step(1, at(0)) == progress::failed);
    CHECK(source.log->acknowledged == std::vector<std::uint64_t>{1});
}

TEST_CASE("stop: windows close or are kept; sinks send what they hold") {
    for (auto const mode : {weir::stop_mode::close_windows, weir::stop_mode::keep_windows}) {
        turned_source source;
        turned_sink sink;
        auto job = weir::from(source) | sink;
        job.step(1, at(0));
        job.stop(mode);
        job.stop(mode);
        CHECK(job.step(1, at(0)) == progress::ended);
        CHECK(sink.c->got.size() == 1);
        CHECK(sink.c->ends == (mode == weir::stop_mode::close_windows ? 1 : 0));
        CHECK(sink.c->flushes == (mode == weir::stop_mode::close_windows ? 0 : 1));
    }
}

TEST_CASE("a job that is stopped ends though a sink that has nothing to send never becomes ready") {
    for (auto const mode : {weir::stop_mode::close_windows, weir::stop_mode::keep_windows}) {
        for (bool const polled : {false, true}) {
            turned_source source;
            turned_sink sink;
            auto job = weir::from(source) | sink;
            if (polled) job.step(1, at(0));
            sink.c->ready = false;
            CHECK(job.step(1, at(0)) == progress::held_up);
            job.stop(mode);
            CHECK(job.step(1, at(0)) == progress::ended);
            CHECK(sink.c->closes == 1);
        }
    }
}

TEST_CASE("a source that is not read any more is kept alive while the sinks are still sending") {
    turned_source source;
    turned_sink sink;
    auto job = weir::from(source) | sink;
    job.step(1, at(0));
    sink.c->busy = true;
    job.stop();
    for (bool const ready : {true, false}) {
        sink.c->ready = ready;
        job.step(1, at(0));
    }
    CHECK(source.log->kept_alive == 2);
    CHECK(source.log->polls == 1);
}

/// Has two more items when it is told to stop.
struct unwilling {
    using output = int;
    int left = -1;
    weir::poll_result poll(auto& out) {
        out.emit(left);
        return left >= 0 && left-- == 0 ? weir::poll_result::end : weir::poll_result::ready;
    }
    void stop() { left = 1; }
};

/// An operator whose items wait until the test lets them go.
struct waiting_stage {
    using output = int;
    std::shared_ptr<bool> answered = std::make_shared<bool>(false);
    std::vector<int> held{};
    void on_item(int const& n, auto& out) {
        if (*answered) out.emit(n);
        else held.push_back(n);
    }
    void on_tick(weir::timestamp, auto& out) {
        if (!*answered) return;
        for (int const n : std::exchange(held, {})) out.emit(n);
    }
    [[nodiscard]] bool ready() const { return held.empty(); }
    [[nodiscard]] bool waiting() const { return !held.empty(); }
    void account(weir::tally& count) const {
        count.in_flight = held.size();
        count.passed = count.emitted = count.in - held.size();
    }
};

TEST_CASE("what waits in an operator goes on before the end does, whether the source ends or the job is stopped") {
    auto const check = [](auto job, waiting_stage const& waits, turned_sink const& sink, bool stopped) {
        job.step(10, at(1));
        if (stopped) job.stop();
        for (int i = 0; i < 3; ++i) CHECK(job.step(10, at(2)) == progress::held_up);
        CHECK(sink.c->got.empty());
        CHECK(sink.c->ends == 0);
        *waits.answered = true;
        CHECK(job.step(10, at(3)) == progress::ended);
        CHECK(sink.c->got == std::vector{1, 2});
        CHECK(sink.c->ends == 1);
    };
    for (bool const stopped : {false, true}) {
        waiting_stage const waits[3];
        turned_sink const sinks[3];
        check(weir::from(weir::values({1, 2})) | waiting_stage(waits[0]) | turned_sink(sinks[0]), waits[0], sinks[0], stopped);
        check(weir::from(weir::values({1, 2})) | weir::boxed<int>(weir::chain(waiting_stage(waits[1])) | turned_sink(sinks[1])),
              waits[1], sinks[1], stopped);
        std::vector<weir::boxed<int>> boxes;
        boxes.emplace_back(weir::chain(waiting_stage(waits[2])) | turned_sink(sinks[2]));
        check(weir::from(weir::values({1, 2})) | weir::split(std::move(boxes)), waits[2], sinks[2], stopped);
    }
}

TEST_CASE("a source that is told to stop may emit what is left, and then ends") {
    turned_sink sink;
    auto job = weir::from(unwilling{}) | sink;
    job.step(1, at(0));
    job.stop();
    CHECK(job.step(1, at(0)) == progress::ready);
    CHECK(job.step(1, at(0)) == progress::ended);
    CHECK(sink.c->got == std::vector{-1, 1, 0});
}

TEST_CASE("a job is woken for the soonest of its stages, its source and its dead letters") {
    turned_source source;
    turned_sink sink;
    turned_sink letters_sink;
    auto job = weir::from(source) | sink;
    CHECK(job.next_wake() == weir::end_of_time);
    sink.c->wake = at(30);
    CHECK(job.next_wake() == at(30));
    source.log->wake = at(20);
    CHECK(job.next_wake() == at(20));
    job.dead_letters_to(weir::chain(weir::map([](weir::dead_letter const&) { return 1; })) | letters_sink);
    letters_sink.c->wake = at(10);
    CHECK(job.next_wake() == at(10));
}

/// Puts every item aside.
struct refuses {
    using output = int;
    std::uint64_t refused = 0;
    void on_item(int const& n, auto& out) {
        out.dead_letter({.component = "refuses", .cause = "number " + std::to_string(n)},
                        "payload " + std::to_string(n));
        ++refused;
    }
    void account(weir::tally& count) const { count.dead_lettered = refused; }
};

TEST_CASE(
    "dead letters are counted, the first few reasons kept, and all sent down their road, which ends with the job") {
    turned_sink letters_sink;
    std::vector<std::string> payloads;
    auto job = weir::from(weir::values(std::vector<int>(20, 7))) | refuses{} | weir::discard();
    job.dead_letters_to(weir::chain(weir::map([&](weir::dead_letter const& letter) {
                            payloads.emplace_back(letter.payload);
                            return static_cast<int>(letter.at.position);
                        })) |
                        letters_sink);
    letters_sink.c->ready = false;
    CHECK(job.step(5, at(0)) == progress::held_up);
    letters_sink.c->ready = true;
    letters_sink.c->busy = true;
    while (job.step(5, at(0)) == progress::ready) {}
    CHECK_FALSE(job.finished());
    letters_sink.c->busy = false;
    CHECK(job.step(5, at(0)) == progress::ended);
    auto const report = job.report();
    CHECK(report.dead_letters == 20);
    CHECK(report.dead_letter_samples.size() == 8);
    CHECK(report.dead_letter_samples[0].place == "lane 0/0");
    CHECK(report.total().dead_lettered == 20);
    CHECK(report.balanced());
    CHECK(payloads.size() == 20);
    CHECK(letters_sink.c->got.back() == 19);
    CHECK(letters_sink.c->ends == 1);
    CHECK(letters_sink.c->closes == 1);
}

/// A sink that hears only after the end of the input that an item is refused.
struct slow_refusal {
    std::vector<int> held{};
    int rounds = 0;
    bool over = false;
    void on_item(int const& n) { held.push_back(n); }
    void on_tick(weir::timestamp, auto& out) {
        if (!over || ++rounds < 2) return;
        for (int const n : std::exchange(held, {})) out.dead_letter({.component = "server", .cause = "refused"}, std::to_string(n));
    }
    void flush(auto&) { over = true; }
    void on_end(auto&) { over = true; }
    [[nodiscard]] bool busy() const { return !held.empty(); }
    void account(weir::tally& count) const {
        count.in_flight = held.size();
        count.dead_lettered = count.in - held.size();
    }
};

/// Writes down what one round brought when it is over.
struct letter_log {
    std::shared_ptr<std::string> said = std::make_shared<std::string>();
    std::string round{};
    void on_item(weir::dead_letter const& letter) { round.append(letter.payload).append(" "); }
    void settle(auto&) { said->append(std::exchange(round, {})); }
    void flush(auto&) { said->append("flush"); }
    void on_end(auto&) { said->append("end"); }
};

TEST_CASE("dead letters that come after the end of the input come before that of their road") {
    for (bool const stopped : {false, true}) {
        letter_log const log;
        auto job = weir::from(weir::values({1, 2, 3})) | slow_refusal{};
        job.dead_letters_to(letter_log(log));
        job.step(2, at(0));
        if (stopped) job.stop(weir::stop_mode::keep_windows);
        for (int i = 0; i < 10 && !job.finished(); ++i) job.step(2, at(0));
        CHECK(job.report().ended);
        CHECK(*log.said == (stopped ? "1 2 flush" : "1 2 3 end"));
    }
}

TEST_CASE("dead letters that wait on their road for an answer go on before the job ends") {
    waiting_stage const waits;
    turned_sink const sink;
    auto job = weir::from(weir::values({1, 2})) | refuses{} | weir::discard();
    job.dead_letters_to(weir::chain(weir::map([](weir::dead_letter const& letter) { return static_cast<int>(letter.at.position); })) |
                        waiting_stage(waits) | turned_sink(sink));
    for (int i = 0; i < 3; ++i) job.step(10, at(1));
    CHECK_FALSE(job.finished());
    CHECK(sink.c->ends == 0);
    *waits.answered = true;
    for (int i = 0; i < 2; ++i) job.step(10, at(2));
    CHECK(job.finished());
    CHECK(sink.c->got == std::vector{0, 1});
    CHECK(sink.c->ends == 1);
}

TEST_CASE("without a road for dead letters they are counted all the same") {
    auto job = weir::from(weir::values({1, 2})) | refuses{} | weir::discard();
    while (!job.finished()) job.step(1, at(0));
    CHECK(job.report().dead_letters == 2);
    CHECK(job.report().dead_letter_samples[1].cause == "number 2");
}

TEST_CASE("a failure of the dead letters' road stops the job: nothing is lost silently") {
    turned_sink letters_sink;
    auto job = weir::from(weir::values({1, 2})) | refuses{} | weir::discard();
    job.dead_letters_to(weir::chain(weir::map([](weir::dead_letter const&) { return 1; })) | letters_sink);
    letters_sink.c->failed = true;
    CHECK(job.step(1, at(0)) == progress::failed);
    CHECK(job.report().failure->component == "sink");
}

TEST_CASE(
    "the host pushes events one by one, side by side, and whatever converts; they are handled before push returns") {
    turned_sink sink;
    auto job = weir::from(weir::push<int>{}) | sink;
    job.push(1);
    CHECK(sink.c->got == std::vector{1});
    short const small = 2;
    job.push(small);
    std::vector<int> const many{3, 4};
    job.push(std::span<int const>(many));
    CHECK(sink.c->got == std::vector{1, 2, 3, 4});
    CHECK(sink.c->settles == 3);
    CHECK(job.step(10, at(0)) == progress::idle);
    CHECK(job.report().total().in == 4);
    job.stop();
    CHECK(job.step(10, at(0)) == progress::ended);
    CHECK(sink.c->ends == 1);
}

TEST_CASE("a job may be moved between steps: dead letters and the clock still find their way") {
    auto make = [] { return weir::from(weir::values({1, 2, 3})) | refuses{} | weir::discard(); };
    auto job = make();
    job.step(1, at(0));
    auto moved = std::move(job);
    auto other = make();
    other = std::move(moved);
    while (!other.finished()) other.step(1, at(0));
    CHECK(other.report().dead_letters == 3);
    CHECK(other.report().dead_letter_samples.size() == 3);
}

TEST_CASE("equal input gives an equal report, whatever the budget") {
    std::string text;
    for (std::size_t const budget : {1u, 2u, 100u}) {
        auto job = weir::from(weir::values({1, 2, 3})) | weir::map([](int n) { return n + 1; }) | weir::discard();
        while (!job.finished()) job.step(budget, at(0));
        if (text.empty()) text = to_string(job.report());
        CHECK(to_string(job.report()) == text);
    }
}

}  // namespace weir_test::pipeline_job
