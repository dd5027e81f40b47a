// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/flow.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace weir::detail {

/// What an open pipeline knows of its source's lanes, so that whoever stands behind it hears of each lane before its
/// first item, of its coming back, and of its end, even from a source that says none of this.
class lane_book {
public:
    /// Whether this lane has to be announced before an item of it.
    [[nodiscard]] WEIR_INLINE bool unheard(std::uint32_t lane) const noexcept { return lane != last_; }

    /// Notes an item of a lane; true when the lane is new, or comes back.
    bool note_item(std::uint32_t lane) {
        last_ = lane;
        bool const opens = at(lane) != state::live;
        lanes_[lane] = state::live;
        return opens;
    }

    void note(lane_event event) {
        at(event.lane) = event.what == lane_event::kind::opened ? state::live
                         : event.what == lane_event::kind::idle ? state::idle
                                                                : state::ended;
        last_ = none;
    }

    /// Calls `end(lane)` for each lane that has not ended.
    template <class End>
    void end_all(End&& end) {
        last_ = none;
        for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
            if (lanes_[lane] == state::unheard || lanes_[lane] == state::ended) continue;
            lanes_[lane] = state::ended;
            end(lane);
        }
    }

private:
    enum class state : unsigned char { unheard, live, idle, ended };
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    state& at(std::uint32_t lane) {
        if (lane >= lanes_.size()) lanes_.grow_to(lane + std::size_t{1});
        return lanes_[lane];
    }

    std::uint32_t last_ = none;
    series<state> lanes_;
};

/// Tells a source that the host wants no more; false when there is nothing left in it to wait for.
template <class Source>
bool stop_source(Source& begin, stop_mode mode) {
    if constexpr (requires { begin.stop(mode); }) {
        begin.stop(mode);
        return true;
    } else if constexpr (requires { begin.stop(); }) {
        if (mode == stop_mode::close_windows) begin.stop();
        return mode == stop_mode::close_windows;
    } else {
        return false;
    }
}

/// Nothing more is wanted of a source. False: it has to be polled on until it ends, for stages stand inside it that must
/// hear of the end.
template <class Source>
bool is_over(Source& begin, stop_mode mode) {
    if constexpr (requires(int& visit_one) { begin.account_inputs(visit_one, 0); }) return !stop_source(begin, mode);
    else return true;
}

/// The `out` of a source: counts what it emits and hands it to the first stage of `Flow`.
///
/// `Tail` is what lies behind the last stage: nothing when that is a sink; the `out` of the surrounding source when the
/// flow is open at its end, and then `lanes` is needed too. The epoch is filled in, unless the source says that it
/// passes on items of an earlier poll.
template <class Flow, class Tail = no_tail>
class source_out {
public:
    source_out(Flow& into, std::uint64_t& count, Tail& tail = no_tail::instance(), lane_book* lanes = nullptr) noexcept
        : flow_(&into), tail_(&tail), lanes_(lanes), count_(&count),
          at_{.position = count, .epoch = into.context().epoch} {}

    template <class T>
    WEIR_INLINE void emit(T const& item) {
        announce(at_.lane);
        ++*count_;
        flow_->template accept<0>(item, at_, *tail_);
        ++at_.position;
    }
    template <class T>
    WEIR_INLINE void emit(T const& item, stamp at) {
        if (at.epoch == 0) at.epoch = at_.epoch;
        announce(at.lane);
        ++*count_;
        flow_->template accept<0>(item, at, *tail_);
    }
    template <class T>
    WEIR_INLINE void emit_batch(std::span<T const> items, stamp at) {
        if (at.epoch == 0) at.epoch = at_.epoch;
        if constexpr (open && self_stamped<T>) {
            for (T const& item : items) announce(item.at().lane);
        } else {
            announce(at.lane);
        }
        *count_ += items.size();
        flow_->template accept_batch<0>(items, at, *tail_);
    }
    template <class T>
    WEIR_INLINE void emit_batch(std::span<T const> items) {
        emit_batch(items, at_);
        at_.position += items.size();
    }

    [[nodiscard]] stamp const& at() const noexcept { return at_; }
    [[nodiscard]] timestamp now() const noexcept { return flow_->context().now; }
    [[nodiscard]] std::uint64_t epoch() const noexcept { return flow_->context().epoch; }
    [[nodiscard]] job_context const& context() const noexcept { return flow_->context(); }
    [[nodiscard]] std::size_t budget() const noexcept { return flow_->context().budget; }
    WEIR_INLINE void watermark(timestamp w) { flow_->template watermark<0>(w, *tail_); }
    void lane(lane_event event) {
        if constexpr (open) lanes_->note(event);
        flow_->template lane<0>(event, *tail_);
    }
    void name_lane(std::uint32_t lane, std::string_view name) {
        flow_->context().name_lane(lane, name);
        if constexpr (open) tail_->name_lane(lane, name);
    }
    void dead_letter(error const& why, std::string_view payload, stamp const& at) {
        flow_->context().put_aside(why, payload, at);
    }

private:
    static constexpr bool open = !std::is_same_v<Tail, no_tail>;

    WEIR_INLINE void announce([[maybe_unused]] std::uint32_t lane) {
        if constexpr (open)
            if (lanes_->unheard(lane) && lanes_->note_item(lane))
                flow_->template lane<0>({lane, lane_event::kind::opened}, *tail_);
    }

    Flow* flow_;
    Tail* tail_;
    lane_book* lanes_;
    std::uint64_t* count_;
    stamp at_;
};

}  // namespace weir::detail
