// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/map.hpp>

#include <catch.hpp>
#include <string>
#include <support/scripted_lanes.hpp>
#include <type_traits>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::transform_map {

[[nodiscard]] weir::timestamp clock() { return weir::timestamp{}; }

struct order {
    int amount;
    [[nodiscard]] int doubled() const { return 2 * amount; }
};

// GCC 12 takes the call of a member function through a pointer for a possible virtual one, and warns of a table of virtual
// functions that an object of four bytes cannot have.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif

TEST_CASE("map replaces each item by function(item): a lambda, a member, a member function, one with a state") {
    std::vector<int> got;
    int calls = 0;
    auto job = weir::from(weir::values({order{1}, order{2}})) | weir::map([&calls](order const& o) {
                   ++calls;
                   return o;
               }) |
               weir::map(&order::doubled) | weir::map([sum = 0](int n) mutable { return sum += n; }) |
               weir::call([&](int n) { got.push_back(n); });
    while (!job.finished()) job.step(10, clock());
    CHECK(got == std::vector{2, 6});
    CHECK(calls == 2);
    auto amounts =
        weir::from(weir::values({order{7}})) | weir::map(&order::amount) | weir::call([&](int n) { got.push_back(n); });
    while (!amounts.finished()) amounts.step(10, clock());
    CHECK(got.back() == 7);
}

TEST_CASE("map passes each item on exactly once, and the ledger says so") {
    auto job =
        weir::from(weir::values({1, 2, 3})) | weir::map([](int n) { return std::to_string(n); }) | weir::discard();
    while (!job.finished()) job.step(2, clock());
    REQUIRE(job.report().stages.size() == 3);
    CHECK(job.report().stages[1].name == "map");
    CHECK(job.report().stages[1].count.in == 3);
    CHECK(job.report().stages[1].count.emitted == 3);
    CHECK(job.report().stages[2].count.in == 3);
    CHECK(job.report().balanced());
}

struct stamps {
    std::vector<weir::stamp>* seen;
    void on_item(std::string const&, auto& out) { seen->push_back(out.at()); }
};

TEST_CASE("event time, lane and position stay with what map makes") {
    lane_script<int> script;
    script.emit(1, {.time = weir::timestamp(weir::duration(5)), .position = 9, .lane = 2});
    script.emit(2, {.time = weir::timestamp(weir::duration(5)), .position = 10, .lane = 2});
    for (bool const side_by_side : {false, true}) {
        std::vector<weir::stamp> seen;
        auto job = weir::from(scripted_lanes(script, side_by_side)) |
                   weir::map([](int n) { return std::to_string(n); }) | stamps{&seen};
        while (!job.finished()) job.step(10, clock());
        REQUIRE(seen.size() == 2);
        CHECK(seen[0].time == weir::timestamp(weir::duration(5)));
        CHECK(seen[1].position == 10);
        CHECK(seen[1].lane == 2);
        CHECK(seen[1].epoch == 1);
    }
}

}  // namespace weir_test::transform_map
