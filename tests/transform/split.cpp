// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/split.hpp>

#include <catch.hpp>
#include <memory>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/pipeline/boxed.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::transform_split {

auto const even = [](int n) { return n % 2 == 0; };

TEST_CASE("split gives each item to every branch, in order") {
    std::vector<std::string> got;
    auto job = weir::from(weir::values({1, 2, 3})) |
               weir::split(weir::call([&](int n) { got.push_back("a" + std::to_string(n)); }),
                           weir::chain(weir::filter(even)) | weir::map([](int n) { return 10 * n; }) |
                               weir::call([&](int n) { got.push_back("b" + std::to_string(n)); }));
    SECTION("item by item") {
        // A budget of one makes batches of one.
        CHECK(run_to_end(job, 1) == weir::progress::ended);
        CHECK(got == std::vector<std::string>{"a1", "a2", "b20", "a3"});
    }
    SECTION("batch by batch") {
        CHECK(run_to_end(job, 3) == weir::progress::ended);
        CHECK(got == std::vector<std::string>{"a1", "a2", "a3", "b20"});
    }
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.total().in == 3);
    CHECK(report.total().filtered == 0);  // what a branch leaves out is not lost on the road
    CHECK(report.total().emitted == 6);
    REQUIRE(report.stages.size() == 6);
    CHECK(report.stages[3].count.filtered == 2);
    CHECK(report.stages[3].role == weir::stage_role::branch);
    CHECK(report.stages[5].count.in == 1);
    CHECK(job.describe() == "values\nsplit\n  call\n  filter\n  map\n  call\n");
    CHECK(job.describe(weir::drawing::dot) ==
          "digraph job {\n  rankdir=LR;\n  s0 [label=\"values\"];\n  s1 [label=\"split\"];\n  s2 [label=\"call\"];\n"
          "  s3 [label=\"filter\"];\n  s4 [label=\"map\"];\n  s5 [label=\"call\"];\n"
          "  s0 -> s1;\n  s1 -> s2;\n  s1 -> s3;\n  s3 -> s4;\n  s4 -> s5;\n}\n");
}

TEST_CASE("split_by gives each item to one branch") {
    std::vector<int> evens;
    std::vector<int> odds;
    auto job =
        weir::from(weir::values({1, 2, 3, 4, 5})) | weir::split_by(even, weir::call([&](int n) { evens.push_back(n); }),
                                                                   weir::call([&](int n) { odds.push_back(n); }));
    run_to_end(job);
    CHECK(evens == std::vector{2, 4});
    CHECK(odds == std::vector{1, 3, 5});
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.stages[2].count.in == 2);
    CHECK(report.stages[3].count.in == 3);
    CHECK(report.total().emitted == 5);
}

TEST_CASE("splits nest") {
    std::vector<std::string> got;
    auto const into = [&](std::string prefix) {
        return weir::call([&got, prefix](int n) { got.push_back(prefix + std::to_string(n)); });
    };
    auto job = weir::from(weir::values({1, 2})) |
               weir::split(weir::split_by(even, into("even "), into("odd ")),
                           weir::chain(weir::filter(even)) | weir::split(into("x "), into("y ")));
    run_to_end(job, 1);
    CHECK(got == std::vector<std::string>{"odd 1", "even 2", "x 2", "y 2"});
    CHECK(job.describe() == "values\nsplit\n  split_by\n    call\n    call\n  filter\n  split\n    call\n    call\n");
    CHECK(job.describe(weir::drawing::mermaid)
              .ends_with("  s0 --> s1\n  s1 --> s2\n  s2 --> s3\n  s2 --> s4\n  s1 --> s5\n  s5 --> s6\n  s6 --> s7\n  "
                         "s6 --> s8\n"));
    CHECK(job.report().balanced());
}

TEST_CASE("time, lanes and the end reach every branch") {
    witness untimed;
    witness timed_inside;
    auto job =
        weir::from(scripted_source{{{{opened(3), emits{10, 3}, emits{20, 3}, ended(3)}}}}) |
        weir::split(untimed, weir::chain(weir::event_time([](int n) { return seconds(n); },
                                                          weir::bounded_out_of_orderness(std::chrono::seconds(4)))) |
                                 timed_inside);
    run_to_end(job);
    CHECK(untimed.take() == "+3 10@3 20@3 -3 end");
    CHECK(timed_inside.take() == "+3 w 6 10@3 w 16 20@3 -3 w end end");

    witness one;
    witness two;
    auto timed_job =
        weir::from(weir::values({10, 20})) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(4))) |
        weir::split_by(even, one, two);
    run_to_end(timed_job);
    CHECK(one.take() == "w 6 10@0 w 16 20@0 w end end");
    CHECK(two.take() == "w 6 w 16 w end end");
}

struct keyed_item {
    int key;
};

struct key_taker {
    using is_blueprint = void;
    template <class Stream>
    auto bind(Stream&) && {
        STATIC_REQUIRE(!std::is_same_v<typename Stream::key, weir::unkeyed>);
        return weir::discard();
    }
};

TEST_CASE("a branch knows the key that was chosen before the split") {
    auto job = weir::from(weir::values({keyed_item{1}})) | weir::key_by<&keyed_item::key>() |
               weir::split(key_taker{}, key_taker{});
    CHECK(run_to_end(job) == weir::progress::ended);
}

TEST_CASE("a branch behind a wall is in the ledger too") {
    int sum = 0;
    auto job = weir::from(weir::values({1, 2, 3})) |
               weir::split(weir::boxed<int>(weir::chain(weir::filter(even)) | weir::call([&](int n) { sum += n; })),
                           weir::discard());
    run_to_end(job);
    CHECK(sum == 2);
    CHECK(job.describe() == "values\nsplit\n  boxed\n    filter\n    call\n  discard\n");
    CHECK(job.report().stages[3].count.filtered == 2);
    CHECK(job.report().stages[4].count.in == 1);
    CHECK(job.report().balanced());
}

TEST_CASE("split takes a vector of boxes, chosen at run time") {
    int sum = 0;
    int count = 0;
    std::vector<weir::boxed<int>> sinks;
    sinks.emplace_back(weir::chain(weir::filter(even)) | weir::call([&](int n) { sum += n; }));
    sinks.emplace_back(weir::call([&](int) { ++count; }));
    sinks.emplace_back();
    auto job = weir::from(weir::values({1, 2, 3, 4})) | weir::split(std::move(sinks));
    CHECK(run_to_end(job, 3) == weir::progress::ended);
    CHECK(sum == 6);
    CHECK(count == 4);
    CHECK(job.report().balanced());
    CHECK(job.describe() == "values\nsplit\n  filter\n  call\n  call\n");
}

/// A sink whose hooks the test turns.
struct dials {
    bool ready = true;
    bool busy = false;
    std::uint64_t held = weir::nothing_held;
    weir::timestamp wake = weir::end_of_time;
    bool failed = false;
    weir::error why{.component = "dialled", .cause = "as told"};
    int settled = 0;
    int ticked = 0;
    int flushed = 0;
    int closed = 0;
    bool satisfied = false;
};
struct dialled_sink {
    std::shared_ptr<dials> is = std::make_shared<dials>();
    void on_item(int const&) {}
    void on_tick(weir::timestamp, auto&) { ++is->ticked; }
    void settle(auto&) { ++is->settled; }
    void flush(auto&) { ++is->flushed; }
    void close() { ++is->closed; }
    [[nodiscard]] bool ready() const { return is->ready; }
    [[nodiscard]] bool busy() const { return is->busy; }
    [[nodiscard]] bool satisfied() const { return is->satisfied; }
    [[nodiscard]] std::uint64_t oldest_held() const { return is->held; }
    [[nodiscard]] weir::timestamp next_wake() const { return is->wake; }
    [[nodiscard]] weir::error const* failure() const { return is->failed ? &is->why : nullptr; }
};

template <class Split>
void asks_everything(dialled_sink one, dialled_sink two, Split split) {
    scripted_source source{{{{emits{1}}}, {{emits{2}}}, {{emits{3}}}}, true};
    auto const seen = source.seen;
    auto job = weir::from(source) | std::move(split);
    CHECK(job.step(1, seconds(0)) == weir::progress::ready);
    CHECK(one.is->settled + two.is->settled == 2);
    CHECK(one.is->ticked + two.is->ticked == 2);
    two.is->held = 2;
    two.is->wake = seconds(30);
    job.step(1, seconds(0));
    CHECK(seen->acknowledged.back() == 2);
    CHECK(job.next_wake() == seconds(30));
    two.is->ready = false;
    CHECK(job.step(1, seconds(0)) == weir::progress::held_up);
    two.is->ready = true;
    two.is->held = weir::nothing_held;
    SECTION("and keeps the job from ending while it is busy") {
        two.is->busy = true;
        job.stop();
        CHECK(job.step(1, seconds(0)) == weir::progress::idle);
        two.is->busy = false;
        CHECK(job.step(1, seconds(0)) == weir::progress::ended);
        CHECK(one.is->closed + two.is->closed == 2);
    }
    SECTION("and is flushed when the job stops and keeps its windows") {
        job.stop(weir::stop_mode::keep_windows);
        CHECK(one.is->flushed + two.is->flushed == 2);
    }
    SECTION("and its failure is the job's") {
        two.is->failed = true;
        CHECK(job.step(1, seconds(0)) == weir::progress::failed);
        CHECK(job.report().failure == two.is->why);
    }
    SECTION("and the input ends when no branch wants more") {
        one.is->satisfied = true;
        CHECK(job.step(1, seconds(0)) == weir::progress::ready);
        CHECK_FALSE(job.finished());
        two.is->satisfied = true;
        CHECK(job.step(1, seconds(0)) == weir::progress::ended);
        CHECK(seen->polls == 4);
    }
}

TEST_CASE("a branch of a split is asked everything that a sink is asked") {
    dialled_sink one;
    dialled_sink two;
    asks_everything(one, two, weir::split(one, weir::chain(weir::filter(even)) | two));
}

TEST_CASE("a boxed branch of a split is asked everything that a sink is asked") {
    dialled_sink one;
    dialled_sink two;
    asks_everything(one, two, weir::split(one, weir::boxed<int>(weir::chain(weir::filter(even)) | two)));
}

TEST_CASE("each box of a split by vector is asked everything that a sink is asked") {
    dialled_sink one;
    dialled_sink two;
    std::vector<weir::boxed<int>> boxes;
    boxes.emplace_back(one);
    boxes.emplace_back(weir::chain(weir::filter(even)) | two);
    asks_everything(one, two, weir::split(std::move(boxes)));
}

}  // namespace weir_test::transform_split
