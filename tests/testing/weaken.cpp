// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/weaken.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/source/range.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/collector.hpp>
#include <weir/testing/scripted_source.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::testing_weaken {

using namespace std::chrono_literals;
using weir::testing::collector;
using weir::testing::one_at_a_time;
using weir::testing::scripted_source;
using weir::testing::shuffled_within;
using weir::testing::without_watermarks;

constexpr weir::timestamp at(std::chrono::seconds s) { return weir::timestamp(s); }

template <class Job>
weir::report run(Job&& job, std::size_t budget = 100) {
    for (int i = 0; i < 10'000 && !job.finished(); ++i) job.step(budget, at(0s));
    return job.report();
}

/// Notes how many items come at once.
struct sizes {
    std::vector<std::size_t>* into;
    void on_item(int const&) { into->push_back(1); }
    void on_batch(std::span<int const> items, auto&) { into->push_back(items.size()); }
};

TEST_CASE("one at a time: no batch, and one item a poll") {
    std::vector<std::size_t> seen;
    CHECK(run(weir::from(weir::values({1, 2, 3})) | sizes{&seen}).ended);
    CHECK(seen == std::vector<std::size_t>{3});
    seen.clear();
    auto job = weir::from(one_at_a_time(weir::values({1, 2, 3}))) | sizes{&seen};
    CHECK(job.step(100, at(0s)) == weir::progress::ready);
    CHECK(seen == std::vector<std::size_t>{1});
    auto const report = run(std::move(job));
    CHECK(report.ended);
    CHECK(seen == std::vector<std::size_t>{1, 1, 1});
    CHECK(report.stages[0].name == "values");
    CHECK(report.total().in == 3);
    CHECK(report.balanced());
}

TEST_CASE("one at a time: stamps are those of the source, also of batches") {
    scripted_source<int> source;
    source.in_batches().item_of(1, 7).item_of(1, 8).item(9, at(5s));
    collector<int> seen;
    run(weir::from(one_at_a_time(std::move(source))) | seen.sink());
    REQUIRE(seen.size() == 3);
    CHECK(seen.entries()[1].at.position == 1);
    CHECK(seen.entries()[1].at.lane == 1);
    CHECK(seen.entries()[2].at.time == at(5s));
    CHECK(seen.entries()[2].at.epoch == 3);
    collector<int> plain;
    run(weir::from(one_at_a_time(weir::values({4, 5}))) | plain.sink());
    CHECK(plain.entries()[1].at.position == 1);
}

TEST_CASE("items of a batch are handed over with the stamps that they have in it") {
    scripted_source<int, weir::timed> source;
    source.in_batches().item(7, at(1s)).item(8, at(1s)).item(9, at(1s));
    collector<int> seen;
    run(weir::from(without_watermarks(std::move(source))) | seen.sink());
    REQUIRE(seen.size() == 3);
    CHECK(seen.entries()[0].at.position == 0);
    CHECK(seen.entries()[2].at.position == 2);
}

/// Emits one item, says nothing of its poll, and is asked twice more.
struct silent_of_epochs {
    using output = int;
    int polls = 0;
    weir::poll_result poll(auto& out) {
        if (++polls == 1) out.emit(1, weir::stamp{.position = 5});
        return polls == 3 ? weir::poll_result::end : weir::poll_result::ready;
    }
};

TEST_CASE("an item that is held goes by the poll that read it, also where the source leaves that open") {
    collector<int> seen;
    run(weir::from(shuffled_within(silent_of_epochs(), 1s, 1)) | seen.sink());
    REQUIRE(seen.size() == 1);
    CHECK(seen.entries()[0].at.epoch == 1);
    CHECK(seen.entries()[0].at.position == 5);
}

TEST_CASE("a weakened source passes on what is asked of it and what it says") {
    scripted_source<int> source;
    source.name_lane(0, "clicks").opened(0).item(1).pause().fail({.cause = "gone"});
    auto const state = source.progress();
    collector<int> seen;
    auto job = weir::from(one_at_a_time(std::move(source))) | seen.sink();
    CHECK(job.step(1, at(0s)) == weir::progress::ready);
    CHECK(state->acknowledged == 2);
    CHECK(job.step(1, at(0s)) == weir::progress::idle);
    job.step(1, at(0s));
    CHECK(job.step(1, at(0s)) == weir::progress::failed);
    CHECK(state->closed);
    CHECK(job.report().failure->cause == "gone");

    scripted_source<int> second;
    second.item(1).endless();
    auto const watched = second.progress();
    auto stopped = weir::from(shuffled_within(std::move(second), 1s, 1)) | seen.sink();
    stopped.step(1, at(0s));
    stopped.stop();
    run(stopped);
    CHECK(watched->stopped == weir::stop_mode::close_windows);
    CHECK(seen.size() == 2);
}

/// A second each: item `n` happened `n` seconds after the epoch.
weir::timestamp time_of(int n) { return at(std::chrono::seconds(n)); }

TEST_CASE("shuffled within a bound: the same items, in another order, none further behind than the bound") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        collector<int> seen;
        auto const report = run(weir::from(shuffled_within(weir::range(0, 500), 10s, seed, time_of)) | seen.sink(), 7);
        std::vector<int> items = seen.items();
        int furthest = 0;
        int greatest = 0;
        for (int n : items) {
            furthest = std::max(furthest, greatest - n);
            greatest = std::max(greatest, n);
        }
        CHECK(furthest == 10);
        CHECK(report.balanced());
        std::sort(items.begin(), items.end());
        std::vector<int> all(500);
        for (int n = 0; n < 500; ++n) all[static_cast<std::size_t>(n)] = n;
        CHECK(items == all);
        collector<int> again;
        run(weir::from(shuffled_within(weir::range(0, 500), 10s, seed, time_of)) | again.sink(), 7);
        CHECK(again.items() == seen.items());
    }
    collector<int> one;
    collector<int> other;
    run(weir::from(shuffled_within(weir::range(0, 500), 10s, 1, time_of)) | one.sink());
    run(weir::from(shuffled_within(weir::range(0, 500), 10s, 2, time_of)) | other.sink());
    CHECK(one.items() != other.items());
}

TEST_CASE("shuffled within nothing: only items of one time change places") {
    collector<int> seen;
    run(weir::from(shuffled_within(weir::range(0, 100), 0s, 3, [](int n) { return time_of(n / 10); })) | seen.sink());
    std::vector<int> tens;
    for (int n : seen.items()) tens.push_back(n / 10);
    CHECK(std::is_sorted(tens.begin(), tens.end()));
    auto const items = seen.items();
    CHECK_FALSE(std::is_sorted(items.begin(), items.end()));
}

TEST_CASE("shuffled: what is held is not acknowledged, and an idle source lets all go") {
    scripted_source<int> source;
    source.item(1, at(1s)).item(2, at(2s)).end_poll().item(3, at(3s)).pause().item(4, at(4s)).endless();
    auto const state = source.progress();
    collector<int> seen;
    auto job = weir::from(shuffled_within(std::move(source), 10s, 1)) | seen.sink();
    job.step(10, at(0s));
    CHECK(seen.empty());
    CHECK(state->acknowledged == 1);
    job.step(10, at(0s));
    CHECK(state->acknowledged == 1);
    job.step(10, at(0s));  // the pause
    CHECK(seen.size() == 3);
    CHECK(state->acknowledged == 4);
    std::vector<std::uint64_t> epochs;
    for (auto const& each : seen.entries()) epochs.push_back(each.at.epoch);
    std::sort(epochs.begin(), epochs.end());
    CHECK(epochs == std::vector<std::uint64_t>{1, 1, 2});
    CHECK(job.report().balanced());
}

/// Says what comes, in order: items, watermarks, lanes.
struct order_of {
    std::string* log;
    void on_item(int const& n) { *log += std::to_string(n) + " "; }
    void on_watermark(weir::timestamp w, auto&) {
        *log += w == weir::end_of_time ? "w_end " : "w" + std::to_string(w.time_since_epoch() / 1s) + " ";
    }
    void on_lane(weir::lane_event event, auto&) { *log += "lane" + std::to_string(event.lane) + " "; }
};

TEST_CASE("shuffled: no item comes behind a watermark that passes it, and lane events stay where they are") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        scripted_source<int, weir::timed> source;
        source.item(1, at(1s)).item(2, at(2s)).item(5, at(5s)).watermark(at(3s)).item(4, at(4s)).idle(7);
        source.item(6, at(6s)).item(8, at(8s)).item(3, at(2s));
        std::string log;
        run(weir::from(shuffled_within(std::move(source), 100s, seed)) | order_of{&log});
        std::size_t const w = log.find("w3 ");
        CHECK(log.find("1 ") < w);
        CHECK(log.find("2 ") < w);
        CHECK(log.find("5 ") > w);
        std::size_t const lane = log.find("lane7 ");
        CHECK(log.find("4 ") < lane);
        CHECK(log.find("5 ") < lane);
        CHECK(log.find("6 ") > lane);
        CHECK(log.find("3 ", w + 3) < log.find("6 "));  // it is late already: it does not wait
        CHECK(log.find("3 ", w + 3) < log.find("8 "));
        CHECK(log.ends_with("w_end "));
    }
}

TEST_CASE("without watermarks: they wait for the end") {
    scripted_source<int, weir::timed> source;
    source.item(1, at(1s)).watermark(at(1s)).item(5, at(5s)).watermark(at(5s)).item(2, at(2s));
    std::string log;
    run(weir::from(without_watermarks(std::move(source))) | order_of{&log});
    CHECK(log == "1 5 2 w_end ");
}

struct click {
    std::string_view page;
    int second;
};

using result = std::tuple<weir::timestamp, std::string, std::uint64_t, std::int64_t>;

/// The rows of a pipeline; only their order may change when the order of the items does.
struct rows_of {
    std::multiset<result>* into;
    void on_item(auto const& row)
        requires requires { row.template get<"page">(); }
    {
        into->insert({row.template get<"window_start">(), std::string(row.template get<"page">()), row.template get<"count">(),
                      row.template get<"sum">()});
    }
};

constexpr weir::bounded_out_of_orderness bound(20s);

auto event_time() {
    return weir::event_time([](click const& c) { return time_of(c.second); }, bound);
}

std::multiset<result> answer(auto stream) {
    std::multiset<result> rows;
    auto const report = run(std::move(stream) | weir::key_by<&click::page>() |
                                weir::window(weir::tumbling(10s), weir::drop_late) |
                                weir::aggregate(weir::count(), weir::sum<&click::second>()) | rows_of{&rows},
                            16);
    CHECK(report.ended);
    CHECK(report.total().late == 0);
    CHECK(report.balanced());
    return rows;
}

/// A stream of clicks with some disorder, whose texts are lent for a poll.
scripted_source<click> clicks() {
    std::mt19937_64 random(17);
    scripted_source<click> source;
    for (int second = 0; second < 300; ++second)
        source.item({random() % 2 ? "/a page with a name that is long enough" : "/cart",
                     std::max(0, second - static_cast<int>(random() % 10))});
    return source;
}

TEST_CASE("a correct pipeline gives the same answer behind each of them, and behind all") {
    auto const plain = answer(weir::from(clicks()) | event_time());
    CHECK(plain.size() > 30);
    CHECK(answer(weir::from(one_at_a_time(clicks())) | event_time()) == plain);
    CHECK(answer(weir::from(without_watermarks(weir::from(clicks()) | event_time()))) == plain);
    CHECK(answer(weir::from(one_at_a_time(weir::from(clicks()) | event_time()))) == plain);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        auto const time = [](click const& c) { return time_of(c.second); };
        CHECK(answer(weir::from(shuffled_within(clicks(), 20s, seed, time)) | event_time()) == plain);
        CHECK(answer(weir::from(shuffled_within(weir::from(clicks()) | event_time(), 20s, seed))) == plain);
        CHECK(answer(weir::from(without_watermarks(
                  weir::from(one_at_a_time(shuffled_within(clicks(), 20s, seed, time))) | event_time()))) == plain);
    }
}

TEST_CASE("a member is a function of the item, too") {
    struct event {
        weir::timestamp when;
    };
    collector<event> seen;
    run(weir::from(shuffled_within(weir::values<event>({{at(3s)}, {at(1s)}}), 0s, 1, &event::when)) | seen.sink());
    CHECK(seen.items()[0].when == at(1s));
}

}  // namespace weir_test::testing_weaken
