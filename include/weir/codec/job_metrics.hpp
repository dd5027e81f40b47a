// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/codec/detail/distinct_names.hpp>
#include <weir/codec/exposition.hpp>
#include <weir/pipeline/explain.hpp>
#include <weir/pipeline/report.hpp>
#include <weir/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// What a page of metrics says of a job beside its numbers.
struct metrics_options {
    /// The label `pipeline` of every sample; empty: there is none, and there may be one job only on a page.
    std::string pipeline{};
    /// Further labels of every sample, name and value. Names are made valid; one that a sample has already is left out.
    std::vector<std::pair<std::string, std::string>> labels{};
};

/// How a job stands, to be written down as metrics.
struct job_snapshot {
    weir::report report{};
    weir::explanation explanation{};
    metrics_options options{};
};

/// Looks at a job. Cost: a walk over its stages, lanes and open windows; of the windows nothing is kept but how many.
template <class Job>
[[nodiscard]] job_snapshot snapshot_of(Job& work, metrics_options options = {}) {
    // No window contains the end of time, so that none is written down one by one.
    return {work.report(), work.explain(end_of_time), std::move(options)};
}

namespace detail {

/// Writes the metrics of jobs, family by family: the samples of one family have to lie side by side.
class job_metrics_page {
public:
    job_metrics_page(byte_buffer& into, std::span<job_snapshot const> jobs, exposition_format format)
        : page_(into, format) {
        jobs_.reserve(jobs.size());
        for (job_snapshot const& each : jobs) jobs_.emplace_back(each);
    }

    void write() {
        page_.family(metric_kind::info, "weir_build", "The version of weir that the job was built with.");
        page_.sample({{"version", version}}, true);
        write_jobs();
        write_stages();
        write_lanes();
        write_deliveries();
        write_lookups();
        write_time();
        page_.end();
    }

private:
    /// A job, and what its stages and lanes are called: names that may come twice are told apart.
    struct named_job {
        job_snapshot const* seen;
        std::vector<metric_label> common{};
        distinct_names stages{};
        distinct_names watermarks{};
        distinct_names windows{};
        std::vector<distinct_names> source_lanes{};
        std::vector<distinct_names> watermark_lanes{};

        explicit named_job(job_snapshot const& from) : seen(&from) {
            if (!from.options.pipeline.empty()) common.push_back({"pipeline", from.options.pipeline});
            for (auto const& [name, value] : from.options.labels) common.push_back({name, value});
            for (stage_report const& stage : from.report.stages) {
                stages.add(stage.name);
                distinct_names& lanes = source_lanes.emplace_back();
                for (lane_figures const& lane : stage.figures.lanes) lanes.add(lane.name);
            }
            for (explained_watermark const& made : from.explanation.watermarks) {
                watermarks.add(made.stage);
                distinct_names& lanes = watermark_lanes.emplace_back();
                for (explained_lane const& lane : made.lanes) lanes.add(lane.name);
            }
            for (explained_stage const& stage : from.explanation.stages) windows.add(stage.name);
        }
    };

    template <class Visit>
    void each_job(Visit visit) {
        for (named_job const& job : jobs_) {
            page_.common(job.common);
            visit(job);
        }
        page_.common({});
    }

    /// Calls `visit(stage, name, names of its lanes)`.
    template <class Visit>
    void each_stage(Visit visit) {
        each_job([&](named_job const& job) {
            for (std::size_t i = 0; i < job.seen->report.stages.size(); ++i)
                visit(job.seen->report.stages[i], job.stages[i], job.source_lanes[i]);
        });
    }

    void write_jobs() {
        page_.family(metric_kind::gauge, "weir_job_failed", "1 when the job has stopped with an error.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->report.failure.has_value()); });
        page_.family(metric_kind::gauge, "weir_job_ended", "1 when the job has ended and everything was acknowledged.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->report.ended); });
        page_.family(metric_kind::gauge, "weir_job_held_up", "1 while a sink cannot take more, so that nothing is read.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->explanation.held_up); });
        page_.family(metric_kind::gauge, "weir_job_balanced", "1 when every item that came into every stage is accounted for.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->report.balanced()); });
        page_.family(metric_kind::gauge, "weir_job_clock_timestamp_seconds", "The host's clock, as the job was told last.",
                     "seconds");
        each_job([&](named_job const& job) {
            if (job.seen->explanation.now != beginning_of_time) page_.sample({}, job.seen->explanation.now);
        });
        page_.family(metric_kind::counter, "weir_job_received_items", "Items that the job's sources have read.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->report.total().in); });
        page_.family(metric_kind::counter, "weir_job_dead_letters", "Inputs and rows that were put aside with a reason.");
        each_job([&](named_job const& job) { page_.sample({}, job.seen->report.dead_letters); });
    }

    void count(std::string_view name, std::string_view help, std::uint64_t tally::* what) {
        page_.family(metric_kind::counter, name, help);
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const&) {
            page_.sample({{"stage", called}}, stage.count.*what);
        });
    }

    void write_stages() {
        count("weir_stage_received_items", "Items that came into the stage.", &tally::in);
        count("weir_stage_emitted_items", "Items that went out of the stage.", &tally::emitted);
        page_.family(metric_kind::counter, "weir_stage_items",
                     "What became of the items that came into the stage; with those in flight they are all that came in.");
        struct fate {
            std::string_view name;
            std::uint64_t tally::* count;
        };
        static constexpr fate fates[] = {{"passed", &tally::passed},     {"filtered", &tally::filtered},
                                         {"aggregated", &tally::aggregated}, {"late", &tally::late},
                                         {"future", &tally::future},     {"null_key", &tally::null_key},
                                         {"dead_lettered", &tally::dead_lettered}};
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const&) {
            for (fate const& each : fates) page_.sample({{"stage", called}, {"fate", each.name}}, stage.count.*each.count);
        });
        page_.family(metric_kind::gauge, "weir_stage_in_flight_items",
                     "Items that the stage still holds: in open windows, in batches on their way.");
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const&) {
            page_.sample({{"stage", called}}, stage.count.in_flight);
        });
        count("weir_stage_late_assignments", "Times that an item came too late for one of its windows.",
              &tally::late_assignments);
    }

    template <class Value>
    void each_lane(std::string_view name, std::string_view help, Value value) {
        page_.family(metric_kind::gauge, name, help);
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const& lanes) {
            for (std::size_t i = 0; i < stage.figures.lanes.size(); ++i)
                if (auto const known = value(stage.figures.lanes[i]))
                    page_.sample({{"stage", called}, {"lane", lanes[i]}}, *known);
        });
    }

    void write_lanes() {
        each_lane("weir_source_position", "The first position of the lane that is not yet read.",
                  [](lane_figures const& lane) { return lane.position; });
        each_lane("weir_source_end_position", "Where the lane ends, as the server said last.",
                  [](lane_figures const& lane) { return lane.end; });
        each_lane("weir_source_committed_position", "Everything below it is acknowledged, and the server knows.",
                  [](lane_figures const& lane) { return lane.committed; });
        each_lane("weir_source_lag", "Positions of the lane that are still to be read.",
                  [](lane_figures const& lane) { return lane.lag(); });
    }

    template <class Value>
    void each_delivery(metric_kind kind, std::string_view name, std::string_view help, Value value, std::string_view unit = {}) {
        page_.family(kind, name, help, unit);
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const&) {
            if (stage.figures.delivery) page_.sample({{"stage", called}}, value(*stage.figures.delivery));
        });
    }

    void write_deliveries() {
        each_delivery(metric_kind::counter, "weir_sink_attempts", "Shipments that were begun, repetitions included.",
                      [](delivery_figures const& sent) { return sent.attempts; });
        each_delivery(metric_kind::counter, "weir_sink_batches", "Shipments that the server has acknowledged.",
                      [](delivery_figures const& sent) { return sent.acknowledged; });
        each_delivery(metric_kind::counter, "weir_sink_retries", "Attempts that failed for a passing reason and are made again.",
                      [](delivery_figures const& sent) { return sent.retries; });
        each_delivery(metric_kind::counter, "weir_sink_refusals", "Answers that refused rows, or a shipment as too large.",
                      [](delivery_figures const& sent) { return sent.refusals; });
        each_delivery(metric_kind::gauge, "weir_sink_waiting_batches", "Closed batches that are not done with.",
                      [](delivery_figures const& sent) { return std::uint64_t{sent.waiting}; });
        each_delivery(metric_kind::gauge, "weir_sink_waiting_batches_limit", "With so many waiting nothing more is read.",
                      [](delivery_figures const& sent) { return std::uint64_t{sent.most_waiting}; });
        each_delivery(
            metric_kind::histogram, "weir_sink_acknowledgement_seconds",
            "From the first attempt at a shipment to its acknowledgement, by the host's clock.",
            [](delivery_figures const& sent) -> latency_histogram const& { return sent.latency; }, "seconds");
    }

    template <class Value>
    void each_lookup(metric_kind kind, std::string_view name, std::string_view help, Value value, std::string_view unit = {}) {
        page_.family(kind, name, help, unit);
        each_stage([&](stage_report const& stage, std::string_view called, distinct_names const&) {
            if (stage.figures.lookup) page_.sample({{"stage", called}}, std::uint64_t{value(*stage.figures.lookup)});
        });
    }

    void write_lookups() {
        each_lookup(metric_kind::counter, "weir_lookup_questions",
                    "Keys that a server was asked for; all other items were answered by what is kept.",
                    [](lookup_figures const& asked) { return asked.questions; });
        each_lookup(metric_kind::gauge, "weir_lookup_kept_answers", "Answers that are kept.",
                    [](lookup_figures const& asked) { return asked.kept; });
        each_lookup(metric_kind::gauge, "weir_lookup_kept_answers_limit", "So many answers are kept at most.",
                    [](lookup_figures const& asked) { return asked.most_kept; });
        each_lookup(metric_kind::gauge, "weir_lookup_kept_bytes", "Memory that the answers kept take.",
                    [](lookup_figures const& asked) { return asked.bytes; }, "bytes");
    }

    /// Calls `visit(job, watermark, name, names of its lanes)`.
    template <class Visit>
    void each_watermark(Visit visit) {
        each_job([&](named_job const& job) {
            for (std::size_t i = 0; i < job.seen->explanation.watermarks.size(); ++i)
                visit(job.seen->explanation, job.seen->explanation.watermarks[i], job.watermarks[i], job.watermark_lanes[i]);
        });
    }

    [[nodiscard]] static bool says_something(timestamp watermark) noexcept {
        return watermark != beginning_of_time && watermark != end_of_time;
    }

    void write_time() {
        page_.family(metric_kind::gauge, "weir_watermark_timestamp_seconds",
                     "No item before this event time is expected any more.", "seconds");
        each_watermark([&](explanation const&, explained_watermark const& made, std::string_view called, distinct_names const&) {
            if (says_something(made.watermark)) page_.sample({{"stage", called}}, made.watermark);
        });
        page_.family(metric_kind::gauge, "weir_watermark_lag_seconds", "How far the watermark is behind the host's clock.",
                     "seconds");
        each_watermark(
            [&](explanation const& why, explained_watermark const& made, std::string_view called, distinct_names const&) {
                if (says_something(made.watermark) && says_something(why.now))
                    page_.sample({{"stage", called}}, saturating_subtract(why.now, made.watermark.time_since_epoch()));
            });
        page_.family(metric_kind::gauge, "weir_watermark_lane_timestamp_seconds", "The greatest event time of the lane.",
                     "seconds");
        each_watermark_lane([&](explained_lane const& lane, std::string_view called, std::string_view name) {
            if (says_something(lane.greatest)) page_.sample({{"stage", called}, {"lane", name}}, lane.greatest);
        });
        page_.family(metric_kind::gauge, "weir_watermark_lane_holds", "1 while the watermark cannot move before the lane does.");
        each_watermark_lane([&](explained_lane const& lane, std::string_view called, std::string_view name) {
            page_.sample({{"stage", called}, {"lane", name}}, lane.holds);
        });
        page_.family(metric_kind::gauge, "weir_windows_open", "Windows that the stage holds open.");
        each_job([&](named_job const& job) {
            for (std::size_t i = 0; i < job.seen->explanation.stages.size(); ++i)
                page_.sample({{"stage", job.windows[i]}}, std::uint64_t{job.seen->explanation.stages[i].open});
        });
    }

    template <class Visit>
    void each_watermark_lane(Visit visit) {
        each_watermark(
            [&](explanation const&, explained_watermark const& made, std::string_view called, distinct_names const& lanes) {
                for (std::size_t i = 0; i < made.lanes.size(); ++i) visit(made.lanes[i], called, lanes[i]);
            });
    }

    exposition page_;
    std::vector<named_job> jobs_{};
};

}  // namespace detail

/// Appends a whole page of metrics: what the reports and explanations of these jobs say, as text for Prometheus. Each job but
/// an only one needs a `metrics_options::pipeline` of its own.
///
/// Metrics tell numbers and names of stages and lanes; no text of an error, and so no secret.
inline void append_metrics(byte_buffer& into, std::span<job_snapshot const> jobs, exposition_format format) {
    detail::job_metrics_page(into, jobs, format).write();
}
/// The same for one job.
inline void append_metrics(byte_buffer& into, job_snapshot const& job, exposition_format format) {
    append_metrics(into, std::span<job_snapshot const>(&job, 1), format);
}

}  // namespace weir
