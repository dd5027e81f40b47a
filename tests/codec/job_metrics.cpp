// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/job_metrics.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <support/exposition_reader.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/named.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::codec_job_metrics {

using namespace std::chrono_literals;
using weir::exposition_format;
using Catch::Matchers::ContainsSubstring;

std::string page_of(std::vector<weir::job_snapshot> const& jobs, exposition_format format = exposition_format::text) {
    weir::byte_buffer bytes;
    weir::append_metrics(bytes, jobs, format);
    return std::string(bytes.view());
}

struct view {
    int page;
    weir::timestamp at;
};

/// A source that stands at the end of what it has, and knows how much there is.
struct lanes_source {
    using output = view;
    static constexpr std::string_view name = "lanes";
    std::vector<view> items{};
    std::size_t next = 0;
    weir::poll_result poll(auto& out) {
        if (next == 0) {
            out.name_lane(0, "clicks/0");
            out.lane({0, weir::lane_event::kind::opened});
        }
        while (next < items.size()) out.emit(items[next++]);
        return weir::poll_result::idle;
    }
    void measure(weir::stage_figures& into) const {
        into.lanes.push_back({.name = "clicks/0", .position = next, .end = 9, .committed = 1});
        into.lanes.push_back({.name = "clicks/1"});
    }
};

/// Windows by page into batches that fail once with what holds a secret.
auto views_job(int& failures) {
    std::vector<view> items;
    for (int i = 0; i < 6; ++i) items.push_back({i % 2, weir::timestamp(std::chrono::seconds(i * 10))});
    items.push_back({-1, weir::timestamp(60s)});
    return weir::from(lanes_source{items}) | weir::filter([](view const& each) { return each.page >= 0; }) |
           weir::filter([](view const&) { return true; }) |
           weir::event_time<&view::at>(weir::bounded_out_of_orderness(5s)) | weir::key_by<&view::page>() |
           weir::window(weir::tumbling(20s), weir::drop_late) | weir::aggregate(weir::count()) |
           weir::map([](auto const& row) { return row.template get<"count">(); }) |
           weir::batch({.rows = 2, .age = 1h, .waiting = 7, .retry = {.first_pause = 3s, .jitter = 0}},
                       [&failures](auto) -> weir::result<void> {
                           if (failures-- > 0)
                               return weir::error{.component = "batch", .cause = "the password hunter2 is wrong"};
                           return {};
                       });
}

TEST_CASE("job metrics: every number of the report and of the explanation") {
    int failures = 1;
    auto job = views_job(failures);
    job.step(100, weir::timestamp(100s));
    job.step(100, weir::timestamp(104s));
    auto const seen = weir::snapshot_of(job, {.pipeline = "views", .labels = {{"env", "test"}}});
    REQUIRE(seen.report.balanced());
    for (exposition_format const format : {exposition_format::text, exposition_format::open_metrics}) {
        std::string const text = page_of({seen}, format);
        INFO(text);
        exposition_reader const read(text);
        CHECK(read.ended() == (format == exposition_format::open_metrics));
        using labels = exposition_reader::labels;
        auto const job_says = [&](std::string_view name) { return read.value(name, {{"pipeline", "views"}, {"env", "test"}}); };
        CHECK(job_says("weir_job_failed") == "0");
        CHECK(job_says("weir_job_ended") == "0");
        CHECK(job_says("weir_job_held_up") == "0");
        CHECK(job_says("weir_job_balanced") == "1");
        CHECK(job_says("weir_job_clock_timestamp_seconds") == "104");
        CHECK(job_says("weir_job_received_items_total") == "7");
        CHECK(job_says("weir_job_dead_letters_total") == "0");
        CHECK(read.value("weir_build_info", {{"version", std::string(weir::version)}}) == "1");

        // The ledger, stage by stage.
        struct fate {
            std::string name;
            std::uint64_t weir::tally::* count;
        };
        fate const fates[] = {{"passed", &weir::tally::passed},         {"filtered", &weir::tally::filtered},
                              {"aggregated", &weir::tally::aggregated}, {"late", &weir::tally::late},
                              {"future", &weir::tally::future},         {"null_key", &weir::tally::null_key},
                              {"dead_lettered", &weir::tally::dead_lettered}};
        std::vector<std::string> const names{"lanes", "filter", "filter 2", "event_time", "window", "map", "batch"};
        REQUIRE(seen.report.stages.size() == names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            weir::tally const& count = seen.report.stages[i].count;
            labels const stage{{"stage", names[i]}};
            CHECK(read.value("weir_stage_received_items_total", stage) == std::to_string(count.in));
            CHECK(read.value("weir_stage_emitted_items_total", stage) == std::to_string(count.emitted));
            CHECK(read.value("weir_stage_in_flight_items", stage) == std::to_string(count.in_flight));
            CHECK(read.value("weir_stage_late_assignments_total", stage) == std::to_string(count.late_assignments));
            for (fate const& each : fates)
                CHECK(read.value("weir_stage_items_total", {{"stage", names[i]}, {"fate", each.name}}) ==
                      std::to_string(count.*each.count));
        }
        CHECK(read.value("weir_stage_items_total", {{"stage", "filter"}, {"fate", "filtered"}}) == "1");
        CHECK(read.value("weir_stage_items_total", {{"stage", "window"}, {"fate", "aggregated"}}) == "4");

        // The source.
        labels const lane{{"stage", "lanes"}, {"lane", "clicks/0"}};
        CHECK(read.value("weir_source_position", lane) == "7");
        CHECK(read.value("weir_source_end_position", lane) == "9");
        CHECK(read.value("weir_source_committed_position", lane) == "1");
        CHECK(read.value("weir_source_lag", lane) == "2");
        CHECK(read.value("weir_source_lag", {{"lane", "clicks/1"}}).empty());

        // The sink: two batches of two rows, the first of which failed once and took 4 s.
        labels const sink{{"stage", "batch"}};
        CHECK(read.value("weir_sink_attempts_total", sink) == "3");
        CHECK(read.value("weir_sink_batches_total", sink) == "2");
        CHECK(read.value("weir_sink_retries_total", sink) == "1");
        CHECK(read.value("weir_sink_refusals_total", sink) == "0");
        CHECK(read.value("weir_sink_waiting_batches", sink) == "0");
        CHECK(read.value("weir_sink_waiting_batches_limit", sink) == "7");
        CHECK(read.value("weir_sink_acknowledgement_seconds_bucket", {{"le", "2.5"}}) == "1");
        CHECK(read.value("weir_sink_acknowledgement_seconds_bucket", {{"le", "5.0"}}) == "2");
        CHECK(read.value("weir_sink_acknowledgement_seconds_sum", sink) == "4");
        CHECK(read.value("weir_sink_acknowledgement_seconds_count", sink) == "2");

        // Time.
        labels const time{{"stage", "event_time"}};
        CHECK(read.value("weir_watermark_timestamp_seconds", time) == "45");
        CHECK(read.value("weir_watermark_lag_seconds", time) == "59");
        CHECK(read.value("weir_watermark_lane_timestamp_seconds", {{"stage", "event_time"}, {"lane", "clicks/0"}}) == "50");
        CHECK(read.value("weir_watermark_lane_holds", {{"lane", "clicks/0"}}) == "1");
        CHECK(read.value("weir_windows_open", {{"stage", "window"}}) == "1");
        CHECK(text.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("job metrics: a job that failed or ended says so, and no text of an error") {
    int failures = 1000;
    auto job = weir::from(weir::values({1})) |
               weir::batch({.retry = {.most_attempts = 1}}, [&failures](auto) -> weir::result<void> {
                   --failures;
                   return weir::error{.component = "batch", .cause = "the password hunter2 is wrong"};
               });
    while (!job.finished()) job.step(10, weir::timestamp(1s));
    std::string const text = page_of({weir::snapshot_of(job)});
    CHECK(exposition_reader(text).value("weir_job_failed") == "1");
    CHECK(exposition_reader(text).value("weir_job_ended") == "0");
    CHECK(text.find("hunter2") == std::string::npos);
    auto other = weir::from(weir::values({1})) | weir::batch({}, [](auto) -> weir::result<void> { return {}; });
    while (!other.finished()) other.step(10, weir::timestamp(1s));
    CHECK(exposition_reader(page_of({weir::snapshot_of(other)})).value("weir_job_ended") == "1");
}

TEST_CASE("job metrics: without a clock, and before the first event, nothing is said of time") {
    int failures = 0;
    auto job = views_job(failures);
    std::string const text = page_of({weir::snapshot_of(job)});
    CHECK(text.find("weir_job_clock") == std::string::npos);
    CHECK(text.find("weir_watermark_lag_seconds") == std::string::npos);
    CHECK(text.find("weir_watermark_timestamp_seconds") == std::string::npos);
    CHECK_NOTHROW(exposition_reader(text));
}

TEST_CASE("job metrics: what a look-up asked its server, and what it keeps") {
    using labels = exposition_reader::labels;
    weir::job_snapshot seen;
    seen.report.stages.push_back({.name = "redis lookup", .count = {}});
    seen.report.stages.back().figures.lookup = {.questions = 12, .kept = 7, .most_kept = 100, .bytes = 4096};
    seen.report.stages.push_back({.name = "map", .count = {}});
    exposition_reader const read(page_of({seen}));
    labels const stage{{"stage", "redis lookup"}};
    CHECK(read.value("weir_lookup_questions_total", stage) == "12");
    CHECK(read.value("weir_lookup_kept_answers", stage) == "7");
    CHECK(read.value("weir_lookup_kept_answers_limit", stage) == "100");
    CHECK(read.value("weir_lookup_kept_bytes", stage) == "4096");
    CHECK(read.value("weir_lookup_questions_total", {{"stage", "map"}}).empty());
}

TEST_CASE("job metrics: several jobs share the families, and stages of one name are told apart, whatever they are called") {
    weir::job_snapshot one, other;
    one.options.pipeline = "one";
    other.options.pipeline = "ot\"her\n";
    for (std::string_view const name : {"map", "map 2", "map", "map", "m\"a\\p\n", ""})
        one.report.stages.push_back({.name = name, .count = {.in = one.report.stages.size()}});
    other.report.stages.push_back({.name = "map", .count = {.in = 77}});
    for (int i = 0; i < 40; ++i) other.report.stages.front().figures.lanes.push_back({.name = "lane", .position = 40 + i});
    std::string const text = page_of({one, other});
    exposition_reader const read(text);
    auto const received = [&](std::string pipeline, std::string stage) {
        return read.value("weir_stage_received_items_total", {{"pipeline", std::move(pipeline)}, {"stage", std::move(stage)}});
    };
    CHECK(received("one", "map") == "0");
    CHECK(received("one", "map 2") == "1");
    CHECK(received("one", "map 3") == "2");
    CHECK(received("one", "map 4") == "3");
    CHECK(received("one", "m\"a\\p\n") == "4");
    CHECK(received("one", "") == "5");
    CHECK(received("ot\"her\n", "map") == "77");
    CHECK(read.value("weir_source_position", {{"lane", "lane"}}) == "40");
    CHECK(read.value("weir_source_position", {{"lane", "lane 40"}}) == "79");
    CHECK(read.types().at("weir_stage_received_items_total") == "counter");
}

}  // namespace weir_test::codec_job_metrics
