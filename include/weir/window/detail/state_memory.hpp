// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/aggregate_function.hpp>
#include <weir/base/reflect.hpp>
#include <weir/base/type_list.hpp>

#include <type_traits>

namespace weir::detail {

template <class T>
consteval bool plain_state();

template <class List>
inline constexpr bool all_plain = false;
template <class... Members>
inline constexpr bool all_plain<type_list<Members...>> = (plain_state<std::remove_cv_t<Members>>() && ...);

/// Whether a state is sure to refer to no memory: numbers, times, and structs of these.
template <class T>
consteval bool plain_state() {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) return true;
    else if constexpr (requires(T const& t) { t.time_since_epoch().count(); }) return true;
    else if constexpr (requires(T const& t) { typename T::period; t.count(); }) return true;
    else if constexpr (std::is_class_v<T> && describable<T>) return all_plain<member_types<T>>;
    else return false;
}

/// Whether states of `A` may refer to the arena that `add` and `merge` were given.
template <class A, class Item>
inline constexpr bool keeps_in_arena =
    !plain_state<aggregate_state<A>>() &&
    (adds_with_arena<A, Item> || requires(A const& a, aggregate_state<A>& into, aggregate_state<A> const& from, arena& memory) {
        a.merge(into, from, memory);
    });

}  // namespace weir::detail
