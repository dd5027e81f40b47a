// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/open_pipeline.hpp>

#include <catch.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <support/scripted.hpp>
#include <utility>
#include <vector>
#include <weir/pipeline/any_stream.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/take.hpp>
#include <weir/transform/tee.hpp>

namespace weir_test::pipeline_open_pipeline {

auto const twice = [](int n) { return 2 * n; };
auto const odd = [](int n) { return n % 2 == 1; };
auto const of_item = [](int n) { return seconds(n); };

/// Keeps each item until the next one comes, as a window would.
struct one_behind {
    using output = int;
    static constexpr std::string_view name = "one_behind";
    int held = 0;
    weir::stamp at{};
    bool holds = false;

    void on_item(int const& item, auto& out) {
        if (holds) out.emit(held, at);
        held = item;
        at = out.at();
        holds = true;
    }
    void on_end(auto& out) {
        if (holds) out.emit(held, at);
        holds = false;
    }
    [[nodiscard]] std::uint64_t oldest_held() const { return holds ? at.epoch : weir::nothing_held; }
};

TEST_CASE("an open pipeline is the pipeline cut in two") {
    std::vector<int> whole;
    std::vector<int> in_two;
    auto job = weir::from(weir::values({1, 2, 3, 4, 5})) | weir::filter(odd) | weir::map(twice) |
               weir::call([&](int n) { whole.push_back(n); });
    auto first = (weir::from(weir::values({1, 2, 3, 4, 5})) | weir::filter(odd)).open();
    auto job_in_two = weir::from(std::move(first)) | weir::map(twice) | weir::call([&](int n) { in_two.push_back(n); });
    run_to_end(job, 2);
    run_to_end(job_in_two, 2);
    CHECK(whole == std::vector{2, 6, 10});
    CHECK(in_two == whole);
    CHECK(to_string(job_in_two.report()) == to_string(job.report()));
    CHECK(job_in_two.describe() == "values\nfilter\nmap\ncall\n");
}

TEST_CASE("event time set inside an open pipeline goes on behind it") {
    witness end;
    auto open = (weir::from(weir::values({10, 20})) |
                 weir::event_time(of_item, weir::bounded_out_of_orderness(std::chrono::seconds(3))))
                    .open();
    STATIC_REQUIRE(decltype(open)::output_stream::is_timed);
    auto job = weir::from(std::move(open)) | end;
    run_to_end(job);
    CHECK(end.take() == "+0 w 7 10@0 w 17 20@0 -0 w end w end end");
}

TEST_CASE("an open pipeline announces lanes for a source that does not") {
    witness end;
    scripted_source source{
        {{{emits{1, 0}, emits{2, 4}, emits{3, 4}}}, {{idle(4), emits{4, 0}}}, {{emits{5, 4}, ended(0)}}}};
    auto job = weir::from(weir::from(source).open()) | end;
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 1@0 +4 2@4 3@4");
    job.step(10, seconds(0));
    CHECK(end.take() == "~4 4@0");
    job.step(10, seconds(0));
    CHECK(end.take() == "+4 5@4 -0");
    run_to_end(job);
    CHECK(end.take() == "-4 end");
}

TEST_CASE("an open pipeline acknowledges no more than its own stages have let go of") {
    scripted_source source{{{{emits{1}}}, {{emits{2}}}, {}, {{emits{3}}}}};
    auto const seen = source.seen;
    auto job = weir::from((weir::from(source) | one_behind{}).open()) | weir::discard();
    std::vector<std::vector<std::uint64_t>> after;
    for (int i = 0; i < 5; ++i) {
        job.step(10, seconds(0));
        after.push_back(seen->acknowledged);
    }
    CHECK(after[0] == std::vector<std::uint64_t>{1});
    CHECK(after[1] == std::vector<std::uint64_t>{1, 2});
    CHECK(after[2] == std::vector<std::uint64_t>{1, 2});
    CHECK(after[3] == std::vector<std::uint64_t>{1, 2, 4});
    CHECK(after[4] == std::vector<std::uint64_t>{1, 2, 4, 6});
}

/// Takes items and lets go of each a given number of ticks later.
struct slow_sink {
    std::shared_ptr<std::vector<std::uint64_t>> epochs = std::make_shared<std::vector<std::uint64_t>>();
    void on_item(int const&, auto& out) { epochs->push_back(out.at().epoch); }
    [[nodiscard]] std::uint64_t oldest_held() const {
        return epochs->empty() ? weir::nothing_held : *std::min_element(epochs->begin(), epochs->end());
    }
};

TEST_CASE("an item that was held inside an open pipeline keeps its epoch behind it") {
    scripted_source source{{{{emits{1}}}, {{emits{2}}}, {{emits{3}}}}, true};
    auto const seen = source.seen;
    slow_sink sink;
    auto job = weir::from((weir::from(source) | one_behind{}).open()) | sink;
    for (int i = 0; i < 3; ++i) job.step(10, seconds(0));
    CHECK(*sink.epochs == std::vector<std::uint64_t>{1, 2});
    CHECK(seen->acknowledged == std::vector<std::uint64_t>{1});
    sink.epochs->erase(sink.epochs->begin());
    job.step(10, seconds(0));
    CHECK(seen->acknowledged == std::vector<std::uint64_t>{1, 2});
}

/// Takes one item at a time.
struct gate {
    using output = int;
    std::shared_ptr<bool> open = std::make_shared<bool>(true);
    std::shared_ptr<int> settled = std::make_shared<int>(0);
    void on_item(int const& item, auto& out) { out.emit(item); }
    void settle(auto&) { ++*settled; }
    [[nodiscard]] bool ready() const { return *open; }
    [[nodiscard]] weir::timestamp next_wake() const { return *open ? weir::end_of_time : seconds(7); }
};

TEST_CASE("an open pipeline whose stage is not ready does not poll its source, and keeps it alive") {
    scripted_source source{{{{emits{1}}}, {{emits{2}}}}};
    auto const seen = source.seen;
    gate door;
    witness end;
    auto job = weir::from((weir::from(source) | door).open()) | end;
    job.step(10, seconds(0));
    *door.open = false;
    CHECK(job.step(10, seconds(0)) == weir::progress::idle);
    CHECK(job.step(10, seconds(0)) == weir::progress::idle);
    CHECK(seen->polls == 1);
    CHECK(seen->kept_alive == 2);
    CHECK(*door.settled == 3);
    CHECK(job.next_wake() == seconds(7));
    *door.open = true;
    run_to_end(job);
    CHECK(end.take() == "+0 1@0 2@0 -0 end");
    CHECK(seen->ticks == 5);
    CHECK(seen->closed == 1);
}

TEST_CASE("the failure of a source inside an open pipeline fails the job") {
    scripted_source source{{{{emits{1}}}}, true};
    auto const seen = source.seen;
    seen->why = {.component = "scripted", .cause = "cut off"};
    auto job = weir::from(weir::from(source).open()) | weir::discard();
    job.step(10, seconds(0));
    CHECK_FALSE(job.finished());
    seen->failed = true;
    CHECK(job.step(10, seconds(0)) == weir::progress::failed);
    CHECK(job.report().failure == seen->why);
    CHECK(seen->closed == 1);
}

TEST_CASE("stopping a job lets the stages of an open pipeline emit what they hold") {
    witness end;
    auto job =
        weir::from((weir::from(scripted_source{{{{emits{1}}}, {{emits{2}}}}, true}) | one_behind{}).open()) | end;
    job.step(10, seconds(0));
    job.step(10, seconds(0));
    CHECK(end.take() == "+0 1@0");
    job.stop();
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(end.take() == "-0 2@0 end");
}

TEST_CASE("stopping a job with its windows kept emits nothing more from an open pipeline") {
    witness end;
    auto job =
        weir::from((weir::from(scripted_source{{{{emits{1}}}, {{emits{2}}}}, true}) | one_behind{}).open()) | end;
    job.step(10, seconds(0));
    job.step(10, seconds(0));
    end.log->clear();
    job.stop(weir::stop_mode::keep_windows);
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(end.take().empty());
}

/// Sends what it was given when it hears of the end, as a batch does.
struct gathers {
    std::shared_ptr<std::vector<int>> sent;
    std::vector<int> held{};
    void on_item(int const& n) { held.push_back(n); }
    void on_end(auto&) { *sent = std::exchange(held, {}); }
    void account(weir::tally& count) const {
        count.in_flight = held.size();
        count.passed = count.in - held.size();
    }
};

TEST_CASE("when nothing more is wanted, the stages inside the source hear of the end as well") {
    auto const check = [](auto make) {
        auto const sent = std::make_shared<std::vector<int>>();
        std::vector<int> got;
        auto job = weir::from(make(weir::from(weir::values({1, 2, 3, 4, 5, 6})) | weir::tee(gathers{sent}))) | weir::take(2) |
                   weir::collect(got);
        CHECK(run_to_end(job, 3) == weir::progress::ended);
        CHECK(got == std::vector{1, 2});
        CHECK(*sent == std::vector{1, 2, 3});
        CHECK(job.report().balanced());
        CHECK(job.report().stages[2].count.in_flight == 0);
    };
    check([](auto inside) { return std::move(inside).open(); });
    check([](auto inside) { return (weir::from(std::move(inside).open()) | weir::filter([](int) { return true; })).open(); });
    check([](auto inside) { return (weir::from(std::move(inside).open()) | weir::take(2)).open(); });
    check([](auto inside) { return weir::any_stream<int>(std::move(inside)); });
    check([](auto inside) { return weir::merge(std::move(inside)); });
}

}  // namespace weir_test::pipeline_open_pipeline
