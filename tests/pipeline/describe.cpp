// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/describe.hpp>

#include <catch.hpp>
#include <string>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::pipeline_describe {

struct event {
    weir::timestamp at;
};

struct nameless {
    void on_item(auto const&) {}
};
struct quoting {
    using output = event;
    static constexpr std::string_view name = "says \"hello\"";
    void on_item(event const& e, auto& out) { out.emit(e); }
};

auto make_job() {
    return weir::from(weir::values(std::vector<event>{})) | quoting{} |
           weir::event_time<&event::at>(weir::bounded_out_of_orderness(weir::duration(0))) |
           weir::window(weir::tumbling(weir::duration(1)),
                        weir::late_to(weir::chain(weir::filter([](event const&) { return true; })) | weir::discard())) |
           weir::aggregate(weir::count()) | nameless{};
}

TEST_CASE("a stage is called by its name, or else by its type's") {
    CHECK(weir::stage_name<quoting>() == "says \"hello\"");
    CHECK_THAT(std::string(weir::stage_name<nameless>()), Catch::Matchers::ContainsSubstring("nameless"));
}

TEST_CASE("describe as text: a line a stage, branches indented below their owner") {
    auto job = make_job();
    std::string const text = job.describe();
    CHECK_THAT(text, Catch::Matchers::StartsWith("values\nsays \"hello\"\nevent_time\nwindow\n  filter\n  discard\n"));
    CHECK(text == job.describe(weir::drawing::text));
}

TEST_CASE("describe as Mermaid and DOT: an arrow from each stage to what its items go to") {
    auto job = make_job();
    std::string const mermaid = job.describe(weir::drawing::mermaid);
    CHECK_THAT(mermaid, Catch::Matchers::StartsWith("flowchart LR\n  s0[\"values\"]\n  s1[\"says 'hello'\"]\n"));
    for (std::string const arrow : {"s0 --> s1", "s1 --> s2", "s2 --> s3", "s3 --> s4", "s4 --> s5", "s3 --> s6"})
        CHECK_THAT(mermaid, Catch::Matchers::ContainsSubstring(arrow));
    CHECK_THAT(mermaid, !Catch::Matchers::ContainsSubstring("s5 -->"));
    std::string const dot = job.describe(weir::drawing::dot);
    CHECK_THAT(dot, Catch::Matchers::StartsWith("digraph job {\n  rankdir=LR;\n  s0 [label=\"values\"];\n"));
    CHECK_THAT(dot, Catch::Matchers::ContainsSubstring("  s3 -> s6;\n") && Catch::Matchers::EndsWith("}\n"));
}

}  // namespace weir_test::pipeline_describe
