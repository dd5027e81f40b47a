// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/reflect.hpp>
#include <weir/base/type_list.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Specialise it for a class that weir knows nothing of and that points to memory it does not own:
/// `template <> struct weir::borrows_memory<my_view> : std::true_type {};`, or, for one that weir wrongly takes for a
/// borrower, `: std::false_type {}`.
template <class T>
struct borrows_memory {};

namespace detail {

template <class T>
concept said_to_borrow_or_not = requires { borrows_memory<T>::value; };

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

// A container or an optional, told by its `value_type`. A JSON value may name itself there.
template <class T>
concept holds_values = requires { typename T::value_type; } && !std::is_same_v<typename T::value_type, T>;

// Told without its header: only a variant can be without value because of an exception.
template <class T>
concept variant_like = requires(T const& t) { t.valueless_by_exception(); };

// Told without its header: std::reference_wrapper.
template <class T>
concept reference_like = requires(T const& t) { requires std::is_same_v<decltype(t.get()), typename T::type&>; };

template <class T, class Within>
consteval bool borrows_within();

template <class T, class Within>
struct some_borrow : std::false_type {};
template <template <class...> class Holder, class... Types, class Within>
struct some_borrow<Holder<Types...>, Within> : std::bool_constant<(borrows_within<Types, Within>() || ...)> {};

template <class T, class Within, std::size_t... I>
consteval bool some_element_borrows(std::index_sequence<I...>) {
    return (borrows_within<std::tuple_element_t<I, T>, Within>() || ...);
}

template <class T, class List>
inline constexpr bool is_in = false;
template <class T, class... Types>
inline constexpr bool is_in<T, type_list<Types...>> = (std::is_same_v<T, Types> || ...);

template <class T, class List>
struct added_to;
template <class T, class... Types>
struct added_to<T, type_list<Types...>> {
    using type = type_list<T, Types...>;
};

/// `Within`: the structs that hold this type, so that a tree, which holds itself in a vector, comes to an end.
template <class T, class Within>
consteval bool borrows_within() {
    using plain = std::remove_cv_t<T>;
    if constexpr (said_to_borrow_or_not<plain>) {
        return borrows_memory<plain>::value;
    } else if constexpr (std::is_reference_v<T>) {
        return true;
    } else if constexpr (std::is_array_v<T>) {
        return borrows_within<std::remove_all_extents_t<T>, Within>();
    } else if constexpr (std::is_pointer_v<plain>) {
        return !std::is_function_v<std::remove_pointer_t<plain>>;
    } else if constexpr (!std::is_class_v<T> || is_in<plain, Within>) {
        return false;
    } else if constexpr (std::ranges::enable_borrowed_range<plain> || reference_like<plain>) {
        return true;  // a range whose iterators outlive it is std::string_view, std::span or the like
    } else if constexpr (tuple_like<plain>) {
        return some_element_borrows<plain, Within>(std::make_index_sequence<std::tuple_size_v<plain>>{});
    } else if constexpr (variant_like<plain>) {
        return some_borrow<plain, Within>::value;
    } else if constexpr (holds_values<plain>) {
        return borrows_within<typename plain::value_type, Within>();
    } else if constexpr (describable<plain>) {
        return some_borrow<member_types<plain>, typename added_to<plain, Within>::type>::value;
    } else {
        return false;
    }
}

template <class T>
consteval std::string_view find_first_borrowed() {
    if constexpr (!borrows_within<T, type_list<>>() || !describable<T>) {
        return {};
    } else {
        return []<class... Members>(type_list<Members...>) {
            bool const borrow[]{borrows_within<Members, type_list<std::remove_cv_t<T>>>()..., true};
            std::size_t first = 0;
            while (!borrow[first]) ++first;
            return first < sizeof...(Members) ? member_names<T>[first] : std::string_view{};
        }(member_types<T>{});
    }
}

}  // namespace detail

/// Whether an object of this type points to memory that it does not own, and that may be gone before it.
///
/// True for std::string_view, std::span, references and pointers to objects, std::reference_wrapper, and for
/// containers, optionals, arrays, pairs, tuples, variants and describable types that hold such, at any depth. False for
/// every other class, std::unique_ptr among them, unless `borrows_memory` says otherwise. Of a type that lists its
/// members the listed ones count.
template <class T>
inline constexpr bool borrows = detail::borrows_within<T, type_list<>>();

/// The name of the first member of `T` that borrows, for messages: "page"; empty when none does.
template <class T>
inline constexpr std::string_view first_borrowed_member = detail::find_first_borrowed<T>();

}  // namespace weir
