// SPDX-License-Identifier: Apache-2.0
#include <oracle/tumbling_oracle.hpp>

#include <catch.hpp>
#include <string>

// The oracle itself, against examples worked out by hand from the documents.
namespace weir_test::oracle_tumbling_oracle {

using row = oracle_row<std::string>;

row short_row(std::int64_t start, std::int64_t end, std::string key, std::uint64_t count, std::int64_t sum) {
    return {start, end, std::move(key), count, sum, sum, sum, 1};
}

TEST_CASE("oracle: a window closes when the watermark reaches its end, keys in first-seen order") {
    tumbling_oracle<std::string> oracle({.size = 10, .bound = 2});
    oracle.item(0, 3, "b", 1, 0);
    oracle.item(0, 0, "a", 2, 1);   // three behind: beyond the bound, but its window is open
    oracle.item(0, 10, "a", 4, 2);  // the next window: an end is not part of its window
    oracle.item(0, 11, "a", 4, 3);
    CHECK(oracle.rows.empty());
    CHECK(oracle.watermark() == 9);
    CHECK(oracle.in_flight() == 4);
    oracle.item(0, 12, "c", 8, 4);
    CHECK(oracle.rows == std::vector{short_row(0, 10, "b", 1, 1), short_row(0, 10, "a", 1, 2)});
    CHECK(oracle.in_flight() == 3);
    CHECK(oracle.oldest_held() == 2);
    oracle.item(0, 9, "a", 16, 5);
    CHECK(oracle.late == std::vector<std::size_t>{5});
    oracle.end();
    CHECK(oracle.rows.size() == 4);
    CHECK(oracle.rows[2] == row{10, 20, "a", 2, 8, 4, 4, 1});
    CHECK(oracle.in_flight() == 0);
    CHECK_FALSE(oracle.oldest_held());
}

TEST_CASE("oracle: windows before the epoch, and an offset, reach down and not towards zero") {
    tumbling_oracle<std::string> oracle({.size = 10, .offset = 3});
    for (std::int64_t const time : {-18, -17, -8, -7, 2, 3}) oracle.item(0, time, "k", 1, 0);
    oracle.end();
    std::vector<std::int64_t> starts;
    for (row const& each : oracle.rows) starts.push_back(each.start);
    CHECK(starts == std::vector<std::int64_t>{-27, -17, -7, 3});
    CHECK(oracle.rows[1].count == 2);
    CHECK(oracle.rows[2].count == 2);
}

TEST_CASE("oracle: with lateness L a closed window is corrected, a row each, until the watermark reaches end + L") {
    tumbling_oracle<std::string> oracle({.size = 10, .lateness = 5});
    oracle.item(0, 5, "a", 1, 0);
    oracle.item(0, 12, "a", 1, 1);
    CHECK(oracle.rows.size() == 1);
    oracle.item(0, 6, "a", 1, 2);
    oracle.item(0, 7, "b", 1, 3);
    CHECK(oracle.rows.size() == 3);
    CHECK(oracle.rows[1].count == 2);
    CHECK(oracle.rows[2] == short_row(0, 10, "b", 1, 1));
    CHECK(oracle.oldest_held() == 0);
    CHECK(oracle.in_flight() == 1);
    oracle.item(0, 15, "a", 1, 4);
    oracle.item(0, 8, "a", 1, 5);
    CHECK(oracle.late == std::vector<std::size_t>{5});
    // A window that nothing came for in time opens for its corrections, and is not emitted once more.
    oracle.item(0, 32, "a", 1, 6);
    oracle.item(0, 28, "z", 1, 7);
    CHECK(oracle.rows.back() == short_row(20, 30, "z", 1, 1));
    std::size_t const so_far = oracle.rows.size();
    oracle.end();
    CHECK(oracle.rows.size() == so_far + 1);
}

TEST_CASE(
    "oracle: the watermark is the minimum over live lanes, which idle and ended lanes leave, and never goes back") {
    tumbling_oracle<std::string> oracle({.size = 10});
    oracle.opened(0);
    oracle.opened(1);
    oracle.item(0, 50, "a", 1, 0);
    CHECK(oracle.watermark() < 0);
    oracle.item(1, 20, "a", 1, 1);
    CHECK(oracle.watermark() == 20);
    oracle.idle(1);
    CHECK(oracle.watermark() == 50);
    oracle.item(1, 30, "a", 1, 2);
    CHECK(oracle.watermark() == 50);
    CHECK(oracle.late == std::vector<std::size_t>{2});
    oracle.item(0, 60, "a", 1, 3);
    CHECK(oracle.watermark() == 50);
    oracle.ended(0);
    oracle.idle(1);
    CHECK(oracle.watermark() == 50);  // all are idle: windows wait
    oracle.opened(0);
    CHECK(oracle.watermark() == 60);
}

TEST_CASE("oracle: when all lanes are idle time moves by the clock, if that was asked for") {
    tumbling_oracle<std::string> oracle({.size = 10, .bound = 3, .advance_when_idle = true});
    oracle.clock(100);
    oracle.item(0, 5, "a", 1, 0);
    oracle.clock(101);
    CHECK(oracle.rows.empty());
    oracle.idle(0);
    CHECK(oracle.rows.empty());
    oracle.clock(12);
    CHECK(oracle.rows.empty());
    oracle.clock(13);
    CHECK(oracle.rows.size() == 1);
}

TEST_CASE(
    "oracle: an event more than max_ahead before the clock is future and moves nothing; an item without a key is "
    "counted") {
    tumbling_oracle<std::string> oracle({.size = 10, .max_ahead = 100});
    oracle.clock(1000);
    oracle.item(0, 1101, "a", 1, 0);
    CHECK(oracle.future == std::vector<std::size_t>{0});
    CHECK(oracle.watermark() < 0);
    oracle.item(0, 1100, "a", 1, 1);
    CHECK(oracle.watermark() == 1100);
    oracle.clock(1020);
    oracle.item(0, 1120, std::nullopt, 1, 2);
    CHECK(oracle.null_keys == 1);
    CHECK(oracle.watermark() == 1120);
    CHECK(oracle.rows.size() == 1);
}

}  // namespace weir_test::oracle_tumbling_oracle
