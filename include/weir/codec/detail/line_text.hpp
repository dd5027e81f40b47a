// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/enum_name.hpp>
#include <weir/codec/clickhouse_type.hpp>
#include <weir/codec/detail/decimal.hpp>
#include <weir/time/timestamp.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

namespace weir::detail {

/// What line protocol cannot say.
enum class line_misfit {
    none,
    line_break,
    carriage_return,
    zero_byte,
    backslash,
    empty_tag,
    too_long,
    not_finite,
    too_large,
    nameless_enum,
    inexact_time,
    time_range,
    no_field,
};

[[nodiscard]] constexpr std::string_view to_text(line_misfit what) noexcept {
    switch (what) {
        case line_misfit::none:
            return "fits";
        case line_misfit::line_break:
            return "the value holds a line break, which would begin another point";
        case line_misfit::carriage_return:
            return "the tag value holds a carriage return";
        case line_misfit::zero_byte:
            return "the tag value holds a zero byte";
        case line_misfit::backslash:
            return "the tag value holds a backslash at its end or before a backslash, comma, blank or '=', "
                   "which servers read differently";
        case line_misfit::empty_tag:
            return "the tag value is empty";
        case line_misfit::too_long:
            return "the value is longer than 64 KiB";
        case line_misfit::not_finite:
            return "the number is not finite";
        case line_misfit::too_large:
            return "the number is larger than a signed 64-bit field holds";
        case line_misfit::nameless_enum:
            return "the enum has no enumerator of this value";
        case line_misfit::inexact_time:
            return "the time lies between two steps of the precision";
        case line_misfit::time_range:
            return "the time is outside of the years 1678 to 2261";
        case line_misfit::no_field:
            return "the row has no field: every column that could be one is absent";
    }
    return {};
}

/// The longest measurement with its tags, and the longest text of a field.
inline constexpr std::size_t longest_series_key = 65'535;
inline constexpr std::size_t longest_text_field = 65'536;

/// A byte of each word that is equal to a byte of `pattern` (all eight equal) becomes non-zero in its top bit; bytes
/// above the first such one may be wrong (Lamport's trick: subtract with borrows, as in Warren, "Hacker's Delight").
constexpr std::uint64_t bytes_equal(std::uint64_t word, char wanted) noexcept {
    std::uint64_t const x = word ^ 0x0101010101010101U * static_cast<unsigned char>(wanted);
    return (x - 0x0101010101010101U) & ~x & 0x8080808080808080U;
}
/// The same for bytes below `limit`, which is at most 128.
constexpr std::uint64_t bytes_below(std::uint64_t word, unsigned char limit) noexcept {
    return (word - 0x0101010101010101U * limit) & ~word & 0x8080808080808080U;
}

enum class line_byte : std::uint8_t { plain, escaped, backslash, line_break, carriage_return, zero };

inline constexpr auto line_bytes = [] {
    std::array<line_byte, 256> kinds{};
    kinds[','] = kinds['='] = kinds[' '] = line_byte::escaped;
    kinds['\\'] = line_byte::backslash;
    kinds['\n'] = line_byte::line_break;
    kinds['\r'] = line_byte::carriage_return;
    kinds[0] = line_byte::zero;
    return kinds;
}();

/// Whether a tag value, of at least eight bytes, can be copied as it is.
inline bool is_plain_tag(char const* text, std::size_t size) noexcept {
    std::uint64_t found = 0;
    std::uint64_t word;
    auto const look = [&](char const* at) {
        std::memcpy(&word, at, 8);
        found |= bytes_below(word, 0x21) | bytes_equal(word, ',') | bytes_equal(word, '=') | bytes_equal(word, '\\');
    };
    for (std::size_t i = 0; i + 8 < size; i += 8) look(text + i);
    look(text + size - 8);
    return found == 0;
}

/// A measurement's, tag's or field's text with its special characters escaped; up to twice as long.
[[gnu::noinline]] inline line_misfit put_escaped_tag(char*& at, std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (line_bytes[static_cast<unsigned char>(text[i])]) {
            case line_byte::plain:
                break;
            case line_byte::escaped:
                *at++ = '\\';
                break;
            case line_byte::backslash: {
                // InfluxDB takes a backslash for itself unless it escapes something; VictoriaMetrics reads two as one.
                line_byte const next =
                    i + 1 < text.size() ? line_bytes[static_cast<unsigned char>(text[i + 1])] : line_byte::backslash;
                if (next == line_byte::backslash || next == line_byte::escaped) return line_misfit::backslash;
                break;
            }
            case line_byte::line_break:
                return line_misfit::line_break;
            case line_byte::carriage_return:
                return line_misfit::carriage_return;
            case line_byte::zero:
                return line_misfit::zero_byte;
        }
        *at++ = text[i];
    }
    return line_misfit::none;
}

[[gnu::always_inline]] inline line_misfit put_tag_text(char*& at, std::string_view text) noexcept {
    std::size_t const size = text.size();
    if (size >= 8) {
        if (!is_plain_tag(text.data(), size)) [[unlikely]]
            return put_escaped_tag(at, text);
        std::memcpy(at, text.data(), size);
        at += size;
        return line_misfit::none;
    }
    if (size == 0) [[unlikely]]
        return line_misfit::empty_tag;
    for (std::size_t i = 0; i < size; ++i) {
        if (line_bytes[static_cast<unsigned char>(text[i])] != line_byte::plain) [[unlikely]]
            return put_escaped_tag(at -= i, text);
        *at++ = text[i];
    }
    return line_misfit::none;
}

/// A text field: in quotes, with quotes and backslashes escaped.
inline line_misfit put_text_field(char*& at, std::string_view text) noexcept {
    if (text.size() > longest_text_field) return line_misfit::too_long;
    *at++ = '"';
    for (char c : text) {
        if (c == '"' || c == '\\') *at++ = '\\';
        else if (c == '\n') return line_misfit::line_break;
        *at++ = c;
    }
    *at++ = '"';
    return line_misfit::none;
}

template <class N>
[[gnu::always_inline]] inline char* put_decimal(char* at, N number) noexcept {
    if constexpr (std::is_same_v<N, std::uint64_t>) return put_unsigned(at, number);
    else if constexpr (std::is_same_v<N, std::int64_t>) return put_signed(at, number);
    else return std::to_chars(at, at + 32, number).ptr;
}

/// A value as the text of a tag.
template <class T>
[[gnu::always_inline]] inline line_misfit put_tag(char*& at, T const& value) noexcept {
    if constexpr (is_text<T>) {
        return put_tag_text(at, std::string_view(value));
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const name = enum_name(value);
        return name.empty() ? line_misfit::nameless_enum : put_tag_text(at, name);
    } else if constexpr (std::is_same_v<T, bool>) {
        return put_tag_text(at, value ? std::string_view("true") : std::string_view("false"));
    } else if constexpr (std::is_same_v<T, timestamp>) {
        return put_tag(at, std::int64_t{value.time_since_epoch().count()});
    } else if constexpr (is_duration<T>) {
        return put_tag(at, value.count());
    } else {
        if constexpr (std::is_floating_point_v<T>)
            if (!std::isfinite(value)) return line_misfit::not_finite;
        using number = std::conditional_t<std::is_floating_point_v<T>, T,
                                          std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
        at = put_decimal(at, static_cast<number>(value));
        return line_misfit::none;
    }
}

/// A value as a field: text in quotes, integers with `i` (or `u`), times as microseconds, spans of time in their own
/// unit.
template <class T>
[[gnu::always_inline]] inline line_misfit put_field(char*& at, T const& value, bool unsigned_fields) noexcept {
    if constexpr (is_text<T>) {
        return put_text_field(at, std::string_view(value));
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const name = enum_name(value);
        return name.empty() ? line_misfit::nameless_enum : put_text_field(at, name);
    } else if constexpr (std::is_same_v<T, bool>) {
        *at++ = value ? 't' : 'f';
        return line_misfit::none;
    } else if constexpr (std::is_same_v<T, timestamp>) {
        return put_field(at, std::int64_t{value.time_since_epoch().count()}, unsigned_fields);
    } else if constexpr (is_duration<T>) {
        return put_field(at, value.count(), unsigned_fields);
    } else if constexpr (std::is_floating_point_v<T>) {
        if (!std::isfinite(value)) return line_misfit::not_finite;
        at = put_decimal(at, value);
        return line_misfit::none;
    } else if constexpr (std::is_signed_v<T>) {
        at = put_decimal(at, static_cast<std::int64_t>(value));
        *at++ = 'i';
        return line_misfit::none;
    } else {
        if constexpr (sizeof(T) == 8)
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) && !unsigned_fields)
                [[unlikely]]
                return line_misfit::too_large;
        at = put_decimal(at, static_cast<std::uint64_t>(value));
        *at++ = unsigned_fields ? 'u' : 'i';
        return line_misfit::none;
    }
}

/// The longest tag or field of a type, without its name; texts count twice, for escapes.
template <class T>
[[gnu::always_inline]] inline std::size_t line_room(T const& value) noexcept {
    if constexpr (is_optional<T>) return value ? line_room(*value) : 0;
    else if constexpr (is_text<T>) return 2 * std::string_view(value).size() + 2;
    else if constexpr (std::is_enum_v<T>) return 2 * enum_name(value).size() + 2;
    else return 33;
}

}  // namespace weir::detail
