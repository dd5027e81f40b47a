// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/time/lane.hpp>
#include <weir/time/timestamp.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace weir {

/// How far behind the greatest event time of its lane an event may come and still be on time.
struct bounded_out_of_orderness {
    duration bound{};

    constexpr explicit bounded_out_of_orderness(duration how_far) : bound(how_far) {}
};

/// The events of a lane come in the order of their times: a bound of zero.
inline constexpr bounded_out_of_orderness ascending_timestamps{duration::zero()};

/// How the watermark of one lane is made, by a struct of one's own; each lane has a copy of it.
///
/// `void observe(timestamp)`, or `void observe(timestamp, Item const&)`, is told of each event, and
/// `timestamp watermark() const` says what the lane promises since: no event before it is expected. What it says is
/// passed on behind that event, which so is never late by its own doing. The least over the live lanes, which never goes
/// back, is the library's business. Where it has `duration bound() const`, time can move by the clock when all lanes are
/// idle.
template <class S, class Item>
concept watermark_strategy_for = std::copy_constructible<S> &&
                                 (requires(S& rule, timestamp t) { { rule.observe(t) } -> std::same_as<void>; } ||
                                  requires(S& rule, timestamp t, Item const& item) {
                                      { rule.observe(t, item) } -> std::same_as<void>;
                                  }) &&
                                 requires(S const& rule) { { rule.watermark() } -> std::same_as<timestamp>; };

/// The watermark is carried in the data: that of a lane moves only by what `Function` reads from its items.
template <class Function>
class punctuated {
public:
    /// `function(item)` returns a `std::optional<timestamp>`: the promise that this item makes, if any.
    constexpr explicit punctuated(Function function) : function_(std::move(function)) {}

    template <class Item>
        requires std::is_invocable_r_v<std::optional<timestamp>, Function const&, Item const&>
    constexpr void observe(timestamp, Item const& item) {
        std::optional<timestamp> const promised = detail::invoke(function_, item);
        if (promised) watermark_ = detail::max_of(watermark_, *promised);
    }
    [[nodiscard]] constexpr timestamp watermark() const noexcept { return watermark_; }

private:
    Function function_;
    timestamp watermark_ = beginning_of_time;
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

    /// Notes events of the lane that the last event came by; `watermarks[i]` becomes the watermark behind event `i`.
    void observe_all(std::span<timestamp const> times, std::span<timestamp> watermarks) {
        // What the watermark would be but for the bound: it is not below the watermark and the bound, so that the bound can be
        // taken off without a look at the range.
        timestamp const others = others_, least = saturating_add(watermark_, bound_);
        timestamp greatest = greatest_, reached = detail::max_of(least, detail::min_of(greatest, others));
        bool const at_end = saturating_subtract(least, bound_) != watermark_;
        for (std::size_t i = 0; i < times.size(); ++i) {
            greatest = detail::max_of(greatest, times[i]);
            reached = detail::max_of(reached, detail::min_of(times[i], others));
            watermarks[i] = reached - bound_;
        }
        greatest_ = greatest;
        if (at_end) [[unlikely]]
            for (timestamp& each : watermarks.first(times.size())) each = watermark_;
        else if (!times.empty()) watermark_ = watermarks[times.size() - 1];
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

    /// Whether a lane that was heard of is out of the minimum: its next event puts it back.
    [[nodiscard, gnu::always_inline]] bool rests(std::uint32_t lane) const noexcept {
        return lane != current_ && lane < lanes_.size() && lanes_[lane].heard && !lanes_[lane].live;
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

namespace detail {

/// The watermark of many lanes, each by a strategy of its own: the minimum over the live lanes, never going back.
template <class Strategy>
class strategy_watermarks {
public:
    explicit strategy_watermarks(Strategy strategy) : original_(std::move(strategy)) {}

    /// Notes that the next event comes by `lane`; true when the watermark moved. A lane that comes back when no other is
    /// live moves it by that alone.
    bool enter(std::uint32_t lane) {
        if (lane == current_) [[likely]] return false;
        change_lane(lane);
        return advance_to(min_of(lanes_[lane].promised, others_));
    }

    /// Notes an event of the lane that was entered last; true when the watermark moved.
    template <class Item>
    bool observe(timestamp time, Item const& item) {
        lane_state& mine = lanes_[current_];
        if constexpr (requires { mine.strategy.observe(time, item); }) mine.strategy.observe(time, item);
        else mine.strategy.observe(time);
        mine.promised = max_of(mine.promised, mine.strategy.watermark());
        return advance_to(min_of(mine.promised, others_));
    }

    /// Notes what happened to a lane; true when the watermark moved.
    bool note(lane_event event) {
        change_lane(event.lane);
        if (event.what == lane_event::kind::opened) return advance_to(min_of(lanes_[event.lane].promised, others_));
        lanes_[event.lane].live = false;
        lanes_[event.lane].ended = event.what == lane_event::kind::ended;
        current_ = no_lane;  // the next event of this lane makes it live again
        return any_live() && advance_to(least_of_others(no_lane));
    }

    /// Moves the watermark to `w`; true when it moved.
    bool advance_to(timestamp w) {
        if (w <= watermark_) return false;
        watermark_ = w;
        return true;
    }

    /// As of `lane_watermarks`.
    void note_clock(timestamp now) {
        for (lane_state& lane : lanes_) {
            if (!lane.heard || lane.noted == lane.promised) continue;
            lane.noted = lane.promised;
            lane.moved = clock_ == beginning_of_time ? now : clock_;
        }
        clock_ = now;
    }
    /// As of `lane_watermarks`; the event time that the promise and the bound speak of.
    void each_lane(auto&& visit) const {
        for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
            lane_state const& lane = lanes_[i];
            if (!lane.heard) continue;
            visit(i, lane.live ? lane_status::live : lane.ended ? lane_status::ended : lane_status::idle,
                  lane.promised == beginning_of_time ? beginning_of_time : saturating_add(lane.promised, bound()),
                  lane.noted == lane.promised ? lane.moved : clock_);
        }
    }

    /// As of `lane_watermarks`.
    [[nodiscard, gnu::always_inline]] bool rests(std::uint32_t lane) const noexcept {
        return lane != current_ && lane < lanes_.size() && lanes_[lane].heard && !lanes_[lane].live;
    }
    [[nodiscard]] bool all_idle() const noexcept { return !lanes_.empty() && !any_live(); }
    [[nodiscard]] timestamp watermark() const noexcept { return watermark_; }
    [[nodiscard]] duration bound() const noexcept {
        if constexpr (requires { { original_.bound() } -> std::convertible_to<duration>; }) return original_.bound();
        else return duration::zero();
    }

private:
    struct lane_state {
        Strategy strategy;
        timestamp promised = beginning_of_time;
        timestamp noted = end_of_time;        ///< `promised`, when the clock was noted last
        timestamp moved = beginning_of_time;  ///< what the clock was when it came to that
        bool live = false;
        bool heard = false;
        bool ended = false;
    };

    static constexpr std::uint32_t no_lane = ~std::uint32_t{0};

    [[nodiscard]] bool any_live() const noexcept {
        return holds_for_any(lanes_, [](lane_state const& each) { return each.live; });
    }

    [[gnu::noinline]] void change_lane(std::uint32_t lane) {
        while (lanes_.size() <= lane) lanes_.push_back({original_});
        lanes_[lane].live = lanes_[lane].heard = true;
        current_ = lane;
        others_ = least_of_others(lane);
    }

    [[nodiscard]] timestamp least_of_others(std::uint32_t lane) const {
        timestamp least = end_of_time;
        for (std::uint32_t i = 0; i < lanes_.size(); ++i)
            if (i != lane && lanes_[i].live) least = min_of(least, lanes_[i].promised);
        return least;
    }

    Strategy original_;
    timestamp watermark_ = beginning_of_time;
    timestamp others_ = end_of_time;  ///< the least of the live lanes but the one that the last event came by
    std::uint32_t current_ = no_lane;
    timestamp clock_ = beginning_of_time;  ///< that was noted last
    series<lane_state> lanes_;
};

}  // namespace detail
}  // namespace weir
