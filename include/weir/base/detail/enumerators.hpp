// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/packed_names.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::detail {

// An enum without a fixed underlying type holds only as many bits as its enumerators need. GCC lets constants have all
// the bits of the underlying type; Clang refuses further ones, until version 19 by a warning that is an error unless it
// is switched off, and from version 20 for good, so that there the bits have to be found out.
template <class E, long long Value>
concept enum_holds = requires { typename std::integral_constant<E, static_cast<E>(Value)>; };

template <class E, bool Negative, long long Ones = 0>
consteval long long furthest_held() {
    constexpr long long next = Ones * 2 + 1;
    constexpr bool end = Ones >= (1LL << 60) || !enum_holds<E, (Negative ? ~next : next)>;
    if constexpr (!end) return furthest_held<E, Negative, next>();
    else return Negative ? ~Ones : Ones;
}

template <class E>
struct enum_limits {
    using number = std::underlying_type_t<E>;
#if defined(__clang__) && __clang_major__ >= 20
    static constexpr bool all_bits = requires { E{0}; };
#else
    static constexpr bool all_bits = true;
#endif

    static consteval long long lowest() {
        if constexpr (all_bits) return static_cast<long long>(std::numeric_limits<number>::min());
        else if constexpr (enum_holds<E, -1>) return furthest_held<E, true>();
        else return 0;
    }
    static consteval long long highest() {
        if constexpr (!all_bits) return furthest_held<E, false>();
        else if constexpr (sizeof(number) == sizeof(long long)) return std::numeric_limits<long long>::max();
        else return static_cast<long long>(std::numeric_limits<number>::max());
    }
    static consteval long long clamp(long long value) {
        return value < lowest() ? lowest() : value > highest() ? highest() : value;
    }
};

/// From behind a quoted character or text, which may be part of a template's arguments, back to before it.
consteval char const* before_quoted(char const* at) {
    char const quote = at[-1];
    at -= quote == '\'' ? 2 : 1;  // the quoted character may be the quote itself
    do --at;
    while (at[0] != quote || at[-1] == '\\');
    return at;
}

/// From `from` back to the end of the entry before; where the list opens, some length that is never used.
consteval std::ptrdiff_t length_before(char const* from) {
    char const* at = from;
    int depth = 0;
    while (depth > 0 || !(at[-1] == '{' || at[-1] == '<' || (at[-1] == ' ' && at[-2] == ','))) {
        if (at[-1] == '\'' || at[-1] == '"') {
            at = before_quoted(at);
            continue;
        }
        if (at[-1] == ')' || at[-1] == '}' || at[-1] == '>') ++depth;
        if (at[-1] == '(' || at[-1] == '{' || at[-1] == '<') --depth;
        --at;
    }
    return from - at + 2;
}

/// How many characters a number is spelt with.
consteval long long spelt_size(long long number) {
    long long size = number < 0 ? 2 : 1;
    while ((number /= 10) != 0) ++size;
    return size;
}

/// The lowest number that is spelt with as many characters and has the same sign.
consteval long long lowest_of_size(long long number) {
    long long power = 1;
    if (number < 0) {
        for (long long size = spelt_size(number); size > 1; --size) power *= 10;
        return 1 - power;
    }
    for (; number / 10 != 0; number /= 10) power *= 10;
    return power == 1 ? 0 : power;
}

template <std::size_t Most>
struct read_names {
    std::size_t count;
    std::string_view names[Most];
    long long values[Most];
};

/// Reads a compiler's list, ending at `end`, of the enum values from `first` to `last`, and gives the last one first.
///
/// A value that has an enumerator is spelt by its name, any other by a cast: `shop::colour::red, (shop::colour)1`. What
/// stands before the name is the same for all names, and what stands before the number for all numbers, so it is
/// measured once. This is a hundred steps and more for each enum, so each of them does as little as it can: a cast is
/// told by the one character before its number, and taken off as a whole.
template <std::size_t Most>
consteval read_names<Most> read_enumerators(char const* end, long long first, long long last) {
    read_names<Most> found{};
    std::ptrdiff_t cast = 0;
    std::ptrdiff_t scope = 0;
    for (long long value = last; value >= first;) {
        std::ptrdiff_t const number = -spelt_size(value);
        std::ptrdiff_t const bracket = number - 1;
        std::ptrdiff_t entry = cast - number;
        long long const same_size = lowest_of_size(value) > first ? lowest_of_size(value) : first;
        for (; value >= same_size; --value) {
            if (end[bracket] == ')' && end[number] != ':') {
                if (cast == 0) {
                    cast = length_before(end + number);
                    entry = cast - number;
                }
                end -= entry;
            } else {
                char const* name = end;
                while (name[-1] != ':' && name[-1] != ' ' && name[-1] != '{' && name[-1] != '<') --name;
                found.names[found.count] = {name, static_cast<std::size_t>(end - name)};
                found.values[found.count] = value;
                ++found.count;
                if (scope == 0) scope = length_before(name);
                end = name - scope;
            }
        }
    }
    return found;
}

// GCC ends with `{shop::colour::red, (shop::colour)1}]`, Clang with `<...>]`.
template <class E, E... Values>
consteval char const* end_of_enumerators() {
    // Clang knows the enumerators of an enum inside a class template only once a name was looked up among them.
    [[maybe_unused]] constexpr bool complete = requires { E::none_is_called_this; };
    return __PRETTY_FUNCTION__ + sizeof(__PRETTY_FUNCTION__) - 3;
}

/// The enumerators of `E` between `Min` and `Max`, by rising value.
template <class E, long long Min, long long Max>
struct enumerators {
    static_assert(Min <= Max && Max - Min < 20000,
                  "weir: the enum_range of this enum ends before it begins, or is so wide that "
                  "a compiler would give up.");
    static constexpr long long first = enum_limits<E>::clamp(Min);
    static constexpr long long last = enum_limits<E>::clamp(Max);

#if defined(__clang__) && __clang_major__ < 20
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wenum-constexpr-conversion"
#endif
    template <std::size_t... I>
    static consteval char const* spell(std::index_sequence<I...>) {
        using number = std::underlying_type_t<E>;
        return end_of_enumerators<E,
                                  __builtin_bit_cast(E, static_cast<number>(first + static_cast<long long>(I)))...>();
    }
#if defined(__clang__) && __clang_major__ < 20
#pragma clang diagnostic pop
#endif

    static constexpr std::size_t width = static_cast<std::size_t>(last - first + 1);
    static constexpr read_names<width> found =
        read_enumerators<width>(spell(std::make_index_sequence<width>{}), first, last);

    static consteval auto names() {
        std::array<std::string_view, found.count> rising{};
        for (std::size_t i = 0; i < found.count; ++i) rising[i] = found.names[found.count - 1 - i];
        return rising;
    }
    static consteval auto values() {
        std::array<E, found.count> rising{};
        for (std::size_t i = 0; i < found.count; ++i) rising[i] = static_cast<E>(found.values[found.count - 1 - i]);
        return rising;
    }
};

}  // namespace weir::detail
