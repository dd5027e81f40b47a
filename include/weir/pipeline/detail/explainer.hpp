// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/explain.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::detail {

/// Visits a job's stages, in order, and gathers what they know of time: what a stage's `explain(auto& into)` is given.
class explainer {
public:
    explainer(explanation& into, job_context const& context) : whole_(&into), outermost_(&context), context_(&context) {}

    // -- for stages ----------------------------------------------------------------------------------------------------

    /// This stage makes watermarks; what is said next of lanes is about it.
    explained_watermark& makes_watermarks(timestamp watermark, duration bound) {
        time_ = whole_->watermarks.size();
        explained_watermark& made = whole_->watermarks.emplace_back();
        made.stage = name_;
        made.watermark = watermark;
        made.bound = bound;
        return made;
    }

    /// One of its lanes; it is called what the source has called it.
    void lane(std::uint32_t number, lane_status status, timestamp greatest, timestamp since) {
        whole_->watermarks[time_].lanes.push_back(
            {.name = context_->lane_name(number), .status = status, .greatest = greatest, .since = since});
    }

    /// How many events it has set aside as too far ahead, and the stamp of the last of them.
    void future(std::uint64_t count, stamp const& last) {
        if (count == 0) return;
        explained_watermark& made = whole_->watermarks[time_];
        made.future = count;
        made.last_future = last.time;
        made.last_future_place = context_->place_of(last);
    }

    // -- for what holds stages -----------------------------------------------------------------------------------------

    template <class S>
    void stage(S& visited) {
        name_ = stage_name<S>();
        if constexpr (requires { visited.ready(); })
            if (context_ == outermost_ && !visited.ready()) whole_->held_up_by = name_;
        if constexpr (requires { visited.explain(*this); }) visited.explain(*this);
        auto const note = [this](auto const& window) { this->window(window.start, window.end, window.items, window.fired); };
        if constexpr (requires { visited.open_windows(note); }) {
            whole_->stages.push_back({.name = name_, .watermark = time_});
            visited.open_windows(note);
        }
    }

    /// A branch goes by the time of the stage that it belongs to, and what happens in it is its own affair.
    template <class Branch>
    void branch(Branch& beside) {
        std::size_t const time = time_;
        beside.explain(*this);
        time_ = time;
    }

    /// A job that is driven beside this one: its time is its own.
    template <class Job>
    void beside(Job& other) {
        std::size_t const time = time_;
        static_cast<void>(input(other));
        time_ = time;
    }

    /// What follows belongs to a part of the job with a context of its own, whose lanes have other names. Returns the one
    /// that it belonged to before.
    job_context const& enter(job_context const& context) { return *std::exchange(context_, &context); }

    /// An input of a merge that has event time: by which watermark it moves.
    template <class Input>
    std::size_t input(Input& merged) {
        time_ = explanation::no_watermark;
        merged.explain_inputs(*this);
        return time_;
    }

    /// One of the inputs of the merge that makes watermarks.
    void merged(std::size_t number, std::size_t of, lane_status status, timestamp watermark, std::size_t made_by) {
        explained_watermark& merge = whole_->watermarks[time_];
        merge.merges = true;
        merge.lanes.push_back({.name = "input " + std::to_string(number + 1) + " of " + std::to_string(of),
                               .status = status,
                               .greatest = watermark,
                               .made_by = made_by});
    }

    void named(std::string_view stage) { name_ = stage; }

    /// All has been visited: works out who holds whom.
    void finish() {
        for (explained_watermark& made : whole_->watermarks) find_holders(made);
        for (explained_stage& each : whole_->stages) {
            std::size_t const origin = whole_->origin_of(each.watermark);
            each.watermark = origin;
            for (explained_window& window : each.windows)
                wait(window, origin == explanation::no_watermark ? nullptr : &whole_->watermarks[origin]);
        }
    }

private:
    void window(timestamp start, timestamp end, std::uint64_t items, bool fired) {
        explained_stage& owner = whole_->stages.back();
        ++owner.open;
        if (!whole_->about || (start <= *whole_->about && *whole_->about < end))
            owner.windows.push_back({.start = start, .end = end, .items = items, .fired = fired});
    }

    // The inputs of a merge come before it, so that what is needed of them is known.
    void find_holders(explained_watermark& made) {
        made.all_idle = !made.lanes.empty() &&
                        holds_for_all(made.lanes, [](auto const& lane) { return lane.status != lane_status::live; });
        timestamp foremost = beginning_of_time;
        timestamp least = end_of_time;
        // Where all inputs of a merge are idle, it waits for the least of them; where all lanes are, none is waited for.
        auto const awaited = [&](explained_lane const& lane) {
            return made.all_idle ? made.merges && lane.status == lane_status::idle : lane.status == lane_status::live;
        };
        for (explained_lane& lane : made.lanes) {
            if (lane.made_by != explanation::no_watermark) lane.since = last_moved(whole_->watermarks[lane.made_by]);
            if (lane.status != lane_status::ended || lane.greatest != end_of_time) foremost = max_of(foremost, lane.greatest);
            if (awaited(lane)) least = min_of(least, lane.greatest);
        }
        for (explained_lane& lane : made.lanes) {
            bool const empty = lane.greatest == beginning_of_time;
            lane.watermark = empty ? beginning_of_time : saturating_subtract(lane.greatest, made.bound);
            if (!empty && lane.greatest < foremost) lane.behind = difference(foremost, lane.greatest);
            lane.holds = awaited(lane) && lane.greatest == least;
        }
    }

    /// When the time of an input last moved: with the lane that holds it, or, if none does, with any.
    [[nodiscard]] static timestamp last_moved(explained_watermark const& made) {
        timestamp latest = beginning_of_time;
        for (explained_lane const& lane : made.lanes)
            if (lane.holds || made.all_idle) latest = max_of(latest, lane.since);
        return latest;
    }

    /// Where the lanes that hold it stand, or, if none does, where time does.
    [[nodiscard]] static timestamp reached_by_holders(explained_watermark const& made) {
        for (explained_lane const& lane : made.lanes)
            if (lane.holds) return lane.greatest;
        return made.watermark == beginning_of_time ? beginning_of_time : saturating_add(made.watermark, made.bound);
    }

    void wait(explained_window& window, explained_watermark const* time) const {
        if (time) window.until = saturating_add(window.end, time->bound);
        if (window.fired) {
            window.waits_for = awaited::corrections;
            window.missing = {};
        } else if (window.end == end_of_time) {
            window.waits_for = awaited::end_of_input;
        } else if (!time) {
            window.waits_for = awaited::source;
        } else if (time->all_idle && time->advance_when_idle && whole_->now != beginning_of_time) {
            window.waits_for = awaited::clock;
            window.missing = difference(window.until, whole_->now);
        } else {
            timestamp const reached = reached_by_holders(*time);
            if (reached != beginning_of_time) window.missing = difference(window.until, reached);
        }
    }

    /// How far `from` lies behind `to`: not less than nothing, and within the range of `duration`.
    [[nodiscard]] static duration difference(timestamp to, timestamp from) noexcept {
        std::int64_t apart = 0;
        if (to <= from) return {};
        bool const too_far = __builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(), &apart);
        return too_far ? duration::max() : duration(apart);
    }

    explanation* whole_;
    job_context const* outermost_;
    job_context const* context_;
    std::string_view name_{};
    std::size_t time_ = explanation::no_watermark;  ///< by which of the watermarks the stage being visited goes
};

/// Visits a source, and the stages inside it.
template <class Source>
void explain_source(Source& begin, explainer& into) {
    if constexpr (requires { begin.explain_inputs(into); }) begin.explain_inputs(into);
    else into.stage(begin);
}

}  // namespace weir::detail
