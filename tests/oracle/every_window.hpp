// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oracle/random_stream.hpp>
#include <support/cases.hpp>
#include <support/scripted_lanes.hpp>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/testing/window_oracle.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/window.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace weir_test {

/// A small random stream, meant to be run by the hundred thousand: lanes, disorder within the bound and beyond, equal times,
/// gaps, negative times, absent keys, idle lanes that come back.
struct small_stream {
    lane_script<fact> script{};
    std::int64_t bound = 0;
    std::int64_t lateness = 0;
    std::size_t budget = 1;
    bool side_by_side = false;
};

[[nodiscard]] inline small_stream make_small_stream(dice& roll) {
    small_stream made;
    made.bound = roll.once_in(4) ? 0 : roll.between(0, 15);
    made.lateness = roll.once_in(3) ? 0 : roll.between(1, 25);
    made.budget = static_cast<std::size_t>(roll.once_in(2) ? 1 : roll.between(2, 40));
    made.side_by_side = roll.once_in(2);
    std::int64_t const lanes = roll.once_in(2) ? 1 : roll.between(1, 3);
    std::int64_t const items = roll.between(1, roll.once_in(4) ? 40 : 15);
    std::int64_t const keys = roll.once_in(3) ? 1 : roll.between(1, 4);
    std::vector<std::int64_t> cursors(static_cast<std::size_t>(lanes), roll.between(-40, 40));
    std::vector<std::uint64_t> positions(cursors.size(), 0);
    if (roll.once_in(2))
        for (std::int64_t lane = 0; lane < lanes; ++lane) made.script.opened(static_cast<std::uint32_t>(lane));
    std::int64_t lane = 0;
    for (std::uint32_t id = 0; id < items; ++id) {
        if (roll.once_in(2)) lane = roll.between(0, lanes - 1);
        auto const number = static_cast<std::uint32_t>(lane);
        std::int64_t& cursor = cursors[number];
        if (roll.once_in(20)) made.script.idle(number);
        if (roll.once_in(20)) made.script.end_poll();
        cursor += roll.once_in(10) ? roll.between(0, 60) : roll.between(0, 4);
        std::int64_t const behind = roll.once_in(8) ? roll.between(0, 60) : roll.between(0, made.bound);
        fact item{{}, id, roll.between(-9, 9), weir::timestamp(weir::duration(cursor - behind))};
        if (!roll.once_in(15)) item.key = static_cast<std::uint32_t>(roll.between(0, keys - 1));
        made.script.emit(item, {.position = positions[number]++, .lane = number});
    }
    return made;
}

/// What each row's columns must be, of the items in it.
struct column_values {
    std::uint64_t count = 0;
    std::int64_t sum = 0;
    std::int64_t least = 0;
    std::int64_t greatest = 0;
    std::uint64_t different = 0;

    friend bool operator==(column_values const&, column_values const&) = default;
};
struct columns_of_items {
    column_values operator()(auto const& items) const {
        column_values made;
        std::set<std::int64_t> seen;
        for (auto const& each : items) {
            made.least = seen.empty() ? each.value : std::min(made.least, each.value);
            made.greatest = seen.empty() ? each.value : std::max(made.greatest, each.value);
            made.sum += each.value;
            seen.insert(each.value);
        }
        made.count = items.size();
        made.different = seen.size();
        return made;
    }
};
using every_oracle = weir::testing::window_oracle<std::uint32_t, std::int64_t, columns_of_items>;
using every_settings = weir::testing::oracle_settings<std::int64_t>;

[[nodiscard]] inline auto every_function() {
    return weir::aggregate(weir::count(), weir::sum<&fact::value>(), weir::min<&fact::value>(), weir::max<&fact::value>(),
                           weir::distinct<&fact::value>());
}

/// A row that came, or should have come.
struct row_seen {
    weir::change_kind kind;
    std::int64_t start;
    std::int64_t end;
    std::uint32_t key;
    column_values values;

    friend bool operator==(row_seen const&, row_seen const&) = default;
    friend std::string to_string(row_seen const& row) {
        std::ostringstream text;
        text << (row.kind == weir::change_kind::insert ? "insert" : row.kind == weir::change_kind::update ? "update" : "erase") << " ["
             << row.start << ", " << row.end << ") key " << row.key << ": count " << row.values.count << ", sum " << row.values.sum
             << ", min " << row.values.least << ", max " << row.values.greatest << ", distinct " << row.values.different;
        return text.str();
    }
};

template <class Row>
[[nodiscard]] row_seen seen_row(weir::change_kind kind, Row const& row) {
    return {kind,
            row.template get<"window_start">().time_since_epoch().count(),
            row.template get<"window_end">().time_since_epoch().count(),
            row.template get<"key">(),
            {row.template get<"count">(), row.template get<"sum">(), row.template get<"min">(), row.template get<"max">(),
             row.template get<"distinct">()}};
}

/// Tells the oracle what the script's next actions are.
inline void tell_oracle(every_oracle& oracle, lane_script<fact>::action const& one) {
    if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one))
        oracle.item(said->at.lane, said->item.at, said->item.key, said->item.value, said->item.id);
    else if (auto const* event = std::get_if<weir::lane_event>(&one))
        event->what == weir::lane_event::kind::opened ? oracle.opened(event->lane) : oracle.idle(event->lane);
}

/// Runs one stream through a window and compares rows, late items and the ledger with the oracle after every step; what is
/// wrong first, in words.
template <class Window>
[[nodiscard]] std::string compare_with_oracle(small_stream const& stream, Window window, every_settings settings,
                                              bool exact_in_flight = true) {
    settings.bound = weir::duration(stream.bound);
    settings.empty_final_row = false;
    every_oracle oracle(settings);
    std::vector<row_seen> rows;
    std::vector<std::size_t> late;
    auto keep_late = weir::call([&](fact const& item) { late.push_back(item.id); });
    scripted_lanes<fact> source(stream.script, stream.side_by_side);
    auto const progress = source.progress();

    auto whole = weir::from(std::move(source)) |
                 weir::event_time<&fact::at>(weir::bounded_out_of_orderness(weir::duration(stream.bound)),
                                             {.max_ahead = weir::no_future_guard}) |
                 weir::key_by<&fact::key>() | window(weir::late_to(std::move(keep_late))) | every_function();
    auto job = [&] {
        using stream_type = typename decltype(whole)::stream_type;
        if constexpr (weir::detail::changing<stream_type>)
            return std::move(whole) | weir::changelog() |
                   weir::call([&](auto const& item) { rows.push_back(seen_row(item.kind, item.row)); });
        else return std::move(whole) | weir::call([&](auto const& row) { rows.push_back(seen_row(weir::change_kind::insert, row)); });
    }();

    std::size_t told = 0, compared = 0;
    for (int step = 0; !job.finished(); ++step) {
        if (step > 1000) return "the job does not end";
        job.step(stream.budget, weir::timestamp());
        for (; told < progress->actions; ++told) tell_oracle(oracle, stream.script.actions()[told]);
        if (job.finished()) oracle.end();
        for (; compared < std::max(rows.size(), oracle.rows.size()); ++compared) {
            std::string const at = "row " + std::to_string(compared) + " after step " + std::to_string(step);
            if (compared >= oracle.rows.size()) return at + " is too many: " + to_string(rows[compared]);
            auto const& each = oracle.rows[compared];
            row_seen const wanted{each.kind, each.start.time_since_epoch().count(), each.end.time_since_epoch().count(), each.key,
                                  each.result};
            if (compared >= rows.size()) return at + " is missing: " + to_string(wanted);
            if (rows[compared] != wanted) return at + " is " + to_string(rows[compared]) + "\n  and should be " + to_string(wanted);
        }
        if (late != oracle.late) return "other items are late after step " + std::to_string(step);
        weir::report const report = job.report();
        weir::tally const total = report.total();
        // An item in several windows is one window's for the ledger: another's early row may have shown it before.
        std::uint64_t const waiting = oracle.waiting().size();
        bool const in_flight = exact_in_flight ? total.in_flight == waiting : total.in_flight >= waiting;
        if (!report.balanced() || total.late != late.size() || total.null_key != oracle.without_key.size() || !in_flight ||
            total.late_assignments != oracle.late_assignments.size())
            return "the ledger is not the oracle's after step " + std::to_string(step) + " (in flight " +
                   std::to_string(waiting) + ", late " + std::to_string(oracle.late.size()) + ", for windows " +
                   std::to_string(oracle.late_assignments.size()) + "):\n" + to_string(report);
        for (std::size_t id : oracle.held())
            if (!job.finished() && progress->acknowledged > progress->item_epochs.at(id))
                return "an item was acknowledged that is still needed: " + std::to_string(id);
    }
    return job.report().ended ? std::string() : "the job failed:\n" + to_string(job.report());
}

/// Runs `one_case(stream, roll)` on small streams, one a seed; it returns what is wrong. The first complaint fails the test, with
/// the seed, and so does a run of no case at all.
template <class Case>
void run_cases(std::uint64_t first_seed, std::uint64_t count, Case one_case) {
    std::string complaint = "no case was run";
    for (std::uint64_t seed = first_seed; seed < first_seed + cases(count); ++seed) {
        dice roll(seed);
        small_stream const stream = make_small_stream(roll);
        complaint = one_case(stream, roll);
        if (complaint.empty()) continue;
        complaint = "seed " + std::to_string(seed) + ": " + complaint;
        break;
    }
    INFO(complaint);
    REQUIRE(complaint.empty());
}

}  // namespace weir_test
