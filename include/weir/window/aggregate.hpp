// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/aggregate_function.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/global.hpp>
#include <weir/window/ordered_aggregate.hpp>
#include <weir/window/paned_aggregate.hpp>
#include <weir/window/session_aggregate.hpp>
#include <weir/window/updating_aggregate.hpp>
#include <weir/window/window.hpp>
#include <weir/window/windowed_aggregate.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class... Columns>
consteval bool names_differ(row<Columns...>*) {
    std::string_view const names[] = {Columns::name...};
    for (std::size_t i = 0; i < sizeof...(Columns); ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (names[i] == names[k]) return false;
    return true;
}

/// Whether an overflow key, if there is one, is a key of this type.
template <class Limit, class Key>
inline constexpr bool overflow_key_fits = true;
template <class... Parts, class Key>
inline constexpr bool overflow_key_fits<state_limit<overflow_key_t<Parts...>>, Key> = std::is_constructible_v<Key, Parts const&...>;

/// The row that an aggregate makes of the windows of a rule.
template <class Rule, class Key, class... Functions>
struct row_of_rule {
    using type = aggregate_row<Key, Functions...>;
};
template <session_rule Rule, class Key, class... Functions>
struct row_of_rule<Rule, Key, Functions...> {
    using type = session_row<Key, Functions...>;
};

/// The operator of sessions, or `broken` after an error.
template <class Item, class Late, class Settings, class Key, class... Functions>
constexpr auto session_operator(Settings& settings, Late late, Key key, std::tuple<Functions...> functions) {
    using rule = typename Settings::rule_type;
    if constexpr (!function_set<Functions...>::mergeable) {
        static_assert(never<rule>, "weir: an event out of order may join two sessions, and one of the aggregate functions cannot merge "
                                   "their states. Give it `void merge(state& into, state const& from) const`.");
        return broken{};
    } else if constexpr (Settings::discards) {
        static_assert(never<rule>, "weir: a session does not discard: when it grows or joins another, the rows that came of it are taken "
                                   "back. Leave `discarding` out.");
        return broken{};
    } else if constexpr (Settings::limited || Settings::expires) {
        static_assert(never<rule>, "weir: a session closes by itself when its key is quiet for the gap: it takes neither `state_limit` nor "
                                   "`expire_after`.");
        return broken{};
    } else if constexpr (!session_gap_fits<rule, Item>) {
        static_assert(never<rule>, "weir: the gap given to `session` cannot be taken from the item that comes before the window. It is a "
                                   "span of time, a member, or a function `duration(item const&)`.");
        return broken{};
    } else {
        return session_aggregate<Item, Key, Settings, Late, Functions...>(std::move(key), std::move(settings), std::move(late),
                                                                           std::move(functions));
    }
}

/// The operator for a window's settings, or `broken` after an error: the one place that knows which rule needs which.
template <class Item, class Late, class Settings, class Key, class... Functions>
constexpr auto operator_for_window(Settings& settings, Late late, Key key, std::tuple<Functions...> functions) {
    using rule = typename Settings::rule_type;
    constexpr bool bounded = Settings::limited || Settings::expires;
    constexpr bool on_close = std::is_same_v<typename Settings::emission_type, emit::on_close_t> && !Settings::discards && !bounded;
    if constexpr (std::is_same_v<rule, global> && !std::is_same_v<Key, total_key> && !bounded) {
        static_assert(never<rule>, "weir: a global window does not close, so the state of its keys would grow for ever. Beside the rule "
                                   "put `weir::expire_after(d)`, which forgets keys without events, or `weir::state_limit(bytes)`.");
        return broken{};
    } else if constexpr (Settings::discards && std::is_same_v<typename Settings::emission_type, emit::on_close_t> && !Settings::corrects) {
        static_assert(never<rule>, "weir: `discarding` says what early rows hold, and this window has none. Put `weir::emit::every(d)` or "
                                   "`weir::emit::on_update` beside it.");
        return broken{};
    } else if constexpr (!overflow_key_fits<typename Settings::limit_type, typename Key::type>) {
        static_assert(never<rule>, "weir: the key given to `overflow_key` is not one of the keys that `key_by` chose. Give it one value for "
                                   "each member that `key_by` names, in order.");
        return broken{};
    } else if constexpr (window_rule<rule> && on_close) {
        return windowed_aggregate<Item, Key, rule, Late, Settings::corrects, Functions...>(
            std::move(key), std::move(settings.rule), settings.lateness, std::move(late), std::move(functions));
    } else if constexpr (ordered_rule<rule>) {
        if constexpr (!on_close || Settings::corrects) {
            static_assert(never<rule>, "weir: a window that takes events in order (sliding, count_window) has one final row for "
                                       "each: it takes no allowed_lateness, no early rows (emit::on_update, emit::every, emit::when), "
                                       "no `discarding`, no expire_after and no state_limit. Events wait for the watermark: give "
                                       "`event_time` a larger bound where more of them come late.");
            return broken{};
        } else if constexpr (!(mergeable_aggregate<Functions> && ...)) {
            static_assert(never<rule>, "weir: a window that takes events in order (sliding, count_window) needs aggregate functions "
                                       "that can merge two states: `void merge(state& into, state const& from) const`.");
            return broken{};
        } else {
            return ordered_aggregate<Item, Key, rule, Late, Functions...>(std::move(key), std::move(settings.rule), std::move(late),
                                                                          std::move(functions));
        }
    } else if constexpr (pane_rule<rule> && on_close && !Settings::corrects) {
        if constexpr (!function_set<Functions...>::mergeable) {
            static_assert(never<rule>, "weir: windows that share panes put states together, and one of the aggregate functions cannot "
                                       "merge. Give it `void merge(state& into, state const& from) const`.");
            return broken{};
        } else {
            return paned_aggregate<Item, Key, rule, Late, Functions...>(std::move(key), std::move(settings.rule), std::move(late),
                                                                        std::move(functions));
        }
    } else if constexpr (Settings::expires && function_set<Functions...>::template grows<Item> && !function_set<Functions...>::mergeable) {
        static_assert(never<rule>, "weir: `expire_after` gives memory back by moving the states of the keys that stay, and one of the "
                                   "aggregate functions cannot merge. Give it `void merge(state& into, state const& from) const`.");
        return broken{};
    } else if constexpr (Settings::expires && !Settings::plain_rows && !(can_be_kept<result_type<Functions>> && ...)) {
        static_assert(never<rule>, "weir: `expire_after` keeps the last row of each key that stays, and the result of one of the aggregate "
                                   "functions borrows memory that it does not know how to copy. Let the function return a "
                                   "std::string_view, or what owns its memory.");
        return broken{};
    } else if constexpr (window_rule<rule> || pane_rule<rule>) {
        return updating_aggregate<Item, Key, Settings, Late, Functions...>(std::move(key), std::move(settings), std::move(late),
                                                                            std::move(functions));
    } else if constexpr (session_rule<rule>) {
        return session_operator<Item>(settings, std::move(late), std::move(key), std::move(functions));
    } else {
        static_assert(never<rule>, "weir: no operator knows this window rule with this emission.");
        return broken{};
    }
}

template <class Stream, class Key, class... Functions>
constexpr auto make_aggregate(Stream& before, Key key, std::tuple<Functions...> functions) {
    using item = typename Stream::item;
    auto& settings = before.window_choice;
    using row = typename row_of_rule<typename Stream::window::rule_type, Key, Functions...>::type;
    if constexpr (!names_differ(static_cast<row*>(nullptr))) {
        static_assert(never<Stream>, "weir: two columns of the row have the same name. Name an aggregate's column with "
                                     "`.as<\"name\">()`; `window_start`, `window_end`, a session's `last_event` and the key's members "
                                     "are taken.");
        return broken{};
    } else if constexpr (std::is_same_v<typename Stream::window::late_type, drop_late_t>) {
        return operator_for_window<item>(settings, drop_late, std::move(key), std::move(functions));
    } else {
        auto late = bind_branch(stream<item, timed>{}, std::move(settings.late.branch));
        if constexpr (std::is_same_v<decltype(late), broken>) return broken{};
        else return operator_for_window<item>(settings, std::move(late), std::move(key), std::move(functions));
    }
}

template <class... Functions>
struct aggregate_blueprint {
    using is_blueprint = void;
    std::tuple<Functions...> functions;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (std::is_same_v<typename Stream::window, unwindowed>) {
            static_assert(never<Stream>, "weir: an aggregate needs a window, or its state would grow for ever. Put `| "
                                         "weir::window(weir::tumbling(...), weir::drop_late)` before it.");
            return broken{};
        } else if constexpr (!(aggregate_function<Functions, item> && ...)) {
            static_assert(never<Stream>, "weir: an aggregate function does not take the item that comes before it. It needs "
                                         "init(), add(state&, item const&) and result(state const&), all const; see "
                                         "<weir/aggregate/aggregate_function.hpp>.");
            return broken{};
        } else if constexpr (std::is_same_v<typename Stream::key, unkeyed>) {
            return make_aggregate(before, total_key{}, std::move(functions));
        } else {
            return make_aggregate(before, std::move(before.key_choice), std::move(functions));
        }
    }
};

}  // namespace detail

/// Turns the items of each window and key into one row: `aggregate(count().as<"clicks">(), distinct<&click::user_id>())`.
///
/// The row's columns are `window_start`, `window_end`, the key's columns under their members' names, and one column a
/// function; a session's row has `last_event` behind its bounds. All functions share one table entry. Rows come when the
/// watermark reaches the window's end: windows by end, keys in the order in which the window first saw them. Without `key_by`
/// there is one row a window.
template <class... Functions>
    requires(sizeof...(Functions) > 0)
[[nodiscard]] constexpr auto aggregate(Functions... functions) {
    return detail::aggregate_blueprint<Functions...>{std::tuple<Functions...>(std::move(functions)...)};
}

}  // namespace weir
