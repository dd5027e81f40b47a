// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <utility>

namespace weir {

/// Types in order, and nothing else: `type_list<int, bool>`.
template <class... Types>
struct type_list {
    static constexpr std::size_t size = sizeof...(Types);
};

namespace detail {

template <std::size_t I, class T>
struct numbered_type {
    using type = T;
};

template <class Numbers, class... Types>
struct numbered_types;
template <std::size_t... I, class... Types>
struct numbered_types<std::index_sequence<I...>, Types...> : numbered_type<I, Types>... {};

template <std::size_t I, class T>
numbered_type<I, T> find_numbered(numbered_type<I, T> const&);

template <std::size_t I, class List>
struct type_at_index;
template <std::size_t I, class... Types>
struct type_at_index<I, type_list<Types...>> {
    static_assert(I < sizeof...(Types), "weir: the list has fewer types than this index asks for.");
    // One base class a type, made once for the whole list: finding each of N types this way costs O(N) and not O(N^2).
    using type =
        typename decltype(find_numbered<I>(numbered_types<std::index_sequence_for<Types...>, Types...>{}))::type;
};

}  // namespace detail

/// The type number `I` of a list, from 0.
template <std::size_t I, class List>
using type_at = typename detail::type_at_index<I, List>::type;

}  // namespace weir
