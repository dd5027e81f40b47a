// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/time/timestamp.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir {

/// A rule that puts each event into exactly one numbered window; numbers grow with time.
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

/// Says that items which come after all their windows have closed are counted and dropped.
struct drop_late_t {};
inline constexpr drop_late_t drop_late{};

/// Where items go which come after all their windows have closed: a sink, or a chain that ends in one.
template <class Branch>
struct late_to_t {
    Branch branch;
};
template <class Branch>
[[nodiscard]] constexpr auto late_to(Branch&& branch) {
    return late_to_t<std::remove_cvref_t<Branch>>{std::forward<Branch>(branch)};
}

/// How long after its end a window can still be corrected; each correction is a row of its own. None: zero.
struct allowed_lateness {
    duration value{};
    constexpr explicit allowed_lateness(duration how_long) : value(how_long) {}
};

/// What `window` chose: the rule, how long windows can be corrected, and where late items go.
template <class Rule, class Late>
struct window_settings {
    Rule rule;
    duration lateness{};
    Late late;
};

namespace detail {

/// Why a rule that is not valid is not.
template <window_rule Rule>
[[nodiscard]] error invalid_rule(Rule const& rule) {
    if constexpr (explained_window_rule<Rule>)
        if (error const* const why = rule.failure()) return *why;
    return {.component = "window", .cause = "the window's size is not positive", .advice = "give it a positive size"};
}

struct late_unsaid {};

template <class Rule, class Late>
struct window_blueprint {
    using is_blueprint = void;
    window_settings<Rule, Late> settings;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        if constexpr (!std::is_same_v<typename Stream::time, timed>) {
            static_assert(never<Stream>, "weir: a window needs event time. Put `| weir::event_time<&item::member>("
                                         "weir::bounded_out_of_orderness(...))` before it.");
            return broken{};
        } else if constexpr (std::is_same_v<Late, late_unsaid>) {
            static_assert(never<Stream>, "weir: say where late items go: `window(rule, weir::drop_late)` counts and drops them, "
                                         "`window(rule, weir::late_to(sink))` sends them on. Nothing is dropped unsaid.");
            return broken{};
        } else {
            using next = stream<typename Stream::item, timed, typename Stream::key, window_settings<Rule, Late>,
                                typename Stream::change>;
            return annotated<next>{next{std::move(before.key_choice), std::move(settings)}};
        }
    }
};

}  // namespace detail

/// Cuts the stream into windows by event time: `window(tumbling(1min), drop_late)`. An `aggregate` must follow.
///
/// Where late items go is never implicit: `drop_late` or `late_to(branch)` is required. `allowed_lateness(d)` may stand
/// beside either. Nothing is computed here.
template <window_rule Rule>
[[nodiscard]] constexpr auto window(Rule rule) {
    return detail::window_blueprint<Rule, detail::late_unsaid>{{std::move(rule), {}, {}}};
}
template <window_rule Rule>
[[nodiscard]] constexpr auto window(Rule rule, allowed_lateness lateness) {
    return detail::window_blueprint<Rule, detail::late_unsaid>{{std::move(rule), lateness.value, {}}};
}
template <window_rule Rule>
[[nodiscard]] constexpr auto window(Rule rule, drop_late_t, allowed_lateness lateness = allowed_lateness(duration::zero())) {
    return detail::window_blueprint<Rule, drop_late_t>{{std::move(rule), lateness.value, {}}};
}
template <window_rule Rule>
[[nodiscard]] constexpr auto window(Rule rule, allowed_lateness lateness, drop_late_t) {
    return window(std::move(rule), drop_late, lateness);
}
template <window_rule Rule, class Branch>
[[nodiscard]] constexpr auto window(Rule rule, late_to_t<Branch> late,
                                    allowed_lateness lateness = allowed_lateness(duration::zero())) {
    return detail::window_blueprint<Rule, late_to_t<Branch>>{{std::move(rule), lateness.value, std::move(late)}};
}
template <window_rule Rule, class Branch>
[[nodiscard]] constexpr auto window(Rule rule, allowed_lateness lateness, late_to_t<Branch> late) {
    return window(std::move(rule), std::move(late), lateness);
}

}  // namespace weir
