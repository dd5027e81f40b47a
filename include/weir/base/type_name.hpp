// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/packed_names.hpp>
#include <weir/base/detail/readable_type.hpp>

#include <array>
#include <string_view>
#include <type_traits>

namespace weir {

namespace detail {

template <class T>
consteval auto spell_type() {
    // GCC: `consteval auto weir::detail::spell_type() [with T = shop::click]`, Clang: `auto ... [T = shop::click]`.
    constexpr std::string_view whole(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1);
    constexpr auto begin = whole.find("T = ") + 4;
    return whole.substr(begin, whole.size() - begin - 1);
}

/// How long the name of a class or enum is, `click` of `shop::click`, if it is no template and in none; else 0.
consteval std::size_t size_of_plain_name(std::string_view spelling) {
    char const* const end = spelling.data() + spelling.size();
    char const* begin = end;
    for (; begin != spelling.data() && begin[-1] != ':'; --begin)
        if (begin[-1] == ' ' || begin[-1] == '>' || begin[-1] == ')' || begin[-1] == ']' || begin[-1] == '*') return 0;
    return static_cast<std::size_t>(end - begin);
}

template <class T>
inline constexpr std::string_view type_spelt_by_compiler = spell_type<T>();

template <class T>
inline constexpr readable_type readable_spelling{type_spelt_by_compiler<T>};

template <class T>
struct type_spelling {
    static constexpr std::string_view spelling = type_spelt_by_compiler<T>;
    static constexpr std::size_t plain_name = size_of_plain_name(spelling);

    static consteval std::array<std::string_view, 1> names() {
        if constexpr (plain_name != 0) return {spelling.substr(spelling.size() - plain_name)};
        else return {readable_spelling<T>.view()};
    }
};

}  // namespace detail

/// The name of a type without its scopes, for people: "click" for `shop::click`, "optional<int>", "filter<lambda>".
///
/// It is not made to be parsed or stored: compilers differ in how they spell values inside of `<>`, and a template with
/// very long arguments comes out as "stream<...>". `const` and `&` on the outside are left out. Ends in a terminator
/// that the view does not count, and lives as long as the program.
template <class T>
inline constexpr std::string_view type_name = detail::packed_names<detail::type_spelling<std::remove_cvref_t<T>>>[0];

}  // namespace weir
