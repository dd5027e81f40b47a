// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/fixed_string.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// An aggregate function: how many items become one value. A user's is a plain struct with four members:
///
///     struct longest_stay {
///         static constexpr std::string_view name = "longest_stay";   // the column's name, unless `.as<>` gives another
///         weir::duration init() const { return {}; }                           // the state before any item
///         void add(weir::duration& state, visit const& v) const { state = detail::max_of(state, v.stay); }
///         void merge(weir::duration& into, weir::duration const& other) const { into = detail::max_of(into, other); }
///         std::int64_t result(weir::duration const& state) const { return state.count(); }
///     };
///
/// `add` and `merge` may return bool instead: false says that the state cannot hold the result (an integer overflow), and
/// the job stops with an error that names the key. Both may take a `weir::arena&` as a last argument: memory that lives as
/// long as the window, for states that grow. A function that looks at no item may also have an `add(state)` without one:
/// then the item need not be kept while its state is fetched from memory. (The names follow Tangwongsan et al., "General
/// Incremental Sliding-Window Aggregation", VLDB 2015: lift and combine are `add` and `merge`, lower is `result`.)
template <class A>
using aggregate_state = std::remove_cvref_t<decltype(std::declval<A const&>().init())>;

namespace detail {

template <class A, class Item>
concept adds = requires(A const& a, aggregate_state<A>& state, Item const& item) { a.add(state, item); };
template <class A, class Item>
concept adds_with_arena =
    requires(A const& a, aggregate_state<A>& state, Item const& item, arena& memory) { a.add(state, item, memory); };

}  // namespace detail

/// `A` aggregates items of type `Item`.
template <class A, class Item>
concept aggregate_function = requires(A const& a, aggregate_state<A> const& state) { a.result(state); } &&
                             (detail::adds<A, Item> || detail::adds_with_arena<A, Item>);

/// `A` can also put two states together: what sessions, and windows that share panes, need.
template <class A>
concept mergeable_aggregate =
    requires(A const& a, aggregate_state<A>& into, aggregate_state<A> const& from) { a.merge(into, from); } ||
    requires(A const& a, aggregate_state<A>& into, aggregate_state<A> const& from, arena& memory) { a.merge(into, from, memory); };

/// `A` looks at no item: it has an `add(state)`.
template <class A>
concept ignores_items = requires(A const& a, aggregate_state<A>& state) { { a.add(state) } -> std::same_as<void>; };

/// `A`'s state is the number of items added to it, a `std::uint64_t`: then nobody else needs to count them.
template <class A>
concept counts_items = A::counts_items && std::same_as<aggregate_state<A>, std::uint64_t>;

/// Adds an item to a state; false when the state cannot hold the result.
template <class A, class Item>
[[gnu::always_inline]] inline bool add_to(A const& function, aggregate_state<A>& state, Item const& item, arena& memory) {
    auto const add = [&] {
        if constexpr (detail::adds_with_arena<A, Item>) return function.add(state, item, memory);
        else return function.add(state, item);
    };
    if constexpr (std::is_void_v<decltype(add())>) {
        add();
        return true;
    } else {
        return add();
    }
}

/// Adds an item that nobody looks at.
template <ignores_items A>
[[gnu::always_inline]] inline bool add_to(A const& function, aggregate_state<A>& state, arena&) {
    function.add(state);
    return true;
}

/// Merges `from` into `into`; false when the state cannot hold the result.
template <mergeable_aggregate A>
bool merge_into(A const& function, aggregate_state<A>& into, aggregate_state<A> const& from, arena& memory) {
    auto const merge = [&] {
        if constexpr (requires { function.merge(into, from, memory); }) return function.merge(into, from, memory);
        else return function.merge(into, from);
    };
    if constexpr (std::is_void_v<decltype(merge())>) {
        merge();
        return true;
    } else {
        return merge();
    }
}

/// An aggregate function whose column has a name of its own.
template <fixed_string Name, class A>
struct named_aggregate : A {
    static constexpr std::string_view name = Name.view();
    static constexpr fixed_string column_name = Name;
};

/// Names the column of any aggregate function: `as<"longest">(longest_stay{})`.
template <fixed_string Name, class A>
[[nodiscard]] constexpr auto as(A function) {
    return named_aggregate<Name, A>{std::move(function)};
}

/// Gives the library's aggregate functions `.as<"name">()`.
template <class Self>
struct nameable {
    template <fixed_string Name>
    [[nodiscard]] constexpr auto as() const {
        return named_aggregate<Name, Self>{static_cast<Self const&>(*this)};
    }
};

}  // namespace weir
