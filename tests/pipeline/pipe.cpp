// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/pipe.hpp>

#include <catch.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

// What does not fit stands in tests/compile_fail; here is what fits.
namespace weir_test::pipeline_pipe {

template <class Job>
void run(Job& job) {
    while (!job.finished()) job.step(10, weir::timestamp{});
}

auto const add_ten = [](int n) { return n + 10; };

TEST_CASE("from(source) | stage | … | sink is a job; before the sink it is a pipeline") {
    std::vector<int> got;
    auto open = weir::from(weir::values({1, 2, 3})) | weir::map(add_ten);
    static_assert(std::is_same_v<decltype(open)::stream_type::item, int>);
    auto job = std::move(open) | weir::call([&](int n) { got.push_back(n); });
    run(job);
    CHECK(got == std::vector{11, 12, 13});
    CHECK(job.describe() == "values\nmap\ncall\n");
}

TEST_CASE("a chain without a source is a part to be reused, once or often, whole chains in chains too") {
    std::vector<int> got;
    auto const part = weir::chain(weir::filter([](int n) { return n != 2; })) | weir::map(add_ten);
    auto const longer = weir::chain(part) | weir::map(add_ten);
    auto job = weir::from(weir::values({1, 2, 3})) | part | longer | weir::call([&](int n) { got.push_back(n); });
    run(job);
    CHECK(got == std::vector{31, 33});
    CHECK(job.report().stages.size() == 7);
}

TEST_CASE("a chain may end in the sink") {
    std::vector<int> got;
    auto job = weir::from(weir::values({1})) |
               (weir::chain(weir::map(add_ten)) | weir::call([&](int n) { got.push_back(n); }));
    run(job);
    CHECK(got == std::vector{11});
}

struct moved_only {
    using output = int;
    std::unique_ptr<int> added;
    void on_item(int const& n, auto& out) { out.emit(n + *added); }
};

TEST_CASE("stages, functions and whole pipelines may be such that they can only be moved") {
    std::vector<int> got;
    auto pipeline = weir::from(weir::values({1, 2})) | moved_only{std::make_unique<int>(100)} |
                    weir::map([factor = std::make_unique<int>(2)](int n) { return n * *factor; });
    auto chain = weir::chain(moved_only{std::make_unique<int>(1)}) | weir::call([&](int n) { got.push_back(n); });
    auto job = std::move(pipeline) | std::move(chain);
    auto moved = std::move(job);
    run(moved);
    CHECK(got == std::vector{203, 205});
}

struct click {
    int page;
    weir::timestamp at;
};

TEST_CASE("what is known of a stream: time stays behind a map, key and window stay while the item's type does") {
    auto timed = weir::from(weir::values(std::vector<click>{})) |
                 weir::event_time<&click::at>(weir::bounded_out_of_orderness(weir::duration(0)));
    STATIC_REQUIRE(decltype(timed)::stream_type::is_timed);
    auto keyed = std::move(timed) | weir::key_by<&click::page>() |
                 weir::window(weir::tumbling(weir::duration(1)), weir::drop_late) |
                 weir::filter([](click const&) { return true; });
    STATIC_REQUIRE(!std::is_same_v<decltype(keyed)::stream_type::key, weir::unkeyed>);
    STATIC_REQUIRE(!std::is_same_v<decltype(keyed)::stream_type::window, weir::unwindowed>);
    auto mapped = std::move(keyed) | weir::map([](click const& c) { return c.page; });
    STATIC_REQUIRE(decltype(mapped)::stream_type::is_timed);
    STATIC_REQUIRE(std::is_same_v<decltype(mapped)::stream_type::key, weir::unkeyed>);
    STATIC_REQUIRE(std::is_same_v<decltype(mapped)::stream_type::window, weir::unwindowed>);
}

struct timed_source {
    using output = click;
    using output_stream = weir::stream<click, weir::timed>;
    weir::poll_result poll(auto&) { return weir::poll_result::end; }
};

TEST_CASE("a source may say that its items carry their event time") {
    auto pipeline = weir::from(timed_source{});
    STATIC_REQUIRE(decltype(pipeline)::stream_type::is_timed);
}

TEST_CASE("a broken pipeline absorbs what follows, also what the host does with the job") {
    using weir::broken;
    STATIC_REQUIRE(std::is_same_v<decltype(broken{} | weir::map(add_ten) | weir::discard{}), broken>);
    STATIC_REQUIRE(std::is_same_v<decltype(weir::from(broken{})), broken>);
}

struct owning {
    static constexpr bool keeps_items = true;
    std::vector<std::string>* kept;
    void on_item(std::string const& text) { kept->push_back(text); }
};

TEST_CASE("a stage that keeps items takes those that own their memory") {
    std::vector<std::string> kept;
    auto job = weir::from(weir::values({std::string("a")})) | owning{&kept};
    run(job);
    CHECK(kept == std::vector<std::string>{"a"});
}

TEST_CASE("a branch is bound to the stream it hangs on") {
    std::vector<int> got;
    weir::job_context context;
    auto flow = weir::detail::bind_branch(weir::stream<int>{}, weir::chain(weir::map(add_ten)) |
                                                                   weir::call([&](int n) { got.push_back(n); }));
    flow.attach(context);
    flow.accept(1, weir::stamp{});
    CHECK(got == std::vector{11});
}

}  // namespace weir_test::pipeline_pipe
