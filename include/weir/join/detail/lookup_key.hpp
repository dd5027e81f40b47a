// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/transform/key_by.hpp>

#include <type_traits>

namespace weir::detail {

/// Keys by members, and by columns: how a stage is told which, before it knows the item.
template <auto... Members>
struct key_of_members {
    template <class Item>
    static constexpr bool fits = member_key<false, Members...>::template fits<Item>;
    template <class Item>
    using bound = member_key<false, Members...>;
};
template <fixed_string... Columns>
struct key_of_columns {
    template <class Item>
    static constexpr bool fits = [] {
        if constexpr (columnar<Item>) return ((column_index<Item>(Columns.view()) < column_count<Item>) && ...);
        else return false;
    }();
    template <class Item>
    using bound = column_key<Item, Columns...>;
};

/// Whether a key found in an item is, without loss, one of the table's.
template <class Key, class TableKey>
concept key_for_table = std::is_same_v<Key, TableKey> || (!tuple_like<Key> && requires(Key const& key) { TableKey{key}; });

}  // namespace weir::detail
