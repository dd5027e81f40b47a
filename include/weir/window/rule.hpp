// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>

#include <concepts>
#include <cstdint>

namespace weir {

/// A rule that puts each event into exactly one numbered window; numbers grow with time. `end_of(n)` is where the window
/// ends, and no window that has an event begins before it ends.
template <class W>
concept window_rule = requires(W const& rule, timestamp t, std::int64_t number) {
    { rule.number_of(t) } -> std::same_as<std::int64_t>;
    { rule.start_of(number) } -> std::same_as<timestamp>;
    { rule.end_of(number) } -> std::same_as<timestamp>;
    { rule.valid() } -> std::same_as<bool>;
};

/// A rung of the ladder: a rule that says itself why it is not valid, by an error or null.
template <class W>
concept explained_window_rule = window_rule<W> && requires(W const& rule) {
    { rule.failure() } -> std::same_as<error const*>;
};

/// A rule whose windows overlap and are made of panes: pieces of time that lie side by side, each of which belongs wholly to
/// a window or not at all. Windows are numbered too; their ends, and their first panes, grow with the number or stay.
///
/// `panes()` cuts time into panes; window `n` is the panes from `first_pane_of(n)` to before `end_pane_of(n)`;
/// `first_window_with(pane)` is the least window that has that pane, `last_window_with(pane)` the greatest; where the first
/// is greater than the last, no window has it. `start_of(n)` and `end_of(n)` are the bounds of window `n`; it ends with its
/// last pane. `most_panes()` is how many panes a window has at the most; `first_window_ending_after(t)` is the least window whose end lies behind `t`; `complaint()` says what is wrong
/// with a rule that is not valid.
template <class W>
concept pane_rule = requires(W const& rule, std::int64_t number, timestamp t) {
    { rule.panes() } -> window_rule;
    { rule.first_pane_of(number) } -> std::same_as<std::int64_t>;
    { rule.end_pane_of(number) } -> std::same_as<std::int64_t>;
    { rule.first_window_with(number) } -> std::same_as<std::int64_t>;
    { rule.last_window_with(number) } -> std::same_as<std::int64_t>;
    { rule.start_of(number) } -> std::same_as<timestamp>;
    { rule.end_of(number) } -> std::same_as<timestamp>;
    { rule.most_panes() } -> std::same_as<std::int64_t>;
    { rule.first_window_ending_after(t) } -> std::same_as<std::int64_t>;
    { rule.valid() } -> std::same_as<bool>;
    { rule.complaint() } -> std::same_as<error>;
};

/// A rule whose windows are sessions: a key's events, each at most `gap_of(item)` after the one before it.
template <class W>
concept session_rule = requires { requires W::is_session; };

/// A rule whose windows reach back from each event of a key: it takes the events in the order of their times.
template <class W>
concept ordered_rule = requires { requires W::takes_events_in_order; };

/// Any rule that `window` takes.
template <class W>
concept any_window_rule = window_rule<W> || pane_rule<W> || session_rule<W> || ordered_rule<W>;

namespace detail {

/// Why a rule that is not valid is not.
template <class Rule>
[[nodiscard]] error invalid_rule(Rule const& rule) {
    if constexpr (explained_window_rule<Rule>)
        if (error const* const why = rule.failure()) return *why;
    if constexpr (requires { { rule.complaint() } -> std::same_as<error>; }) return rule.complaint();
    return {.component = "window", .cause = "the window's size is not positive", .advice = "give it a positive size"};
}

/// The numbers of an item's windows, from the first to the last; none when the first is greater.
struct window_range {
    std::int64_t first;
    std::int64_t last;
};

template <class Rule>
[[nodiscard]] constexpr window_range windows_with(Rule const& rule, timestamp t) {
    if constexpr (window_rule<Rule>) {
        std::int64_t const number = rule.number_of(t);
        return {number, number};
    } else {
        std::int64_t const pane = rule.panes().number_of(t);
        return {rule.first_window_with(pane), rule.last_window_with(pane)};
    }
}

}  // namespace detail
}  // namespace weir
