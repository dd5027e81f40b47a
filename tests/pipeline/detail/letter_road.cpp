// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/detail/letter_road.hpp>

#include <catch.hpp>
#include <cstdint>
#include <string>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::pipeline_detail_letter_road {

weir::dead_letter letter_of(std::string cause, std::uint64_t epoch = 1) {
    weir::dead_letter made{.why = {.component = "test", .cause = std::move(cause)}};
    made.at.epoch = epoch;
    return made;
}

TEST_CASE("letters are counted, whether there is a place for them or not; the first few reasons are kept") {
    weir::job_context context;
    weir::detail::letter_road road(context);
    for (int i = 0; i < 20; ++i) road.take(letter_of(std::to_string(i)));
    CHECK(road.count() == 20);
    REQUIRE(road.samples().size() == 8);
    CHECK(road.samples()[7].cause == "7");
    CHECK(road.has_room());
    CHECK_FALSE(road.busy());
    CHECK(road.failure() == nullptr);
    std::vector<std::string> seen;
    road.lead_to(weir::call([&](weir::dead_letter const& letter) { seen.push_back(letter.why.cause); }));
    road.take(letter_of("late"));
    CHECK(seen == std::vector<std::string>{"late"});
    CHECK(road.count() == 21);
}

/// Puts aside what it is given.
struct refuses {
    void on_item(weir::dead_letter const& letter, auto& out) { out.dead_letter(letter.why, {}, letter.at); }
};

TEST_CASE("a letter that its own place refuses is a failure, and does not go round") {
    weir::job_context context;
    weir::detail::letter_road road(context);
    context.dead_letters = [&](weir::dead_letter const& letter) { road.take(letter); };
    road.lead_to(refuses());
    road.take(letter_of("first"));
    road.take(letter_of("second"));
    REQUIRE(road.failure());
    CHECK(road.failure()->cause == "a dead letter was refused: first");
    CHECK(road.count() == 2);
}

TEST_CASE("what is handed on to the job around is held until that has stored it") {
    weir::job_context around;
    std::vector<std::uint64_t> epochs;
    around.dead_letters = [&](weir::dead_letter const& letter) { epochs.push_back(letter.at.epoch); };
    around.epoch = 40;
    around.round = 7;
    weir::job_context context;
    context.around = &around;
    weir::detail::letter_road road(context);
    road.take(letter_of("a", 3));
    road.take(letter_of("b", 2));
    around.epoch = 41;
    road.take(letter_of("c", 5));
    CHECK(epochs == std::vector<std::uint64_t>{40, 40, 41});
    CHECK(road.oldest_held() == 2);
    // In the step in which a letter went, nothing is known of it yet.
    around.letters_held = weir::nothing_held;
    CHECK(road.oldest_held() == 2);
    around.round = 8;
    around.letters_held = 41;
    CHECK(road.oldest_held() == 5);
    CHECK(road.busy());
    CHECK(road.waits_around());
    around.letters_held = weir::nothing_held;
    CHECK(road.oldest_held() == weir::nothing_held);
    CHECK_FALSE(road.busy());
}

TEST_CASE("where letters are handed on, there is room while the job around has some") {
    weir::job_context around;
    weir::job_context context;
    weir::detail::letter_road road(context);
    around.letters_ready = false;
    CHECK(road.has_room());
    context.around = &around;
    CHECK_FALSE(road.has_room());
    road.tell();
    CHECK_FALSE(context.letters_ready);
    // One with a place of its own asks nobody.
    road.lead_to(weir::discard());
    CHECK(road.has_room());
}

}  // namespace weir_test::pipeline_detail_letter_road
