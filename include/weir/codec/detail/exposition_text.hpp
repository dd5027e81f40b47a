// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/time/timestamp.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::detail {

// -- names and values ---------------------------------------------------------------------------------------------------

/// The character of a metric's or label's name that stands for `c`, which is the name's first or not.
[[nodiscard]] constexpr char name_character(char c, bool colon) noexcept {
    bool const fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (colon && c == ':');
    return fits ? c : '_';
}

inline void append_name_as(byte_buffer& into, std::string_view name, bool colon) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) into.push_back('_');
    for (char const c : name) into.push_back(name_character(c, colon));
}

inline void append_metric_name(byte_buffer& into, std::string_view name) { append_name_as(into, name, true); }
inline void append_label_name(byte_buffer& into, std::string_view name) { append_name_as(into, name, false); }

/// Whether two label names are written alike.
[[nodiscard]] inline bool same_label_name(std::string_view one, std::string_view other) noexcept {
    auto const leads_with_digit = [](std::string_view name) { return name.empty() || (name[0] >= '0' && name[0] <= '9'); };
    auto const at = [&](std::string_view name, std::size_t i) {
        if (leads_with_digit(name)) return i == 0 ? '_' : name_character(name[i - 1], false);
        return name_character(name[i], false);
    };
    auto const size = [&](std::string_view name) { return name.size() + (leads_with_digit(name) ? 1 : 0); };
    if (size(one) != size(other)) return false;
    for (std::size_t i = 0; i < size(one); ++i)
        if (at(one, i) != at(other, i)) return false;
    return true;
}

/// Appends a text as both formats escape it. What is not UTF-8 would have the whole page refused, and so would a NUL, which
/// the scanner of Prometheus takes for the end: both become U+FFFD.
inline void append_escaped(byte_buffer& into, std::string_view text, bool quotes) {
    while (!text.empty()) {
        utf8_sequence const sequence = first_utf8_sequence(text);
        char const c = text.front();
        if (!sequence.valid || c == '\0') into.append("\xEF\xBF\xBD");
        else if (c == '\\') into.append("\\\\");
        else if (c == '\n') into.append("\\n");
        else if (c == '"' && quotes) into.append("\\\"");
        else into.append(text.substr(0, sequence.size));
        text.remove_prefix(sequence.size);
    }
}

inline void append_number(byte_buffer& into, std::uint64_t number) {
    char* const at = into.room_for(20);
    into.end_at(std::to_chars(at, at + 20, number).ptr);
}

inline void append_number(byte_buffer& into, double number) {
    if (std::isnan(number)) return into.append("NaN");
    if (std::isinf(number)) return into.append(number > 0 ? "+Inf" : "-Inf");
    char* const at = into.room_for(32);
    into.end_at(std::to_chars(at, at + 32, number).ptr);
}

/// Appends a duration in seconds, exactly; `with_point`: whole ones too have a digit behind the point, as the bounds of
/// buckets do in OpenMetrics.
inline void append_seconds(byte_buffer& into, duration span, bool with_point) {
    std::int64_t const micros = span.count();
    auto const size = micros < 0 ? ~static_cast<std::uint64_t>(micros) + 1 : static_cast<std::uint64_t>(micros);
    if (micros < 0) into.push_back('-');
    append_number(into, size / 1'000'000);
    std::uint64_t rest = size % 1'000'000;
    if (rest == 0) return into.append(with_point ? ".0" : "");
    into.push_back('.');
    for (std::uint64_t unit = 100'000; rest != 0; unit /= 10) {
        into.push_back(static_cast<char>('0' + rest / unit));
        rest %= unit;
    }
}

// -- the header Accept --------------------------------------------------------------------------------------------------

/// One of the types that a client takes.
struct media_range {
    std::string_view type{};
    std::string_view version{};
    int quality = 1000;  ///< in thousandths
};

[[nodiscard]] constexpr std::string_view without_blanks(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Takes what lies before the first `mark` off a text, and the mark.
[[nodiscard]] constexpr std::string_view cut_at(std::string_view& text, char mark) noexcept {
    std::size_t const at = text.find(mark);
    std::string_view const part = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
    return without_blanks(part);
}

/// `0.75` in thousandths; what is no such number is nothing.
[[nodiscard]] constexpr int thousandths(std::string_view text) noexcept {
    int value = 0;
    int unit = 1000;
    for (std::size_t i = 0; i < text.size() && unit != 0; ++i) {
        if (i == 1) {
            if (text[i] != '.') return 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return 0;
        value += (text[i] - '0') * unit;
        unit /= 10;
    }
    return value > 1000 ? 1000 : value;
}

/// Takes the first range off a header `Accept`.
[[nodiscard]] constexpr media_range next_media_range(std::string_view& accept) noexcept {
    std::string_view whole = cut_at(accept, ',');
    media_range range;
    range.type = cut_at(whole, ';');
    while (!whole.empty()) {
        std::string_view parameter = cut_at(whole, ';');
        std::string_view const name = cut_at(parameter, '=');
        std::string_view value = without_blanks(parameter);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        if (name == "version") range.version = value;
        if (name == "q") range.quality = thousandths(value);
    }
    return range;
}

}  // namespace weir::detail
