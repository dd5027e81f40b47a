// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T>
struct optional_of {};
template <class T>
struct optional_of<std::optional<T>> {
    using type = T;
};

/// Whether every value of `From` is one of `To` too.
template <class From, class To>
concept holds_all_of = std::is_arithmetic_v<From> && std::is_arithmetic_v<To> && !std::is_same_v<From, bool> &&
                       !std::is_same_v<To, bool> && std::is_integral_v<From> == std::is_integral_v<To> &&
                       (std::is_unsigned_v<From> || std::is_signed_v<To>)&&std::numeric_limits<From>::digits <=
                           std::numeric_limits<To>::digits;

/// Whether a field of type `To` can take a column of type `From` without loss.
template <class From, class To>
constexpr bool fits_field() {
    if constexpr (std::is_same_v<From, To> || holds_all_of<From, To>) return true;
    else if constexpr (std::is_same_v<To, std::string>) return std::is_convertible_v<From const&, std::string_view>;
    else if constexpr (
        requires { typename optional_of<To>::type; } && requires { typename optional_of<From>::type; })
        return fits_field<typename optional_of<From>::type, typename optional_of<To>::type>();
    else if constexpr (requires { typename optional_of<To>::type; })
        return fits_field<From, typename optional_of<To>::type>();
    else return false;
}

template <class From, class To>
WEIR_INLINE void assign_field(To& field, From const& column) {
    if constexpr (std::is_same_v<From, To>) {
        field = column;
    } else if constexpr (holds_all_of<From, To>) {
        field = static_cast<To>(column);
    } else if constexpr (std::is_same_v<To, std::string>) {
        field = std::string_view(column);
    } else if constexpr (requires { typename optional_of<From>::type; }) {
        if (!column) return field.reset();
        if (!field) field.emplace();
        assign_field(*field, *column);
    } else {
        if (!field) field.emplace();
        assign_field(*field, column);
    }
}

template <class T, std::size_t I>
consteval auto field_name() {
    constexpr std::string_view name = member_names<T>[I];
    char text[name.size() + 1]{};
    for (std::size_t i = 0; i < name.size(); ++i) text[i] = name[i];
    return fixed_string(text);
}

/// These two exist to be read in the compiler's message: the field's name is the first argument.
template <fixed_string Field, class Row, class Into>
constexpr void no_column_of_this_name() {
    static_assert(never<Row>,
                  "weir: `to<T>()` finds no column for a field of T. The field is named in the line below (or above) "
                  "that mentions `no_column_of_this_name`.");
}
template <fixed_string Field, class Column, class Member>
constexpr void column_of_another_type() {
    static_assert(never<Column>,
                  "weir: `to<T>()` finds a column of a field's name, but of a type that the field cannot hold without "
                  "loss. The field, the column's type and the field's type are named in the line below (or above) "
                  "that mentions `column_of_another_type`.");
}

template <class Row, class Into>
constexpr std::size_t first_field_without_column() {
    std::size_t field = 0;
    while (field < member_count<Into> && column_index<Row>(member_names<Into>[field]) < column_count<Row>) ++field;
    return field;
}

template <class Row, class Into, std::size_t I>
constexpr bool field_fits() {
    using member = std::remove_cvref_t<decltype(member_ref<I>(std::declval<Into&>()))>;
    return fits_field<column_type<Row, column_index<Row>(member_names<Into>[I])>, member>();
}

template <class Row, class Into>
constexpr std::size_t first_field_of_another_type() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t field = 0;
        static_cast<void>(((field_fits<Row, Into, I>() ? (++field, true) : false) && ...));
        return field;
    }(std::make_index_sequence<member_count<Into>>{});
}

/// Every field of `made` takes the column of its name.
template <class Into, class Item>
WEIR_INLINE void assign_fields(Into& made, Item const& item) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (assign_field(member_ref<I>(made), column_value<column_index<Item>(member_names<Into>[I])>(item)), ...);
    }(std::make_index_sequence<member_count<Into>>{});
}

template <class Item, class Into>
struct to_stage {
    using output = Into;
    static constexpr std::string_view name = "to";
    static constexpr bool one_to_one = true;

    Into made{};  ///< kept, so that its strings keep their memory

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        assign_fields(made, item);
        out.emit(std::as_const(made));
    }
};

/// The same for rows that may come anew or be taken back: what an update replaces is turned too.
template <class Row, class Into>
struct to_changes_stage {
    using output = change<Into>;
    static constexpr std::string_view name = "to";
    static constexpr bool one_to_one = true;

    change<Into> made{};  ///< kept, so that its strings keep their memory

    WEIR_INLINE void on_item(change<Row> const& item, auto& out) {
        made.kind = item.kind;
        assign_fields(made.row, item.row);
        if (item.kind == change_kind::update) assign_fields(made.before, item.before);
        out.emit(std::as_const(made));
    }
};

template <class Into>
struct to_blueprint {
    using is_blueprint = void;
    using takes_changes = void;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = plain_item<Stream>;
        if constexpr (!columnar<item>) {
            static_assert(
                never<Stream>,
                "weir: `to<T>()` needs a row or a plain struct before it, whose columns it can match with the "
                "fields of T. For anything else use `map`.");
            return broken{};
        } else if constexpr (!describable<Into> || !std::default_initializable<Into>) {
            static_assert(never<Stream>,
                          "weir: `to<T>()` fills the fields of a plain struct, or of a type that lists its members, "
                          "with a constructor without arguments.");
            return broken{};
        } else if constexpr (constexpr std::size_t missing = first_field_without_column<item, Into>();
                             missing < member_count<Into>) {
            no_column_of_this_name<field_name<Into, missing>(), item, Into>();
            return broken{};
        } else if constexpr (constexpr std::size_t other = first_field_of_another_type<item, Into>();
                             other < member_count<Into>) {
            using member = std::remove_cvref_t<decltype(member_ref<other>(std::declval<Into&>()))>;
            column_of_another_type<field_name<Into, other>(),
                                   column_type<item, column_index<item>(member_names<Into>[other])>, member>();
            return broken{};
        } else if constexpr (changing<Stream>) {
            return to_changes_stage<item, Into>{};
        } else {
            return to_stage<item, Into>{};
        }
    }
};

}  // namespace detail

/// Turns rows, or structs, into the user's own struct `T`: each field takes the column of its name.
///
/// A column may be of the field's type, or of one that the field holds without loss: a text goes into a std::string,
/// which owns it, a number into a wider one, a value into an optional. Columns that no field asks for are left out. A
/// field that has no column, or one of another type, is a compile error that names it. Strings reuse their memory from
/// item to item.
template <class T>
[[nodiscard]] constexpr auto to() {
    return detail::to_blueprint<T>{};
}

}  // namespace weir
