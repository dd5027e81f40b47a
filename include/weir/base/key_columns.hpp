// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace weir {

namespace detail {

template <class R, std::size_t I>
inline constexpr bool row_says_key = false;
template <class... Columns, std::size_t I>
inline constexpr bool row_says_key<row<Columns...>, I> =
    requires { requires std::tuple_element_t<I, std::tuple<Columns...>>::is_key; };

}  // namespace detail

/// Whether column `I` is one of those that tell the rows of a result apart: what a table that upserts is ordered by,
/// and what a time series is tagged with. A row says so by a column type with `static constexpr bool is_key = true`.
template <columnar R, std::size_t I>
inline constexpr bool is_key_column = detail::row_says_key<R, I>;

/// Whether the row says of any column that it belongs to its key. If not, nothing is known about its key.
template <columnar R>
inline constexpr bool knows_its_key = []<std::size_t... I>(std::index_sequence<I...>) {
    return (is_key_column<R, I> || ...);
}(std::make_index_sequence<column_count<R>>{});

}  // namespace weir
