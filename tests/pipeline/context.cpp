// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/context.hpp>

#include <array>
#include <catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace weir_test::pipeline_context {

TEST_CASE("a ledger's line balances when every item that came in is accounted for, once") {
    CHECK(weir::tally{}.balanced());
    CHECK(weir::tally{.in = 36,
                      .passed = 1,
                      .filtered = 2,
                      .aggregated = 3,
                      .late = 4,
                      .future = 5,
                      .null_key = 6,
                      .dead_lettered = 7,
                      .in_flight = 8}
              .balanced());
    for (auto const member :
         {&weir::tally::passed, &weir::tally::filtered, &weir::tally::aggregated, &weir::tally::late,
          &weir::tally::future, &weir::tally::null_key, &weir::tally::dead_lettered, &weir::tally::in_flight}) {
        weir::tally count{.in = 3};
        CHECK_FALSE(count.balanced());
        count.*member = 3;
        CHECK(count.balanced());
        count.emitted = 99;  // what went out is no part of it
        CHECK(count.balanced());
        count.*member = 4;
        CHECK_FALSE(count.balanced());
    }
}

TEST_CASE("a place names the lane and the position; a lane without a name has its number") {
    weir::job_context context;
    CHECK(context.place_of({.position = 7, .lane = 2}) == "lane 2/7");
    context.name_lane(2, "web.clicks/3");
    CHECK(context.place_of({.position = 1042, .lane = 2}) == "web.clicks/3/1042");
    CHECK(context.place_of({.position = 1, .lane = 1}) == "lane 1/1");
    CHECK(context.place_of({.position = 1, .lane = 9}) == "lane 9/1");
    context.name_lane(2, "other");
    CHECK(context.place_of({.position = 0, .lane = 2}) == "other/0");
}

TEST_CASE("a lane is called what its source calls it, or by its number") {
    weir::job_context context;
    context.name_lane(2, "web.clicks/3");
    CHECK(context.lane_name(2) == "web.clicks/3");
    CHECK(context.lane_name(1) == "lane 1");
    CHECK(context.lane_name(9) == "lane 9");
}

TEST_CASE("a dead letter's place starts with lane and position, followed by the field") {
    weir::job_context context;
    context.name_lane(0, "clicks.ndjson");
    context.put_aside({.cause = "nobody listens"}, "x", {});
    struct kept {
        std::string place, payload;
        std::uint64_t position;
    };
    std::vector<kept> letters;
    context.dead_letters = [&](weir::dead_letter const& letter) {
        letters.push_back({letter.why.place, std::string(letter.payload), letter.at.position});
    };
    context.put_aside({.cause = "broken"}, "{", {.position = 17});
    context.put_aside({.place = "user.age", .cause = "no number"}, "{}", {.position = 18});
    REQUIRE(letters.size() == 2);
    CHECK(letters[0].place == "clicks.ndjson/17");
    CHECK(letters[0].payload == "{");
    CHECK(letters[1].place == "clicks.ndjson/18: user.age");
    CHECK(letters[1].position == 18);
}

}  // namespace weir_test::pipeline_context
