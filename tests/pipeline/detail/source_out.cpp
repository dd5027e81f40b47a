// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/detail/source_out.hpp>

#include <catch.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace weir_test::pipeline_detail_source_out {

using log_type = std::vector<std::string>;

struct witness {
    log_type* log;
    void on_item(int const& n, auto& out) {
        log->push_back(std::to_string(n) + " at " + std::to_string(out.at().position) + " of " +
                       std::to_string(out.at().lane) + " in " + std::to_string(out.at().epoch));
    }
    void on_watermark(weir::timestamp w, auto&) { log->push_back("w " + std::to_string(w.time_since_epoch().count())); }
    void on_lane(weir::lane_event event, auto&) { log->push_back("lane " + std::to_string(event.lane)); }
};

TEST_CASE(
    "what a source emits is counted, and numbered on where the source gives no position; the epoch is filled in") {
    log_type log;
    weir::job_context context;
    context.epoch = 6;
    context.budget = 9;
    context.now = weir::timestamp(weir::duration(3));
    weir::flow flow(std::tuple(witness{&log}));
    flow.attach(context);
    std::uint64_t count = 100;
    weir::detail::source_out out(flow, count);
    CHECK(out.budget() == 9);
    CHECK(out.now() == context.now);
    CHECK(out.epoch() == 6);
    int const side_by_side[]{2, 3};
    out.emit(1);
    out.emit_batch(std::span<int const>(side_by_side));
    out.emit(4);
    out.emit(5, weir::stamp{.position = 7, .lane = 2});
    out.emit(6, weir::stamp{.position = 8, .epoch = 4, .lane = 2});
    out.emit_batch(std::span<int const>(side_by_side), weir::stamp{.position = 20, .lane = 3});
    out.watermark(weir::timestamp(weir::duration(5)));
    out.lane({1, weir::lane_event::kind::idle});
    CHECK(count == 108);
    CHECK(log == log_type{"1 at 100 of 0 in 6", "2 at 101 of 0 in 6", "3 at 102 of 0 in 6", "4 at 103 of 0 in 6",
                          "5 at 7 of 2 in 6", "6 at 8 of 2 in 4", "2 at 20 of 3 in 6", "3 at 21 of 3 in 6", "w 5",
                          "lane 1"});
}

TEST_CASE("a source names its lanes, and puts aside what it cannot read, with the place") {
    weir::job_context context;
    std::string place;
    context.dead_letters = [&](weir::dead_letter const& letter) { place = letter.why.place; };
    log_type log;
    weir::flow flow(std::tuple(witness{&log}));
    flow.attach(context);
    std::uint64_t count = 0;
    weir::detail::source_out out(flow, count);
    out.name_lane(1, "clicks.csv");
    out.dead_letter({.cause = "no line end"}, "…", {.position = 12, .lane = 1});
    CHECK(place == "clicks.csv/12");
    CHECK(count == 0);
}

TEST_CASE("a lane book says when a lane is new, comes back, and which have not ended") {
    weir::detail::lane_book book;
    CHECK(book.unheard(0));
    CHECK(book.note_item(0));
    CHECK_FALSE(book.unheard(0));
    CHECK(book.unheard(2));
    CHECK(book.note_item(2));
    CHECK_FALSE(book.note_item(0));
    book.note({0, weir::lane_event::kind::idle});
    CHECK(book.unheard(0));
    CHECK(book.note_item(0));
    book.note({2, weir::lane_event::kind::ended});
    book.note({5, weir::lane_event::kind::opened});
    CHECK_FALSE(book.note_item(5));
    std::vector<std::uint32_t> ended;
    book.end_all([&](std::uint32_t lane) { ended.push_back(lane); });
    CHECK(ended == std::vector<std::uint32_t>{0, 5});
    ended.clear();
    book.end_all([&](std::uint32_t lane) { ended.push_back(lane); });
    CHECK(ended.empty());
    CHECK(book.note_item(5));
}

struct stops_by_mode {
    weir::stop_mode* mode;
    void stop(weir::stop_mode wanted) { *mode = wanted; }
};
struct stops {
    int* times;
    void stop() { ++*times; }
};
struct never_stops {};

TEST_CASE("a source is told to stop as it can be told; false says that nothing is left in it") {
    using weir::stop_mode;
    stop_mode mode = stop_mode::close_windows;
    stops_by_mode first{&mode};
    CHECK(weir::detail::stop_source(first, stop_mode::keep_windows));
    CHECK(mode == stop_mode::keep_windows);
    int times = 0;
    stops second{&times};
    CHECK(weir::detail::stop_source(second, stop_mode::close_windows));
    CHECK(times == 1);
    CHECK_FALSE(weir::detail::stop_source(second, stop_mode::keep_windows));
    CHECK(times == 1);
    never_stops third;
    CHECK_FALSE(weir::detail::stop_source(third, stop_mode::close_windows));
}

}  // namespace weir_test::pipeline_detail_source_out
