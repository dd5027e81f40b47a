// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oracle/against_oracle.hpp>
#include <weir/testing/window_oracle.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir_test {

/// What the columns of a row come to, of the values of the items that make it up.
struct watched_values {
    std::uint64_t count = 0;
    std::int64_t sum = 0;
    std::int64_t least = 0;
    std::int64_t greatest = 0;
    std::uint64_t distinct = 0;

    template <class Item>
    watched_values operator()(std::vector<Item> const& items) const {
        watched_values all{items.size(), 0, items.front().value, items.front().value, 0};
        std::set<std::int64_t> different;
        for (Item const& each : items) {
            all.sum += each.value;
            all.least = std::min(all.least, each.value);
            all.greatest = std::max(all.greatest, each.value);
            different.insert(each.value);
        }
        all.distinct = different.size();
        return all;
    }
};

/// A stream, the library's own oracle of any windows, and a job that reads the stream: step by step the job must be where
/// the oracle is, row by row and count by count.
template <class Key, class KeyOf>
class watched_windows {
public:
    /// `columns`: how many of count, sum, least and greatest, distinct the rows have: 2, 4 or 5.
    watched_windows(random_stream const& stream, weir::testing::oracle_rule rule, KeyOf key_of, int columns)
        : stream_(stream), key_of_(std::move(key_of)), columns_(columns), oracle_(settings_for(stream, std::move(rule))) {}

    /// Runs the job to its end; returns what is wrong first, in words.
    template <class Job>
    [[nodiscard]] std::string run(Job job, std::shared_ptr<script_progress const> progress, outcome<Key> const& got,
                                  std::size_t budget) {
        std::uint64_t steps = 0;
        while (!job.finished()) {
            oracle_.clock(at_micros(stream_.now));
            job.step(budget, at_micros(stream_.now));
            if (++steps > 10'000) return "the job does not end";
            catch_up(progress->actions);
            if (job.finished()) oracle_.end();
            std::string const complaint = compare(job.report(), *progress, got, steps);
            if (!complaint.empty()) return "after step " + std::to_string(steps) + ": " + complaint;
        }
        if (!job.report().ended) return "the job failed";
        return {};
    }

    /// Pushes the stream's items, `together` at a time, and ends; returns what is wrong first, in words.
    template <class Job>
    [[nodiscard]] std::string push(Job job, outcome<Key> const& got, std::size_t together) {
        std::vector<fact> items;
        for (auto const& one : stream_.script.actions())
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) items.push_back(said->item);
        oracle_.clock(at_micros(stream_.now));
        job.step(1, at_micros(stream_.now));
        for (std::size_t i = 0; i < items.size(); i += together) {
            std::size_t const count = std::min(together, items.size() - i);
            if (together == 1) job.push(items[i]);
            else job.push(std::span<fact const>(items.data() + i, count));
            for (std::size_t k = i; k < i + count; ++k)
                oracle_.item(0, items[k].at, key_of_(items[k]), items[k].value, items[k].id);
            std::string const complaint = compare_results(job.report(), got);
            if (!complaint.empty()) return "after item " + std::to_string(i) + ": " + complaint;
        }
        job.stop();
        oracle_.end();
        while (!job.finished()) job.step(1, at_micros(stream_.now));
        return compare_results(job.report(), got);
    }

private:
    [[nodiscard]] static weir::testing::oracle_settings<std::int64_t> settings_for(random_stream const& stream,
                                                                                   weir::testing::oracle_rule rule) {
        weir::testing::oracle_settings<std::int64_t> settings{.rule = std::move(rule)};
        settings.bound = micros(stream.settings.bound);
        if (stream.settings.max_ahead) settings.max_ahead = micros(*stream.settings.max_ahead);
        return settings;
    }

    void catch_up(std::size_t done) {
        auto const& actions = stream_.script.actions();
        for (; told_ < done; ++told_) {
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&actions[told_]))
                oracle_.item(said->at.lane, said->item.at, key_of_(said->item), said->item.value, said->item.id);
            else if (auto const* event = std::get_if<weir::lane_event>(&actions[told_]))
                event->what == weir::lane_event::kind::opened ? oracle_.opened(event->lane)
                : event->what == weir::lane_event::kind::idle ? oracle_.idle(event->lane)
                                                              : oracle_.ended(event->lane);
        }
    }

    [[nodiscard]] std::string compare_results(weir::report const& report, outcome<Key> const& got) {
        for (; wanted_.size() < oracle_.rows.size();) {
            auto const& row = oracle_.rows[wanted_.size()];
            wanted_.push_back({row.start.time_since_epoch().count(), row.end.time_since_epoch().count(), row.key, row.result.count,
                               row.result.sum, row.result.least, row.result.greatest, row.result.distinct});
            if (columns_ < 5) wanted_.back().distinct = 0;
        }
        std::string text = difference(got.rows, wanted_, columns_ < 4, compared_);
        if (!text.empty()) return text;
        compared_ = got.rows.size();
        if (got.late != oracle_.late) return "other items are late";
        if (!report.balanced()) return "the ledger does not balance:\n" + to_string(report);
        weir::tally const total = report.total();
        std::uint64_t const waiting = oracle_.waiting().size();
        std::uint64_t const aggregated = oracle_.items - oracle_.without_key.size() - oracle_.late.size() -
                                         oracle_.future.size() - oracle_.outside.size() - waiting;
        if (total.in != oracle_.items || total.future != oracle_.future.size() || total.late != oracle_.late.size() ||
            total.null_key != oracle_.without_key.size() || total.in_flight != waiting ||
            total.filtered != oracle_.outside.size() || total.late_assignments != oracle_.late_assignments.size() ||
            total.aggregated != aggregated)
            return "the ledger's counts are not the oracle's: " + std::to_string(waiting) + " waiting, " +
                   std::to_string(oracle_.outside.size()) + " outside, " + std::to_string(oracle_.late_assignments.size()) +
                   " times too late\n" + to_string(report);
        return {};
    }

    [[nodiscard]] std::string compare(weir::report const& report, script_progress const& progress, outcome<Key> const& got,
                                      std::uint64_t steps) {
        std::string text = compare_results(report, got);
        if (!text.empty()) return text;
        auto const held = oracle_.held();
        std::uint64_t const done =
            held.empty() ? steps + 1 : progress.item_epochs.at(*std::min_element(held.begin(), held.end()));
        if (progress.acknowledged > done) return "an item was acknowledged whose window is still open";
        if (progress.acknowledged < done) return "what is done is not acknowledged";
        return {};
    }

    random_stream const& stream_;
    KeyOf key_of_;
    int columns_;
    weir::testing::window_oracle<Key, std::int64_t, watched_values> oracle_;
    std::vector<oracle_row<Key>> wanted_{};
    std::size_t told_ = 0;
    std::size_t compared_ = 0;
};

}  // namespace weir_test
