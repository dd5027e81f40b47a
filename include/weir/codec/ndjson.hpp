// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/time/format_time.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>
#include <variant>

namespace weir {

namespace detail {

/// How many characters at the beginning of a text are ASCII that JSON does not escape. Eight at a time: a byte's highest
/// bit is set where the byte is not ASCII, or where the subtraction of a wanted value goes below zero.
[[nodiscard]] inline std::size_t plain_json_length(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::size_t at = 0;
    for (; text.size() - at >= 8; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        std::uint64_t const control = word - ones * 0x20;
        std::uint64_t const quote = (word ^ ones * '"') - ones;
        std::uint64_t const backslash = (word ^ ones * '\\') - ones;
        if (((word | control | quote | backslash) & ones * 0x80) != 0) break;
    }
    auto const plain = [](unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; };
    while (at < text.size() && plain(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

inline void append_json_escape(byte_buffer& to, char c) {
    constexpr std::string_view escaped = "\b\t\n\f\r\"\\";
    constexpr std::string_view letters = "btnfr\"\\";
    std::size_t const letter = escaped.find(c);
    if (letter != std::string_view::npos) {
        char const escape[] = {'\\', letters[letter]};
        to.append({escape, sizeof escape});
    } else {
        constexpr char digits[] = "0123456789abcdef";
        char const escape[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
        to.append({escape, sizeof escape});
    }
}

}  // namespace detail

/// Appends a text as a JSON string, quotes and all.
///
/// Only `"`, `\` and control characters are escaped. What is not UTF-8 becomes U+FFFD, one for each ill-formed
/// sequence: a JSON text cannot carry it. Plain ASCII is looked at eight characters at a time and copied as a whole.
inline void append_json_text(byte_buffer& to, std::string_view text) {
    to.push_back('"');
    std::size_t copied = 0;
    for (std::size_t at = detail::plain_json_length(text); at != text.size();
         at += detail::plain_json_length(text.substr(at))) {
        detail::utf8_sequence const sequence = detail::first_utf8_sequence(text.substr(at));
        if (sequence.size > 1 && sequence.valid) {
            at += sequence.size;
            continue;
        }
        to.append(text.substr(copied, at - copied));
        if (sequence.valid) detail::append_json_escape(to, text[at]);
        else to.append("\xEF\xBF\xBD");
        copied = at += sequence.size;
    }
    to.append(text.substr(copied));
    to.push_back('"');
}

template <class T>
void append_json(byte_buffer& to, T const& value);

namespace detail {

/// `,"name":` as a literal; what JSON cannot have in a string does not occur in a column's name but by an escape.
template <columnar Row, std::size_t I>
inline constexpr auto json_key = [] {
    constexpr std::string_view name = column_name<Row, I>;
    constexpr auto needs_escape = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
    constexpr std::size_t size = [&] {
        std::size_t sum = 4;
        for (char c : name) sum += needs_escape(c) ? 6u : 1u;
        return sum;
    }();
    std::array<char, size> key{};
    std::size_t at = 0;
    key[at++] = ',';
    key[at++] = '"';
    for (char c : name) {
        if (!needs_escape(c)) {
            key[at++] = c;
            continue;
        }
        constexpr char digits[] = "0123456789abcdef";
        for (char part : {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}) key[at++] = part;
    }
    key[at++] = '"';
    key[at] = ':';
    return key;
}();

template <class Row>
void append_json_object(byte_buffer& to, Row const& row) {
    to.push_back('{');
    if constexpr (knows_columns<Row>) {
        for_each_column<Row>([&](auto i) {
            constexpr auto& key = json_key<Row, i()>;
            to.append(std::string_view(key.data(), key.size()).substr(i() == 0 ? 1 : 0));
            append_json(to, column_value<i()>(row));
        });
    } else {
        bool first = true;
        visit_columns(row, [&](std::string_view name, auto const& value) {
            if (!first) to.push_back(',');
            first = false;
            append_json_text(to, name);
            to.push_back(':');
            append_json(to, value);
        });
    }
    to.push_back('}');
}

template <class Number>
void append_number(byte_buffer& to, Number value) {
    constexpr std::size_t longest = 32;  // the longest double takes 24
    char* const room = to.room_for(longest);
    to.end_at(std::to_chars(room, room + longest, value).ptr);
}

}  // namespace detail

/// Appends a value as JSON: numbers, truth values, texts, times (ISO 8601 in UTC), spans of time (their count, in their
/// own unit), enums (their name, or their number where they have none), optionals, ranges, records, rows and plain
/// structs.
///
/// Integers are written in full, also beyond 2^53. Floating-point numbers are written as the shortest text that reads
/// back as the same number; NaN and infinities, which JSON does not have, become `null`, as does what is absent.
template <class T>
void append_json(byte_buffer& to, T const& value) {
    if constexpr (std::is_same_v<T, std::monostate>) {
        to.append("null");
    } else if constexpr (std::is_same_v<T, bool>) {
        to.append(value ? "true" : "false");
    } else if constexpr (std::is_convertible_v<T const&, std::string_view>) {
        append_json_text(to, value);
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const name = enum_name(value);
        if (name.empty()) append_json(to, static_cast<std::underlying_type_t<T>>(value));
        else append_json_text(to, name);
    } else if constexpr (std::integral<T>) {
        if constexpr (sizeof(T) == 1) detail::append_number(to, static_cast<int>(value));
        else detail::append_number(to, value);
    } else if constexpr (std::floating_point<T>) {
        // std::isfinite would cost every program the compile time of <cmath>.
        if (value >= std::numeric_limits<T>::lowest() && value <= std::numeric_limits<T>::max())
            detail::append_number(to, value);
        else to.append("null");
    } else if constexpr (std::is_same_v<T, timestamp>) {
        to.push_back('"');
        to.end_at(format_time(value, to.room_for(longest_time_text)));
        to.push_back('"');
    } else if constexpr (requires {
                             typename T::rep;
                             typename T::period;
                             value.count();
                         }) {
        append_json(to, value.count());
    } else if constexpr (requires {
                             value.has_value();
                             *value;
                         }) {
        if (value.has_value()) append_json(to, *value);
        else to.append("null");
    } else if constexpr (detail::names_columns<T>) {
        detail::append_json_object(to, value);
    } else {
        static_assert(
            requires {
                value.begin();
                value.end();
            },
            "weir: a value of this type has no form in JSON: it is no number, text, time, enum, optional, range or "
            "struct "
            "whose members weir knows.");
        to.push_back('[');
        bool first = true;
        for (auto const& each : value) {
            if (!first) to.push_back(',');
            first = false;
            append_json(to, each);
        }
        to.push_back(']');
    }
}

/// Writes rows as newline-delimited JSON: an object a line, its members in the order of the columns.
///
/// `{"window_start":"2015-05-17T10:05:00Z","window_end":"2015-05-17T10:06:00Z","status":200,"events":12}`. How values
/// are written says `append_json`. An item that is no row is written as the value that it is.
struct ndjson {
    static constexpr std::string_view name = "ndjson";

    /// Appends one line. It cannot fail.
    template <class Row>
    bool encode(Row const& row, byte_buffer& into, error&) const {
        append_json(into, row);
        into.push_back('\n');
        return true;
    }
};

}  // namespace weir
