// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/emitter.hpp>

#include <catch.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>
#include <weir/pipeline/flow.hpp>

namespace weir_test::pipeline_emitter {

/// Does with `out` everything that a stage can.
struct speaker {
    using output = int;
    std::vector<std::string>* heard;
    void on_item(int const& n, auto& out) {
        heard->push_back("at " + std::to_string(out.at().position) + " now " +
                         std::to_string(out.now().time_since_epoch().count()) + " epoch " +
                         std::to_string(out.epoch()) + " lane " + out.context().place_of(out.at()));
        out.emit(n);
        out.emit(n + 1, weir::stamp{.position = 100, .epoch = 5});
        int const many[]{n + 2, n + 3};
        out.emit_batch(std::span<int const>(many), weir::stamp{.position = 200});
        out.watermark(weir::timestamp(weir::duration(9)));
        out.lane({3, weir::lane_event::kind::ended});
        out.dead_letter({.cause = "too small"}, "bytes");
        out.dead_letter({.cause = "too large"}, "others", weir::stamp{.position = 300});
    }
};

struct listener {
    std::vector<std::string>* heard;
    void on_item(int const& n, auto& out) {
        heard->push_back(std::to_string(n) + " at " + std::to_string(out.at().position));
    }
    void on_watermark(weir::timestamp w, auto&) {
        heard->push_back("w " + std::to_string(w.time_since_epoch().count()));
    }
    void on_lane(weir::lane_event event, auto&) { heard->push_back("lane " + std::to_string(event.lane)); }
};

TEST_CASE(
    "an out passes on items, time and lanes to the next stage in the same call, and dead letters to the job's road") {
    std::vector<std::string> heard;
    weir::job_context context;
    context.epoch = 4;
    context.now = weir::timestamp(weir::duration(77));
    context.name_lane(2, "topic/2");
    context.dead_letters = [&](weir::dead_letter const& letter) {
        heard.push_back("letter " + letter.why.place + " " + letter.why.cause + " " + std::string(letter.payload));
    };
    weir::flow flow(std::tuple(speaker{&heard}, listener{&heard}));
    flow.attach(context);
    flow.accept(10, weir::stamp{.position = 42, .epoch = 4, .lane = 2});
    CHECK(heard == std::vector<std::string>{"at 42 now 77 epoch 4 lane topic/2/42", "10 at 42", "11 at 100",
                                            "12 at 200", "13 at 201", "w 9", "lane 3",
                                            "letter topic/2/42 too small bytes", "letter lane 0/300 too large others"});
}

TEST_CASE("behind a sink lies nothing: what goes there is lost without a trace") {
    auto& nothing = weir::no_tail::instance();
    nothing.watermark({});
    nothing.lane({});
    CHECK(&nothing == &weir::no_tail::instance());
}

}  // namespace weir_test::pipeline_emitter
