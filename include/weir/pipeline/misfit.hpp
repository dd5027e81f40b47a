// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stage.hpp>

namespace weir::detail {

/// Converts to whatever a hook asks for: finds out whether a member of that name can be called at all.
struct anything {
    template <class T>
    operator T const&() const;
};

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
    WEIR_CALLABLE(operator(), any, out) || WEIR_CALLABLE(operator(), any) || WEIR_CALLABLE(item, any, out);

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

template <class S>
concept has_misshaped_hook =
    (WEIR_CALLABLE(on_watermark, any) && !WEIR_CALLABLE(on_watermark, any, out)) ||
    (WEIR_CALLABLE(on_watermark) && !WEIR_CALLABLE(on_watermark, any, out)) ||
    (WEIR_CALLABLE(on_tick, any) && !WEIR_CALLABLE(on_tick, any, out)) ||
    (WEIR_CALLABLE(on_tick) && !WEIR_CALLABLE(on_tick, any, out)) || (WEIR_CALLABLE(on_end) && !WEIR_CALLABLE(on_end, out)) ||
    (WEIR_CALLABLE(settle) && !WEIR_CALLABLE(settle, out)) || (WEIR_CALLABLE(on_lane, any) && !WEIR_CALLABLE(on_lane, any, out));

template <class S>
concept has_on_item = WEIR_CALLABLE(on_item, any, out) || WEIR_CALLABLE(on_item, any);

template <class S>
concept has_poll = requires { &S::poll; } || requires(S& stage, any_out<no_item>& out) { stage.poll(out); };

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
