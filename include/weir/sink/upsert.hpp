// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The key of a row in a map: one column as it is, several as a tuple.
template <class Key, std::size_t... Columns>
struct map_key {
    template <class Row>
    [[nodiscard]] static Key of(Row const& row) {
        if constexpr (sizeof...(Columns) == 1) return Key((column_value<Columns>(row), ...));
        else return Key(std::tuple_element_t<index_in<Columns>, Key>(column_value<Columns>(row))...);
    }

private:
    template <std::size_t Column>
    static constexpr std::size_t index_in = [] {
        std::size_t at = 0;
        (void)((Columns == Column || (++at, false)) || ...);
        return at;
    }();
};

template <class Map, class MapKey, class Row>
struct upsert_sink {
    static constexpr std::string_view name = "upsert";
    static constexpr bool keeps_items = borrows<typename Map::key_type> || borrows<typename Map::mapped_type>;

    Map* into;

    void on_item(Row const& row) { into->insert_or_assign(MapKey::of(row), typename Map::mapped_type(row)); }
    void on_item(change<Row> const& item) {
        if (item.kind == change_kind::erase) into->erase(MapKey::of(item.row));
        else on_item(item.row);
    }
};

template <class Map, fixed_string... Columns>
struct upsert_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Map* into;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using row = plain_item<Stream>;
        if constexpr (!columnar<row>) {
            static_assert(never<Stream>, "weir: `upsert_into` needs a row or a plain struct before it, whose columns it can name.");
            return broken{};
        } else if constexpr (!((column_index<row>(Columns.view()) < column_count<row>) && ...)) {
            static_assert(never<Stream>, "weir: `upsert_into` names a column that the row before it does not have.");
            return broken{};
        } else if constexpr (!std::constructible_from<typename Map::mapped_type, row const&>) {
            static_assert(never<Stream>, "weir: the map given to `upsert_into` holds another type, which cannot be made of the row before "
                                         "it. `| weir::to<T>()` turns rows into a struct of your own.");
            return broken{};
        } else {
            return upsert_sink<Map, map_key<typename Map::key_type, column_index<row>(Columns.view())...>, row>{into};
        }
    }
};

}  // namespace detail

/// Keeps the rows as they stand now in a map of the caller's, by the columns named: `upsert_into<"window_start", "page">(map)`.
///
/// A row that comes anew replaces the one before it, one that is taken back is erased. The map has `insert_or_assign` and
/// `erase`, its key type is the column's, or a tuple of the columns' (a `std::string` where the column is a text), its value
/// type is made of the row: what `to<T>()` makes, say. It must outlive the job.
template <fixed_string... Columns, class Map>
    requires(sizeof...(Columns) > 0)
[[nodiscard]] constexpr auto upsert_into(Map& into) {
    return detail::upsert_blueprint<Map, Columns...>{&into};
}

}  // namespace weir
