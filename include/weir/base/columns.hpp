// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/reflect.hpp>
#include <weir/base/row.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class R>
struct is_row : std::false_type {};
template <class... Columns>
struct is_row<row<Columns...>> : std::true_type {};

template <class R>
struct column_access;

template <class... Columns>
struct column_access<row<Columns...>> {
    static constexpr std::size_t count = sizeof...(Columns);
    template <std::size_t I>
    static constexpr std::string_view name = std::tuple_element_t<I, std::tuple<Columns...>>::name;
    template <std::size_t I>
    [[nodiscard]] static constexpr auto const& value(row<Columns...> const& r) noexcept { return std::get<I>(r.values); }
    template <std::size_t I>
    [[nodiscard]] static constexpr auto& value(row<Columns...>& r) noexcept { return std::get<I>(r.values); }
};

template <class R>
    requires(!is_row<R>::value && describable<R>)
struct column_access<R> {
    static constexpr std::size_t count = member_count<R>;
    template <std::size_t I>
    static constexpr std::string_view name = member_names<R>[I];
    template <std::size_t I>
    [[nodiscard]] static constexpr auto const& value(R const& r) noexcept { return member_ref<I>(r); }
    template <std::size_t I>
    [[nodiscard]] static constexpr auto& value(R& r) noexcept { return member_ref<I>(r); }
};

}  // namespace detail

/// A type with named columns known to the compiler: a `row`, or a plain struct.
template <class R>
concept columnar = detail::is_row<R>::value || describable<R>;

/// How many columns a columnar type has.
template <columnar R>
inline constexpr std::size_t column_count = detail::column_access<R>::count;

/// The name of column `I`.
template <columnar R, std::size_t I>
inline constexpr std::string_view column_name = detail::column_access<R>::template name<I>;

/// The value of column `I`.
template <std::size_t I, columnar R>
[[nodiscard]] constexpr auto const& column_value(R const& r) noexcept {
    return detail::column_access<R>::template value<I>(r);
}
template <std::size_t I, columnar R>
[[nodiscard]] constexpr auto& column_value(R& r) noexcept {
    return detail::column_access<R>::template value<I>(r);
}

/// The type of column `I`.
template <columnar R, std::size_t I>
using column_type = std::remove_cvref_t<decltype(column_value<I>(std::declval<R const&>()))>;

/// The number of the column of that name, or `column_count` when there is none.
template <columnar R>
[[nodiscard]] constexpr std::size_t column_index(std::string_view name) noexcept {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t at = column_count<R>;
        ((at = at == column_count<R> && column_name<R, I> == name ? I : at), ...);
        return at;
    }(std::make_index_sequence<column_count<R>>{});
}

/// Calls `f(std::integral_constant<std::size_t, I>{})` for each column.
template <columnar R, class F>
constexpr void for_each_column(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (f(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<column_count<R>>{});
}

/// Calls `f(name, value)` for each column, in order.
template <columnar R, class F>
constexpr void visit_columns(R const& r, F&& f) {
    for_each_column<R>([&](auto i) { f(column_name<R, i()>, column_value<i()>(r)); });
}

}  // namespace weir
