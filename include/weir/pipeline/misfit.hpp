// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/figures.hpp>
#include <weir/pipeline/stage.hpp>

namespace weir::detail {

/// Converts to whatever a hook asks for: finds out whether a member of that name can be called at all.
struct anything {
    template <class T>
    operator T() const;
};

/// A class beside which a stage's members become ambiguous: finds out whether it has one of that name, whatever its
/// parameters, and whether it is public or not.
struct hook_names {
    int on_item, poll, on_watermark, on_lane, on_tick, on_end, open_windows, measure;
};
/// Takes any window that `open_windows` tells of.
struct any_visit {
    void operator()(auto const& window) const;
};
template <class S>
struct beside_hook_names : S, hook_names {};

// A hook that is misspelt, or has the wrong parameters, would never be called and nobody would know. C++20 cannot list a
// class's members, so the slips that people make are asked for one by one.
#define WEIR_CALLABLE(hook, ...) requires(S& stage, any_out<no_item>& out, anything any) { stage.hook(__VA_ARGS__); }

template <class S>
concept has_near_on_item =
    WEIR_CALLABLE(on_itme, any, out) || WEIR_CALLABLE(on_itme, any) || WEIR_CALLABLE(on_items, any, out) ||
    WEIR_CALLABLE(on_items, any) || WEIR_CALLABLE(onItem, any, out) || WEIR_CALLABLE(onItem, any) ||
    WEIR_CALLABLE(on_event, any, out) || WEIR_CALLABLE(on_event, any) || WEIR_CALLABLE(on_element, any, out) ||
    WEIR_CALLABLE(on_record, any, out) || WEIR_CALLABLE(on_record, any) || WEIR_CALLABLE(process, any, out) ||
    WEIR_CALLABLE(process, any) || WEIR_CALLABLE(on_next, any, out) || WEIR_CALLABLE(on_next, any) ||
    WEIR_CALLABLE(item, any, out) || requires { &S::operator(); };

template <class S>
concept has_misspelt_hook =
    WEIR_CALLABLE(on_water_mark, any, out) || WEIR_CALLABLE(on_watermarks, any, out) ||
    WEIR_CALLABLE(on_watermrak, any, out) || WEIR_CALLABLE(on_watermak, any, out) || WEIR_CALLABLE(watermark, any, out) ||
    WEIR_CALLABLE(onWatermark, any, out) || WEIR_CALLABLE(on_time, any, out) || WEIR_CALLABLE(on_timer, any, out) ||
    WEIR_CALLABLE(on_ticks, any, out) || WEIR_CALLABLE(tick, any, out) || WEIR_CALLABLE(onTick, any, out) ||
    WEIR_CALLABLE(on_finish, out) || WEIR_CALLABLE(on_done, out) || WEIR_CALLABLE(on_close, out) ||
    WEIR_CALLABLE(on_eof, out) || WEIR_CALLABLE(at_end, out) || WEIR_CALLABLE(onEnd, out) || WEIR_CALLABLE(end, out) ||
    WEIR_CALLABLE(on_settle, out) || WEIR_CALLABLE(on_lanes, any, out) || WEIR_CALLABLE(on_items, any, out) ||
    WEIR_CALLABLE(on_itme, any, out) || WEIR_CALLABLE(on_itme, any) || WEIR_CALLABLE(on_batches, any, out);

#define WEIR_HAS(hook) (std::is_class_v<S> && !std::is_final_v<S> && !requires { &beside_hook_names<S>::hook; })
#define WEIR_CALLED(hook, ...) \
    requires(S& stage, any_out<no_item>& out, timestamp time, lane_event event) { stage.hook(__VA_ARGS__); }

template <class S>
concept has_misshaped_hook =
    (WEIR_HAS(on_watermark) && !WEIR_CALLED(on_watermark, time, out)) || (WEIR_HAS(on_tick) && !WEIR_CALLED(on_tick, time, out)) ||
    (WEIR_HAS(on_lane) && !WEIR_CALLED(on_lane, event, out)) || (WEIR_HAS(on_end) && !WEIR_CALLED(on_end, out)) ||
    (WEIR_HAS(open_windows) && !requires(S const& stage, any_visit const& visit) { stage.open_windows(visit); }) ||
    (WEIR_HAS(measure) && !measures<S>) || (WEIR_CALLED(settle) && !WEIR_CALLED(settle, out));

template <class S>
concept has_on_item = WEIR_HAS(on_item) || WEIR_CALLABLE(on_item, any, out) || WEIR_CALLABLE(on_item, any);

template <class S>
concept has_poll = WEIR_HAS(poll) || requires(S& stage, any_out<no_item>& out) { stage.poll(out); };

#undef WEIR_CALLED
#undef WEIR_HAS
#undef WEIR_CALLABLE

template <class>
inline constexpr bool never = false;

/// Says in one sentence why `S` cannot follow a stream of `Item`. Instantiated only when it cannot.
template <class S, class Item>
constexpr void explain_misfit() {
    if constexpr (has_poll<S>)
        static_assert(never<S>, "weir: a source stands in the middle of a pipeline. A source takes no items: begin with "
                                "`weir::from(source)`, and join several by `weir::merge(...)`.");
    else if constexpr (has_on_item<S> && declares_output<S>)
        static_assert(never<S>, "weir: this operator does not take the item that the stage before it emits. Its "
                                "`void on_item(Item const& item, auto& out)` must accept that item's type, and return void.");
    else if constexpr (has_on_item<S>)
        static_assert(never<S>, "weir: this sink does not take the item that the stage before it emits. Its "
                                "`void on_item(Item const& item)` must accept that item's type, and return void.");
    else if constexpr (has_near_on_item<S>)
        static_assert(never<S>, "weir: this stage has no `on_item`; is a hook misspelt? An operator is `struct s { using output "
                                "= T; void on_item(Item const& item, auto& out); };`, a sink is `struct s { void "
                                "on_item(Item const& item); };`.");
    else
        static_assert(never<S>, "weir: this is no stage: it has neither `poll` nor `on_item`. An operator is `struct s { using "
                                "output = T; void on_item(Item const& item, auto& out); };`, a sink is `struct s { void "
                                "on_item(Item const& item); };`.");
}

}  // namespace weir::detail
