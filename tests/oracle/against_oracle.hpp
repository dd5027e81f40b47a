// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oracle/random_stream.hpp>
#include <oracle/tumbling_oracle.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

[[nodiscard]] inline weir::duration micros(std::int64_t n) { return weir::duration(n); }
[[nodiscard]] inline weir::timestamp at_micros(std::int64_t n) { return weir::timestamp(weir::duration(n)); }

[[nodiscard]] inline weir::event_time_options guard_of(oracle_settings const& settings) {
    return {.max_ahead = settings.max_ahead ? micros(*settings.max_ahead) : weir::no_future_guard,
            .advance_when_idle = settings.advance_when_idle};
}
[[nodiscard]] inline weir::bounded_out_of_orderness bound_of(oracle_settings const& settings) {
    return weir::bounded_out_of_orderness(micros(settings.bound));
}
[[nodiscard]] inline weir::tumbling<> rule_of(oracle_settings const& settings) {
    return weir::tumbling(micros(settings.size), micros(settings.offset));
}
[[nodiscard]] inline weir::allowed_lateness lateness_of(oracle_settings const& settings) {
    return weir::allowed_lateness(micros(settings.lateness));
}

/// Reads the oracle's columns from a row; a column that the row lacks is zero.
template <class Key, class Row>
[[nodiscard]] oracle_row<Key> as_oracle_row(Row const& row, Key key) {
    oracle_row<Key> read{row.template get<"window_start">().time_since_epoch().count(),
                         row.template get<"window_end">().time_since_epoch().count(),
                         std::move(key),
                         row.template get<"count">(),
                         row.template get<"sum">(),
                         0,
                         0,
                         0};
    if constexpr (Row::index_of("distinct") < std::tuple_size_v<decltype(row.values)>) {
        read.least = row.template get<"min">();
        read.greatest = row.template get<"max">();
        read.distinct = row.template get<"distinct">();
    }
    return read;
}

/// What came out of a pipeline: its rows, and the numbers of its late items.
template <class Key>
struct outcome {
    std::vector<oracle_row<Key>> rows{};
    std::vector<std::size_t> late{};
};

template <class Key>
[[nodiscard]] std::string shown(oracle_row<Key> const& row) {
    std::ostringstream text;
    text << "[" << row.start << ", " << row.end << ") key " << row.key << ": count " << row.count << ", sum " << row.sum
         << ", min " << row.least << ", max " << row.greatest << ", distinct " << row.distinct;
    return text.str();
}

/// The first difference between two lists of rows, in words; empty when there is none.
template <class Key>
[[nodiscard]] std::string difference(std::vector<oracle_row<Key>> const& got,
                                     std::vector<oracle_row<Key>> const& wanted, bool few_columns,
                                     std::size_t from = 0) {
    for (std::size_t i = from; i < std::max(got.size(), wanted.size()); ++i) {
        if (i >= got.size()) return "row " + std::to_string(i) + " is missing: " + shown(wanted[i]);
        if (i >= wanted.size()) return "row " + std::to_string(i) + " is too many: " + shown(got[i]);
        oracle_row<Key> expected = wanted[i];
        if (few_columns) expected.least = expected.greatest = 0, expected.distinct = 0;
        if (got[i] != expected)
            return "row " + std::to_string(i) + " is " + shown(got[i]) + "\n  and should be " + shown(expected);
    }
    return {};
}

/// A stream, the oracle, and a job that reads the stream; step by step the job must be where the oracle is.
template <class Key, class KeyOf>
class watched_job {
public:
    /// `key_of(fact)` is the key as the rows show it, or nothing. The clock moves on by `clock_step` before each step.
    watched_job(random_stream const& stream, KeyOf key_of, bool few_columns, std::int64_t clock_step = 0)
        : stream_(stream), key_of_(std::move(key_of)), few_columns_(few_columns), clock_step_(clock_step),
          oracle_(stream.settings) {}

    /// Runs the job to its end; returns what is wrong first, in words.
    template <class Job>
    [[nodiscard]] std::string run(Job job, std::shared_ptr<script_progress const> progress, outcome<Key> const& got,
                                  std::size_t budget) {
        std::uint64_t steps = 0;
        while (!job.finished()) {
            std::int64_t const now = stream_.now + static_cast<std::int64_t>(steps) * clock_step_;
            oracle_.clock(now);
            job.step(budget, at_micros(now));
            if (++steps > 10'000) return "the job does not end";
            catch_up(progress->actions);
            if (job.finished()) oracle_.end();
            std::string const complaint = compare(job.report(), *progress, got, steps);
            if (!complaint.empty()) return "after step " + std::to_string(steps) + ": " + complaint;
        }
        if (!job.report().ended) return "the job failed";
        return {};
    }

    /// Pushes the stream's items, `side_by_side` at a time, and ends; returns what is wrong first, in words.
    template <class Job>
    [[nodiscard]] std::string push(Job job, outcome<Key> const& got, std::size_t side_by_side) {
        std::vector<fact> items;
        for (auto const& one : stream_.script.actions())
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) items.push_back(said->item);
        oracle_.clock(stream_.now);
        job.step(1, at_micros(stream_.now));
        for (std::size_t i = 0; i < items.size(); i += side_by_side) {
            std::size_t const count = std::min(side_by_side, items.size() - i);
            if (side_by_side == 1) job.push(items[i]);
            else job.push(std::span<fact const>(items.data() + i, count));
            for (std::size_t k = i; k < i + count; ++k)
                oracle_.item(0, items[k].at.time_since_epoch().count(), key_of_(items[k]), items[k].value, items[k].id);
            std::string const complaint = compare_results(job.report(), got);
            if (!complaint.empty()) return "after item " + std::to_string(i) + ": " + complaint;
        }
        job.stop();
        oracle_.end();
        while (!job.finished()) job.step(1, at_micros(stream_.now));
        return compare_results(job.report(), got);
    }

    [[nodiscard]] tumbling_oracle<Key> const& oracle() const { return oracle_; }

private:
    void catch_up(std::size_t done) {
        auto const& actions = stream_.script.actions();
        for (; told_ < done; ++told_) {
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&actions[told_]))
                oracle_.item(said->at.lane, said->item.at.time_since_epoch().count(), key_of_(said->item),
                             said->item.value, said->item.id);
            else if (auto const* event = std::get_if<weir::lane_event>(&actions[told_]))
                event->what == weir::lane_event::kind::opened ? oracle_.opened(event->lane)
                : event->what == weir::lane_event::kind::idle ? oracle_.idle(event->lane)
                                                              : oracle_.ended(event->lane);
        }
    }

    [[nodiscard]] std::string compare_results(weir::report const& report, outcome<Key> const& got) {
        std::string text = difference(got.rows, oracle_.rows, few_columns_, compared_);
        if (!text.empty()) return text;
        compared_ = got.rows.size();
        if (got.late != oracle_.late) return "other items are late";
        if (!report.balanced()) return "the ledger does not balance:\n" + to_string(report);
        weir::tally const total = report.total();
        std::uint64_t const aggregated =
            oracle_.items - oracle_.null_keys - oracle_.late.size() - oracle_.future.size() - oracle_.in_flight();
        if (total.in != oracle_.items || total.future != oracle_.future.size() || total.late != oracle_.late.size() ||
            total.null_key != oracle_.null_keys || total.in_flight != oracle_.in_flight() ||
            total.aggregated != aggregated || report.dead_letters != oracle_.future.size())
            return "the ledger's counts are not the oracle's:\n" + to_string(report);
        return {};
    }

    [[nodiscard]] std::string compare(weir::report const& report, script_progress const& progress,
                                      outcome<Key> const& got, std::uint64_t steps) {
        std::string text = compare_results(report, got);
        if (!text.empty()) return text;
        auto const oldest = oracle_.oldest_held();
        std::uint64_t const done = oldest ? progress.item_epochs.at(*oldest) : steps + 1;
        if (progress.acknowledged > done) return "an item was acknowledged whose window is still open";
        if (progress.acknowledged < done) return "what is done is not acknowledged";
        return {};
    }

    random_stream const& stream_;
    KeyOf key_of_;
    bool few_columns_;
    std::int64_t clock_step_;
    tumbling_oracle<Key> oracle_;
    std::size_t told_ = 0;
    std::size_t compared_ = 0;
};

}  // namespace weir_test
