// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/join/detail/lookup_key.hpp>
#include <weir/join/detail/looked_up_row.hpp>
#include <weir/join/table.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// An item whose key the table has not goes on without a value: SQL's LEFT JOIN.
struct left_join_t {};
inline constexpr left_join_t left_join{};

/// An item whose key the table has not is left out, and counted as filtered; one that has no key, as `null_key`: SQL's INNER
/// JOIN.
struct inner_join_t {};
inline constexpr inner_join_t inner_join{};

namespace detail {

template <class Kind>
inline constexpr bool is_join_kind = std::is_same_v<Kind, left_join_t> || std::is_same_v<Kind, inner_join_t>;

/// The job is over, or was dropped: nothing that it was lent is looked at any more.
template <class Table>
struct end_of_loan {
    void operator()(Table* table) const { table->take_back(); }
};

/// Makes a row of the item's columns and the value's.
struct combine_columns {};

template <class Kind, class Item, class Value, class Function>
struct looked_up {
    static constexpr bool inner = std::is_same_v<Kind, inner_join_t>;
    static constexpr bool takes_reference = inner && std::is_invocable_v<Function&, Item const&, Value const&>;
    static constexpr bool fits = takes_reference || std::is_invocable_v<Function&, Item const&, Value const*>;
    static constexpr bool columns_fit = true;

    static decltype(auto) of(Function& function, Item const& item, Value const* value, poll_memory&) {
        if constexpr (takes_reference) return function(item, *value);
        else return function(item, value);
    }
};
template <class Kind, class Item, class Value>
struct looked_up<Kind, Item, Value, combine_columns> {
    static constexpr bool inner = std::is_same_v<Kind, inner_join_t>;
    static constexpr bool fits = true;
    static constexpr bool columns_fit = columnar<Item> && columnar<Value>;

    static auto of(combine_columns&, Item const& item, Value const* value, poll_memory& memory) {
        return looked_up_row<Item, Value, !inner>::of(item, value, memory);
    }
};

template <class Kind, class Item, class Key, class Table, class Function>
class lookup_stage {
    using made = looked_up<Kind, Item, typename Table::value_type, Function>;
    static constexpr bool inner = made::inner;

public:
    using output = std::remove_cvref_t<decltype(made::of(std::declval<Function&>(), std::declval<Item const&>(),
                                                         std::declval<typename Table::value_type const*>(),
                                                         std::declval<poll_memory&>()))>;
    static constexpr std::string_view name = "lookup";

    lookup_stage(Table& from, Function function) : table_(&from), function_(std::move(function)) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        take(item, Key::has_key(item) ? table_->hash_of(key_of(item)) : 0, out.at(), out);
    }

    /// Keys that are looked up together do not wait for each other's memory.
    void on_batch(std::span<Item const> items, auto& out) {
        bool const far = table_->memory() > near_bytes;
        std::array<std::uint64_t, longest_run> hashes;
        for (std::size_t first = 0; first < items.size(); first += longest_run) {
            std::span<Item const> const run = items.subspan(first, min_of(longest_run, items.size() - first));
            for (std::size_t i = 0; i < run.size(); ++i) {
                hashes[i] = Key::has_key(run[i]) ? table_->hash_of(key_of(run[i])) : 0;
                if (far) table_->approach(hashes[i]);
            }
            if (far)
                for (std::size_t i = 0; i < run.size(); ++i) table_->approach_value(hashes[i]);
            for (std::size_t i = 0; i < run.size(); ++i) take(run[i], hashes[i], stamp_of(run[i], first + i, out.at()), out);
        }
    }

    void settle(auto&) { settled_ = true; }

    void on_tick(timestamp, auto& out) { table_->begin(out.context().round); }
    void close() { table_->take_back(); }

    void account(tally& count) const {
        count.passed = count.emitted = emitted_;
        count.null_key = null_keys_;
        count.filtered = count.in - emitted_ - null_keys_;
    }

private:
    static constexpr std::size_t longest_run = 64;
    static constexpr std::size_t near_bytes = std::size_t{1} << 18;

    [[nodiscard]] static typename Table::key_type key_of(Item const& item) { return typename Table::key_type{Key::of(item)}; }

    WEIR_INLINE void take(Item const& item, std::uint64_t hash, stamp const& at, auto& out) {
        typename Table::value_type const* found = nullptr;
        if (Key::has_key(item)) found = table_->lend(key_of(item), hash, out.context().round);
        else if constexpr (inner) ++null_keys_;
        if constexpr (inner)
            if (!found) return;
        ++emitted_;
        // The stages behind this one settle after it, and may look at what it handed out until then.
        if (std::exchange(settled_, false)) memory_.clear();
        out.emit(made::of(function_, item, found, memory_), at);
    }

    owner<Table, end_of_loan<Table>> table_;
    Function function_;
    poll_memory memory_{};
    bool settled_ = false;
    std::uint64_t emitted_ = 0;
    std::uint64_t null_keys_ = 0;
};

template <class Kind, class KeyOf, class Table, class Function>
struct lookup_blueprint {
    using is_blueprint = void;
    Table* table;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (!KeyOf::template fits<item>) {
            static_assert(never<Stream>, "weir: `lookup` names a member, or a column, that the item before it does not have.");
            return broken{};
        } else {
            using key = typename KeyOf::template bound<item>;
            using outcome = looked_up<Kind, item, typename Table::value_type, Function>;
            if constexpr (!key_for_table<typename key::type, typename Table::key_type>) {
                static_assert(never<Stream>, "weir: the key that `lookup` finds in the item is not of the type of the table's key. They "
                                             "agree when the first turns into the second without loss: text into text, int into "
                                             "std::int64_t, several members into a tuple of the same types.");
                return broken{};
            } else if constexpr (!outcome::fits) {
                static_assert(never<Stream>, "weir: the function given to `lookup` cannot be called with the item and the table's "
                                             "value: `(item const&, value const*)`, or, with `inner_join`, `(item const&, value "
                                             "const&)`.");
                return broken{};
            } else if constexpr (!outcome::columns_fit) {
                static_assert(never<Stream>, "weir: `lookup` without a function makes a row of the item's columns and the value's, so both "
                                             "are rows or plain structs. For anything else give it a function.");
                return broken{};
            } else {
                return lookup_stage<Kind, item, key, Table, Function>(*table, std::move(function));
            }
        }
    }
};

}  // namespace detail

/// Looks each item's key up in a table: `lookup<&click::userid>(users, weir::left_join, [](click const& c, user const* u) {…})`.
///
/// What the function returns goes on, with the item's stamp; it may hold views into the value, which last until the end of
/// the poll, and those that the item borrows, but none into what the item owns. `u` is null where the table has no such key, or a key member is an absent optional; with
/// `inner_join` such items are left out, and the function may take `user const&`. Only items cause output: the value is the
/// table's at that moment, and what was emitted is not revised when the table changes later. The table must outlive the job.
template <auto... Members, class Key, class Value, class Kind, class Function>
    requires(sizeof...(Members) > 0 && detail::is_join_kind<Kind>)
[[nodiscard]] constexpr auto lookup(table<Key, Value>& from, Kind, Function function) {
    using key = detail::key_of_members<Members...>;
    return detail::lookup_blueprint<Kind, key, table<Key, Value>, Function>{&from, std::move(function)};
}

/// The same by columns, for rows: `lookup<"userid">(users, weir::left_join, …)`.
template <fixed_string... Columns, class Key, class Value, class Kind, class Function>
    requires(sizeof...(Columns) > 0 && detail::is_join_kind<Kind>)
[[nodiscard]] constexpr auto lookup(table<Key, Value>& from, Kind, Function function) {
    using key = detail::key_of_columns<Columns...>;
    return detail::lookup_blueprint<Kind, key, table<Key, Value>, Function>{&from, std::move(function)};
}

/// Without a function: a row of the item's columns and then of the value's that the item has not, which are optionals under
/// `left_join`. `| weir::to<T>()` makes a struct of it.
template <auto... Members, class Key, class Value, class Kind>
    requires(sizeof...(Members) > 0 && detail::is_join_kind<Kind>)
[[nodiscard]] constexpr auto lookup(table<Key, Value>& from, Kind) {
    using key = detail::key_of_members<Members...>;
    return detail::lookup_blueprint<Kind, key, table<Key, Value>, detail::combine_columns>{&from, {}};
}
template <fixed_string... Columns, class Key, class Value, class Kind>
    requires(sizeof...(Columns) > 0 && detail::is_join_kind<Kind>)
[[nodiscard]] constexpr auto lookup(table<Key, Value>& from, Kind) {
    using key = detail::key_of_columns<Columns...>;
    return detail::lookup_blueprint<Kind, key, table<Key, Value>, detail::combine_columns>{&from, {}};
}

}  // namespace weir
