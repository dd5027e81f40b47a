// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/detail/explained_text.hpp>

#include <catch.hpp>
#include <cstdint>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/tee.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::pipeline_explained_text {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

auto timed() {
    return weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(10s));
}

auto minutes() { return weir::chain(weir::window(weir::tumbling(1min), weir::drop_late)) | weir::aggregate(weir::count()); }

TEST_CASE("many lanes: the text names those that hold, and cuts the list") {
    std::vector<action> actions;
    for (std::uint32_t lane = 0; lane < 20; ++lane) actions.push_back(emits{lane == 3 || lane == 17 ? 40
        : 50 + static_cast<int>(lane), lane});
    auto job = weir::from(scripted_source{{{actions}}, true}) |
               timed() | minutes() | weir::discard();
    job.step(1, seconds(100));
    std::string const text = to_string(job.explain());
    INFO(text);
    CHECK_THAT(text, ContainsSubstring("waits for lane 3 and 1 more lane to reach 1970-01-01T00:01:10Z: 30 s to go.\n"));
    CHECK_THAT(text,
        ContainsSubstring("lane 3 and 1 more lane hold it. Their latest event is of 1970-01-01T00:00:40Z, "
                          "29 s behind the foremost lane.\n"));
    CHECK_THAT(text, ContainsSubstring("  lane 3: live, latest event of 1970-01-01T00:00:40Z\n  lane 17: live"));
    CHECK_THAT(text, ContainsSubstring("  and 12 more lanes\n"));
    CHECK_THAT(text, !ContainsSubstring("lane 19:"));
    CHECK(job.explain().watermarks.at(0).lanes.size() == 20);
}

TEST_CASE("spans of time read as people say them") {
    CHECK(weir::detail::span_text(0s) == "0 s");
    CHECK(weir::detail::span_text(59s) == "59 s");
    CHECK(weir::detail::span_text(1500ms) == "1 s 500 ms");
    CHECK(weir::detail::span_text(weir::duration(7)) == "7 us");
    CHECK(weir::detail::span_text(90s + 4ms) == "1 min 30 s");
    CHECK(weir::detail::span_text(60s + 4ms) == "1 min");
    CHECK(weir::detail::span_text(4h + 3min + 5s) == "4 h 3 min");
    CHECK(weir::detail::span_text(4h + 5s) == "4 h 5 s");
    CHECK(weir::detail::span_text(72h + 1h) == "3 d 1 h");
}

struct full_sink {
    bool* full;
    void on_item(auto const&) {}
    [[nodiscard]] bool ready() const { return !*full; }
};

struct held_stage {
    using output = int;
    bool* held;
    void on_item(int item, auto& out) { out.emit(item); }
    [[nodiscard]] bool ready() const { return !*held; }
};

TEST_CASE("what keeps the whole job from moving is said first") {
    SECTION("a sink") {
        bool full = false;
        auto job = weir::from(weir::push<int>()) | timed() | full_sink{&full};
        CHECK_FALSE(job.explain().held_up);
        full = true;
        CHECK(job.explain().held_up);
        CHECK(job.explain().held_up_by == "full_sink");
        CHECK(to_string(job.explain()).starts_with("full_sink holds the job up: nothing is read until it is ready for more.\n"));
    }
    SECTION("the furthest of several, in a branch") {
        bool full = true;
        bool held = true;
        auto job = weir::from(weir::push<int>()) | held_stage{&held} | weir::tee(full_sink{&full}) | weir::discard();
        CHECK(job.explain().held_up_by == "full_sink");
        full = false;
        CHECK(job.explain().held_up_by == "held_stage");
        held = false;
        CHECK(job.explain().held_up_by.empty());
    }
    SECTION("a place for dead letters") {
        bool full = true;
        auto job = weir::from(weir::push<int>()) | weir::discard();
        job.dead_letters_to(full_sink{&full});
        CHECK(job.explain().held_up);
        CHECK(job.explain().held_up_by == "dead_letters_to");
    }
    SECTION("an error") {
        scripted_source source{{}, true};
        source.seen->failed = true;
        source.seen->why = {.component = "scripted", .cause = "as told"};
        auto job = weir::from(source) | timed() | weir::discard();
        job.step(1, seconds(0));
        REQUIRE(job.explain().failure);
        CHECK(to_string(job.explain()).starts_with("The job has failed: scripted: as told\n"));
    }
    SECTION("a stop that keeps windows") {
        auto job = weir::from(weir::push<int>()) | timed() | minutes() | weir::discard();
        job.push(1);
        CHECK_FALSE(job.explain().over);
        job.stop(weir::stop_mode::keep_windows);
        CHECK(job.explain().over);
        CHECK(job.explain().open() == 1);
        CHECK(to_string(job.explain()).starts_with("The job reads no more: its input has ended, or it was stopped.\n"));
    }
}

}  // namespace weir_test::pipeline_explained_text
