// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/time/format_time.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace weir::elasticsearch::detail {

inline bool holds(std::vector<std::string> const& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The name that a column has in a document.
inline void assign_field_name(std::string& to, options const& chosen, std::string_view column) {
    for (auto const& [from, field] : chosen.rename)
        if (from == column) {
            to = field;
            return;
        }
    to = column;
    if (!chosen.upper_case) return;
    for (char& c : to)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
}

template <class T>
inline constexpr bool is_optional_time = false;
template <>
inline constexpr bool is_optional_time<std::optional<timestamp>> = true;
template <class T>
inline constexpr bool is_time = std::is_same_v<T, timestamp> || is_optional_time<T>;

/// The time of a column that is one; nothing where it is absent.
template <class T>
[[nodiscard]] std::optional<timestamp> time_of(T const& value) noexcept {
    if constexpr (is_time<T>) return value;
    else return std::nullopt;
}

/// Appends a column's value as JSON.
template <class T>
void append_field_value(byte_buffer& to, T const& value, time_format times) {
    if constexpr (is_time<T>) {
        if (times == time_format::epoch_millis) {
            std::optional<timestamp> const time = value;
            if (time) append_json(to, std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count());
            else to.append("null");
            return;
        }
    }
    append_json(to, value);
}

/// Whether a column of this type may be a part of an `_id`: a number, a truth value, a text, a time, a span of time, an
/// enum, or an optional of these.
template <class T>
inline constexpr bool can_be_key =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || is_time<T> || std::is_convertible_v<T const&, std::string_view> ||
    std::is_same_v<T, std::monostate> || requires(T const& value) {
        typename T::rep;
        value.count();
    };
template <class T>
inline constexpr bool can_be_key<std::optional<T>> = can_be_key<T>;

/// Appends a text so that no two texts, and no two lists of texts between `|`, are written alike: `\` and `|` are escaped,
/// and so is every byte that JSON could not carry.
inline void append_key_text(byte_buffer& to, std::string_view text) {
    while (!text.empty()) {
        auto const sequence = weir::detail::first_utf8_sequence(text);
        if (sequence.valid) {
            if (text.front() == '|' || text.front() == '\\') to.push_back('\\');
            to.append(text.substr(0, sequence.size));
        } else {
            constexpr std::string_view digits = "0123456789abcdef";
            for (char c : text.substr(0, sequence.size)) {
                auto const byte = static_cast<unsigned char>(c);
                char const escaped[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
                to.append({escaped, sizeof escaped});
            }
        }
        text.remove_prefix(sequence.size);
    }
}

/// Appends a value as a part of an `_id`. What is absent is `\-`, which no text is.
template <class T>
void append_key_value(byte_buffer& to, T const& value) {
    if constexpr (!can_be_key<T>) {
        return;
    } else if constexpr (std::is_same_v<T, std::monostate>) {
        to.append("\\-");
    } else if constexpr (std::is_same_v<T, timestamp>) {
        to.end_at(format_time(value, to.room_for(longest_time_text)));
    } else if constexpr (std::is_convertible_v<T const&, std::string_view>) {
        append_key_text(to, value);
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const name = enum_name(value);
        if (name.empty()) append_json(to, static_cast<std::underlying_type_t<T>>(value));
        else to.append(name);
    } else if constexpr (requires { value.has_value(); }) {
        if (value.has_value()) append_key_value(to, *value);
        else to.append("\\-");
    } else {
        append_json(to, value);
    }
}

}  // namespace weir::elasticsearch::detail
