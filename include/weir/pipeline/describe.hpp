// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/callback.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/type_name.hpp>
#include <weir/pipeline/report.hpp>
#include <weir/pipeline/stage.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// The ways to draw a job.
enum class drawing {
    text,     ///< one line a stage; branches, and the inputs of a merge, indented
    mermaid,  ///< a Mermaid flowchart
    dot,      ///< a Graphviz graph
};

/// What reports and drawings call a stage: its `name`, or its type's.
template <class Stage>
[[nodiscard]] constexpr std::string_view stage_name() noexcept {
    if constexpr (requires { std::string_view(Stage::name); }) return Stage::name;
    else return type_name<Stage>;
}

namespace detail {

template <class S>
concept merges_inputs = requires { requires S::merges_inputs; };

/// A stage as reports see it, also from behind a type-erased wall.
struct seen_stage {
    std::string_view name;
    stage_role role;
    bool is_sink;
    stage_figures figures{};
};

template <class Stage>
[[nodiscard]] seen_stage seen(Stage const& stage) {
    if constexpr (std::is_same_v<Stage, seen_stage>) {
        return stage;
    } else {
        constexpr stage_role role = merges_inputs<Stage> ? stage_role::merge
                                    : source<Stage>      ? stage_role::source
                                                         : stage_role::stage;
        seen_stage known{stage_name<Stage>(), role, role == stage_role::stage && !declares_output<Stage>};
        if constexpr (measures<Stage>) stage.measure(known.figures);
        return known;
    }
}

/// What visits stages through a wall.
using visit_seen = callback<void(seen_stage const&, tally const&, int)>;

/// The lines of a report, and the arrows of a drawing, written down while stages are visited from the sources to the
/// sink.
class report_lines {
public:
    struct arrow {
        std::size_t from;
        std::size_t to;
    };
    std::vector<stage_report> lines{};
    series<arrow> arrows{};

    void operator()(auto const& stage, tally const& count, int depth) {
        auto [name, role, is_sink, figures] = seen(stage);
        std::size_t const number = lines.size();
        if (role == stage_role::stage && depth > road_) {
            role = stage_role::branch;
            while (tips_.back().depth > depth || (tips_.back().depth == depth && tips_.back().ended)) tips_.pop_back();
            arrows.push_back({tips_.back().number, number});
            if (tips_.back().depth == depth) tips_.pop_back();
        } else {
            while (!tips_.empty() && tips_.back().is_branch) tips_.pop_back();
            if (role == stage_role::stage) {
                arrows.push_back({tips_.back().number, number});
                tips_.pop_back();
            } else {
                road_ = depth;
            }
            if (role == stage_role::merge) {
                for (tip const& each : tips_)
                    if (each.depth > depth) arrows.push_back({each.number, number});
                while (!tips_.empty() && tips_.back().depth > depth) tips_.pop_back();
            }
        }
        tips_.push_back({depth, number, role == stage_role::branch, is_sink});
        lines.push_back({name, depth, count, role, std::move(figures)});
    }

private:
    /// A stage that an arrow will lead from: the last of its road or branch so far.
    struct tip {
        int depth;
        std::size_t number;
        bool is_branch;
        bool ended;
    };

    int road_ = 0;  ///< the depth of the road that is being visited; what is deeper is a branch
    series<tip> tips_{};
};

/// Visits a source, and the stages inside it; `emitted` is how many items came out of it.
template <class Source, class Visit>
void account_source(Source& begin, std::uint64_t emitted, Visit& visit_one, int depth) {
    if constexpr (requires { begin.account_inputs(visit_one, depth); }) {
        begin.account_inputs(visit_one, depth);
    } else {
        tally count{.in = emitted, .passed = emitted, .emitted = emitted};
        if constexpr (requires { begin.account(count); }) begin.account(count);
        visit_one(std::as_const(begin), std::as_const(count), depth);
    }
}

inline std::string quoted(std::string_view text) {
    std::string safe = "\"";
    for (char c : text) safe += c == '"' ? '\'' : c;
    return safe + "\"";
}

inline std::string draw(report_lines const& all, drawing style) {
    std::string drawn;
    if (style == drawing::text) {
        for (stage_report const& stage : all.lines)
            drawn.append(static_cast<std::size_t>(stage.depth) * 2, ' ').append(stage.name).append("\n");
        return drawn;
    }
    bool const dot = style == drawing::dot;
    drawn = dot ? "digraph job {\n  rankdir=LR;\n" : "flowchart LR\n";
    for (std::size_t i = 0; i < all.lines.size(); ++i) {
        std::string const label = quoted(all.lines[i].name);
        drawn += "  s" + std::to_string(i) + (dot ? " [label=" + label + "];\n" : "[" + label + "]\n");
    }
    for (auto const& [from, to] : all.arrows)
        drawn += "  s" + std::to_string(from) + (dot ? " -> s" : " --> s") + std::to_string(to) + (dot ? ";\n" : "\n");
    return drawn + (dot ? "}\n" : "");
}

}  // namespace detail
}  // namespace weir
