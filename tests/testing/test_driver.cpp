// SPDX-License-Identifier: Apache-2.0
#include <weir/testing/test_driver.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/sink/call.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/take.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::testing_test_driver {

using namespace std::chrono_literals;
using weir::testing::collector;
using weir::testing::test_driver;

constexpr weir::timestamp at(std::chrono::microseconds t) { return weir::timestamp(t); }

struct click {
    std::string_view page;
    int value = 0;
};

/// Clicks a page and minute.
auto page_minutes(auto late) {
    return weir::chain(weir::key_by<&click::page>()) | weir::window(weir::tumbling(1min), std::move(late)) |
           weir::aggregate(weir::count().as<"clicks">());
}

TEST_CASE("a driver hands items and watermarks to a chain, and collects its rows with their stamps") {
    collector<click> late;
    auto driver = test_driver<click>(page_minutes(weir::late_to(late.sink())));
    driver.push({"/"}, at(10s));
    driver.push({"/cart"}, at(20s), 3);
    driver.push({"/"}, at(59s));
    CHECK(driver.outputs().empty());
    CHECK_FALSE(driver.output_watermark());
    CHECK(driver.report().total().in_flight == 3);
    CHECK(driver.oldest_held() == 1);

    driver.advance_watermark_to(at(60s));
    REQUIRE(driver.outputs().size() == 2);
    CHECK(driver.outputs()[0].item.get<"page">() == "/");
    CHECK(driver.outputs()[0].item.get<"clicks">() == 2);
    CHECK(driver.outputs()[0].item.get<"window_end">() == at(60s));
    CHECK(driver.outputs()[1].item.get<"page">() == "/cart");
    CHECK(driver.outputs()[0].at.epoch == 1);
    CHECK(driver.output_watermark() == at(60s));
    CHECK(driver.take_outputs().size() == 2);
    CHECK(driver.outputs().empty());

    driver.push({"/late"}, at(30s));
    REQUIRE(late.size() == 1);
    CHECK(late.items()[0].page == "/late");
    CHECK(late.entries()[0].at.time == at(30s));
    CHECK(driver.report().total().late == 1);
    CHECK(driver.balanced());

    driver.push({"/end"}, at(61s));
    driver.end();
    REQUIRE(driver.outputs().size() == 1);
    CHECK(driver.outputs()[0].item.get<"page">() == "/end");
    CHECK(driver.output_watermark() == weir::end_of_time);
    CHECK(driver.balanced());
    CHECK(driver.failure() == nullptr);
}

TEST_CASE("a driver can be moved: rows and texts stay") {
    auto first = test_driver<click>(page_minutes(weir::drop_late));
    first.push({"/a page with a name that is long enough"}, at(10s));
    auto driver = std::move(first);
    driver.push({"/a page with a name that is long enough"}, at(11s));
    driver.end();
    auto const rows = driver.take_outputs();
    auto const moved = std::move(driver);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].item.get<"page">() == "/a page with a name that is long enough");
    CHECK(rows[0].item.get<"clicks">() == 2);
}

TEST_CASE("a watermark does not go back") {
    auto driver = test_driver<click>(page_minutes(weir::drop_late));
    driver.advance_watermark_to(at(60s));
    driver.advance_watermark_to(at(30s));
    CHECK(driver.output_watermark() == at(60s));
}

/// Says where the text of an item lies.
struct address {
    using output = int;
    void on_item(click const& c, auto&) {
        CHECK(c.page == "a text");
        where = c.page.data();
    }
    char const* where = nullptr;
};

TEST_CASE("the texts of an item are lent for the push alone") {
    auto driver = test_driver<click>(address());
    std::string const text = "a text";
    driver.push({text}, at(1s));
    CHECK(driver.stages().stage<0>().where != nullptr);
    CHECK(driver.stages().stage<0>().where != text.data());
}

/// Counts what happens to it.
struct recorder {
    using output = int;
    std::vector<std::string>* log;
    weir::timestamp wake = weir::end_of_time;

    void on_item(int const& n, auto& out) {
        log->push_back("item " + std::to_string(n) + " by " + std::to_string(out.at().lane) + "/" +
                       std::to_string(out.at().position) + " in " + std::to_string(out.epoch()));
        out.emit(n);
    }
    void settle(auto&) { log->push_back("settle"); }
    void on_tick(weir::timestamp now, auto&) {
        log->push_back("tick " + std::to_string(now.time_since_epoch() / 1s));
        wake = now < at(30s) ? at(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()) + 10s)
                             : weir::end_of_time;
    }
    [[nodiscard]] weir::timestamp next_wake() const { return wake; }
};

TEST_CASE("a driver's pushes are polls, and several items may come in one") {
    std::vector<std::string> log;
    auto driver = test_driver<int>(recorder{&log});
    driver.push(7, at(1s), 2);
    driver.push({{8, at(2s)}, {9, at(3s), 1}});
    CHECK(log == std::vector<std::string>{"item 7 by 2/0 in 1", "settle", "item 8 by 0/1 in 2", "item 9 by 1/2 in 2", "settle"});
    REQUIRE(driver.outputs().size() == 3);
    CHECK(driver.outputs()[2].at.time == at(3s));
    CHECK(driver.epoch() == 2);
}

TEST_CASE("the clock stops where a stage wants to be woken") {
    std::vector<std::string> log;
    auto driver = test_driver<int>(recorder{&log});
    CHECK(driver.now() == weir::beginning_of_time);
    driver.set_processing_time(at(5s));
    driver.advance_processing_time(12s);
    std::erase(log, "settle");
    CHECK(log == std::vector<std::string>{"tick 5", "tick 15", "tick 17"});
    log.clear();
    driver.advance_processing_time(60s);
    std::erase(log, "settle");
    CHECK(log == std::vector<std::string>{"tick 27", "tick 37", "tick 77"});
    CHECK(driver.next_wake() == weir::end_of_time);
    CHECK(driver.now() == at(77s));
}

TEST_CASE("a clock that was not set begins at the epoch") {
    std::vector<std::string> log;
    auto driver = test_driver<int>(recorder{&log});
    driver.advance_processing_time(3s);
    CHECK(driver.now() == at(3s));
}

TEST_CASE("lanes go through, and a chain may make its own event time of them") {
    auto driver = test_driver<click>(weir::chain(weir::event_time([](click const& c) { return at(std::chrono::seconds(c.value)); },
                                                                 weir::bounded_out_of_orderness(0s))));
    driver.lane({0, weir::lane_event::kind::opened});
    driver.lane({1, weir::lane_event::kind::opened});
    driver.push({"/", 10}, {}, 0);
    CHECK_FALSE(driver.output_watermark());
    driver.lane({1, weir::lane_event::kind::idle});
    CHECK(driver.output_watermark() == at(10s));
    REQUIRE(driver.output_lanes().size() == 3);
    CHECK(driver.output_lanes()[2].what == weir::lane_event::kind::idle);
    CHECK(driver.outputs()[0].at.time == at(10s));
}

/// Refuses odd numbers, and fails of negative ones.
struct picky {
    using output = int;
    std::optional<weir::error> why{};
    void on_item(int const& n, auto& out) {
        if (n < 0) why = weir::error{.component = "picky", .cause = "negative"};
        if (n % 2 != 0) return out.dead_letter({.component = "picky", .cause = "odd"}, std::to_string(n));
        out.emit(n);
    }
    [[nodiscard]] weir::error const* failure() const { return why ? &*why : nullptr; }
};

TEST_CASE("dead letters and failures are shown, and stand in the report") {
    auto driver = test_driver<int>(picky());
    driver.push(2, at(0s));
    driver.push(3, at(0s), 1);
    REQUIRE(driver.dead_letters().size() == 1);
    CHECK(driver.dead_letters()[0].why.cause == "odd");
    CHECK(driver.dead_letters()[0].why.place == "lane 1/1");
    CHECK(driver.dead_letters()[0].payload == "3");
    CHECK(driver.report().dead_letters == 1);
    CHECK(driver.failure() == nullptr);
    driver.push(-2, at(0s));
    REQUIRE(driver.failure());
    CHECK(driver.report().failure->cause == "negative");
}

TEST_CASE("the report begins with the driver and ends with the last stage of the chain") {
    auto driver = test_driver<int>(weir::chain(weir::filter([](int n) { return n > 1; })) | weir::map([](int n) { return n * 2; }));
    driver.push(1, at(0s));
    driver.push(2, at(0s));
    auto const report = driver.report();
    REQUIRE(report.stages.size() == 3);
    CHECK(report.stages[0].name == "test_driver");
    CHECK(report.stages[0].role == weir::stage_role::source);
    CHECK(report.stages[1].count.filtered == 1);
    CHECK(report.total().in == 2);
    CHECK(driver.outputs()[0].item == 4);
}

/// Loses an item without a word.
struct leaky {
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(n); }
    void account(weir::tally& count) const { count.passed = count.in - 1; }
};

TEST_CASE("a ledger that does not balance shows") {
    auto driver = test_driver<int>(leaky());
    driver.push(1, at(0s));
    CHECK_FALSE(driver.balanced());
}

/// Lets an item go on a second after it came, as if an answer were awaited.
struct answered_later {
    using output = int;
    std::vector<int> held{};
    weir::timestamp due = weir::end_of_time;

    void on_item(int n, auto& out) {
        held.push_back(n);
        due = out.now() + 1s;
    }
    void on_tick(weir::timestamp now, auto& out) {
        if (now < due) return;
        for (int const n : held) out.emit(n);
        held.clear();
        due = weir::end_of_time;
    }
    [[nodiscard]] bool waiting() const { return !held.empty(); }
    [[nodiscard]] weir::timestamp next_wake() const { return due; }
    void account(weir::tally& count) const { count.passed = count.in - (count.in_flight = held.size()); }
};

TEST_CASE("while a stage waits for an answer from outside, the test lets the clock go on before the end") {
    auto driver = test_driver<int>(answered_later());
    driver.set_processing_time(at(10s));
    driver.push(4, at(0s));
    CHECK(driver.waiting());
    CHECK(driver.outputs().empty());
    while (driver.waiting()) driver.set_processing_time(driver.next_wake());
    CHECK(driver.now() == at(11s));
    CHECK(driver.outputs().size() == 1);
    driver.end();
    CHECK(driver.balanced());
}

TEST_CASE("a chain may end in a sink") {
    std::vector<int> seen;
    auto driver = test_driver<int>(weir::chain(weir::take(1)) | weir::call([&](int n) { seen.push_back(n); }));
    static_assert(!decltype(driver)::has_outputs);
    CHECK_FALSE(driver.satisfied());
    driver.push(4, at(0s));
    CHECK(seen == std::vector{4});
    CHECK(driver.satisfied());
    CHECK(driver.ready());
    CHECK_FALSE(driver.busy());
    driver.flush();
    driver.end();
    driver.close();
    CHECK(driver.balanced());
}

}  // namespace weir_test::testing_test_driver
