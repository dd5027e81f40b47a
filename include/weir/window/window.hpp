// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/emission.hpp>
#include <weir/window/late.hpp>
#include <weir/window/rule.hpp>
#include <weir/window/state_limit.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// What `window` chose: the rule, when its rows come, how long windows can be corrected, where late items go, and how large
/// the state may grow.
///
/// `Corrects` says that `allowed_lateness` was written, be it zero; then, and where rows come early, rows can come anew.
template <class Rule, class Late, class Emission = emit::on_close_t, class Accumulation = accumulating_t, bool Corrects = false,
          class Limit = detail::no_limit, bool Expires = false>
struct window_settings {
    using rule_type = Rule;
    using late_type = Late;
    using emission_type = Emission;
    using limit_type = Limit;
    static constexpr bool limited = !std::is_same_v<Limit, detail::no_limit>;
    static constexpr bool expires = Expires;
    static constexpr bool corrects = Corrects;
    static constexpr bool discards = std::is_same_v<Accumulation, discarding_t>;
    /// No row takes the place of another: each is final, or they add up.
    static constexpr bool plain_rows = discards || (!Corrects && std::is_same_v<Emission, emit::on_close_t>);

    Rule rule;
    duration lateness{};
    Late late;
    Emission emission;
    Limit limit;
    duration expiry{};
};

namespace detail {

struct unsaid {};

template <class Option>
using says_late = std::bool_constant<is_late_choice<Option>>;
template <class Option>
using says_lateness = std::is_same<Option, allowed_lateness>;
template <class Option>
using says_emission = std::bool_constant<is_emission<Option>>;
template <class Option>
using says_accumulation = std::bool_constant<accumulation<Option>>;

template <class Option>
using says_limit = std::bool_constant<is_state_limit<Option>>;
template <class Option>
using says_expiry = std::is_same<Option, expire_after>;

template <template <class> class Is, class... Options>
inline constexpr std::size_t times_said = (std::size_t{0} + ... + (Is<Options>::value ? 1 : 0));

/// Of how many kinds an option is.
template <class Option>
inline constexpr int kinds_of_option = says_late<Option>::value + says_lateness<Option>::value + says_emission<Option>::value +
                                       says_accumulation<Option>::value + says_limit<Option>::value + says_expiry<Option>::value;
template <class... Options>
inline constexpr bool options_known = ((kinds_of_option<Options> == 1) && ...);
template <class... Options>
inline constexpr bool options_said_once =
    times_said<says_late, Options...> <= 1 && times_said<says_lateness, Options...> <= 1 &&
    times_said<says_emission, Options...> <= 1 && times_said<says_accumulation, Options...> <= 1 &&
    times_said<says_limit, Options...> <= 1 && times_said<says_expiry, Options...> <= 1;

/// Takes the option that `Is` is true of out of the tuple, or gives `otherwise`.
template <template <class> class Is, class Otherwise, class... Options>
constexpr auto option_or(Otherwise otherwise, std::tuple<Options...>& options) {
    constexpr std::size_t at = [] {
        std::size_t number = 0;
        (void)((Is<Options>::value || (++number, false)) || ...);
        return number;
    }();
    if constexpr (at < sizeof...(Options)) return std::get<at>(std::move(options));
    else return otherwise;
}

template <class Rule, class... Options>
constexpr auto settings_of(Rule rule, std::tuple<Options...> options) {
    auto late = option_or<says_late>(unsaid{}, options);
    auto emission = option_or<says_emission>(emit::on_close, options);
    using accumulation_type = decltype(option_or<says_accumulation>(accumulating, options));
    constexpr bool corrects = times_said<says_lateness, Options...> != 0;
    duration const lateness = option_or<says_lateness>(allowed_lateness(duration::zero()), options).value;
    auto limit = option_or<says_limit>(no_limit{}, options);
    constexpr bool expires = times_said<says_expiry, Options...> != 0;
    duration const expiry = option_or<says_expiry>(expire_after(duration::zero()), options).value;
    return window_settings<Rule, decltype(late), decltype(emission), accumulation_type, corrects, decltype(limit), expires>{
        std::move(rule), lateness, std::move(late), std::move(emission), std::move(limit), expiry};
}

template <class Settings>
struct window_blueprint {
    using is_blueprint = void;
    Settings settings;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        if constexpr (!std::is_same_v<typename Stream::time, timed>) {
            static_assert(never<Stream>, "weir: a window needs event time. Put `| weir::event_time<&item::member>("
                                         "weir::bounded_out_of_orderness(...))` before it.");
            return broken{};
        } else if constexpr (std::is_same_v<typename Settings::late_type, unsaid>) {
            static_assert(never<Stream>, "weir: say where late items go: `window(rule, weir::drop_late)` counts and drops them, "
                                         "`window(rule, weir::late_to(sink))` sends them on. Nothing is dropped unsaid.");
            return broken{};
        } else {
            using next = stream<typename Stream::item, timed, typename Stream::key, Settings, typename Stream::change>;
            return annotated<next>{next{std::move(before.key_choice), std::move(settings)}};
        }
    }
};

}  // namespace detail

/// Cuts the stream into windows by event time: `window(tumbling(1min), drop_late)`. An `aggregate` must follow.
///
/// Where late items go is never implicit: `drop_late` or `late_to(branch)` is required. Beside it, in any order, may stand
/// `allowed_lateness(d)`, when rows come (`emit::on_close`, `emit::on_update`, `emit::every(d)`, `emit::when(trigger)`), and
/// what a row holds (`accumulating`, `discarding`), and how large the state may grow (`state_limit(bytes)`,
/// `expire_after(d)`). Nothing is computed here.
template <any_window_rule Rule, class... Options>
[[nodiscard]] constexpr auto window(Rule rule, Options... options) {
    if constexpr (!detail::options_known<Options...>) {
        static_assert(detail::never<Rule>, "weir: `window` takes a rule, and then of each at most one: drop_late or late_to(branch), "
                                           "allowed_lateness(d), an emission (emit::on_close, emit::on_update, emit::every(d), "
                                           "emit::when(trigger)), accumulating or discarding, state_limit(bytes), "
                                           "expire_after(d).");
        return broken{};
    } else if constexpr (!detail::options_said_once<Options...>) {
        static_assert(detail::never<Rule>, "weir: an option of `window` is given twice.");
        return broken{};
    } else {
        auto settings = detail::settings_of(std::move(rule), std::tuple<Options...>(std::move(options)...));
        return detail::window_blueprint<decltype(settings)>{std::move(settings)};
    }
}

}  // namespace weir
