// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/join/detail/lookup_key.hpp>
#include <weir/join/table.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// What happens to one key of a table: it gets a value, or, where that is null, it goes (a tombstone).
///
/// What the key's texts and the value point to is borrowed for the length of the call that hands it over.
template <class Key, class Value>
struct table_change {
    using key_type = Key;
    using value_type = Value;

    Key key{};
    Value const* value = nullptr;
};

namespace detail {

/// Puts into a table, and stops the job when the table is full.
template <class Table>
class table_sink {
public:
    static constexpr std::string_view name = "to_table";

    explicit table_sink(Table& into) : table_(&into) {}

    /// A step of the job around this one has begun: what that was lent before is not looked at any more.
    void on_tick(timestamp, auto& out) {
        if (job_context const* around = out.context().around) table_->begin(around->round);
    }

    [[nodiscard]] error const* failure() const { return failure_ ? &*failure_ : nullptr; }

    void account(tally& count) const {
        count.null_key = null_keys_;
        count.in_flight = left_out_;
        count.passed = count.in - null_keys_ - left_out_;
    }

protected:
    using key_type = typename Table::key_type;
    using value_type = typename Table::value_type;

    WEIR_INLINE void put(key_type const& key, value_type const& value) {
        // What comes after the first that found no room would leave a table with holes that nobody can tell.
        if (!failure_) [[likely]] {
            if (table_->put(key, value)) [[likely]] return;
            failure_ = table_->full();
        }
        ++left_out_;
    }
    void erase(key_type const& key) {
        if (failure_) ++left_out_;
        else table_->erase(key);
    }
    void note_null_key() { ++null_keys_; }

private:
    Table* table_;
    std::optional<error> failure_{};
    std::uint64_t null_keys_ = 0;
    std::uint64_t left_out_ = 0;  ///< since it was full; on their way still, since they are not acknowledged
};

/// Takes what says itself which key it is about.
template <class Item, class Table>
struct table_change_sink : table_sink<Table> {
    using table_sink<Table>::table_sink;

    WEIR_INLINE void on_item(Item const& item) {
        typename Table::key_type const key{item.key};
        if (item.value) this->put(key, *item.value);
        else this->erase(key);
    }
};

/// Takes rows, and changes of rows, by the key found in them.
template <class Row, class Key, class Table>
struct table_row_sink : table_sink<Table> {
    using table_sink<Table>::table_sink;
    using key_type = typename Table::key_type;
    using value_type = typename Table::value_type;

    WEIR_INLINE void on_item(Row const& row) {
        if (!Key::has_key(row)) return this->note_null_key();
        if constexpr (std::is_same_v<Row, value_type>) this->put(key_type{Key::of(row)}, row);
        else this->put(key_type{Key::of(row)}, value_type(row));
    }
    void on_item(change<Row> const& item) {
        if (item.kind != change_kind::erase) return on_item(item.row);
        if (!Key::has_key(item.row)) return this->note_null_key();
        this->erase(key_type{Key::of(item.row)});
    }
};

template <class Item, class Table>
concept changes_table = requires(Item const& item) {
    requires std::same_as<Item, table_change<typename Item::key_type, typename Item::value_type>>;
    requires key_for_table<typename Item::key_type, typename Table::key_type>;
    requires std::same_as<typename Item::value_type, typename Table::value_type>;
};

template <class Table>
struct table_change_blueprint {
    using is_blueprint = void;
    Table* into;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (changes_table<item, Table>) {
            return table_change_sink<item, Table>(*into);
        } else {
            static_assert(never<Stream>, "weir: `to_table(t)` takes `table_change<Key, Value>` of the table's own types, as "
                                         "`decode_table` makes them. Of other items say where the key is: "
                                         "`to_table<&user::id>(t)`.");
            return broken{};
        }
    }
};

template <class KeyOf, class Table>
struct table_row_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Table* into;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using row = plain_item<Stream>;
        if constexpr (!KeyOf::template fits<row>) {
            static_assert(never<Stream>, "weir: `to_table` names a member, or a column, that the item before it does not have.");
            return broken{};
        } else {
            using key = typename KeyOf::template bound<row>;
            if constexpr (!key_for_table<typename key::type, typename Table::key_type>) {
                static_assert(never<Stream>, "weir: the key that `to_table` finds in the item is not of the type of the table's key.");
                return broken{};
            } else if constexpr (!std::constructible_from<typename Table::value_type, row const&>) {
                static_assert(never<Stream>, "weir: the table given to `to_table` holds another type, which cannot be made of the item "
                                             "before it. `| weir::to<T>()` turns rows into a struct of your own.");
                return broken{};
            } else {
                return table_row_sink<row, key, Table>(*into);
            }
        }
    }
};

}  // namespace detail

/// Keeps the latest item of each key in a table: `| weir::to_table<&user::id>(users)`. A sink.
///
/// In: what the table's value can be made of, or changes of such rows (an erased row is erased). An item whose key is an
/// absent optional is counted as `null_key`. When the table is full the job stops with an error. The table must outlive it.
template <auto... Members, class Key, class Value>
    requires(sizeof...(Members) > 0)
[[nodiscard]] constexpr auto to_table(table<Key, Value>& into) {
    return detail::table_row_blueprint<detail::key_of_members<Members...>, table<Key, Value>>{&into};
}

/// The same by columns, for rows: `| weir::to_table<"page">(counts)`.
template <fixed_string... Columns, class Key, class Value>
    requires(sizeof...(Columns) > 0)
[[nodiscard]] constexpr auto to_table(table<Key, Value>& into) {
    return detail::table_row_blueprint<detail::key_of_columns<Columns...>, table<Key, Value>>{&into};
}

/// Takes `table_change<Key, Value>`: puts values and erases keys.
template <class Key, class Value>
[[nodiscard]] constexpr auto to_table(table<Key, Value>& into) {
    return detail::table_change_blueprint<table<Key, Value>>{&into};
}

}  // namespace weir
