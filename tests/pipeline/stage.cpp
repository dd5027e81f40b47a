// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/stage.hpp>

#include <catch.hpp>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>

namespace weir_test::pipeline_stage {

struct trade {
    std::string symbol;
    double price;
};

// An own source, operator and sink, with nothing beside what each has to say.

struct replay {
    using output = trade;
    std::vector<trade> day;
    std::size_t next = 0;
    weir::poll_result poll(auto& out) {
        if (next < day.size()) out.emit(day[next++]);
        return next < day.size() ? weir::poll_result::ready : weir::poll_result::end;
    }
};

struct on_change {
    using output = trade;
    double last = 0;
    void on_item(trade const& t, auto& out) {
        if (t.price != last) out.emit(t);
        last = t.price;
    }
};

struct print {
    std::ostream* to;
    void on_item(trade const& t) { *to << t.symbol << " " << t.price << "\n"; }
};

TEST_CASE("an own source, operator and sink of a few lines each make a job") {
    std::ostringstream text;
    auto job = weir::from(replay{{{"A", 1}, {"A", 1}, {"A", 2}, {"B", 2}, {"A", 1}}}) | on_change{} | print{&text};
    CHECK(weir::run(job).exit_code() == 0);
    CHECK(text.str() == "A 1\nA 2\nA 1\n");
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.stages.at(1).count.in == 5);
    CHECK(report.stages.at(1).count.emitted == 3);
    CHECK(report.stages.at(2).count.in == 3);
}

// The stages that the header's own comment shows.

struct countdown {
    using output = int;
    int left = 3;
    weir::poll_result poll(auto& out) {
        out.emit(left);
        return --left ? weir::poll_result::ready : weir::poll_result::end;
    }
};
struct doubled {
    using output = int;
    void on_item(int const& n, auto& out) { out.emit(2 * n); }
};
struct total {
    int* sum;
    void on_item(int const& n) { *sum += n; }
};

TEST_CASE("the example of stage.hpp") {
    int sum = 0;
    auto job = weir::from(countdown{}) | doubled{} | total{&sum};
    CHECK(weir::run(job).exit_code() == 0);
    CHECK(sum == 12);
}

// The ladder of concepts.

struct sink_with_out {
    void on_item(int const&, auto&) {}
};
struct polls_void {
    using output = int;
    void poll(auto&) {}
};
struct returns_bool {
    using output = int;
    bool on_item(int const&, auto&) { return true; }
};
struct whole_batches {
    void on_item(int const&) {}
    void on_batch(std::span<int const>, auto&) {}
    [[nodiscard]] std::uint64_t oldest_held() const { return weir::nothing_held; }
};
struct acknowledged : countdown {
    void acknowledge(std::uint64_t) {}
};

static_assert(weir::source<countdown> && !weir::source<doubled> && !weir::source<total> && !weir::source<polls_void>);
static_assert(weir::operator_for<doubled, int> && !weir::operator_for<doubled, std::string> &&
              !weir::operator_for<countdown, int>);
static_assert(weir::operator_for<doubled, char>, "what converts is taken");
static_assert(!weir::operator_for<returns_bool, int>, "hooks are void");
static_assert(weir::sink_for<total, int> && weir::sink_for<sink_with_out, int> && !weir::sink_for<doubled, int>);
static_assert(weir::stage_for<total, int> && weir::stage_for<doubled, int> && !weir::stage_for<countdown, int>);
static_assert(weir::batch_stage_for<whole_batches, int> && !weir::batch_stage_for<total, int>);
static_assert(weir::acknowledged_source<acknowledged> && !weir::acknowledged_source<countdown>);
static_assert(weir::holding_stage<whole_batches> && !weir::holding_stage<total>);

/// Writes down each hook that is called.
struct every_hook {
    using output = int;
    std::vector<std::string>* log;
    void on_item(int const& n, auto& out) {
        log->push_back("item");
        out.emit(n);
    }
    void on_watermark(weir::timestamp, auto&) { log->push_back("watermark"); }
    void on_lane(weir::lane_event, auto&) { log->push_back("lane"); }
    void on_tick(weir::timestamp, auto&) { log->push_back("tick"); }
    void settle(auto&) { log->push_back("settle"); }
    void on_end(auto&) { log->push_back("end"); }
    void close() { log->push_back("close"); }
};

struct speaking_source {
    using output = int;
    weir::poll_result poll(auto& out) {
        out.lane({0, weir::lane_event::kind::opened});
        out.emit(1);
        out.watermark(weir::timestamp{});
        return weir::poll_result::end;
    }
};

TEST_CASE("every hook is called, in the order that the table says") {
    std::vector<std::string> log;
    int sum = 0;
    auto job = weir::from(speaking_source{}) | every_hook{&log} | total{&sum};
    job.step(1, weir::timestamp{});
    CHECK(job.finished());
    CHECK(log == std::vector<std::string>{"tick", "lane", "item", "watermark", "settle", "end", "close"});
}

}  // namespace weir_test::pipeline_stage
