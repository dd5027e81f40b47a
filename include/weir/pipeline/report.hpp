// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/figures.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Where a stage stands in its job.
enum class stage_role {
    source,  ///< items enter the job here
    merge,   ///< joins the roads that begin at the sources above it, which are one deeper
    stage,   ///< on the road from a source to the sink
    branch,  ///< beside that road: belongs to the stage above it that is less deep
};

/// One line of the ledger: what became of the items that came into a stage.
struct stage_report {
    std::string_view name;
    int depth = 0;  ///< 0: the main road; 1: a branch of the stage above, or an input of the merge below; and so on
    tally count;
    stage_role role = stage_role::stage;
    stage_figures figures{};  ///< what it tells beside the ledger: lanes of a source, batches of a sink, questions of a look-up
};

/// How a job stands: its ledger, its dead letters, and how it ended.
struct report {
    std::vector<stage_report> stages{};
    std::vector<error> dead_letter_samples{};  ///< the first few reasons
    std::uint64_t dead_letters = 0;            ///< how many there were in all
    std::optional<error> failure{};
    bool ended = false;  ///< the source ended, and everything that came of it was acknowledged

    /// 0 when the job ended and everything was acknowledged, also after a stop; 1 when it failed; 2 while neither has happened.
    [[nodiscard]] int exit_code() const noexcept { return failure ? 1 : ended ? 0 : 2; }

    /// Whether every item that came into every stage is accounted for.
    [[nodiscard]] bool balanced() const noexcept {
        for (stage_report const& stage : stages)
            if (!stage.count.balanced()) return false;
        return true;
    }

    /// The sums over the road from the sources to the sink: what came in and where it ended.
    [[nodiscard]] tally total() const noexcept {
        tally sum;
        for (stage_report const& stage : stages) {
            if (stage.role == stage_role::branch) continue;
            if (stage.role == stage_role::source) sum.in += stage.count.in;
            sum.emitted = stage.count.emitted;
            sum.filtered += stage.count.filtered;
            sum.late += stage.count.late;
            sum.late_assignments += stage.count.late_assignments;
            sum.future += stage.count.future;
            sum.null_key += stage.count.null_key;
            sum.dead_lettered += stage.count.dead_lettered;
            sum.aggregated += stage.count.aggregated;
            sum.in_flight += stage.count.in_flight;
        }
        return sum;
    }
};

/// The ledger as a text of one line a stage; counts that are zero are left out, and a last line says whether it balances.
[[nodiscard]] inline std::string to_string(report const& whole) {
    std::string text;
    for (stage_report const& stage : whole.stages) {
        text.append(static_cast<std::size_t>(stage.depth) * 2, ' ');
        text.append(stage.name);
        if (stage.name.size() < 16) text.append(16 - stage.name.size(), ' ');
        auto const add = [&](std::string_view what, std::uint64_t count) {
            if (count != 0) text.append("  ").append(what).append(" ").append(std::to_string(count));
        };
        text.append("  in ").append(std::to_string(stage.count.in));
        add("filtered", stage.count.filtered);
        add("aggregated", stage.count.aggregated);
        add("late", stage.count.late);
        if (stage.count.late_assignments != stage.count.late) add("too late for windows", stage.count.late_assignments);
        add("future", stage.count.future);
        add("null key", stage.count.null_key);
        add("dead-lettered", stage.count.dead_lettered);
        add("in flight", stage.count.in_flight);
        add("out", stage.count.emitted);
        text += '\n';
    }
    for (error const& why : whole.dead_letter_samples) text.append("dead letter: ").append(to_string(why)).append("\n");
    if (whole.dead_letters > whole.dead_letter_samples.size())
        text.append("and ").append(std::to_string(whole.dead_letters - whole.dead_letter_samples.size())).append(" more\n");
    if (whole.failure) text.append("failed: ").append(to_string(*whole.failure)).append("\n");
    text += whole.balanced() ? "the ledger balances\n" : "THE LEDGER DOES NOT BALANCE\n";
    return text;
}

}  // namespace weir
