// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/prefetch.hpp>
#include <weir/pipeline/detail/light_pass.hpp>
#include <weir/pipeline/emitter.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <tuple>
#include <utility>

namespace weir {

namespace detail {

/// A stage that says itself what became of its items (`account`), or passes each one on exactly once (`one_to_one`),
/// needs no count kept for it.
template <class S>
concept accounts = requires(S const& stage, tally& count) { stage.account(count); };

template <class S>
concept one_to_one = requires { requires S::one_to_one; };

/// A stage that is told how many items it has emitted, many at once where it is light, and so need not count them itself.
template <class S>
concept notes_emitted = requires(S& stage, std::size_t items) { stage.note_emitted(items); };

template <class S>
concept makes_watermarks = requires { requires S::makes_watermarks; };

/// What comes out of it comes by lanes of its own: what happens to those before it goes no further than to it.
template <class S>
concept makes_lanes = requires { requires S::makes_lanes; };

/// A stage that watermarks mean something to, or that has branches in which they may.
template <class S>
concept hears_watermarks = requires(S& stage, any_out<no_item>& out) { stage.on_watermark(timestamp{}, out); } ||
                           requires(S& stage) { stage.branches([](auto&) {}); };

/// A stage that the pipeline puts in by itself: reports and drawings leave it out.
template <class S>
concept hidden = requires { requires S::hidden; };

/// A stage that does little more than call a function of the host's: a loop over such stages is worth unrolling.
template <class S>
concept light = requires { requires S::light; };

/// Items that know their own lane, position and time (a Kafka record): in a batch each goes by its own stamp.
template <class T>
concept self_stamped = requires(T const& item) { { item.at() } -> std::convertible_to<stamp>; };

template <self_stamped T>
[[nodiscard]] WEIR_INLINE stamp stamp_of(T const& item, stamp const& first) {
    stamp own = item.at();
    own.epoch = first.epoch;
    return own;
}

/// The stamp of item `number` of those that lie side by side, the first of which has the stamp `first`.
template <class T>
[[nodiscard]] WEIR_INLINE stamp stamp_of(T const& item, std::size_t number, stamp const& first) {
    if constexpr (self_stamped<T>) {
        return stamp_of(item, first);
    } else {
        stamp own = first;
        own.position += number;
        return own;
    }
}

/// Lets `visit` see each flow inside a stage.
template <class S, class Visit>
void branches_of(S& owner, Visit&& visit) {
    if constexpr (requires { owner.branches(visit); }) owner.branches(visit);
}

}  // namespace detail

/// Stages joined without a source: one fused call from the first to the last.
///
/// `accept<I>` hands an item to stage `I`. All is inlined: a flow costs what its stages' bodies cost. What the last stage
/// emits goes to `Tail`, another stage's `out`; a flow that ends in a sink needs none. It refers to a `job_context` that
/// must outlive it, set once by `attach` before the first item.
template <class... Stages>
class flow {
public:
    static constexpr std::size_t size = sizeof...(Stages);

    explicit flow(std::tuple<Stages...> stages) : stages_(std::move(stages)) {}

    /// Gives this flow, and every flow inside its stages, the context that it works in.
    void attach(job_context& context) {
        context_ = &context;
        std::apply([&](auto&... s) { (detail::branches_of(s, [&](auto& branch) { branch.attach(context); }), ...); }, stages_);
    }

    [[nodiscard]] WEIR_INLINE job_context& context() const noexcept { return *context_; }

    template <std::size_t Index>
    [[nodiscard]] auto& stage() noexcept { return std::get<Index>(stages_); }
    template <std::size_t Index>
    [[nodiscard]] auto const& stage() const noexcept { return std::get<Index>(stages_); }

    /// Hands one item to the stage at `Index`.
    template <std::size_t Index = 0, class T, class Tail = no_tail>
    WEIR_INLINE void accept(T const& item, stamp const& at, Tail& tail = no_tail::instance()) {
        if constexpr (Index == size) {
            tail.emit(item, at);
        } else {
            auto& target = std::get<Index>(stages_);
            if constexpr (detail::takes_item<std::remove_reference_t<decltype(target)>, T>) {
                target.on_item(item);
            } else {
                emitter<flow, Index, Tail> out(*this, tail, at);
                target.on_item(item, out);
            }
        }
    }

    /// Hands items that lie side by side to the stage at `Index`: at once if it has `on_batch`, else one by one.
    template <std::size_t Index = 0, class T, class Tail = no_tail>
    WEIR_INLINE void accept_batch(std::span<T const> items, stamp const& at, Tail& tail = no_tail::instance()) {
        if constexpr (Index == size) {
            tail.emit_batch(items, at);
        } else if constexpr (batch_stage_for<std::tuple_element_t<Index, std::tuple<Stages...>>, T, emitter<flow, Index, Tail>>) {
            emitter<flow, Index, Tail> out(*this, tail, at);
            std::get<Index>(stages_).on_batch(items, out);
        } else {
            stamp own = at;
            auto const accept_one = [&](auto& by, T const& item) __attribute__((always_inline)) {
                if constexpr (detail::self_stamped<T>) own = detail::stamp_of(item, at);
                by.template accept<Index>(item, own, tail);
                ++own.position;
            };
            if constexpr (all_light_from<Index>()) {
                detail::light_pass<flow> pass(*this);
#pragma GCC unroll 16
                for (T const& item : items) accept_one(pass, item);
            } else {
                for (T const& item : items) {
                    // Who waits for the memory of a key does not ask for that of the next items: the processor stops at the wait.
                    detail::prefetch_behind(&item, detail::min_of<std::size_t>(64 * sizeof(T), 4096));
                    accept_one(*this, item);
                }
            }
        }
    }

    /// Whether the stage at `Index` takes items together with their times.
    template <std::size_t Index, class T, class Tail>
    [[nodiscard]] static consteval bool takes_timed_batch() {
        if constexpr (Index == size) return false;
        else return timed_batch_stage_for<std::tuple_element_t<Index, std::tuple<Stages...>>, T, emitter<flow, Index, Tail>>;
    }

    /// Hands items that lie side by side to the stage at `Index`, where item `i` has the time `times[i]`.
    template <std::size_t Index, class T, class Tail>
    WEIR_INLINE void accept_timed_batch(std::span<T const> items, std::span<timestamp const> times, stamp const& at, Tail& tail) {
        emitter<flow, Index, Tail> out(*this, tail, at);
        std::get<Index>(stages_).on_timed_batch(items, times, out);
    }

    /// Whether the stage at `Index` takes items together with their times and the watermarks between them.
    template <std::size_t Index, class T, class Tail>
    [[nodiscard]] static consteval bool takes_paced_batch() {
        if constexpr (Index == size) return false;
        else return paced_batch_stage_for<std::tuple_element_t<Index, std::tuple<Stages...>>, T, emitter<flow, Index, Tail>>;
    }

    /// Whether watermarks mean something to a stage from `Index` on, as far as that is known.
    template <std::size_t Index, class Tail>
    [[nodiscard]] static consteval bool hears_watermarks() {
        return !std::is_same_v<Tail, no_tail> || []<std::size_t... I>(std::index_sequence<I...>) {
            return ((I >= Index && detail::hears_watermarks<std::tuple_element_t<I, std::tuple<Stages...>>>) || ...);
        }(std::index_sequence_for<Stages...>{});
    }

    /// The same, where `watermarks[i]` is promised before item `i`; no other stage is told of them.
    template <std::size_t Index, class T, class Tail>
    WEIR_INLINE void accept_paced_batch(std::span<T const> items, std::span<timestamp const> times,
                                        std::span<timestamp const> watermarks, stamp const& at, Tail& tail) {
        emitter<flow, Index, Tail> out(*this, tail, at);
        std::get<Index>(stages_).on_paced_batch(items, times, watermarks, out);
    }

    /// Tells the stages from `Index` on that no item before `w` is expected.
    template <std::size_t Index = 0, class Tail = no_tail>
    WEIR_INLINE void watermark(timestamp w, Tail& tail = no_tail::instance()) {
        if constexpr (Index == size) {
            tail.watermark(w);
        } else {
            auto& target = std::get<Index>(stages_);
            emitter<flow, Index, Tail> out(*this, tail, stamp{.time = w, .epoch = context_->epoch});
            if constexpr (requires { target.on_watermark(w, out); }) target.on_watermark(w, out);
            detail::branches_of(target, [&](auto& branch) { branch.watermark(w); });
            if constexpr (!detail::makes_watermarks<std::remove_reference_t<decltype(target)>>) watermark<Index + 1>(w, tail);
        }
    }

    /// Tells the stages from `Index` on what happened to a lane.
    template <std::size_t Index = 0, class Tail = no_tail>
    void lane(lane_event event, Tail& tail = no_tail::instance()) {
        if constexpr (Index == size) {
            tail.lane(event);
        } else {
            auto& target = std::get<Index>(stages_);
            emitter<flow, Index, Tail> out(*this, tail, stamp{.epoch = context_->epoch, .lane = event.lane});
            if constexpr (requires { target.on_lane(event, out); }) target.on_lane(event, out);
            if constexpr (!detail::makes_lanes<std::remove_reference_t<decltype(target)>>) lane<Index + 1>(event, tail);
        }
    }

    /// The host's clock, as it stands in the context, to every stage that asks for it.
    template <class Tail = no_tail>
    void tick(Tail& tail = no_tail::instance()) {
        each_stage(tail, [](auto& target, auto& out) {
            if constexpr (requires { target.on_tick(out.now(), out); }) target.on_tick(out.now(), out);
            detail::branches_of(target, [](auto& branch) { branch.tick(); });
        });
    }

    /// The poll is over: stages let go of what they borrowed.
    template <class Tail = no_tail>
    void settle(Tail& tail = no_tail::instance()) {
        each_stage(tail, [](auto& target, auto& out) {
            if constexpr (requires { target.settle(out); }) target.settle(out);
            detail::branches_of(target, [](auto& branch) { branch.settle(); });
        });
    }

    /// Nothing will follow for now: sinks send what they hold.
    void flush() {
        each_stage(no_tail::instance(), [](auto& target, auto& out) {
            if constexpr (requires { target.flush(out); }) target.flush(out);
            detail::branches_of(target, [](auto& branch) { branch.flush(); });
        });
    }

    /// Nothing will follow.
    template <class Tail = no_tail>
    void end(Tail& tail = no_tail::instance()) {
        each_stage(tail, [](auto& target, auto& out) {
            if constexpr (requires { target.on_end(out); }) target.on_end(out);
            detail::branches_of(target, [](auto& branch) { branch.end(); });
        });
    }

    /// Releases what may block.
    void close() {
        visit([](auto& target) {
            if constexpr (requires { target.close(); }) target.close();
        });
    }

    /// False while a stage cannot take more.
    [[nodiscard]] bool ready() {
        bool every = true;
        visit([&](auto const& s) {
            if constexpr (requires { s.ready(); }) every = every && s.ready();
        });
        return every;
    }

    /// True once a stage on the road wants nothing more: the source need not be read on.
    [[nodiscard]] bool satisfied() const {
        return std::apply(
            [](auto const&... s) {
                [[maybe_unused]] auto const one = [](auto const& target) {
                    if constexpr (requires { target.satisfied(); }) return target.satisfied();
                    else return false;
                };
                return (one(s) || ...);
            },
            stages_);
    }

    /// True while work is still on its way out.
    [[nodiscard]] bool busy() {
        bool any = false;
        visit([&](auto const& s) {
            if constexpr (requires { s.busy(); }) any = any || s.busy();
        });
        return any;
    }

    /// True while items wait in a stage for an answer from outside: those behind it must not hear of the end yet.
    [[nodiscard]] bool waiting() {
        bool any = false;
        visit([&](auto const& s) {
            if constexpr (requires { s.waiting(); }) any = any || s.waiting();
        });
        return any;
    }

    /// The smallest epoch that any stage still holds, or `nothing_held`.
    [[nodiscard]] std::uint64_t oldest_held() {
        std::uint64_t oldest = nothing_held;
        visit([&](auto const& s) {
            if constexpr (requires { s.oldest_held(); }) oldest = detail::min_of<std::uint64_t>(oldest, s.oldest_held());
        });
        return oldest;
    }

    /// When a stage wants the next tick, at the latest.
    [[nodiscard]] timestamp next_wake() {
        timestamp soonest = end_of_time;
        visit([&](auto const& s) {
            if constexpr (requires { s.next_wake(); }) soonest = detail::min_of<timestamp>(soonest, s.next_wake());
        });
        return soonest;
    }

    /// The first failure of a stage, or null.
    [[nodiscard]] error const* failure() {
        error const* first = nullptr;
        visit([&](auto const& s) {
            if constexpr (requires { s.failure(); }) first = first ? first : s.failure();
        });
        return first;
    }

    /// Calls `visit_one(stage)` for every stage, in order, those of branches behind their owner.
    template <class Visit>
    void visit(Visit&& visit_one) {
        std::apply(
            [&](auto&... s) {
                ((visit_one(s), detail::branches_of(s, [&](auto& branch) { branch.visit(visit_one); })), ...);
            },
            stages_);
    }

    /// Calls `visit_one(stage, tally, depth)` for every stage, in order, given how many items came into this flow.
    /// Returns how many went out behind the last stage.
    template <class Visit>
    std::uint64_t account(std::uint64_t in, Visit&& visit_one, int depth = 0) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((in = account_one<I>(in, visit_one, depth)), ...);
        }(std::index_sequence_for<Stages...>{});
        return in;
    }

    /// Lets `into` (pipeline/explain.hpp) see every stage, in order, those of branches behind their owner.
    void explain(auto& into) {
        std::apply(
            [&](auto&... s) {
                ((into.stage(s), detail::branches_of(s, [&](auto& branch) { into.branch(branch); })), ...);
            },
            stages_);
    }

    template <std::size_t Index>
    WEIR_INLINE void count_emitted([[maybe_unused]] std::size_t items) noexcept {
        using stage_type = std::tuple_element_t<Index, std::tuple<Stages...>>;
        if constexpr (detail::notes_emitted<stage_type>) std::get<Index>(stages_).note_emitted(items);
        else if constexpr (!detail::accounts<stage_type> && !detail::one_to_one<stage_type>) emitted_[Index] += items;
    }

private:
    template <std::size_t Index>
    [[nodiscard]] static consteval bool all_light_from() {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return ((I < Index || detail::light<std::tuple_element_t<I, std::tuple<Stages...>>>) && ...);
        }(std::index_sequence_for<Stages...>{});
    }

    template <class Tail, class Call>
    void each_stage(Tail& tail, Call call) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (call_stage<I>(tail, call), ...);
        }(std::index_sequence_for<Stages...>{});
    }

    template <std::size_t Index, class Tail, class Call>
    void call_stage(Tail& tail, Call& call) {
        emitter<flow, Index, Tail> out(*this, tail, stamp{.epoch = context_->epoch});
        call(std::get<Index>(stages_), out);
    }

    template <std::size_t Index, class Visit>
    std::uint64_t account_one(std::uint64_t in, Visit& visit_one, int depth) {
        auto& target = std::get<Index>(stages_);
        using stage_type = std::remove_reference_t<decltype(target)>;
        tally count;
        count.in = in;
        if constexpr (detail::accounts<stage_type>) {
            target.account(count);
        } else {
            count.passed = in;
            count.emitted = detail::one_to_one<stage_type> ? in : emitted_[Index];
        }
        if constexpr (!detail::hidden<stage_type>) visit_one(std::as_const(target), std::as_const(count), depth);
        if constexpr (requires { target.account_branches(visit_one, depth + 1); }) target.account_branches(visit_one, depth + 1);
        return count.emitted;
    }

    std::tuple<Stages...> stages_;
    std::array<std::uint64_t, sizeof...(Stages) + 1> emitted_{};
    job_context* context_ = nullptr;
};

}  // namespace weir
