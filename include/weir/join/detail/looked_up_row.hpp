// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/base/row.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A column of a row whose text another owns: a view.
template <class T>
struct seen_column {
    using type = T;
};
template <>
struct seen_column<std::string> {
    using type = std::string_view;
};
template <>
struct seen_column<std::optional<std::string>> {
    using type = std::optional<std::string_view>;
};

template <class T, bool Nullable>
struct nullable_column {
    using type = std::optional<T>;
};
template <class T>
struct nullable_column<T, false> {
    using type = T;
};
template <class T>
struct nullable_column<std::optional<T>, true> {
    using type = std::optional<T>;
};

template <class R, std::size_t I>
consteval auto fixed_column_name() {
    char text[column_name<R, I>.size() + 1]{};
    for (std::size_t i = 0; i < column_name<R, I>.size(); ++i) text[i] = column_name<R, I>[i];
    return fixed_string(text);
}

/// The columns of an item, and those of a value whose names the item has not; with `Nullable` these are optionals, which are
/// empty when there is no value.
template <class Item, class Value, bool Nullable>
struct looked_up_row {
    template <std::size_t I>
    static constexpr bool is_added = column_index<Item>(column_name<Value, I>) == column_count<Item>;
    static constexpr std::size_t added = [] {
        std::size_t count = 0;
        for_each_column<Value>([&](auto i) { count += is_added<i()> ? 1U : 0U; });
        return count;
    }();
    /// Which of the value's columns are added.
    static constexpr std::array<std::size_t, added> numbers = [] {
        std::array<std::size_t, added> all{};
        std::size_t at = 0;
        for_each_column<Value>([&](auto i) {
            if (is_added<i()>) all[at++] = i();
        });
        return all;
    }();

    template <std::size_t I>
    using item_column = typename seen_column<column_type<Item, I>>::type;
    template <std::size_t I>
    using value_column = typename nullable_column<typename seen_column<column_type<Value, numbers[I]>>::type, Nullable>::type;

    template <class, class>
    struct row_of;
    template <std::size_t... I, std::size_t... V>
    struct row_of<std::index_sequence<I...>, std::index_sequence<V...>> {
        using type = row<column<fixed_column_name<Item, I>(), item_column<I>>...,
                         column<fixed_column_name<Value, numbers[V]>(), value_column<V>>...>;

        static type make(Item const& item, Value const* value, poll_memory& memory) {
            return {{of_item<I>(item, memory)..., of_value<V>(value)...}};
        }
    };
    using rows = row_of<std::make_index_sequence<column_count<Item>>, std::make_index_sequence<added>>;

    /// Texts that the item owns are copied to `memory`, for it may be gone before the poll is over; those of the value stay.
    [[nodiscard]] static auto of(Item const& item, Value const* value, poll_memory& memory) { return rows::make(item, value, memory); }

private:
    template <std::size_t I>
    [[nodiscard]] static item_column<I> of_item(Item const& item, [[maybe_unused]] poll_memory& memory) {
        auto const& own = column_value<I>(item);
        if constexpr (std::is_same_v<column_type<Item, I>, std::string>) return memory.copy(own);
        else if constexpr (std::is_same_v<column_type<Item, I>, std::optional<std::string>>)
            return own ? item_column<I>(memory.copy(*own)) : std::nullopt;
        else return item_column<I>(own);
    }
    template <std::size_t I>
    [[nodiscard]] static value_column<I> of_value(Value const* value) {
        if constexpr (Nullable)
            if (!value) return {};
        return value_column<I>(column_value<numbers[I]>(*value));
    }
};

}  // namespace weir::detail
