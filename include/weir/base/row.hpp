// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/fixed_string.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// A column of a row: its name and its type, both known to the compiler.
template <fixed_string Name, class T>
struct column {
    using type = T;
    static constexpr std::string_view name = Name.view();
};

/// A row whose columns have names: what leaves an aggregate, and what codecs and sinks take.
///
/// `row.get<"clicks">()` reads a column by its name, checked by the compiler. Text columns may borrow from the table that
/// the row came from: they live as long as the call that hands the row over.
template <class... Columns>
struct row {
    std::tuple<typename Columns::type...> values{};

    /// The number of the column of that name, or the number of columns when there is none.
    [[nodiscard]] static constexpr std::size_t index_of([[maybe_unused]] std::string_view name) noexcept {
        std::size_t at = 0;
        bool found = false;
        ((found = found || Columns::name == name, at += found ? 0 : 1), ...);
        return at;
    }

    /// The value of the column of that name.
    template <fixed_string Name>
    [[nodiscard]] constexpr auto const& get() const noexcept {
        constexpr std::size_t at = index_of(Name.view());
        static_assert(at < sizeof...(Columns), "weir: the row has no column of this name; its columns are the arguments of "
                                               "weir::row in the lines below.");
        return std::get<at < sizeof...(Columns) ? at : 0>(values);
    }
    template <fixed_string Name>
    [[nodiscard]] constexpr auto& get() noexcept {
        constexpr std::size_t at = index_of(Name.view());
        static_assert(at < sizeof...(Columns), "weir: the row has no column of this name; its columns are the arguments of "
                                               "weir::row in the lines below.");
        return std::get<at < sizeof...(Columns) ? at : 0>(values);
    }

    friend bool operator==(row const&, row const&) = default;
};

namespace detail {

template <class... Rows>
struct concatenated_rows;
template <class... A>
struct concatenated_rows<row<A...>> {
    using type = row<A...>;
};
template <class... A, class... B, class... Rest>
struct concatenated_rows<row<A...>, row<B...>, Rest...> : concatenated_rows<row<A..., B...>, Rest...> {};

}  // namespace detail

/// The row type with the columns of all these, in order.
template <class... Rows>
using concatenate_rows = typename detail::concatenated_rows<Rows...>::type;

}  // namespace weir
