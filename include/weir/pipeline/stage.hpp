// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stamp.hpp>
#include <weir/time/lane.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

/// \file
/// THE IDEA: an item goes in; `out.emit(…)` comes out; time travels the same road.
///
/// A *source* has no in. A *sink* has no out. An *operator* has both. A *pipeline* is stages joined by `|`.
///
///     struct countdown { using output = int;                                   // source: emit what is ready, never block
///                        int left = 3;
///                        weir::poll_result poll(auto& out) { out.emit(left); return --left ? weir::poll_result::ready
///                                                                                          : weir::poll_result::end; } };
///     struct doubled   { using output = int;                                   // operator: its state = its data members
///                        void on_item(int const& n, auto& out) { out.emit(2 * n); } };
///     struct total     { int* sum;                                             // sink
///                        void on_item(int const& n) { *sum += n; } };
///
/// That is a whole stage. Everything below is optional: a stage has a hook by declaring the member, and what it declares
/// decides at compile time what it may be used for. Hooks are declared `void` (not `auto`), so that they can be looked at
/// without being instantiated. The library's own stages use nothing else.
///
/// | hook | who | when it is called |
/// |---|---|---|
/// | `void on_batch(std::span<In const>, auto& out)` | operator, sink | instead of `on_item`, for items that lie side by side |
/// | `void on_timed_batch(std::span<In const>, std::span<timestamp const> times, auto& out)` | operator, sink | the same behind `event_time`: item `i` happened at `times[i]` |
/// | `void on_paced_batch(std::span<In const>, std::span<timestamp const> times, std::span<timestamp const> watermarks, auto& out)` | operator, sink | the same, and `watermarks[i]` is promised before item `i`: it passes them on itself, and asks for the input ahead |
/// | `void on_watermark(timestamp, auto& out)` | operator, sink | no item before this time is expected; it goes on by itself afterwards |
/// | `void on_lane(lane_event, auto& out)` | operator | an input lane was opened, proved idle, or ended; it goes on by itself |
/// | `void on_tick(timestamp now, auto& out)` | all | the host's clock, once before each poll |
/// | `void settle(auto& out)` | operator, sink | the source's poll is over, or there was none in this step: let go of every borrowed view |
/// | `void flush(auto& out)` | sink | the job is being stopped: send what you hold |
/// | `void on_end(auto& out)` | operator, sink | nothing will follow; it goes on by itself afterwards |
/// | `bool satisfied() const` | operator, sink | true: it wants nothing more, so the source is not read on |
/// | `bool ready() const` | operator, sink | false: the source is not polled until it is true again (back-pressure) |
/// | `bool busy() const` | operator, sink | true: work is still on its way out (unacknowledged batches); the job has not ended |
/// | `bool waiting() const` | operator | true: items wait in it for an answer from outside; the end is not told before they have gone on |
/// | `std::uint64_t oldest_held() const` | operator, sink | the smallest `stamp::epoch` of what is still in its state, or `nothing_held` |
/// | `timestamp next_wake() const` | all | when it wants the next `on_tick`, or `end_of_time` |
/// | `error const* failure() const` | all | not null: the job stops with this error |
/// | `void account(tally&) const` | all | what became of the items that came in (run/report.hpp) |
/// | `void measure(stage_figures& into) const` | all | what it knows beside the ledger: a source's lanes, a sink's batches (pipeline/figures.hpp) |
/// | `void open_windows(auto&& visit) const` | operator | visit a `weir::open_window` for each window that it holds open |
/// | `void explain(auto& into) const` | all | where it makes watermarks: say what it knows of its lanes (pipeline/explain.hpp) |
/// | `bool caught_up() const` | source | everything that was there when it began has been emitted (join/alongside.hpp) |
/// | `void keep_alive(timestamp now)` | source | called instead of `poll` while the stages behind it are not ready, and when it is not read any more, until all is done |
/// | `void acknowledge(std::uint64_t epoch)` | source | everything emitted in polls before this one has reached its end |
/// | `void stop()` | source | the host wants no more: emit what is left at the next polls, and then return `end` |
/// | `void wait(duration)` | source | block until something is ready, at most this long; only the opt-in runner calls it |
/// | `void branches(auto&& visit)` | operator, sink | visit every `flow` inside, so that time and ticks reach it |
/// | `void close()` | all | the job is over; release what may block (destructors must not) |
/// | `static constexpr std::string_view name` | all | what reports and drawings call it |
/// | `static constexpr bool keeps_items = true` | sink, operator | it keeps items past the call: items that borrow memory are refused |
///
/// A stage whose types depend on the stream before it is written as a *blueprint*: `auto bind(Stream)` returns the stage
/// (pipeline/stream.hpp). `map`, `window` and `aggregate` are blueprints; a user's may be too.

namespace weir {

/// What a source says after each poll.
enum class poll_result {
    ready,  ///< something was emitted; more may follow at once
    idle,   ///< nothing to emit now
    end,    ///< nothing will ever follow
};

/// What `job::stop` does with open windows.
enum class stop_mode {
    close_windows,  ///< the input is complete: they close and their rows are emitted
    keep_windows,   ///< the input goes on elsewhere or later: no row of an incomplete window is emitted; a source that
                    ///< can resume begins again with their first item
};

namespace detail {

/// Everything that `out` can do, in declarations only: what the concepts below are checked against.
template <class Output>
struct any_out {
    void emit(Output const&);                         ///< pass on, with the stamp of the item being handled
    void emit(Output const&, stamp const&);           ///< pass on, with a stamp of its own
    void emit_batch(std::span<Output const>, stamp const&);  ///< pass on many that lie side by side, under one stamp
    [[nodiscard]] stamp const& at() const;            ///< the stamp of the item being handled
    [[nodiscard]] timestamp now() const;              ///< the clock that the host gave last
    [[nodiscard]] std::size_t budget() const;         ///< source: how many more items this poll should emit
    [[nodiscard]] std::uint64_t epoch() const;        ///< the number of the current poll
    void watermark(timestamp);                        ///< promise: no item before this time is expected
    static consteval bool watermarks_are_heard() { return false; }  ///< whether they mean something to a stage behind
    void lane(lane_event);                            ///< source: tell what happened to a lane
    void name_lane(std::uint32_t, std::string_view);  ///< source: what to call a lane in errors
    void dead_letter(error const&, std::string_view);  ///< put aside what cannot be handled, with the reason
};

struct no_item {};

template <class S>
concept declares_output = requires { typename S::output; };

template <class S, class Out>
concept polls = requires(S& stage, Out& out) { { stage.poll(out) } -> std::same_as<poll_result>; };

template <class S, class In, class Out>
concept takes_item_and_out = requires(S& stage, In const& item, Out& out) { { stage.on_item(item, out) } -> std::same_as<void>; };

template <class S, class In>
concept takes_item = requires(S& stage, In const& item) { { stage.on_item(item) } -> std::same_as<void>; };

}  // namespace detail

/// Emits items and takes none.
template <class S>
concept source = detail::declares_output<S> && detail::polls<S, detail::any_out<typename S::output>>;

/// Takes items of type `In` and emits items of type `S::output`.
template <class S, class In>
concept operator_for = detail::declares_output<S> && !source<S> &&
                       detail::takes_item_and_out<S, In, detail::any_out<typename S::output>>;

/// Takes items of type `In` and emits none. It may ask for `out` too: for the stamp, the clock and the dead letters.
template <class S, class In>
concept sink_for = !detail::declares_output<S> &&
                   (detail::takes_item<S, In> || detail::takes_item_and_out<S, In, detail::any_out<detail::no_item>>);

/// Anything that may stand behind a stream of `In`.
template <class S, class In>
concept stage_for = operator_for<S, In> || sink_for<S, In>;

/// A rung of the ladder: takes many items side by side in one call.
template <class S, class In, class Out = detail::any_out<detail::no_item>>
concept batch_stage_for = requires(S& stage, std::span<In const> items, Out& out) {
    { stage.on_batch(items, out) } -> std::same_as<void>;
};

/// A rung of the ladder: takes many items side by side, each with a time of its own, in one call.
template <class S, class In, class Out = detail::any_out<detail::no_item>>
concept timed_batch_stage_for = requires(S& stage, std::span<In const> items, std::span<timestamp const> times, Out& out) {
    { stage.on_timed_batch(items, times, out) } -> std::same_as<void>;
};

/// A rung of the ladder: takes many items side by side, each with a time of its own and the watermark before it, in one call.
template <class S, class In, class Out = detail::any_out<detail::no_item>>
concept paced_batch_stage_for = requires(S& stage, std::span<In const> items, std::span<timestamp const> times, Out& out) {
    { stage.on_paced_batch(items, times, times, out) } -> std::same_as<void>;
};

/// A rung of the ladder: the source can be told what was acknowledged, and so resumed without loss.
template <class S>
concept acknowledged_source = requires(S& stage, std::uint64_t epoch) { stage.acknowledge(epoch); };

/// A rung of the ladder: the stage can say what it still holds, so that nothing is acknowledged too early.
template <class S>
concept holding_stage = requires(S const& stage) { { stage.oldest_held() } -> std::same_as<std::uint64_t>; };

/// A rung of the ladder: the source can tell when it has emitted everything that was there when it began.
template <class S>
concept catching_up_source = requires(S& stage) { { stage.caught_up() } -> std::same_as<bool>; };

/// What `oldest_held()` returns when nothing is held.
inline constexpr std::uint64_t nothing_held = ~std::uint64_t{0};

}  // namespace weir
