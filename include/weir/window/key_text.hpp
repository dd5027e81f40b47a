// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/enum_name.hpp>
#include <weir/time/format_time.hpp>

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace weir::detail {

/// A key as a person would write it, for errors: parts joined by ", ".
template <class Key>
std::string key_text(Key const& key) {
    if constexpr (std::is_convertible_v<Key const&, std::string_view>) {
        return std::string(std::string_view(key));
    } else if constexpr (std::is_enum_v<Key>) {
        std::string_view const name = enum_name(key);
        return name.empty() ? std::to_string(static_cast<std::underlying_type_t<Key>>(key)) : std::string(name);
    } else if constexpr (std::is_same_v<Key, bool>) {
        return key ? "true" : "false";
    } else if constexpr (std::is_arithmetic_v<Key>) {
        return std::to_string(key);
    } else if constexpr (std::is_same_v<Key, timestamp>) {
        return format_time(key);
    } else if constexpr (requires { key.time_since_epoch().count(); }) {
        return std::to_string(key.time_since_epoch().count());
    } else if constexpr (requires { typename Key::period; key.count(); }) {
        return std::to_string(key.count());
    } else if constexpr (requires { key.has_value(); *key; }) {
        return key ? key_text(*key) : "null";
    } else if constexpr (requires { typename std::tuple_size<Key>::type; }) {
        std::string text;
        std::apply([&](auto const&... part) { ((text += key_text(part) + ", "), ...); }, key);
        return text.substr(0, text.size() - 2);
    } else {
        return "all";
    }
}

}  // namespace weir::detail
