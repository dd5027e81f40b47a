// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/reflect.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

template <class T>
concept has_value_or_not = requires(T& value) {
    value.has_value();
    *value;
};

/// Whether all that a value borrows is text, in members that can be pointed elsewhere.
template <class T>
consteval bool texts_can_be_owned() {
    if constexpr (std::is_same_v<T, std::string_view> || !borrows<T>) {
        return true;
    } else if constexpr (std::is_const_v<T> || !std::is_class_v<T>) {
        return false;
    } else if constexpr (is_row<T>::value) {
        return texts_can_be_owned<decltype(T::values)>();
    } else if constexpr (has_value_or_not<T>) {
        return texts_can_be_owned<std::remove_reference_t<decltype(*std::declval<T&>())>>();
    } else if constexpr (tuple_like<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (texts_can_be_owned<std::tuple_element_t<I, T>>() && ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
    } else if constexpr (describable<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (texts_can_be_owned<std::remove_reference_t<decltype(member_ref<I>(std::declval<T&>()))>>() && ...);
        }(std::make_index_sequence<member_count<T>>{});
    } else {
        return false;
    }
}

/// Calls `visit(text)` for each text that a value borrows, always in the same order.
template <class T, class Visit>
void visit_texts([[maybe_unused]] T& value, Visit&& visit) {
    using plain = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<plain, std::string_view>) {
        visit(value);
    } else if constexpr (!borrows<plain>) {
        return;
    } else if constexpr (is_row<plain>::value) {
        visit_texts(value.values, visit);
    } else if constexpr (has_value_or_not<T>) {
        if (value.has_value()) visit_texts(*value, visit);
    } else if constexpr (tuple_like<plain>) {
        std::apply([&](auto&... each) { (visit_texts(each, visit), ...); }, value);
    } else {
        visit_members(value, [&](auto, auto& each) { visit_texts(each, visit); });
    }
}

/// How many bytes the texts have that a value borrows.
template <class T>
[[nodiscard]] std::size_t count_text_bytes(T const& value) {
    std::size_t sum = 0;
    visit_texts(value, [&](std::string_view const& text) { sum += text.size(); });
    return sum;
}

}  // namespace weir::detail
