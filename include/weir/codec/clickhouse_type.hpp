// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/time/timestamp.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

namespace detail {

template <class T>
struct optional_content {
    static constexpr bool is_optional = false;
    using type = T;
};
template <class T>
struct optional_content<std::optional<T>> {
    static constexpr bool is_optional = true;
    using type = T;
};

template <class T>
inline constexpr bool is_optional = optional_content<T>::is_optional;
template <class T>
using content_of = typename optional_content<T>::type;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool is_text = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;

/// What one column of a row may be: a number, a truth value, a text, a point or span of time, an enum that goes by its
/// names, or an optional of these.
template <class T>
inline constexpr bool is_column_value =
    is_text<T> || (std::is_integral_v<T> && sizeof(T) <= 8) || std::is_same_v<T, float> || std::is_same_v<T, double> ||
    std::is_same_v<T, timestamp> || is_duration<T> || std::is_enum_v<T>;
template <class T>
inline constexpr bool is_column_value<std::optional<T>> = is_column_value<T> && !is_optional<T>;

}  // namespace detail

/// A column type of ClickHouse, as far as a sink needs to know it: which bytes it wants.
///
/// `LowCardinality` and `SimpleAggregateFunction` are looked through, because RowBinary does.
struct clickhouse_type {
    enum class kind : std::uint8_t {
        unknown,
        boolean,
        uint8,
        uint16,
        uint32,
        uint64,
        int8,
        int16,
        int32,
        int64,
        float32,
        float64,
        string,
        fixed_string,
        date,
        date_time,
        date_time64,
    };

    kind what = kind::unknown;
    bool nullable = false;
    std::uint32_t parameter = 0;  ///< `fixed_string`: its length; `date_time64`: digits behind the second

    friend bool operator==(clickhouse_type const&, clickhouse_type const&) = default;

    /// Reads a type as the server writes it: `Nullable(DateTime64(3, 'UTC'))`. What is not known is `kind::unknown`.
    [[nodiscard]] static clickhouse_type parse(std::string_view text) noexcept {
        clickhouse_type type;
        for (bool unwrapped = true; unwrapped;) {
            unwrapped = false;
            if (auto const inner = inside(text, "Nullable")) {
                type.nullable = true;
                text = *inner;
                unwrapped = true;
            } else if (auto const low = inside(text, "LowCardinality")) {
                text = *low;
                unwrapped = true;
            } else if (auto const simple = inside(text, "SimpleAggregateFunction")) {
                std::size_t const comma = simple->find(", ");
                if (comma == std::string_view::npos) return {};
                text = simple->substr(comma + 2);
                unwrapped = true;
            }
        }
        if (auto const length = inside(text, "FixedString")) return with(type, kind::fixed_string, *length);
        if (auto const precision = inside(text, "DateTime64"))
            return with(type, kind::date_time64, precision->substr(0, precision->find(',')));
        if (inside(text, "DateTime")) text = "DateTime";
        for (auto const& [name, what] : names)
            if (text == name) type.what = what;
        return type;
    }

private:
    struct named {
        std::string_view name;
        kind what;
    };
    static constexpr named names[] = {
        {"Bool", kind::boolean},  {"UInt8", kind::uint8},        {"UInt16", kind::uint16},   {"UInt32", kind::uint32},
        {"UInt64", kind::uint64}, {"Int8", kind::int8},          {"Int16", kind::int16},     {"Int32", kind::int32},
        {"Int64", kind::int64},   {"Float32", kind::float32},    {"Float64", kind::float64}, {"String", kind::string},
        {"Date", kind::date},     {"DateTime", kind::date_time},
    };

    static std::optional<std::string_view> inside(std::string_view text, std::string_view wrapper) noexcept {
        if (!text.starts_with(wrapper) || text.size() < wrapper.size() + 2 || text[wrapper.size()] != '(' ||
            text.back() != ')')
            return std::nullopt;
        return text.substr(wrapper.size() + 1, text.size() - wrapper.size() - 2);
    }

    static clickhouse_type with(clickhouse_type type, kind what, std::string_view number) noexcept {
        auto const [end, problem] = std::from_chars(number.data(), number.data() + number.size(), type.parameter);
        bool const whole = problem == std::errc() && end == number.data() + number.size();
        type.what = whole && (what != kind::date_time64 || type.parameter <= 9) ? what : kind::unknown;
        return type;
    }
};

namespace detail {

template <class T>
constexpr clickhouse_type natural_clickhouse_type() noexcept {
    using kind = clickhouse_type::kind;
    if constexpr (is_optional<T>) {
        clickhouse_type type = natural_clickhouse_type<content_of<T>>();
        type.nullable = true;
        return type;
    } else if constexpr (std::is_same_v<T, bool>) {
        return {kind::boolean};
    } else if constexpr (is_text<T> || std::is_enum_v<T>) {
        return {kind::string};
    } else if constexpr (std::is_same_v<T, timestamp>) {
        return {kind::date_time64, false, 6};
    } else if constexpr (is_duration<T>) {
        return natural_clickhouse_type<
            std::conditional_t<std::is_floating_point_v<typename T::rep>, double, std::int64_t>>();
    } else if constexpr (std::is_floating_point_v<T>) {
        return {sizeof(T) == 4 ? kind::float32 : kind::float64};
    } else {
        constexpr kind unsigned_kinds[] = {kind::uint8, kind::uint16, kind::uint32, kind::uint64};
        constexpr kind signed_kinds[] = {kind::int8, kind::int16, kind::int32, kind::int64};
        constexpr std::size_t at = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
        return {std::is_signed_v<T> ? signed_kinds[at] : unsigned_kinds[at]};
    }
}

}  // namespace detail

/// What a column of type `T` is in ClickHouse unless its table says otherwise: numbers as they are, texts and enums (by
/// name) `String`, times `DateTime64(6)`, spans of time `Int64` in their own unit, optionals `Nullable`.
template <class T>
    requires detail::is_column_value<T>
inline constexpr clickhouse_type natural_clickhouse_type = detail::natural_clickhouse_type<T>();

/// Whether values of type `T` can be sent to a column of this type. Each value is still held against its range.
template <class T>
    requires detail::is_column_value<T>
[[nodiscard]] constexpr bool can_be_sent_as(clickhouse_type type) noexcept {
    using kind = clickhouse_type::kind;
    using value = detail::content_of<T>;
    if (detail::is_optional<T> && !type.nullable) return false;
    bool const integer = type.what >= kind::uint8 && type.what <= kind::int64;
    if constexpr (std::is_same_v<value, bool>)
        return type.what == kind::boolean || type.what == kind::uint8 || type.what == kind::int8;
    else if constexpr (detail::is_text<value>) return type.what == kind::string || type.what == kind::fixed_string;
    else if constexpr (std::is_enum_v<value>) return type.what == kind::string;
    else if constexpr (std::is_same_v<value, timestamp>)
        return type.what >= kind::date && type.what <= kind::date_time64;
    else if constexpr (detail::is_duration<value>)
        return std::is_floating_point_v<typename value::rep> ? type.what == kind::float64 : integer;
    else if constexpr (std::is_same_v<value, float>) return type.what == kind::float32 || type.what == kind::float64;
    else if constexpr (std::is_same_v<value, double>) return type.what == kind::float64;
    else return integer;
}

/// The type's name in a `CREATE TABLE`. Times are shown in UTC. A server older than 20.1 has no `DateTime64`, one older
/// than 21.12 no `Bool`: for these the text says `DateTime` and `UInt8`.
[[nodiscard]] inline std::string to_string(clickhouse_type type, bool has_date_time64 = true, bool has_bool = true) {
    using kind = clickhouse_type::kind;
    std::string text;
    switch (type.what) {
        case kind::unknown:
            text = "?";
            break;
        case kind::boolean:
            text = has_bool ? "Bool" : "UInt8";
            break;
        case kind::uint8:
            text = "UInt8";
            break;
        case kind::uint16:
            text = "UInt16";
            break;
        case kind::uint32:
            text = "UInt32";
            break;
        case kind::uint64:
            text = "UInt64";
            break;
        case kind::int8:
            text = "Int8";
            break;
        case kind::int16:
            text = "Int16";
            break;
        case kind::int32:
            text = "Int32";
            break;
        case kind::int64:
            text = "Int64";
            break;
        case kind::float32:
            text = "Float32";
            break;
        case kind::float64:
            text = "Float64";
            break;
        case kind::string:
            text = "String";
            break;
        case kind::fixed_string:
            text = "FixedString(" + std::to_string(type.parameter) + ")";
            break;
        case kind::date:
            text = "Date";
            break;
        case kind::date_time:
            text = "DateTime('UTC')";
            break;
        case kind::date_time64:
            text = has_date_time64 ? "DateTime64(" + std::to_string(type.parameter) + ", 'UTC')" : "DateTime('UTC')";
            break;
    }
    return type.nullable ? "Nullable(" + text + ")" : text;
}

}  // namespace weir
