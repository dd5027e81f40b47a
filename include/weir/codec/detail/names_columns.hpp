// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/pipeline/record.hpp>

#include <string_view>
#include <type_traits>

namespace weir::detail {

/// A row, a plain struct, or a record.
template <class T>
concept names_columns = requires(T const& row) { visit_columns(row, [](std::string_view, auto const&) {}); };

/// One whose columns are known to the compiler. (A record is a plain struct too, but its columns are not its members.)
template <class T>
concept knows_columns = names_columns<T> && !std::is_same_v<T, record>;

}  // namespace weir::detail
