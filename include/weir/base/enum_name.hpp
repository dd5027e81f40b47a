// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/enumerators.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir {

/// The values, both ends included, among which the enumerators of `E` are looked for.
///
/// An enum that goes beyond widens it, and each value costs compile time whether it has an enumerator or not:
/// `template <> struct weir::enum_range<http_status> { static constexpr int min = 100, max = 599; };`
template <class E>
struct enum_range {
    static constexpr int min = -1;
    static constexpr int max = 127;
};

namespace detail {

template <class E>
using known_enumerators = enumerators<E, enum_range<E>::min, enum_range<E>::max>;

}  // namespace detail

/// The values of the enumerators of `E` within its `enum_range`, rising; a value with two names stands there once.
template <class E>
    requires std::is_enum_v<E>
inline constexpr auto enum_values = detail::known_enumerators<E>::values();

/// Their names, in the same order, each followed by a terminator that the view does not count.
template <class E>
    requires std::is_enum_v<E>
inline constexpr auto enum_names = detail::packed_names<detail::known_enumerators<E>>;

/// The name of a value, empty when it has none or lies outside of `enum_range`; of two names the first declared.
///
/// Lives as long as the program. Costs one subtraction where the values have no gaps, else a search by halves.
template <class E>
    requires std::is_enum_v<E>
[[nodiscard]] constexpr std::string_view enum_name(E value) noexcept {
    constexpr auto& values = enum_values<E>;
    if constexpr (values.size() == 0) {
        return {};
    } else {
        using number = std::underlying_type_t<E>;
        constexpr auto first = static_cast<number>(values.front());
        constexpr auto last = static_cast<number>(values.back());
        auto const wanted = static_cast<number>(value);
        if (wanted < first || wanted > last) return {};
        if constexpr (static_cast<unsigned long long>(last) - static_cast<unsigned long long>(first) + 1 ==
                      values.size()) {
            return enum_names<E>[static_cast<std::size_t>(static_cast<unsigned long long>(wanted) -
                                                          static_cast<unsigned long long>(first))];
        } else {
            std::size_t begin = 0;
            std::size_t end = values.size();
            while (end - begin > 1) {
                std::size_t const middle = begin + (end - begin) / 2;
                if (static_cast<number>(values[middle]) <= wanted) begin = middle;
                else end = middle;
            }
            return values[begin] == value ? enum_names<E>[begin] : std::string_view{};
        }
    }
}

/// The value of that name, or nothing when no enumerator within `enum_range` is called so. Letter case counts.
template <class E>
    requires std::is_enum_v<E>
[[nodiscard]] constexpr std::optional<E> enum_from_name(std::string_view name) noexcept {
    for (std::size_t i = 0; i < enum_values<E>.size(); ++i)
        if (enum_names<E>[i] == name) return enum_values<E>[i];
    return std::nullopt;
}

}  // namespace weir
