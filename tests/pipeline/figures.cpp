// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/figures.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <utility>
#include <weir/pipeline/any_stream.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/split.hpp>

namespace weir_test::pipeline_figures {

using namespace std::chrono_literals;

/// A source and a sink of a stranger, which tell of themselves.
struct numbered {
    using output = int;
    static constexpr std::string_view name = "numbered";
    std::uint64_t read = 0;
    weir::poll_result poll(auto& out) {
        out.emit(static_cast<int>(read));
        return ++read == 3 ? weir::poll_result::end : weir::poll_result::ready;
    }
    void measure(weir::stage_figures& into) const { into.lanes.push_back({.name = "n/0", .position = read, .end = 5}); }
};

struct sending {
    static constexpr std::string_view name = "sending";
    std::uint64_t sent = 0;
    void on_item(int) { ++sent; }
    void measure(weir::stage_figures& into) const {
        into.delivery = weir::delivery_figures{.attempts = sent, .acknowledged = sent};
    }
};

template <class Job>
void run(Job& work) {
    while (!work.finished()) work.step(10, weir::timestamp(1s));
}

weir::stage_report const* find(weir::report const& whole, std::string_view name) {
    for (weir::stage_report const& stage : whole.stages)
        if (stage.name == name) return &stage;
    return nullptr;
}

TEST_CASE("the lag of a lane is known when both ends are, and never less than nothing") {
    CHECK(weir::lane_figures{.position = 3, .end = 5}.lag() == 2);
    CHECK(weir::lane_figures{.position = 5, .end = 5}.lag() == 0);
    CHECK(weir::lane_figures{.position = 6, .end = 5}.lag() == 0);
    CHECK_FALSE(weir::lane_figures{.position = 3}.lag());
    CHECK_FALSE(weir::lane_figures{.end = 3}.lag());
}

TEST_CASE("what stages measure stands in the report, stage by stage") {
    auto job = weir::from(numbered{}) | sending{};
    run(job);
    weir::report const whole = job.report();
    REQUIRE(whole.stages.size() == 2);
    REQUIRE(whole.stages[0].figures.lanes.size() == 1);
    CHECK(whole.stages[0].figures.lanes[0].name == "n/0");
    CHECK(whole.stages[0].figures.lanes[0].lag() == 2);
    CHECK_FALSE(whole.stages[0].figures.delivery);
    REQUIRE(whole.stages[1].figures.delivery);
    CHECK(whole.stages[1].figures.delivery->attempts == 3);
}

TEST_CASE("what stages measure passes type-erased walls, branches and merges") {
    weir::any_stream<int> walled(weir::from(numbered{}));
    auto job = weir::from(weir::merge(std::move(walled), weir::from(weir::values({7})))) |
               weir::split_by([](int n) { return n > 1; }, weir::boxed<int>(sending{}), weir::call([](int) {}));
    run(job);
    weir::report const whole = job.report();
    REQUIRE(find(whole, "numbered"));
    CHECK(find(whole, "numbered")->figures.lanes.size() == 1);
    REQUIRE(find(whole, "sending"));
    REQUIRE(find(whole, "sending")->figures.delivery);
    CHECK(find(whole, "sending")->figures.delivery->attempts == 2);
}

}  // namespace weir_test::pipeline_figures
