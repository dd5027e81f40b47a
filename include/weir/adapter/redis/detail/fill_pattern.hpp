// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/pattern.hpp>
#include <weir/adapter/redis/detail/values.hpp>
#include <weir/adapter/redis/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/codec/detail/names_columns.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace weir::redis::detail {

/// The columns of a row, in as far as the compiler knows them.
template <class Row>
known_columns columns_of() {
    if constexpr (weir::detail::knows_columns<Row>) {
        static constexpr auto names = []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<std::string_view, sizeof...(I)>{column_name<Row, I>...};
        }(std::make_index_sequence<column_count<Row>>{});
        return {.names = names};
    } else {
        return {.all = false};
    }
}

/// Appends the pattern with the row's values in it. Returns the piece whose column has no value, or null.
template <class Row>
[[nodiscard]] pattern::piece const* fill_pattern(pattern const& from, time_text times, Row const& row, byte_buffer& into) {
    for (pattern::piece const& one : from.pieces) {
        if (!one.is_column) into.append(one.text);
        else if (!with_column(row, one.column, one.text, [&](auto const& v) { return append_value(into, v, times); })) return &one;
    }
    return nullptr;
}

}  // namespace weir::redis::detail
