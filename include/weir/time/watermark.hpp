// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/time/lane.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>

namespace weir {

/// How far behind the greatest event time of its lane an event may come and still be on time.
struct bounded_out_of_orderness {
    duration bound{};

    constexpr explicit bounded_out_of_orderness(duration how_far) : bound(how_far) {}
};

/// The watermark of many lanes: `max(event time) - bound` per lane, the minimum over the live lanes, never going back.
///
/// Sources: Akidau et al., "The Dataflow Model" (VLDB 2015). Cost: an item of the lane that also brought the item before
/// it costs one comparison; a change of lane costs a walk over the lanes.
class lane_watermarks {
public:
    explicit lane_watermarks(duration bound) : bound_(bound) {}

    /// Notes an event of `lane`; true when the watermark moved.
    [[gnu::always_inline]] bool observe(std::uint32_t lane, timestamp time) {
        if (lane != current_) [[unlikely]] return observe_other(lane, time);
        if (time <= greatest_) return false;
        greatest_ = time;
        return advance(detail::min_of(time, others_));
    }

    /// Notes events of `lane` that come in order, the first and the last of them given, if each moves the watermark to its own
    /// time or leaves it there: no bound holds the watermark back, and no other lane does. Else false, and nothing is noted.
    [[nodiscard]] bool observe_rising(std::uint32_t lane, timestamp first, timestamp last) {
        if (bound_.count() != 0 || lane != current_ || first < watermark_ || first < greatest_ || last > others_) return false;
        greatest_ = watermark_ = last;
        return true;
    }

    /// Notes what happened to a lane; true when the watermark moved.
    bool note(lane_event event) {
        change_lane(event.lane);
        lane_state& lane = lanes_[event.lane];
        if (event.what == lane_event::kind::opened) return advance(detail::min_of(greatest_, others_));
        lane.live = false;
        lane.ended = event.what == lane_event::kind::ended;
        current_ = no_lane;  // the next event of this lane makes it live again
        bool const any_live = detail::holds_for_any(lanes_, [](lane_state const& each) { return each.live; });
        return any_live && advance(least_of_others(no_lane));
    }

    /// Notes the host's clock, so that it is known since when a lane has not moved. A walk over the lanes, and not a cost of
    /// each item.
    void note_clock(timestamp now) {
        moves_.grow_to(lanes_.size());
        for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
            if (!lanes_[i].heard || moves_[i].greatest == greatest_of(i)) continue;
            moves_[i] = {greatest_of(i), clock_ == beginning_of_time ? now : clock_};
        }
        clock_ = now;
    }

    /// Calls `visit(lane, lane_status, greatest event time, clock when that last moved)` for each lane that was heard of;
    /// the last two are `beginning_of_time` where there was no event, or no clock.
    void each_lane(auto&& visit) const {
        for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
            lane_state const& lane = lanes_[i];
            if (!lane.heard) continue;
            bool const moved = i >= moves_.size() || moves_[i].greatest != greatest_of(i);
            visit(i, lane.live ? lane_status::live : lane.ended ? lane_status::ended : lane_status::idle, greatest_of(i),
                  moved ? clock_ : moves_[i].at);
        }
    }

    /// Moves the watermark to `w`, for time that moves by the clock; true when it moved.
    bool advance_to(timestamp w) {
        if (w <= watermark_) return false;
        watermark_ = w;
        return true;
    }

    /// Whether lanes are known and none of them is live.
    [[nodiscard]] bool all_idle() const noexcept {
        return !lanes_.empty() && !detail::holds_for_any(lanes_, [](lane_state const& each) { return each.live; });
    }

    /// The greatest event time of the lane that the last event came by.
    [[nodiscard]] timestamp greatest() const noexcept { return greatest_; }
    [[nodiscard]] timestamp watermark() const noexcept { return watermark_; }
    [[nodiscard]] duration bound() const noexcept { return bound_; }

private:
    struct lane_state {
        timestamp greatest = beginning_of_time;
        bool live = false;
        bool heard = false;
        bool ended = false;
    };

    /// How far a lane had come when the clock was noted last, and what the clock was when it came there.
    struct lane_move {
        timestamp greatest = end_of_time;
        timestamp at = beginning_of_time;
    };

    static constexpr std::uint32_t no_lane = ~std::uint32_t{0};

    // A lane that comes back when no other is live has moved the minimum by that alone, whatever its event.
    [[gnu::noinline]] bool observe_other(std::uint32_t lane, timestamp time) {
        change_lane(lane);
        greatest_ = detail::max_of(greatest_, time);
        return advance(detail::min_of(greatest_, others_));
    }

    void change_lane(std::uint32_t lane) {
        if (current_ != no_lane) lanes_[current_].greatest = greatest_;
        if (lane >= lanes_.size()) lanes_.grow_to(lane + std::size_t{1});
        lanes_[lane].live = lanes_[lane].heard = true;
        current_ = lane;
        greatest_ = lanes_[lane].greatest;
        others_ = least_of_others(lane);
    }

    [[nodiscard]] timestamp greatest_of(std::uint32_t lane) const noexcept {
        return lane == current_ ? greatest_ : lanes_[lane].greatest;
    }

    [[nodiscard]] timestamp least_of_others(std::uint32_t lane) const {
        timestamp least = end_of_time;
        for (std::uint32_t i = 0; i < lanes_.size(); ++i)
            if (i != lane && lanes_[i].live) least = detail::min_of(least, lanes_[i].greatest);
        return least;
    }

    [[gnu::always_inline]] bool advance(timestamp least) {
        timestamp const w = saturating_subtract(least, bound_);
        if (w <= watermark_) return false;
        watermark_ = w;
        return true;
    }

    duration bound_;
    timestamp watermark_ = beginning_of_time;
    timestamp greatest_ = beginning_of_time;  ///< of the lane that the last event came by
    timestamp others_ = end_of_time;          ///< the least of the other live lanes
    std::uint32_t current_ = no_lane;
    detail::series<lane_state> lanes_;
    detail::series<lane_move> moves_;        ///< apart from the lanes, which are walked over at each change of lane
    timestamp clock_ = beginning_of_time;    ///< that was noted last
};

}  // namespace weir
