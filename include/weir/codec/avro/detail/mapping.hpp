// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/enum_name.hpp>
#include <weir/base/reflect.hpp>
#include <weir/base/type_list.hpp>
#include <weir/codec/avro/types.hpp>
#include <weir/time/timestamp.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::avro::detail {

/// What a C++ type is to Avro.
enum class role : std::uint8_t {
    none, boolean, whole, floating, text, bytes, time, date, span, decimal, uuid, enumeration, fixed, optional, sequence,
    block, dictionary, record,
};

template <class V>
struct traits {
    static constexpr role what = std::is_enum_v<V> ? role::enumeration : describable<V> ? role::record : role::none;
};
template <>
struct traits<bool> { static constexpr role what = role::boolean; };
template <class V>
    requires(std::integral<V> && sizeof(V) <= 8 && !std::same_as<V, bool> && !std::same_as<V, char> &&
             !std::same_as<V, wchar_t> && !std::same_as<V, char8_t> && !std::same_as<V, char16_t> &&
             !std::same_as<V, char32_t>)
struct traits<V> { static constexpr role what = role::whole; };
template <class V>
    requires(std::same_as<V, float> || std::same_as<V, double>)
struct traits<V> { static constexpr role what = role::floating; };
template <class V>
    requires(std::same_as<V, std::string> || std::same_as<V, std::string_view>)
struct traits<V> { static constexpr role what = role::text; };
template <class V>
    requires(std::same_as<V, std::span<std::byte const>> || std::same_as<V, std::vector<std::byte>>)
struct traits<V> { static constexpr role what = role::bytes; };
template <>
struct traits<timestamp> { static constexpr role what = role::time; };
template <>
struct traits<std::chrono::sys_days> { static constexpr role what = role::date; };
template <std::integral Count, class Period>
struct traits<std::chrono::duration<Count, Period>> { static constexpr role what = role::span; };
template <int Precision, int Scale>
struct traits<decimal<Precision, Scale>> { static constexpr role what = role::decimal; };
template <>
struct traits<uuid> { static constexpr role what = role::uuid; };
template <std::size_t N>
struct traits<std::array<std::byte, N>> { static constexpr role what = role::fixed; };
template <class V>
struct traits<std::optional<V>> {
    static constexpr role what = role::optional;
    using inner = V;
};
template <class V, class A>
    requires(!std::same_as<V, std::byte>)
struct traits<std::vector<V, A>> {
    static constexpr role what = role::sequence;
    using inner = V;
};
template <class V, std::size_t N>
    requires(!std::same_as<V, std::byte>)
struct traits<std::array<V, N>> {
    static constexpr role what = role::block;
    using inner = V;
};

template <class K>
concept map_key = std::same_as<K, std::string> || std::same_as<K, std::string_view>;

/// A map in a vector: no allocation for an entry, and the writer's order.
template <map_key K, class V, class A>
struct traits<std::vector<std::pair<K, V>, A>> {
    static constexpr role what = role::dictionary;
    using key = K;
    using inner = V;
};
template <class M>
    requires requires { typename M::mapped_type; requires map_key<typename M::key_type>; }
struct traits<M> {
    static constexpr role what = role::dictionary;
    using key = typename M::key_type;
    using inner = typename M::mapped_type;
};

template <class V>
inline constexpr role role_of = traits<V>::what;

/// Whether a whole number of this type is an `int`; else it is a `long`.
template <class V>
inline constexpr bool is_int = sizeof(V) < 4 || (sizeof(V) == 4 && std::is_signed_v<V>);

template <class S, std::size_t I>
using member_at = weir::type_at<I, member_types<S>>;

template <class T, class List>
inline constexpr bool is_in = false;
template <class T, class... Types>
inline constexpr bool is_in<T, type_list<Types...>> = (std::is_same_v<T, Types> || ...);

/// Whether `V`, and all that it is made of, has a place in Avro.
template <class V, class Seen = type_list<>>
consteval bool mappable() {
    constexpr role what = role_of<V>;
    if constexpr (what == role::none) {
        return false;
    } else if constexpr (what == role::optional || what == role::sequence || what == role::block ||
                         what == role::dictionary) {
        using inner = typename traits<V>::inner;
        // Avro has no union within a union.
        if constexpr (what == role::optional && role_of<inner> == role::optional) return false;
        else return mappable<inner, Seen>();
    } else if constexpr (what == role::enumeration) {
        return enum_values<V>.size() != 0;
    } else if constexpr (what == role::record) {
        if constexpr (is_in<V, Seen>) {
            return true;
        } else {
            return []<class... Before, std::size_t... I>(type_list<Before...>, std::index_sequence<I...>) {
                return (mappable<member_at<V, I>, type_list<Before..., V>>() && ...);
            }(Seen{}, std::make_index_sequence<member_count<V>>{});
        }
    } else {
        return true;
    }
}

/// How a point in time is counted, where the schema does not say it.
struct form {
    std::optional<epoch> unit{};
};
template <class S, std::size_t I>
inline constexpr form form_of{member_options<S, I>.unit};

/// The name of a type without what stands around it in another language: `page_minute`, `box_int_`.
[[nodiscard]] inline std::string plain_name(std::string_view spelling) {
    std::string name;
    for (char const c : spelling) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
        bool const digit = c >= '0' && c <= '9';
        if (letter || (digit && !name.empty())) name += c;
        else name += '_';
    }
    return name;
}
template <class V>
[[nodiscard]] std::string name_in_schema() {
    return plain_name(schema_name<V>::value);
}

/// A member's type in Avro's words, for errors.
template <class V>
[[nodiscard]] std::string words_of() {
    constexpr role what = role_of<V>;
    if constexpr (what == role::boolean) return "boolean";
    else if constexpr (what == role::whole) return is_int<V> ? "int" : "long";
    else if constexpr (what == role::floating) return std::same_as<V, float> ? "float" : "double";
    else if constexpr (what == role::text) return "string";
    else if constexpr (what == role::bytes) return "bytes";
    else if constexpr (what == role::time) return "timestamp";
    else if constexpr (what == role::date) return "int (date)";
    else if constexpr (what == role::span) return "duration";
    else if constexpr (what == role::decimal)
        return "decimal(" + std::to_string(V::precision) + ", " + std::to_string(V::scale) + ")";
    else if constexpr (what == role::uuid) return "uuid";
    else if constexpr (what == role::enumeration) return "enum " + name_in_schema<V>();
    else if constexpr (what == role::fixed) return "fixed of " + std::to_string(std::tuple_size_v<V>) + " bytes";
    else if constexpr (what == role::optional) return "union of null and " + words_of<typename traits<V>::inner>();
    else if constexpr (what == role::sequence || what == role::block) return "array";
    else if constexpr (what == role::dictionary) return "map";
    else return "record " + name_in_schema<V>();
}

/// An object as its initializers leave it.
template <class S>
[[nodiscard]] S const& initial() {
    static S const untouched{};
    return untouched;
}

/// Whether a member keeps its initial value where the writer has no such field. Without a word from its author a zero is
/// never made up: only an initializer that says something else than the type alone shows that one was meant.
template <class S, std::size_t I>
[[nodiscard]] bool has_initial() {
    using V = member_at<S, I>;
    V const& value = member_ref<I>(initial<S>());
    if constexpr (member_options<S, I>.template has<has_default>) return true;
    else if constexpr (role_of<V> == role::optional) return true;
    else if constexpr (role_of<V> == role::bytes || role_of<V> == role::sequence || role_of<V> == role::dictionary)
        return !value.empty();
    else if constexpr (role_of<V> == role::record || role_of<V> == role::block) return false;
    else return !(value == V{});
}

}  // namespace weir::avro::detail
