// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/any_stream.hpp>

#include <catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::pipeline_any_stream {

weir::any_stream<int> numbers(bool doubled) {
    if (doubled) return weir::from(weir::values({1, 2, 3})) | weir::map([](int n) { return 2 * n; });
    return weir::from(weir::values({1, 2, 3})) | weir::filter([](int n) { return n != 2; });
}

TEST_CASE("an any_stream emits what the pipeline in it emits, whichever it is") {
    for (bool const doubled : {true, false}) {
        std::vector<int> got;
        auto job = weir::from(numbers(doubled)) | weir::call([&](int n) { got.push_back(n); });
        CHECK(run_to_end(job) == weir::progress::ended);
        CHECK(got == (doubled ? std::vector{2, 4, 6} : std::vector{1, 3}));
        CHECK(job.report().balanced());
        CHECK(job.report().total().in == 3);
        CHECK(job.report().total().filtered == (doubled ? 0 : 1));
        CHECK(job.describe() == (doubled ? "values\nmap\ncall\n" : "values\nfilter\ncall\n"));
    }
}

TEST_CASE("a timed any_stream carries event time, watermarks and lanes") {
    witness end;
    weir::any_stream<int, weir::timed> clicks =
        weir::from(scripted_source{{{{names{3, "topic/3"}, emits{10, 3}, idle(3), ended(3)}}}}) |
        weir::event_time([](int n) { return seconds(n); }, weir::bounded_out_of_orderness(std::chrono::seconds(1)));
    auto job = weir::from(std::move(clicks)) | end;
    run_to_end(job);
    CHECK(end.take() == "+3 w 9 10@3 ~3 -3 w end w end end");
}

TEST_CASE("an any_stream in an any_stream is still the same stream") {
    witness end;
    weir::any_stream<int> inner = weir::from(scripted_source{{{{emits{1, 2}}}, {{idle(2), emits{2, 0}}}}});
    weir::any_stream<int> outer = weir::from(std::move(inner)) | weir::map([](int n) { return n + 1; });
    auto job = weir::from(std::move(outer)) | end;
    run_to_end(job);
    CHECK(end.take() == "+2 2@2 ~2 +0 3@0 -0 -2 end");
    CHECK(job.describe() == "scripted\nmap\nwitness\n");
}

TEST_CASE("everything that a job asks of its source reaches the one in an any_stream") {
    scripted_source source{{{{emits{1}, puts_aside{"bad", 0, 17}}}}, true};
    auto const seen = source.seen;
    weir::any_stream<int> stream = weir::from(source);
    auto job = weir::from(std::move(stream)) | weir::discard();
    job.step(42, seconds(5));
    job.source().wait(std::chrono::seconds(3));
    job.source().keep_alive(seconds(5));
    CHECK(seen->budgets == std::vector<std::size_t>{42});
    CHECK(seen->acknowledged == std::vector<std::uint64_t>{2});
    CHECK(seen->ticks == 1);
    CHECK(seen->kept_alive == 1);
    CHECK(seen->waited == std::chrono::seconds(3));
    REQUIRE(job.report().dead_letter_samples.size() == 1);
    CHECK(job.report().dead_letter_samples.front().place == "lane 0/17");
    seen->why = {.component = "scripted", .cause = "cut off"};
    seen->failed = true;
    CHECK(job.step(42, seconds(6)) == weir::progress::failed);
    CHECK(job.report().failure == seen->why);
    CHECK(seen->closed == 1);
}

TEST_CASE("an any_stream may be moved, also into a container, before it is used") {
    std::vector<weir::any_stream<int>> streams;
    streams.push_back(numbers(true));
    streams.push_back(numbers(false));
    int sum = 0;
    for (auto& stream : streams) {
        auto job = weir::from(std::move(stream)) | weir::call([&](int n) { sum += n; });
        run_to_end(job);
    }
    CHECK(sum == 12 + 4);
}

TEST_CASE("an empty any_stream ends at once") {
    auto job = weir::from(weir::any_stream<int>()) | weir::discard();
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(job.report().stages.size() == 2);
}

struct batch_counter {
    std::shared_ptr<int> batches = std::make_shared<int>(0);
    void on_item(int const&) {}
    void on_batch(std::span<int const>, auto&) { ++*batches; }
};

TEST_CASE("batches stay batches through an any_stream") {
    batch_counter sink;
    weir::any_stream<int> stream = weir::from(weir::values({1, 2, 3, 4, 5}));
    auto job = weir::from(std::move(stream)) | sink;
    run_to_end(job, 2);
    CHECK(*sink.batches == 3);
}

}  // namespace weir_test::pipeline_any_stream
