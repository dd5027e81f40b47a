// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/stage.hpp>

#include <optional>

namespace weir::detail {

/// The one lane by which rows leave a stage that puts the items of many lanes together.
///
/// It is live while an input lane is live, and while the stage holds items: rows will come of them however quiet the inputs
/// are.
class row_lane {
public:
    /// Notes what happened to an input lane.
    void note(lane_event event) {
        if (event.lane >= inputs_.size()) inputs_.grow_to(event.lane + std::size_t{1});
        inputs_[event.lane] = event.what;
    }

    /// Tells the stages behind when the rows' lane has changed: to be called when windows have closed, and at the end of each poll,
    /// in which items may have come by a lane that rests.
    void tell(bool holds_items, auto& out) {
        if (inputs_.empty()) return;
        lane_event::kind const now = holds_items || any(lane_event::kind::opened) ? lane_event::kind::opened
                                     : any(lane_event::kind::idle)                ? lane_event::kind::idle
                                                                                  : lane_event::kind::ended;
        if (now == told_) return;
        told_ = now;
        out.lane(lane_event{0, now});
    }

private:
    [[nodiscard]] bool any(lane_event::kind wanted) const {
        return holds_for_any(inputs_, [=](auto const& each) { return each == wanted; });
    }

    series<std::optional<lane_event::kind>> inputs_;
    std::optional<lane_event::kind> told_;
};

}  // namespace weir::detail
