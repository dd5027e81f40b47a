// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/error.hpp>
#include <weir/codec/clickhouse_type.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// A row whose every column RowBinary can carry.
template <class Row>
concept row_binary_row = columnar<Row> && []<std::size_t... I>(std::index_sequence<I...>) {
    return (detail::is_column_value<column_type<Row, I>> && ...);
}(std::make_index_sequence<column_count<Row>>{});

namespace detail {

/// Writes a number as RowBinary wants it: little-endian, in its own width. Returns the end.
template <class N>
    requires std::is_arithmetic_v<N>
[[gnu::always_inline]] inline char* put_number(char* at, N number) noexcept {
    if constexpr (std::endian::native == std::endian::little || sizeof number == 1) {
        std::memcpy(at, &number, sizeof number);
    } else {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        for (std::size_t i = 0; i < sizeof number; ++i) at[i] = bytes[sizeof number - 1 - i];
    }
    return at + sizeof number;
}

/// Writes a text with its length before it, seven bits a byte (LEB128).
[[gnu::always_inline]] inline char* put_text(char* at, std::string_view text) noexcept {
    std::size_t length = text.size();
    while (length >= 0x80) [[unlikely]] {
        *at++ = static_cast<char>(length | 0x80);
        length >>= 7;
    }
    *at++ = static_cast<char>(length);
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
}

/// The longest encoding of a value that needs no look at it; texts come on top.
template <class T>
inline constexpr std::size_t fixed_room = is_optional<T>                    ? 1 + fixed_room<content_of<T>>
                                          : is_text<T> || std::is_enum_v<T> ? 10
                                                                            : 8;
template <class T>
inline constexpr std::size_t fixed_room<std::optional<T>> = 1 + fixed_room<T>;

/// How much longer the encoding of this value may be.
template <class T>
[[gnu::always_inline]] inline std::size_t more_room(T const& value) noexcept {
    if constexpr (is_optional<T>) return value ? more_room(*value) : 0;
    else if constexpr (is_text<T>) return std::string_view(value).size();
    else if constexpr (std::is_enum_v<T>) return enum_name(value).size();
    else return 0;
}

/// Writes a value as its natural type. A null pointer says that an enum has no name.
template <class T>
[[gnu::always_inline]] inline char* put_value(char* at, T const& value) noexcept {
    if constexpr (is_optional<T>) {
        *at++ = value ? '\0' : '\1';
        return value ? put_value(at, *value) : at;
    } else if constexpr (is_text<T>) {
        return put_text(at, std::string_view(value));
    } else if constexpr (std::is_enum_v<T>) {
        std::string_view const name = enum_name(value);
        return name.empty() ? nullptr : put_text(at, name);
    } else if constexpr (std::is_same_v<T, timestamp>) {
        return put_number(at, std::int64_t{value.time_since_epoch().count()});
    } else if constexpr (is_duration<T>) {
        using number = std::conditional_t<std::is_floating_point_v<typename T::rep>, double, std::int64_t>;
        return put_number(at, static_cast<number>(value.count()));
    } else {
        return put_number(at, value);
    }
}

template <class T>
inline constexpr bool may_have_no_name = std::is_enum_v<content_of<T>>;

}  // namespace detail

/// RowBinary of rows whose columns the compiler knows, each as its natural type (`natural_clickhouse_type`): no
/// separators, numbers little-endian, texts with their length before them, `Nullable` with one byte before the value.
///
/// Costs a copy of the bytes. Fails only for an enum without a name. Source: ClickHouse, formats/RowBinary.
struct row_binary {
    template <row_binary_row Row>
    [[gnu::always_inline]] bool encode(Row const& row, byte_buffer& into, error& why) const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            constexpr std::size_t fixed = (detail::fixed_room<column_type<Row, I>> + ... + 0);
            char* at = into.room_for(fixed + (detail::more_room(column_value<I>(row)) + ... + 0));
            bool const done = (put<I>(at, row, why) && ...);
            if (done) [[likely]]
                into.end_at(at);
            return done;
        }(std::make_index_sequence<column_count<Row>>{});
    }

private:
    template <std::size_t I, class Row>
    [[gnu::always_inline]] static bool put(char*& at, Row const& row, error& why) {
        char* const end = detail::put_value(at, column_value<I>(row));
        if constexpr (detail::may_have_no_name<column_type<Row, I>>) {
            if (end == nullptr) [[unlikely]] {
                why = {.component = "row_binary",
                       .place = std::string(column_name<Row, I>),
                       .cause = "the enum has no enumerator of this value"};
                return false;
            }
        }
        at = end;
        return true;
    }
};

}  // namespace weir
