// SPDX-License-Identifier: Apache-2.0
#include <weir/join/alongside.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/join/lookup.hpp>
#include <weir/join/to_table.hpp>
#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/decode.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/merge.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::join_alongside {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

struct pair {
    int key;
    int value;
};

/// What a test says to a source, and what the source says of itself.
struct script {
    std::vector<pair> ready{};
    bool caught_up = false;
    bool ended = false;
    int polls = 0;
    int closed = 0;
    std::optional<weir::error> failure{};
};

/// A source without end that can tell when it has caught up.
struct scripted {
    using output = pair;
    static constexpr std::string_view name = "scripted";
    std::shared_ptr<script> said;

    weir::poll_result poll(auto& out) {
        ++said->polls;
        for (pair const& each : std::exchange(said->ready, {})) out.emit(each);
        return said->ended ? weir::poll_result::end : weir::poll_result::idle;
    }
    [[nodiscard]] bool caught_up() const { return said->caught_up; }
    [[nodiscard]] weir::error const* failure() const { return said->failure ? &*said->failure : nullptr; }
    void close() { ++said->closed; }
};

/// The same that cannot.
struct scripted_without_end {
    using output = pair;
    std::shared_ptr<script> said;
    weir::poll_result poll(auto&) { return said->ended ? weir::poll_result::end : weir::poll_result::idle; }
};

using table = weir::table<int, pair>;

[[nodiscard]] auto sum_up(pair const& each, pair const* found) { return each.value + (found ? found->value : -100); }

[[nodiscard]] auto feed(std::shared_ptr<script> const& said, table& into) {
    return weir::from(scripted{said}) | weir::to_table<&pair::key>(into);
}

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);

TEST_CASE("the source waits until the table has been filled, and then both go on side by side") {
    table numbers(weir::unbounded);
    auto const side = std::make_shared<script>();
    auto const main = std::make_shared<script>();
    std::vector<int> made;
    auto job = weir::from(scripted{main}) | weir::alongside(feed(side, numbers)) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    main->ready = {{1, 1}};
    CHECK(job.step(10, noon) == weir::progress::held_up);
    side->ready = {{1, 10}};
    CHECK(job.step(10, noon) == weir::progress::held_up);
    CHECK(main->polls == 0);
    side->caught_up = true;
    job.step(10, noon);
    CHECK(main->polls == 1);
    CHECK(made == std::vector<int>{11});

    side->ready = {{1, 20}};
    main->ready = {{1, 1}, {2, 2}};
    job.step(10, noon);
    CHECK(made == std::vector<int>{11, 21, -98});

    main->ended = true;
    while (!job.finished()) job.step(10, noon);
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
    CHECK(side->closed == 1);
    CHECK(main->closed == 1);
}

TEST_CASE("a table read to its end has been filled when its job has ended") {
    table numbers(weir::state_limit(std::size_t{1} << 20));
    std::vector<pair> rows;
    for (int i = 0; i < 500'000; ++i) rows.push_back({i % 100, i});
    std::vector<int> made;
    auto job = weir::from(weir::values<pair>({{99, 0}, {3, 0}})) |
               weir::alongside(weir::from(weir::values<pair>(std::move(rows))) | weir::to_table<&pair::key>(numbers)) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    weir::report const done = weir::run(job);
    CHECK(done.exit_code() == 0);
    CHECK(made == std::vector<int>{499'999, 499'903});

    // The ledger shows the other job as a branch, which adds nothing to the sums of the road.
    REQUIRE(done.stages.size() == 6);
    CHECK(done.stages[2].depth == 1);
    CHECK(done.stages[2].count.emitted == 500'000);
    CHECK(done.stages[3].name == "to_table");
    CHECK(done.stages[3].role == weir::stage_role::branch);
    CHECK(done.total().in == 2);
    CHECK(done.balanced());
    CHECK_THAT(job.describe(weir::drawing::mermaid), ContainsSubstring("s1 --> s2") && ContainsSubstring("s2 --> s3") && ContainsSubstring("s1 --> s4"));
}

TEST_CASE("without waiting, what is looked up too early is not found") {
    table numbers(weir::unbounded);
    auto const side = std::make_shared<script>();
    std::vector<int> made;
    auto job = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(feed(side, numbers), weir::do_not_wait) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    CHECK(weir::run(job).exit_code() == 0);
    CHECK(made == std::vector<int>{-99});
}

TEST_CASE("a failure of the other job is this job's") {
    table numbers(weir::unbounded);
    auto const side = std::make_shared<script>();
    auto job = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(feed(side, numbers)) | weir::discard();
    CHECK(job.step(10, noon) == weir::progress::held_up);
    side->failure = weir::error{.component = "scripted", .cause = "broken off"};
    CHECK(job.step(10, noon) == weir::progress::failed);
    CHECK(job.report().failure->cause == "broken off");
    CHECK(side->closed == 1);

    // And when this job fails, the other one is closed.
    auto const other = std::make_shared<script>(), main = std::make_shared<script>();
    auto outer = weir::from(scripted{main}) | weir::alongside(feed(other, numbers), weir::do_not_wait) | weir::discard();
    outer.step(10, noon);
    main->failure = weir::error{.component = "scripted", .cause = "broken off"};
    CHECK(outer.step(10, noon) == weir::progress::failed);
    CHECK(other->closed == 1);

    table small(weir::state_limit(2048));
    std::vector<pair> rows;
    for (int i = 0; i < 1000; ++i) rows.push_back({i, i});
    auto full = weir::from(weir::values<pair>({{1, 1}})) |
                weir::alongside(weir::from(weir::values<pair>(rows)) | weir::to_table<&pair::key>(small)) | weir::discard();
    CHECK(weir::run(full).exit_code() == 1);
    CHECK_THAT(to_string(*full.report().failure), ContainsSubstring("the table is full"));
    CHECK(full.report().balanced());
}

TEST_CASE("a job that is stopped while the table is being filled ends, and closes both sources") {
    for (weir::stop_mode const mode : {weir::stop_mode::keep_windows, weir::stop_mode::close_windows}) {
        table numbers(weir::unbounded);
        auto const side = std::make_shared<script>();
        auto const main = std::make_shared<script>();
        auto job = weir::from(scripted{main}) | weir::alongside(feed(side, numbers)) | weir::discard();
        CHECK(job.step(10, noon) == weir::progress::held_up);
        job.stop(mode);
        for (int i = 0; i < 10 && !job.finished(); ++i) job.step(10, noon);
        CHECK(job.finished());
        CHECK(side->closed == 1);
        CHECK(main->closed == 1);
    }
}

struct number_text {
    using output = pair;
    bool decode(std::string_view payload, pair& into, weir::error& why) {
        into = {static_cast<int>(payload.size()), 1};
        if (payload != "bad") return true;
        why = {.component = "number_text", .cause = "bad"};
        return false;
    }
};

TEST_CASE("dead letters of the other job become this job's, unless it has a place for them") {
    auto const side_job = [](table& into) {
        return weir::from(weir::values<std::string_view>({"a", "bad", "bb"})) | weir::decode(number_text{}) |
               weir::to_table<&pair::key>(into);
    };
    table numbers(weir::unbounded);
    std::vector<std::string> outer, inner;
    auto job = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(side_job(numbers)) | weir::discard();
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { outer.emplace_back(letter.payload); }));
    CHECK(weir::run(job).dead_letters == 1);
    CHECK(outer == std::vector<std::string>{"bad"});

    auto apart = side_job(numbers);
    apart.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { inner.emplace_back(letter.payload); }));
    auto second = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(std::move(apart)) | weir::discard();
    CHECK(weir::run(second).dead_letters == 0);
    CHECK(inner == std::vector<std::string>{"bad"});
}

TEST_CASE("a dead letter of the other job belongs to the poll of this one that it came in") {
    table numbers(weir::unbounded);
    std::vector<std::uint64_t> epochs;
    auto const main = std::make_shared<script>();
    auto const side = std::make_shared<script>();
    auto job = weir::from(scripted{main}) |
               weir::alongside(weir::from(scripted{side}) | weir::map([](pair const& each) { return each.key == 0 ? "bad" : "a"; }) |
                                   weir::decode(number_text{}) | weir::to_table<&pair::key>(numbers),
                               weir::do_not_wait) |
               weir::discard();
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { epochs.push_back(letter.at.epoch); }));
    for (int i = 0; i < 4; ++i) job.step(10, noon);
    auto const polled = static_cast<std::uint64_t>(main->polls);
    // The other job polls again before this one does.
    side->ready = {{0, 0}};
    job.step(10, noon);
    CHECK(epochs == std::vector{polled});
}

/// A place for dead letters that takes its time to store them.
struct slow_place {
    std::shared_ptr<std::vector<std::uint64_t>> unstored;
    void on_item(weir::dead_letter const&, auto& out) { unstored->push_back(out.at().epoch); }
    [[nodiscard]] bool busy() const { return !unstored->empty(); }
    [[nodiscard]] std::uint64_t oldest_held() const {
        return unstored->empty() ? weir::nothing_held : *std::min_element(unstored->begin(), unstored->end());
    }
};

/// A source that can be resumed.
struct resumable {
    using output = pair;
    std::shared_ptr<script> said;
    std::shared_ptr<std::uint64_t> acknowledged;
    weir::poll_result poll(auto& out) { return scripted{said}.poll(out); }
    void acknowledge(std::uint64_t epoch) { *acknowledged = epoch; }
};

TEST_CASE("what the other job put aside is acknowledged to its source when it has been stored") {
    auto const text = [](pair const& each) { return each.key == 0 ? "bad" : "a"; };
    auto const main = std::make_shared<script>();
    auto const check = [&](int depth) {
        table numbers(weir::unbounded);
        auto const side = std::make_shared<script>();
        auto const acknowledged = std::make_shared<std::uint64_t>(0);
        auto const place = slow_place{std::make_shared<std::vector<std::uint64_t>>()};
        auto other = weir::from(resumable{side, acknowledged}) | weir::map(text) | weir::decode(number_text{}) |
                     weir::to_table<&pair::key>(numbers);
        auto const run_on = [&](auto job) {
            job.dead_letters_to(slow_place(place));
            job.step(10, noon);
            CHECK(*acknowledged == 2);
            side->ready = {{0, 0}};
            for (int i = 0; i < 5; ++i) job.step(10, noon);
            CHECK(*acknowledged == 2);
            place.unstored->clear();
            for (int i = 0; i < 2 + depth; ++i) job.step(10, noon);
            CHECK(*acknowledged > 5);

            // Another comes, and neither job goes before it is stored.
            std::uint64_t const before = *acknowledged;
            side->ready = {{0, 0}};
            side->ended = true;
            job.step(10, noon);
            job.stop();
            for (int i = 0; i < 5; ++i) job.step(10, noon);
            CHECK_FALSE(job.finished());
            CHECK(*acknowledged == before);
            place.unstored->clear();
            for (int i = 0; i < 5 && !job.finished(); ++i) job.step(10, noon);
            CHECK(job.report().exit_code() == 0);
            CHECK(*acknowledged == before + 1);
        };
        if (depth == 0) {
            run_on(weir::from(scripted{main}) | weir::alongside(std::move(other), weir::do_not_wait) | weir::discard());
        } else {
            auto inner = weir::from(scripted{main}) | weir::alongside(std::move(other), weir::do_not_wait);
            auto middle = weir::from(weir::merge(std::move(inner), scripted{main})) | weir::discard();
            run_on(weir::from(scripted{main}) | weir::alongside(std::move(middle), weir::do_not_wait) | weir::discard());
        }
    };
    check(0);
    check(1);
}

/// A place for dead letters that soon has no room.
struct full_place {
    std::size_t* taken;
    void on_item(weir::dead_letter const&) { ++*taken; }
    [[nodiscard]] bool ready() const { return *taken < 5; }
};

struct only_bad {
    using output = std::string_view;
    weir::poll_result poll(auto& out) {
        for (int i = 0; i < 10; ++i) out.emit(std::string_view("bad"));
        return weir::poll_result::ready;
    }
};

TEST_CASE("while this job's dead letters find no room, the other job does not go on making more") {
    table numbers(weir::unbounded);
    auto const feed_of_bad = [&] {
        return weir::from(only_bad{}) | weir::decode(number_text{}) | weir::to_table<&pair::key>(numbers);
    };
    std::size_t taken = 0;
    auto const run_on = [&](auto job) {
        job.dead_letters_to(full_place{&taken});
        for (int i = 0; i < 100; ++i) job.step(10, noon);
        CHECK(std::exchange(taken, 0) == 10);
    };
    auto const main = std::make_shared<script>();
    run_on(weir::from(scripted{main}) | weir::alongside(feed_of_bad(), weir::do_not_wait) | weir::discard());
    run_on(weir::from(weir::merge(weir::from(scripted{main}) | weir::alongside(feed_of_bad(), weir::do_not_wait), scripted{main})) |
           weir::discard());
    run_on(weir::from(scripted{main}) |
           weir::alongside(weir::from(scripted{main}) | weir::alongside(feed_of_bad(), weir::do_not_wait) | weir::discard(),
                           weir::do_not_wait) |
           weir::discard());
}

TEST_CASE("a merge has caught up when each of its inputs has, or has ended") {
    auto const one = std::make_shared<script>(), two = std::make_shared<script>(), three = std::make_shared<script>();
    table numbers(weir::unbounded);
    auto const main = std::make_shared<script>();
    auto job = weir::from(scripted{main}) |
               weir::alongside(weir::from(weir::merge(scripted{one}, scripted{two}, scripted_without_end{three})) |
                               weir::to_table<&pair::key>(numbers)) |
               weir::discard();
    one->caught_up = true;
    CHECK(job.step(10, noon) == weir::progress::held_up);
    two->ended = true;
    CHECK(job.step(10, noon) == weir::progress::held_up);
    three->ended = true;
    CHECK(job.step(10, noon) == weir::progress::idle);
    CHECK(main->polls == 1);
}

TEST_CASE("`explain` looks into the other job, whose time is its own, and says that it holds this one up") {
    auto const side = std::make_shared<script>();
    auto const main = std::make_shared<script>();
    auto counts = weir::from(scripted{side}) |
                  weir::event_time([](pair const& each) { return noon + std::chrono::seconds(each.value); },
                                   weir::bounded_out_of_orderness(5s)) |
                  weir::window(weir::tumbling(60s), weir::drop_late) | weir::aggregate(weir::count()) | weir::discard();
    auto job = weir::from(scripted{main}) | weir::alongside(std::move(counts)) | weir::discard();
    side->ready = {{1, 1}};
    CHECK(job.step(10, noon) == weir::progress::held_up);
    weir::explanation const why = job.explain();
    CHECK(why.held_up_by == "alongside");
    REQUIRE(why.stages.size() == 1);
    CHECK(why.stages[0].open == 1);
    REQUIRE(why.watermarks.size() == 1);
    CHECK(why.stages[0].watermark == 0);
    CHECK(why.watermarks[0].watermark == noon - 4s);
    CHECK_THAT(to_string(why), ContainsSubstring("alongside holds the job up") && ContainsSubstring("1 window is open"));

    side->caught_up = true;
    job.step(10, noon);
    CHECK_FALSE(job.explain().held_up);
    CHECK(job.explain().held_up_by.empty());
}

/// An operator that waits for an answer from outside before its items go on.
struct answer_awaited {
    using output = pair;
    bool const* answered;
    std::vector<pair> held{};

    void on_item(pair const& item, auto&) { held.push_back(item); }
    void on_tick(weir::timestamp, auto& out) {
        if (!*answered) return;
        for (pair const& each : std::exchange(held, {})) out.emit(each);
    }
    [[nodiscard]] bool ready() const { return held.empty(); }
    [[nodiscard]] bool busy() const { return !held.empty(); }
    [[nodiscard]] bool waiting() const { return !held.empty(); }
    void account(weir::tally& count) const {
        count.in_flight = held.size();
        count.passed = count.emitted = count.in - count.in_flight;
    }
};

/// A sink whose last letter is acknowledged some steps after it was sent.
struct slow_to_part {
    int* steps_left;
    bool parting = false;

    void on_item(pair const&) {}
    void on_tick(weir::timestamp, auto&) {
        if (parting && *steps_left != 0) --*steps_left;
    }
    void flush(auto&) { parting = true; }
    [[nodiscard]] bool busy() const { return parting && *steps_left != 0; }
};

TEST_CASE("a job that ends waits for what the other job still has under way") {
    auto const side = std::make_shared<script>();
    int steps_left = 5;
    auto job = weir::from(weir::values<pair>({{1, 1}})) |
               weir::alongside(weir::from(scripted{side}) | slow_to_part{&steps_left}, weir::do_not_wait) | weir::discard();
    for (int i = 0; i < 20 && !job.finished(); ++i) job.step(10, noon);
    CHECK(job.finished());
    CHECK(steps_left == 0);
    CHECK(side->closed == 1);
}

TEST_CASE("a job that is stopped waits for what the other job still has under way") {
    for (weir::stop_mode const mode : {weir::stop_mode::keep_windows, weir::stop_mode::close_windows}) {
        auto const main = std::make_shared<script>();
        auto const side = std::make_shared<script>();
        int steps_left = 5;
        auto job = weir::from(scripted{main}) |
                   weir::alongside(weir::from(scripted{side}) | slow_to_part{&steps_left}, weir::do_not_wait) | weir::discard();
        job.step(10, noon);
        job.stop(mode);
        for (int i = 0; i < 20 && !job.finished(); ++i) job.step(10, noon);
        CHECK(job.finished());
        CHECK(steps_left == 0);
    }
}

TEST_CASE("what waits in a stage behind a source that has caught up is not yet in the table") {
    table numbers(weir::unbounded);
    auto const side = std::make_shared<script>();
    bool answered = false;
    std::vector<int> made;
    auto feeding = weir::from(scripted{side}) | answer_awaited{&answered};
    auto const check = [&](auto&& other) {
        auto job = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(std::move(other)) |
                   weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
        side->ready = {{1, 10}};
        side->caught_up = true;
        for (int i = 0; i < 3; ++i) CHECK(job.step(10, noon) == weir::progress::held_up);
        answered = true;
        for (int i = 0; i < 10 && !job.finished(); ++i) job.step(10, noon);
        CHECK(job.finished());
        CHECK(made == std::vector<int>{11});
    };
    SECTION("in its own flow") { check(std::move(feeding) | weir::to_table<&pair::key>(numbers)); }
    SECTION("in a pipeline behind a wall") {
        weir::any_stream<pair> hidden = std::move(feeding);
        check(weir::from(std::move(hidden)) | weir::to_table<&pair::key>(numbers));
    }
    SECTION("in an input of a merge") {
        check(weir::from(weir::merge(std::move(feeding), weir::values<pair>({{2, 2}}))) | weir::to_table<&pair::key>(numbers));
    }
}

TEST_CASE("a source behind a wall has caught up when it says so, or has ended") {
    table numbers(weir::unbounded);
    auto const side = std::make_shared<script>(), main = std::make_shared<script>();
    auto const check = [&](weir::any_stream<pair> hidden) {
        auto job = weir::from(scripted{main}) | weir::alongside(weir::from(std::move(hidden)) | weir::to_table<&pair::key>(numbers)) |
                   weir::discard();
        CHECK(job.step(10, noon) == weir::progress::held_up);
        side->caught_up = true;
        side->ended = main->ended = true;
        job.step(10, noon);
        CHECK(main->polls == 1);
    };
    SECTION("it says so") { check(weir::from(scripted{side})); }
    SECTION("it ends") { check(weir::from(scripted_without_end{side})); }
}

TEST_CASE("sources that are to be stopped themselves are, though the table is never filled") {
    for (weir::stop_mode const mode : {weir::stop_mode::keep_windows, weir::stop_mode::close_windows}) {
        table numbers(weir::unbounded);
        auto const side = std::make_shared<script>(), main = std::make_shared<script>();
        auto const run_down = [&](auto job) {
            CHECK(job.step(10, noon) != weir::progress::ended);
            job.stop(mode);
            for (int i = 0; i < 10 && !job.finished(); ++i) job.step(10, noon);
            CHECK(job.finished());
            CHECK(std::exchange(side->closed, 0) == 1);
        };
        run_down(weir::from(weir::merge(scripted{main}, scripted{main})) | weir::alongside(feed(side, numbers)) | weir::discard());
        run_down(weir::from(weir::merge(weir::from(scripted{main}) | weir::alongside(feed(side, numbers)), scripted{main})) |
                 weir::discard());
    }
}

TEST_CASE("a job that was over before holds nobody up") {
    table numbers(weir::unbounded);
    auto load = weir::from(weir::values<pair>({{1, 10}})) | weir::to_table<&pair::key>(numbers);
    weir::run(load);
    std::vector<int> made;
    auto job = weir::from(weir::values<pair>({{1, 1}})) | weir::alongside(std::move(load)) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    for (int i = 0; i < 10 && !job.finished(); ++i) job.step(10, noon);
    CHECK(made == std::vector<int>{11});
}

TEST_CASE("a host that pushes waits until the job is no longer held up") {
    table numbers(weir::unbounded);
    std::vector<int> made;
    auto job = weir::from(weir::push<pair>()) |
               weir::alongside(weir::from(weir::values<pair>({{1, 10}, {2, 20}})) | weir::to_table<&pair::key>(numbers)) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    while (job.step(1, noon) == weir::progress::held_up) {}
    job.push(pair{2, 2});
    CHECK(made == std::vector<int>{22});
}

TEST_CASE("updates of the same keys need no more room, though the keys were looked up in the poll before") {
    table numbers(weir::state_limit(std::size_t{8} << 10));
    auto const side = std::make_shared<script>(), main = std::make_shared<script>();
    std::vector<int> made;
    auto job = weir::from(scripted{main}) | weir::alongside(feed(side, numbers)) |
               weir::lookup<&pair::key>(numbers, weir::left_join, sum_up) | weir::collect(made);
    side->caught_up = true;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 1000; ++i) side->ready.push_back({i % 10, i});
        main->ready = {{7, 0}};
        job.step(10, noon);
    }
    REQUIRE_FALSE(job.finished());
    CHECK(made == std::vector<int>{997, 997, 997});
}

TEST_CASE("a table may be fed by a job that looks things up itself") {
    table cities(weir::unbounded), users(weir::unbounded);
    std::vector<int> made;
    auto job = weir::from(weir::values<pair>({{1, 0}, {2, 0}})) |
               weir::alongside(weir::from(weir::values<pair>({{1, 100}, {2, 200}})) |
                               weir::alongside(weir::from(weir::values<pair>({{100, 7}, {200, 9}})) | weir::to_table<&pair::key>(cities)) |
                               weir::lookup<&pair::value>(cities, weir::inner_join,
                                                          [](pair const& user, pair const& city) { return pair{user.key, city.value}; }) |
                               weir::to_table<&pair::key>(users)) |
               weir::lookup<&pair::key>(users, weir::left_join, sum_up) | weir::collect(made);
    weir::report const done = weir::run(job);
    CHECK(done.balanced());
    CHECK(made == std::vector<int>{7, 9});
}

}  // namespace weir_test::join_alongside
