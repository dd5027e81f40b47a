// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir::detail {

// The members of a plain struct are found in three steps: how many there are, from how many initialisers it takes; what
// they are, from a structured binding of as many names; what they are called, from how the compiler spells a pointer to
// each (detail/aggregate_members.hpp). Neither a binding nor a list of `{}` takes a pack in C++20, so that
// there is one of each for every number of members, written by the macros below.

/// The most members that a plain struct may have to be taken apart without a declaration.
inline constexpr std::size_t most_members = 64;

inline constexpr std::size_t uncountable = static_cast<std::size_t>(-1);

struct any_value {
    template <class T>
    operator T() const noexcept;
};

struct no_value {
    no_value() = default;
    no_value(no_value const&) = delete;
};

template <class T>
struct any_base_of {
    any_base_of() = default;
    any_base_of(any_base_of const&) = delete;
    template <class Base>
        requires std::is_base_of_v<Base, T>
    operator Base() const noexcept;
};

/// Whether `T` takes `N` initialisers `{}`. They stand for any member at all, arrays too, whose elements are not
/// mistaken for members; and they cost a compiler a tenth of what initialisers of a type convertible to anything do.
template <class T, std::size_t N>
inline constexpr bool takes_braces = false;
template <class T>
inline constexpr bool takes_braces<T, 0> = requires { T{}; };

/// Whether `T` takes `N` initialisers `{}` and one value behind them.
template <class T, std::size_t N>
inline constexpr bool takes_braces_and_value = false;
template <class T>
inline constexpr bool takes_braces_and_value<T, 0> = requires { T{any_value{}}; };

/// Calls a function with references to the `N` members of an object.
template <std::size_t N>
struct binding;
template <>
struct binding<0> {
    template <class T, class F>
    static constexpr decltype(auto) apply(T&, F&& f) {
        return f();
    }
};

// clang-format off
// What is to be written for `N` of 8 members: names, of a group of 8, or as many `{}`.
#define WEIR_NAME(name) name
#define WEIR_BRACES(name) {}
#define WEIR_1(what, group) what(group##0)
#define WEIR_2(what, group) WEIR_1(what, group), what(group##1)
#define WEIR_3(what, group) WEIR_2(what, group), what(group##2)
#define WEIR_4(what, group) WEIR_3(what, group), what(group##3)
#define WEIR_5(what, group) WEIR_4(what, group), what(group##4)
#define WEIR_6(what, group) WEIR_5(what, group), what(group##5)
#define WEIR_7(what, group) WEIR_6(what, group), what(group##6)
#define WEIR_8(what, group) WEIR_7(what, group), what(group##7)

#define WEIR_TAKES(n, ...)                                                   \
    template <class T>                                                       \
    inline constexpr bool takes_braces<T, n> = requires { T{__VA_ARGS__}; }; \
    template <class T>                                                       \
    inline constexpr bool takes_braces_and_value<T, n> = requires { T{__VA_ARGS__, any_value{}}; };

#define WEIR_BINDING(n, ...)                                                        \
    template <>                                                                     \
    struct binding<n> {                                                             \
        template <class T, class F>                                                 \
        [[gnu::always_inline]] static constexpr decltype(auto) apply(T& t, F&& f) { \
            auto& [__VA_ARGS__] = t;                                                \
            return f(__VA_ARGS__);                                                  \
        }                                                                           \
    };

// `first` is a multiple of 8; behind `group` comes what stands for that many members, with a comma at the end.
#define WEIR_EIGHT(define, what, first, group, ...)       \
    define((first) + 1, __VA_ARGS__ WEIR_1(what, group))  \
    define((first) + 2, __VA_ARGS__ WEIR_2(what, group))  \
    define((first) + 3, __VA_ARGS__ WEIR_3(what, group))  \
    define((first) + 4, __VA_ARGS__ WEIR_4(what, group))  \
    define((first) + 5, __VA_ARGS__ WEIR_5(what, group))  \
    define((first) + 6, __VA_ARGS__ WEIR_6(what, group))  \
    define((first) + 7, __VA_ARGS__ WEIR_7(what, group))  \
    define((first) + 8, __VA_ARGS__ WEIR_8(what, group))

#define WEIR_ALL(define, what)                                                                                  \
    WEIR_EIGHT(define, what, 0, a, )                                                                            \
    WEIR_EIGHT(define, what, 8, b, WEIR_8(what, a), )                                                           \
    WEIR_EIGHT(define, what, 16, c, WEIR_8(what, a), WEIR_8(what, b), )                                         \
    WEIR_EIGHT(define, what, 24, d, WEIR_8(what, a), WEIR_8(what, b), WEIR_8(what, c), )                        \
    WEIR_EIGHT(define, what, 32, e, WEIR_8(what, a), WEIR_8(what, b), WEIR_8(what, c), WEIR_8(what, d), )       \
    WEIR_EIGHT(define, what, 40, f, WEIR_8(what, a), WEIR_8(what, b), WEIR_8(what, c), WEIR_8(what, d),         \
               WEIR_8(what, e), )                                                                               \
    WEIR_EIGHT(define, what, 48, g, WEIR_8(what, a), WEIR_8(what, b), WEIR_8(what, c), WEIR_8(what, d),         \
               WEIR_8(what, e), WEIR_8(what, f), )                                                              \
    WEIR_EIGHT(define, what, 56, h, WEIR_8(what, a), WEIR_8(what, b), WEIR_8(what, c), WEIR_8(what, d),         \
               WEIR_8(what, e), WEIR_8(what, f), WEIR_8(what, g), )

WEIR_ALL(WEIR_TAKES, WEIR_BRACES)
WEIR_ALL(WEIR_BINDING, WEIR_NAME)

#undef WEIR_ALL
#undef WEIR_EIGHT
#undef WEIR_BINDING
#undef WEIR_TAKES
#undef WEIR_8
#undef WEIR_7
#undef WEIR_6
#undef WEIR_5
#undef WEIR_4
#undef WEIR_3
#undef WEIR_2
#undef WEIR_1
#undef WEIR_BRACES
#undef WEIR_NAME
// clang-format on

template <class T, std::size_t Taken, std::size_t Refused>
consteval std::size_t most_braces() {
    constexpr std::size_t middle = (Taken + Refused) / 2;
    if constexpr (middle == Taken) return Taken;
    else if constexpr (takes_braces<T, middle>) return most_braces<T, middle, Refused>();
    else return most_braces<T, Taken, middle>();
}

template <class T, std::size_t Guess = 8>
consteval std::size_t most_braces_from() {
    if constexpr (!takes_braces<T, Guess>) return most_braces<T, Guess == 8 ? 0 : Guess / 2, Guess>();
    else return most_braces_from<T, Guess * 2>();
}

template <std::size_t>
using one_value = any_value;

template <class T, class Numbers>
inline constexpr bool takes_values = false;
template <class T, std::size_t... I>
inline constexpr bool takes_values<T, std::index_sequence<I...>> = requires { T{one_value<I>{}...}; };

// In parentheses no array swallows the values of several members.
template <class T, class Numbers>
inline constexpr bool takes_values_one_by_one = false;
template <class T, std::size_t... I>
inline constexpr bool takes_values_one_by_one<T, std::index_sequence<I...>> =
    sizeof...(I) == 1 || requires { T(one_value<I>{}...); };

/// For a struct with a member that `{}` does not make, such as one without default constructor.
template <class T, std::size_t N = 1, bool Before = false>
consteval std::size_t count_by_values() {
    constexpr bool taken = N <= most_members + 1 && takes_values<T, std::make_index_sequence<N>>;
    if constexpr (Before && !taken)
        return N - 1 <= most_members && takes_values_one_by_one<T, std::make_index_sequence<N - 1>> ? N - 1
                                                                                                    : uncountable;
    else if constexpr (N > most_members) return uncountable;
    else return count_by_values<T, N + 1, taken>();
}

/// How many members a struct has, bases counted as members; `uncountable` if it cannot be told or they are too many.
template <class T>
consteval std::size_t count_elements() {
    if constexpr (takes_braces<T, 0>) {
        constexpr std::size_t braces = most_braces_from<T>();
        if constexpr (!takes_braces_and_value<T, braces>) return braces;
        else if constexpr (braces == most_members) return uncountable;
        else return count_by_values<T>();
    } else {
        return count_by_values<T>();
    }
}

template <class T, class First, class Numbers>
inline constexpr bool starts_with = false;
template <class T, class First, std::size_t... I>
inline constexpr bool starts_with<T, First, std::index_sequence<I...>> = requires { T{First{}, one_value<I>{}...}; };

/// Whether the first of the `Count` elements of an aggregate is a base: then it takes what converts to a base alone,
/// unless it takes anything whatever.
template <class T, std::size_t Count>
consteval bool has_base() {
    using others = std::make_index_sequence<Count == 0 || takes_braces<T, 0> ? 0 : Count - 1>;
    return Count > 0 && starts_with<T, any_base_of<T>, others> && !starts_with<T, no_value, others>;
}

/// How many members a plain struct has; `uncountable` for anything else.
template <class T>
consteval std::size_t count_plain_members() {
    // A std::array is an aggregate too, of a member that is no business of its users.
    if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || requires { std::tuple_size<T>::value; }) {
        return uncountable;
    } else {
        constexpr std::size_t count = count_elements<T>();
        if constexpr (count == uncountable) return uncountable;
        else return has_base<T, count>() ? uncountable : count;
    }
}

}  // namespace weir::detail
