// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/simdjson/detail/key_order.hpp>
#include <weir/base/reflect.hpp>
#include <weir/base/type_list.hpp>
#include <weir/time/timestamp.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

template <class V>
struct container_of {
    static constexpr bool optional = false, vector = false, array = false;
    using element = V;
};
template <class V>
struct container_of<std::optional<V>> : container_of<void> {
    static constexpr bool optional = true;
    using element = V;
};
template <class V, class A>
struct container_of<std::vector<V, A>> : container_of<void> {
    static constexpr bool vector = true;
    using element = V;
};
template <class V, std::size_t N>
struct container_of<std::array<V, N>> : container_of<void> {
    static constexpr bool array = true;
    using element = V;
};

template <class V>
inline constexpr bool is_contained = container_of<V>::optional || container_of<V>::vector || container_of<V>::array;

/// A whole number, and not a character or a truth value.
template <class V>
concept json_whole =
    std::integral<V> && !std::same_as<V, bool> && !std::same_as<V, char> && !std::same_as<V, wchar_t> &&
    !std::same_as<V, char8_t> && !std::same_as<V, char16_t> && !std::same_as<V, char32_t>;

template <class V>
concept json_floating = std::same_as<V, float> || std::same_as<V, double>;

template <class V>
concept json_text = std::same_as<V, std::string_view> || std::same_as<V, std::string>;

template <class V>
inline constexpr bool is_json_duration = false;
template <class Count, class Period>
inline constexpr bool is_json_duration<std::chrono::duration<Count, Period>> =
    json_whole<Count> || json_floating<Count>;

/// What fits into one JSON scalar.
template <class V>
concept json_scalar = json_whole<V> || json_floating<V> || json_text<V> || std::same_as<V, bool> ||
                      std::same_as<V, timestamp> || is_json_duration<V> || std::is_enum_v<V>;

template <class V>
concept json_object = !json_scalar<V> && !is_contained<V> && describable<V>;

/// The type of member `I` of a describable struct.
template <class S, std::size_t I>
using member_at = type_at<I, member_types<S>>;

/// How a member is written, where its type leaves that open: what its annotations say.
struct field_form {
    bool unit_declared = false;
    epoch unit = epoch::milliseconds;
    bool as_text = false;
};

template <class S, std::size_t I>
inline constexpr field_form form_of{member_options<S, I>.unit.has_value(),
                                    member_options<S, I>.unit.value_or(epoch::milliseconds), member_options<S, I>.text};

/// The structs that `V` is made of, each once, behind those of `List`.
template <class List, class V>
struct struct_types;

template <class List, class V>
using struct_types_t = typename struct_types<List, V>::type;


template <class List, class S>
struct has_type : std::false_type {};
template <class... Types, class S>
struct has_type<type_list<Types...>, S> : std::bool_constant<(std::same_as<Types, S> || ...)> {};

template <class List, class S, std::size_t I, std::size_t Count>
struct structs_of_members {
    using type = typename structs_of_members<struct_types_t<List, member_at<S, I>>, S, I + 1, Count>::type;
};
template <class List, class S, std::size_t Count>
struct structs_of_members<List, S, Count, Count> {
    using type = List;
};

template <class... Types, class V>
struct struct_types<type_list<Types...>, V> {
    static consteval auto find() {
        using list = type_list<Types...>;
        if constexpr (is_contained<V>) {
            return struct_types<list, typename container_of<V>::element>{};
        } else if constexpr (json_object<V> && !has_type<list, V>::value) {
            return structs_of_members<type_list<Types..., V>, V, 0, member_count<V>>{};
        } else {
            return std::type_identity<list>{};
        }
    }
    using type = typename decltype(find())::type;
};

template <class S>
using key_order_of = key_order<member_count<S>>;

template <class S>
struct order_entry {
    key_order_of<S> order{};
};

template <class List>
struct order_entries;
template <class... Structs>
struct order_entries<type_list<Structs...>> : order_entry<Structs>... {};

/// In what order the keys of each struct came last, for every struct that `T` is made of.
template <class T>
class shape_memory {
public:
    template <class S>
    [[nodiscard]] key_order_of<S>& order() noexcept {
        return static_cast<order_entry<S>&>(entries_).order;
    }

private:
    order_entries<struct_types_t<type_list<>, T>> entries_{};
};

/// Whether `V`, and all that it is made of, can be read from JSON.
template <class V, class Seen = type_list<>>
consteval bool json_readable() {
    if constexpr (is_contained<V>) {
        return json_readable<typename container_of<V>::element, Seen>();
    } else if constexpr (json_scalar<V> || has_type<Seen, V>::value) {
        return true;
    } else if constexpr (json_object<V>) {
        return []<class... Before, std::size_t... I>(type_list<Before...>, std::index_sequence<I...>) {
            return (json_readable<member_at<V, I>, type_list<Before..., V>>() && ...);
        }(Seen{}, std::make_index_sequence<member_count<V>>{});
    } else {
        return false;
    }
}

}  // namespace weir::detail
