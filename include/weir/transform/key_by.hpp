// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/detail/invoke.hpp>
#include <weir/base/member_name.hpp>
#include <weir/base/row.hpp>
#include <weir/pipeline/pipe.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// What a table stores for a key part: texts as views (interned on insertion), optionals as what they hold unless absence
/// is a key too.
template <class Part, bool KeepOptional>
struct stored_part {
    using type = Part;
};
template <bool KeepOptional>
struct stored_part<std::string, KeepOptional> {
    using type = std::string_view;
};
template <class Part>
struct stored_part<std::optional<Part>, false> : stored_part<Part, false> {};
template <class Part>
struct stored_part<std::optional<Part>, true> {
    using type = std::optional<typename stored_part<Part, true>::type>;
};

template <class T>
struct held {
    using type = T;
};
template <class T>
struct held<std::optional<T>> {
    using type = T;
};

/// A text made anew for every item.
template <class Returned>
concept makes_text = std::is_same_v<std::string, typename held<std::remove_cv_t<Returned>>::type>;

/// Two equal texts may lie in two places: a pointer is no key.
template <class... Parts>
inline constexpr bool some_pointer = (std::is_pointer_v<typename held<std::remove_cvref_t<Parts>>::type> || ...);

template <auto Member>
consteval auto fixed_member_name() {
    char text[member_name<Member>.size() + 1]{};
    for (std::size_t i = 0; i < member_name<Member>.size(); ++i) text[i] = member_name<Member>[i];
    return fixed_string(text);
}

template <class T>
constexpr bool is_null(T const& value) {
    if constexpr (requires { value.has_value(); *value; }) return !value.has_value();
    else return false;
}

template <class T>
constexpr decltype(auto) part_of(T const& value) {
    if constexpr (requires { value.has_value(); *value; }) return *value;
    else return (value);
}

}  // namespace detail

/// The key choice of `key_by<&T::a, &T::b>()`: how to get the key of an item, and its columns.
///
/// One member gives a plain key, several a tuple. A part that is an absent optional leaves the item without a key; with
/// `NullAsKey` absence is a key of its own, and the column stays an optional.
template <bool NullAsKey, auto... Members>
struct member_key {
    template <auto Member>
    using part = typename detail::stored_part<member_type<Member>, NullAsKey>::type;

    using type = std::conditional_t<sizeof...(Members) == 1, std::tuple_element_t<0, std::tuple<part<Members>...>>,
                                    std::tuple<part<Members>...>>;
    using columns = row<column<detail::fixed_member_name<Members>(), part<Members>>...>;
    /// To get a key of an item costs nothing but looking at it, so it need not be kept to be used twice.
    static constexpr bool reads_members = true;

    /// Whether the item has a key at all.
    template <class Item>
    [[nodiscard]] static constexpr bool has_key([[maybe_unused]] Item const& item) {
        return NullAsKey || (!detail::is_null(item.*Members) && ...);
    }

    /// The item's key, borrowing its texts.
    template <class Item>
    [[nodiscard]] static constexpr type of(Item const& item) {
        if constexpr (NullAsKey) return type(part<Members>(item.*Members)...);
        else return type(part<Members>(detail::part_of(item.*Members))...);
    }

    /// The columns of a key, for `values` of a row.
    [[nodiscard]] static constexpr auto values(type const& key) {
        if constexpr (sizeof...(Members) == 1) return std::tuple<type>(key);
        else return key;
    }

    template <class Item>
    static constexpr bool fits = (std::is_convertible_v<Item const&, member_class<Members> const&> && ...);
    static constexpr bool has_pointer = detail::some_pointer<member_type<Members>...>;
};

/// The key choice of `key_by<"page", "country">()`: columns of a row, or members of a plain struct, by their names.
template <class Item, fixed_string... Names>
struct column_key {
    template <fixed_string Name>
    using part = typename detail::stored_part<column_type<Item, column_index<Item>(Name.view())>, false>::type;

    using type = std::conditional_t<sizeof...(Names) == 1, std::tuple_element_t<0, std::tuple<part<Names>...>>,
                                    std::tuple<part<Names>...>>;
    using columns = row<column<Names, part<Names>>...>;
    static constexpr bool reads_members = true;

    [[nodiscard]] static constexpr bool has_key([[maybe_unused]] Item const& item) {
        return (!detail::is_null(read<Names>(item)) && ...);
    }
    [[nodiscard]] static constexpr type of(Item const& item) { return type(part<Names>(detail::part_of(read<Names>(item)))...); }
    [[nodiscard]] static constexpr auto values(type const& key) {
        if constexpr (sizeof...(Names) == 1) return std::tuple<type>(key);
        else return key;
    }
    template <class>
    static constexpr bool fits = true;

private:
    template <fixed_string Name>
    [[nodiscard]] static constexpr auto const& read(Item const& item) noexcept {
        return column_value<column_index<Item>(Name.view())>(item);
    }
};

namespace detail {

/// A function's key made to measure for an item type.
template <fixed_string Name, class Function, class Item>
struct bound_function_key {
    using raw = std::remove_cvref_t<std::invoke_result_t<Function const&, Item const&>>;
    using type = typename stored_part<raw, false>::type;
    using columns = row<column<Name, type>>;

    Function function;

    [[nodiscard]] constexpr bool has_key(Item const& item) const {
        if constexpr (requires(raw r) { r.has_value(); }) return detail::invoke(function, item).has_value();
        else return true;
    }
    [[nodiscard]] constexpr type of(Item const& item) const { return type(part_of(detail::invoke(function, item))); }
    [[nodiscard]] static constexpr auto values(type const& key) { return std::tuple<type>(key); }
    template <class>
    static constexpr bool fits = true;
};

/// No key: one group for all.
struct total_key {
    struct type {
        friend constexpr bool operator==(type, type) = default;
        [[nodiscard]] static constexpr std::uint64_t hash(std::uint64_t seed) noexcept { return seed; }
    };
    using columns = row<>;
    template <class Item>
    [[nodiscard]] static constexpr bool has_key(Item const&) { return true; }
    template <class Item>
    [[nodiscard]] static constexpr type of(Item const&) { return {}; }
    [[nodiscard]] static constexpr std::tuple<> values(type) { return {}; }
};

template <class Key>
struct key_by_members_blueprint {
    using is_blueprint = void;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (!Key::template fits<item>) {
            static_assert(never<Stream>, "weir: `key_by` names a member of another type than the item that comes before it.");
            return broken{};
        } else if constexpr (Key::has_pointer) {
            static_assert(never<Stream>, "weir: `key_by` names a member that is a pointer. Equal texts may lie in two places: make "
                                         "the member a std::string_view.");
            return broken{};
        } else {
            using next = stream<item, typename Stream::time, Key, typename Stream::window, typename Stream::change>;
            return annotated<next>{next{Key{}, std::move(before.window_choice)}};
        }
    }
};

/// It exists to be read in the compiler's message: the first name that the item has no column of is its first argument.
template <fixed_string Name, class Item>
constexpr bool has_column() {
    constexpr bool found = column_index<Item>(Name.view()) < column_count<Item>;
    static_assert(found, "weir: `key_by` names a column that the item before it does not have. The name is in the line below (or "
                         "above) that mentions `has_column`.");
    return found;
}

template <fixed_string... Names>
struct key_by_columns_blueprint {
    using is_blueprint = void;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (!columnar<item>) {
            static_assert(never<Stream>, "weir: `key_by<\"name\">()` needs a row or a plain struct before it, whose columns have names.");
            return broken{};
        } else if constexpr (!(has_column<Names, item>() && ...)) {
            return broken{};
        } else if constexpr (some_pointer<column_type<item, column_index<item>(Names.view())>...>) {
            static_assert(never<Stream>, "weir: `key_by` names a column that is a pointer. Equal texts may lie in two places: make "
                                         "it a std::string_view.");
            return broken{};
        } else {
            using key = column_key<item, Names...>;
            using next = stream<item, typename Stream::time, key, typename Stream::window, typename Stream::change>;
            return annotated<next>{next{key{}, std::move(before.window_choice)}};
        }
    }
};

template <fixed_string Name, class Function>
struct key_by_function_blueprint {
    using is_blueprint = void;
    Function function;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (!std::is_invocable_v<Function const&, item const&>) {
            static_assert(never<Stream>, "weir: the function given to `key_by` cannot be called with the item that comes before it.");
            return broken{};
        } else if constexpr (makes_text<std::invoke_result_t<Function const&, item const&>>) {
            static_assert(never<Stream>, "weir: the function given to `key_by` returns a std::string, which would allocate for every "
                                         "item. Return a std::string_view of something that lives as long as the item.");
            return broken{};
        } else if constexpr (some_pointer<std::invoke_result_t<Function const&, item const&>>) {
            static_assert(never<Stream>, "weir: the function given to `key_by` returns a pointer. Equal texts may lie in two places: "
                                         "return a std::string_view.");
            return broken{};
        } else {
            using key = bound_function_key<Name, Function, item>;
            using next = stream<item, typename Stream::time, key, typename Stream::window, typename Stream::change>;
            return annotated<next>{next{key{std::move(function)}, std::move(before.window_choice)}};
        }
    }
};

}  // namespace detail

/// Says that an absent optional is a key of its own: `key_by<&click::country>(null_as_key())`.
struct null_as_key {};

/// Groups by members: `key_by<&click::page, &click::country>()`. The columns keep the members' names.
///
/// An item whose key part is an absent optional belongs to no group: it is counted as `null_key` (SQL's rule).
template <auto... Members>
    requires(sizeof...(Members) > 0 && (std::is_member_object_pointer_v<decltype(Members)> && ...))
[[nodiscard]] constexpr auto key_by() {
    return detail::key_by_members_blueprint<member_key<false, Members...>>{};
}

/// The same, and absence is a key: the column is then an optional.
template <auto... Members>
    requires(sizeof...(Members) > 0 && (std::is_member_object_pointer_v<decltype(Members)> && ...))
[[nodiscard]] constexpr auto key_by(null_as_key) {
    return detail::key_by_members_blueprint<member_key<true, Members...>>{};
}

/// Groups by columns of a row, or members of a plain struct, by their names: `key_by<"page", "country">()`.
template <fixed_string... Names>
    requires(sizeof...(Names) > 0)
[[nodiscard]] constexpr auto key_by() {
    return detail::key_by_columns_blueprint<Names...>{};
}

/// Groups by what a function of the item returns: a number, an enum, a text view, or an optional of these.
template <fixed_string Name = "key", class Function>
[[nodiscard]] constexpr auto key_by(Function function) {
    return detail::key_by_function_blueprint<Name, Function>{std::move(function)};
}

}  // namespace weir
