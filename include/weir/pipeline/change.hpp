// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/base/row.hpp>
#include <weir/pipeline/emitter.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// What a change does to the row of a window and key.
enum class change_kind : std::uint8_t {
    insert,  ///< there was no such row: this is it
    update,  ///< this row replaces `before`
    erase,   ///< this row no longer holds, and none takes its place
};

/// A change of one row: what flows behind an aggregate whose rows may come anew or be taken back.
///
/// `row` is the row as it is now, or, when it is erased, as it was; `before` is what an update replaces, else unspecified.
/// Texts are borrowed as the row's own are. As a row of columns a change has a column `change` in front of the row's.
template <class Row>
struct change {
    change_kind kind = change_kind::insert;
    Row row{};
    Row before{};

    /// A column of the row by its name.
    template <fixed_string Name>
        requires detail::is_row<Row>::value
    [[nodiscard]] constexpr auto const& get() const noexcept {
        return row.template get<Name>();
    }

    friend bool operator==(change const& a, change const& b) {
        return a.kind == b.kind && a.row == b.row && (a.kind != change_kind::update || a.before == b.before);
    }
};

namespace detail {

template <columnar Row>
struct column_access<change<Row>> {
    static constexpr std::size_t count = column_count<Row> + 1;
    template <std::size_t I>
    static constexpr std::string_view name = [] {
        if constexpr (I == 0) return std::string_view("change");
        else return column_name<Row, I - 1>;
    }();
    template <std::size_t I>
    [[nodiscard]] static constexpr auto const& value(change<Row> const& c) noexcept {
        if constexpr (I == 0) return c.kind;
        else return column_value<I - 1>(c.row);
    }
    template <std::size_t I>
    [[nodiscard]] static constexpr auto& value(change<Row>& c) noexcept {
        if constexpr (I == 0) return c.kind;
        else return column_value<I - 1>(c.row);
    }
};

/// The rows of changes, for what cannot tell a new row from one that replaces another. It shows in no report.
template <class Row>
struct rows_of_changes {
    using output = Row;
    static constexpr std::string_view name = "rows";
    static constexpr bool one_to_one = true;
    static constexpr bool hidden = true;

    WEIR_INLINE void on_item(change<Row> const& each, auto& out) { out.emit(each.row); }
};

}  // namespace detail
}  // namespace weir
