// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/time/format_time.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

namespace weir::redis::detail {

inline void append_time(byte_buffer& to, timestamp time, time_text form) {
    char* const room = to.room_for(weir::longest_time_text);
    if (form == time_text::iso || form == time_text::iso_without_zone) {
        char* const end = format_time(time, room);
        return to.end_at(form == time_text::iso ? end : end - 1);
    }
    duration const since = time.time_since_epoch();
    std::int64_t const count = form == time_text::seconds        ? std::chrono::floor<std::chrono::seconds>(since).count()
                               : form == time_text::milliseconds ? std::chrono::floor<std::chrono::milliseconds>(since).count()
                                                                 : since.count();
    to.end_at(std::to_chars(room, room + longest_time_text, count).ptr);
}

/// Appends a value as text; false when it has none.
template <class T>
bool append_value(byte_buffer& to, T const& value, time_text form) {
    if constexpr (std::is_same_v<T, std::monostate>) {
        return false;
    } else if constexpr (std::is_same_v<T, bool>) {
        to.append(value ? "true" : "false");
    } else if constexpr (std::is_convertible_v<T const&, std::string_view>) {
        to.append(value);
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const enumerator = enum_name(value);
        if (enumerator.empty()) return append_value(to, static_cast<std::underlying_type_t<T>>(value), form);
        to.append(enumerator);
    } else if constexpr (std::is_arithmetic_v<T>) {
        constexpr std::size_t longest = 32;  // the longest double takes 24
        char* const room = to.room_for(longest);
        if constexpr (sizeof(T) == 1) to.end_at(std::to_chars(room, room + longest, static_cast<int>(value)).ptr);
        else to.end_at(std::to_chars(room, room + longest, value).ptr);
    } else if constexpr (std::is_same_v<T, timestamp>) {
        append_time(to, value, form);
    } else if constexpr (requires { value.count(); }) {
        return append_value(to, value.count(), form);
    } else {
        return value.has_value() && append_value(to, *value, form);
    }
    return true;
}

/// Appends a value as the number of a sorted set; false when it is none.
template <class T>
bool append_score(byte_buffer& to, T const& value) {
    if constexpr (std::is_same_v<T, timestamp>) {
        append_time(to, value, time_text::milliseconds);
        return true;
    } else if constexpr (std::is_floating_point_v<T>) {
        return !std::isnan(value) && append_value(to, value, {});
    } else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
        return append_value(to, value, {});
    } else if constexpr (requires { value.count(); }) {
        return append_score(to, value.count());
    } else if constexpr (requires { *value; value.has_value(); }) {
        return value.has_value() && append_score(to, *value);
    } else {
        return false;
    }
}

/// Calls `f` with the value of a column, which goes by its number, or in a record by its name; with `std::monostate`
/// when the record has none of that name. Returns what it returns.
template <class Row, class F>
bool with_column(Row const& row, std::size_t column, std::string_view name, F&& f) {
    bool answer = false;
    if constexpr (weir::detail::knows_columns<Row>) {
        for_each_column<Row>([&](auto i) {
            if (i() == column) answer = f(column_value<i()>(row));
        });
        static_cast<void>(name);
    } else {
        for (auto const& [each, content] : row.columns)
            if (each == name) return std::visit([&](auto const& plain) { return f(plain); }, content);
        answer = f(std::monostate());
        static_cast<void>(column);
    }
    return answer;
}

}  // namespace weir::redis::detail
