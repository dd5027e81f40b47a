// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/time/lane.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One lane of those that a watermark is the minimum of; for a merge, one of its inputs.
struct explained_lane {
    std::string name{};  ///< as errors call it: `web.clicks/3`
    lane_status status = lane_status::live;
    timestamp greatest = beginning_of_time;   ///< its greatest event time; `beginning_of_time`: no event has come by it
    timestamp watermark = beginning_of_time;  ///< what it promises by itself: `greatest` minus the bound
    duration behind{};                        ///< how far `greatest` is behind that of the foremost lane
    /// The host's clock in the step in which `greatest` last moved, or the lane was first heard of; `beginning_of_time`
    /// when no clock was given.
    timestamp since = beginning_of_time;
    bool holds = false;  ///< the watermark cannot move before it does
    /// A merge's input: which of `explanation::watermarks` it moves by, or `no_watermark`.
    std::size_t made_by = ~std::size_t{0};
};

/// A place where watermarks are made: an `event_time`, or a merge of streams that have event time.
struct explained_watermark {
    std::string_view stage{};
    timestamp watermark = beginning_of_time;  ///< `beginning_of_time`: none yet
    duration bound{};
    bool all_idle = false;           ///< each of its lanes has proven to be idle, or has ended
    bool advance_when_idle = false;  ///< then its time moves by the host's clock
    bool merges = false;             ///< its lanes are the inputs of a merge
    std::vector<explained_lane> lanes{};
    std::uint64_t future = 0;  ///< events set aside because they were too far ahead of the clock; they moved nothing
    timestamp last_future = beginning_of_time;  ///< what the last of them said
    std::string last_future_place{};            ///< `web.clicks/0/17`
};

/// What a window waits for.
enum class awaited {
    event,         ///< an event of `until` or later by each lane that holds the watermark; by any lane, if all are idle
    clock,         ///< all lanes are idle: the host's clock must reach `until`
    corrections,   ///< its result is out; it is kept for what `allowed_lateness` still lets in
    end_of_input,  ///< no time closes it
    source,        ///< the watermark of a source that makes its own, of which nothing is known
};

/// A window that is open, and what it waits for.
struct explained_window {
    timestamp start{};
    timestamp end{};
    std::uint64_t items = 0;
    bool fired = false;
    awaited waits_for = awaited::event;
    timestamp until = end_of_time;                 ///< the end plus the bound
    duration missing = duration::max();  ///< from where time stands to `until`; the longest there is while it stands nowhere
};

/// A stage that has windows.
struct explained_stage {
    std::string_view name{};
    std::size_t open = 0;                          ///< how many windows it holds open
    std::size_t watermark = ~std::size_t{0};       ///< which of `explanation::watermarks` they wait for, or `no_watermark`
    std::vector<explained_window> windows{};       ///< all of them; those asked for, in `job.explain(timestamp)`
};

/// What the open windows of a job wait for: made by `job.explain()`, put into words by `to_string`.
///
/// Cost: a walk over all lanes and open windows, when it is asked for.
struct explanation {
    static constexpr std::size_t no_watermark = ~std::size_t{0};

    timestamp now = beginning_of_time;    ///< the host's clock, as given last; `beginning_of_time`: none was given
    std::optional<timestamp> about{};     ///< only windows that contain this time were asked for
    std::optional<error> failure{};       ///< the job has stopped with this
    bool over = false;                    ///< it reads no more: its input has ended, or it was stopped
    bool held_up = false;                 ///< a stage cannot take more now, so nothing is read
    std::string_view held_up_by{};        ///< that stage; of several, the one furthest down the road
    std::vector<explained_watermark> watermarks{};
    std::vector<explained_stage> stages{};

    /// How many windows are open in all stages together.
    [[nodiscard]] std::size_t open() const noexcept {
        std::size_t sum = 0;
        for (explained_stage const& stage : stages) sum += stage.open;
        return sum;
    }

    /// The place where the time is made that this one waits for: itself, or what lies behind the input that holds a merge.
    [[nodiscard]] std::size_t origin_of(std::size_t watermark) const noexcept {
        while (watermark != no_watermark && watermarks[watermark].merges) {
            std::size_t behind = no_watermark;
            for (explained_lane const& input : watermarks[watermark].lanes)
                if (input.holds && behind == no_watermark) behind = input.made_by;
            if (behind == no_watermark) break;
            watermark = behind;
        }
        return watermark;
    }
};

/// The explanation in plain sentences, the windows that close next first; what is long is cut short.
[[nodiscard]] std::string to_string(explanation const& why);

}  // namespace weir

#include <weir/pipeline/detail/explained_text.hpp>
#include <weir/pipeline/detail/explainer.hpp>
