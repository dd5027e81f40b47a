// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/row_binary.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Why a value cannot be sent to a column of a given type.
enum class misfit {
    none,
    out_of_range,   ///< the column's type cannot hold it
    inexact_time,   ///< the column counts in coarser steps, and the time lies between two of them
    wrong_length,   ///< a `FixedString` takes texts of exactly its length
    absent,         ///< there is no value, and the column is not `Nullable`
    nameless_enum,  ///< the enum has no enumerator of this value
    wrong_type,     ///< such values cannot be sent to such a column at all
};

/// What is wrong, as the end of a sentence: "the value " + to_text(...).
[[nodiscard]] constexpr std::string_view to_text(misfit what) noexcept {
    switch (what) {
        case misfit::none:
            return "fits";
        case misfit::out_of_range:
            return "is out of the column's range";
        case misfit::inexact_time:
            return "lies between two steps of the column's clock";
        case misfit::wrong_length:
            return "does not have the column's length";
        case misfit::absent:
            return "is absent, and the column is not Nullable";
        case misfit::nameless_enum:
            return "has no name in its enum";
        case misfit::wrong_type:
            return "is of another type than the column";
    }
    return {};
}

/// How `put_as` treats what is nearly right.
struct put_options {
    bool truncate_times = false;  ///< cut times down to the column's steps instead of refusing them
};

namespace detail {

/// A number in another width, checked.
template <class To, class From>
misfit put_integer(char*& at, From number) noexcept {
    if constexpr (std::is_same_v<From, bool>) {
        at = put_number(at, static_cast<To>(number));
    } else {
        // Characters are numbers here, and std::in_range does not take them.
        using wide = std::conditional_t<std::is_signed_v<From>, std::int64_t, std::uint64_t>;
        if (!std::in_range<To>(static_cast<wide>(number))) return misfit::out_of_range;
        at = put_number(at, static_cast<To>(number));
    }
    return misfit::none;
}

template <class From>
misfit put_integer_as(clickhouse_type::kind what, char*& at, From number) noexcept {
    using kind = clickhouse_type::kind;
    switch (what) {
        case kind::uint8:
            return put_integer<std::uint8_t>(at, number);
        case kind::uint16:
            return put_integer<std::uint16_t>(at, number);
        case kind::uint32:
            return put_integer<std::uint32_t>(at, number);
        case kind::uint64:
            return put_integer<std::uint64_t>(at, number);
        case kind::int8:
            return put_integer<std::int8_t>(at, number);
        case kind::int16:
            return put_integer<std::int16_t>(at, number);
        case kind::int32:
            return put_integer<std::int32_t>(at, number);
        case kind::int64:
            return put_integer<std::int64_t>(at, number);
        default:
            return misfit::wrong_type;
    }
}

/// Microseconds in steps of `step`, rounded towards the past.
inline misfit in_steps(std::int64_t micros, std::int64_t step, bool truncate, std::int64_t& steps) noexcept {
    std::int64_t const rest = micros % step;
    steps = micros / step - (rest < 0 ? 1 : 0);
    return rest == 0 || truncate ? misfit::none : misfit::inexact_time;
}

inline misfit put_time_as(clickhouse_type type, char*& at, timestamp time, put_options options) noexcept {
    using kind = clickhouse_type::kind;
    std::int64_t const micros = time.time_since_epoch().count();
    std::int64_t steps = 0;
    misfit problem = misfit::none;
    switch (type.what) {
        case kind::date:
            problem = in_steps(micros, 86'400'000'000, options.truncate_times, steps);
            return problem == misfit::none ? put_integer<std::uint16_t>(at, steps) : problem;
        case kind::date_time:
            problem = in_steps(micros, 1'000'000, options.truncate_times, steps);
            return problem == misfit::none ? put_integer<std::uint32_t>(at, steps) : problem;
        case kind::date_time64: {
            // Outside of these years the server shows and compares such a time as another one.
            using namespace std::chrono;
            if (time < sys_days(year(1900) / 1 / 1) || time >= sys_days(year(2300) / 1 / 1))
                return misfit::out_of_range;
            std::int64_t scale = 1;
            for (auto digits = std::min(type.parameter, 6U); digits < std::max(type.parameter, 6U); ++digits)
                scale *= 10;
            if (type.parameter <= 6) problem = in_steps(micros, scale, options.truncate_times, steps);
            else if (__builtin_mul_overflow(micros, scale, &steps)) problem = misfit::out_of_range;
            if (problem == misfit::none) at = put_number(at, steps);
            return problem;
        }
        default:
            return misfit::wrong_type;
    }
}

}  // namespace detail

/// Writes one value for a column of type `type`, which need not be the value's natural one: widths are converted and
/// held against the column's range, never wrapped. `at` needs room for the value's natural encoding and one byte more.
template <class T>
    requires detail::is_column_value<T>
[[nodiscard]] misfit put_as(clickhouse_type type, char*& at, T const& value, put_options options = {}) noexcept {
    using kind = clickhouse_type::kind;
    if constexpr (detail::is_optional<T>) {
        if (value) return put_as(type, at, *value, options);
        if (!type.nullable) return misfit::absent;
        *at++ = '\1';
        return misfit::none;
    } else {
        if (type.nullable) *at++ = '\0';
        if constexpr (detail::is_text<T>) {
            std::string_view const text(value);
            if (type.what == kind::fixed_string) {
                if (text.size() != type.parameter) return misfit::wrong_length;
                if (!text.empty()) std::memcpy(at, text.data(), text.size());
                at += text.size();
                return misfit::none;
            }
            if (type.what != kind::string) return misfit::wrong_type;
            at = detail::put_text(at, text);
            return misfit::none;
        } else if constexpr (std::is_enum_v<T>) {
            if (type.what != kind::string) return misfit::wrong_type;
            std::string_view const name = enum_name(value);
            if (name.empty()) return misfit::nameless_enum;
            at = detail::put_text(at, name);
            return misfit::none;
        } else if constexpr (std::is_same_v<T, timestamp>) {
            return detail::put_time_as(type, at, value, options);
        } else if constexpr (detail::is_duration<T>) {
            if constexpr (std::is_floating_point_v<typename T::rep>)
                return put_as(type, at, static_cast<double>(value.count()), options);
            else return detail::put_integer_as(type.what, at, value.count());
        } else if constexpr (std::is_floating_point_v<T>) {
            if (type.what == kind::float64) at = detail::put_number(at, static_cast<double>(value));
            else if (type.what == kind::float32 && sizeof(T) == sizeof(float)) at = detail::put_number(at, value);
            else return misfit::wrong_type;
            return misfit::none;
        } else {
            auto const what = type.what == kind::boolean && std::is_same_v<T, bool> ? kind::uint8 : type.what;
            return detail::put_integer_as(what, at, value);
        }
    }
}

}  // namespace weir
