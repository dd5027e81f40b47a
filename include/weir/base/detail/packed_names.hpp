// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace weir::detail {

/// The name after the last `separator` of a compiler's spelling of a template argument, without the brackets behind it.
consteval std::string_view last_name(char const* spelling, std::size_t size, char separator) {
    char const* end = spelling + size;
    while (end[-1] == ']' || end[-1] == '}' || end[-1] == ')') --end;
    char const* begin = end;
    while (begin[-1] != separator) --begin;
    return {begin, static_cast<std::size_t>(end - begin)};
}

template <std::size_t Size>
struct name_characters {
    char at[Size];
};

template <class Source>
inline constexpr auto spelt_names = Source::names();

template <class Source>
consteval std::size_t packed_size() {
    std::size_t size = 1;  // an array cannot be empty
    for (std::string_view name : spelt_names<Source>) size += name.size() + 1;
    return size;
}

template <class Source>
consteval auto pack_characters() {
    name_characters<packed_size<Source>()> packed{};
    char* to = packed.at;
    for (std::string_view name : spelt_names<Source>) {
        char const* from = name.data();
        for (std::size_t left = name.size(); left > 0; --left) *to++ = *from++;
        ++to;
    }
    return packed;
}

template <class Source>
inline constexpr auto packed_characters = pack_characters<Source>();

template <class Source>
consteval auto pack_names() {
    auto names = spelt_names<Source>;
    char const* from = packed_characters<Source>.at;
    for (std::string_view& name : names) {
        name = {from, name.size()};
        from += name.size() + 1;
    }
    return names;
}

/// The names that `Source::names()` cuts out of the compiler's spellings, copied into an array of their own, each
/// followed by a terminator. A program then carries the names alone: views into the spellings would drag all of them
/// in, ten times the size and full of type names.
template <class Source>
inline constexpr auto packed_names = pack_names<Source>();

}  // namespace weir::detail
