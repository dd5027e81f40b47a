// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <span>
#include <string_view>

/// Glue between stages: it has no body of its own, so it must never be a call.
#define WEIR_INLINE [[gnu::always_inline]] inline

namespace weir {

/// What lies behind a flow that ends in a sink: nothing.
struct no_tail {
    static no_tail& instance() noexcept {
        static constinit no_tail only;
        return only;
    }
    void watermark(timestamp) noexcept {}
    void lane(lane_event) noexcept {}
};

/// The `out` of the stage at `Index`: what it emits goes to the stage behind it, in the same call.
///
/// `Tail` is what lies behind the last stage of the flow: the `out` of another stage, or `no_tail`.
template <class Flow, std::size_t Index, class Tail>
class emitter {
public:
    WEIR_INLINE emitter(Flow& owner, Tail& tail, stamp const& at) noexcept : flow_(&owner), tail_(&tail), at_(at) {}

    /// Passes an item on, with the stamp of the item being handled.
    template <class T>
    WEIR_INLINE void emit(T const& item) { emit(item, at_); }

    /// Passes an item on with a stamp of its own.
    template <class T>
    WEIR_INLINE void emit(T const& item, stamp const& at) {
        flow_->template count_emitted<Index>(1);
        flow_->template accept<Index + 1>(item, at, *tail_);
    }

    /// Passes on items that lie side by side; `at` is the stamp of the first, and positions count up from it.
    template <class T>
    WEIR_INLINE void emit_batch(std::span<T const> items, stamp const& at) {
        flow_->template count_emitted<Index>(items.size());
        flow_->template accept_batch<Index + 1>(items, at, *tail_);
    }

    /// Whether the stage behind this one takes items of type `T` together with their times.
    template <class T>
    [[nodiscard]] static consteval bool takes_timed_batch() {
        return Flow::template takes_timed_batch<Index + 1, T, Tail>();
    }

    /// Passes on items that lie side by side to a stage that takes them with their times. `at` is the stamp of the first
    /// but for its time, and positions count up from it.
    template <class T>
    WEIR_INLINE void emit_timed_batch(std::span<T const> items, std::span<timestamp const> times, stamp const& at) {
        flow_->template count_emitted<Index>(items.size());
        flow_->template accept_timed_batch<Index + 1>(items, times, at, *tail_);
    }

    /// Whether the stage behind this one takes items of type `T` together with their times and the watermarks between them.
    template <class T>
    [[nodiscard]] static consteval bool takes_paced_batch() {
        return Flow::template takes_paced_batch<Index + 1, T, Tail>();
    }

    /// Whether watermarks mean something to a stage behind this one.
    [[nodiscard]] static consteval bool watermarks_are_heard() { return Flow::template hears_watermarks<Index + 1, Tail>(); }

    /// The same to a stage that takes watermarks too: `watermarks[i]` is promised before item `i`, and `watermark` is not
    /// called for them.
    template <class T>
    WEIR_INLINE void emit_paced_batch(std::span<T const> items, std::span<timestamp const> times,
                                      std::span<timestamp const> watermarks, stamp const& at) {
        flow_->template count_emitted<Index>(items.size());
        flow_->template accept_paced_batch<Index + 1>(items, times, watermarks, at, *tail_);
    }

    /// The same `out` for another item.
    [[nodiscard]] WEIR_INLINE emitter with(stamp const& at) const noexcept { return emitter(*flow_, *tail_, at); }

    /// The stamp of the item being handled.
    [[nodiscard]] WEIR_INLINE stamp const& at() const noexcept { return at_; }
    /// The clock that the host gave last.
    [[nodiscard]] timestamp now() const noexcept { return flow_->context().now; }
    /// The number of the current poll.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return flow_->context().epoch; }
    /// What all stages of the job share.
    [[nodiscard]] job_context const& context() const noexcept { return flow_->context(); }

    /// Promises that no item before `w` is expected.
    WEIR_INLINE void watermark(timestamp w) { flow_->template watermark<Index + 1>(w, *tail_); }

    /// Passes on what happened to a lane.
    void lane(lane_event event) { flow_->template lane<Index + 1>(event, *tail_); }

    /// Puts aside what cannot be handled, down the dead letters' road, with the place it came from. The stage counts it.
    void dead_letter(error const& why, std::string_view payload) { dead_letter(why, payload, at_); }
    void dead_letter(error const& why, std::string_view payload, stamp const& at) {
        flow_->context().put_aside(why, payload, at);
    }

    /// A copy for what is seldom called: it is made there and then. A plain copy would be prepared for every item, by a
    /// compiler that packs neighbouring members into one register as soon as it knows them.
    [[nodiscard]] WEIR_INLINE emitter apart() const noexcept {
        emitter copy = *this;
        asm("" : "+r"(copy.at_.position));
        asm("" : "+r"(copy.flow_));
        return copy;
    }

private:
    Flow* flow_;
    Tail* tail_;
    stamp at_;
};

}  // namespace weir
