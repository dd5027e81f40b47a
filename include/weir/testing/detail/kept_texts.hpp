// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/reflect.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weir::testing::detail {

using weir::detail::tuple_like;
using weir::detail::variant_like;

template <class T>
concept optional_like = requires(T& value) {
    { value.has_value() } -> std::same_as<bool>;
    *value;
};

/// A container whose elements can be changed where they lie.
template <class T>
concept changeable_range = !std::ranges::borrowed_range<T> && std::ranges::range<T&> &&
                           !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<T&>>> &&
                           std::is_lvalue_reference_v<std::ranges::range_reference_t<T&>>;

template <class T>
consteval bool texts_can_be_kept();

template <class T>
struct all_can_be_kept : std::false_type {};
template <template <class...> class Holder, class... Types>
struct all_can_be_kept<Holder<Types...>> : std::bool_constant<(texts_can_be_kept<Types>() && ...)> {};

/// Whether all that an item borrows is text, in members that can be pointed elsewhere.
template <class T>
consteval bool texts_can_be_kept() {
    if constexpr (std::is_same_v<T, std::string_view> || !borrows<T>) {
        return true;
    } else if constexpr (std::is_const_v<T> || !std::is_class_v<T>) {
        return false;
    } else if constexpr (weir::detail::is_row<T>::value) {
        return texts_can_be_kept<decltype(T::values)>();
    } else if constexpr (optional_like<T>) {
        return texts_can_be_kept<std::remove_reference_t<decltype(*std::declval<T&>())>>();
    } else if constexpr (changeable_range<T>) {
        return texts_can_be_kept<std::remove_reference_t<std::ranges::range_reference_t<T&>>>();
    } else if constexpr (tuple_like<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (texts_can_be_kept<std::tuple_element_t<I, T>>() && ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
    } else if constexpr (variant_like<T>) {
        return all_can_be_kept<T>::value;
    } else if constexpr (describable<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (texts_can_be_kept<std::remove_reference_t<decltype(member_ref<I>(std::declval<T&>()))>>() && ...);
        }(std::make_index_sequence<member_count<T>>{});
    } else {
        return false;
    }
}

/// Texts that items borrow, copied. What it keeps stays where it is, also when the keeper is moved.
class kept_texts {
public:
    kept_texts() = default;
    kept_texts(kept_texts&&) noexcept = default;
    kept_texts& operator=(kept_texts&& other) noexcept {
        spoil();
        texts_ = std::move(other.texts_);
        return *this;
    }
    ~kept_texts() { spoil(); }

    [[nodiscard]] std::string_view keep(std::string_view text) {
        if (text.data() == nullptr) return text;
        auto copy = std::make_unique<char[]>(text.size() + 1);
        text.copy(copy.get(), text.size());
        texts_.push_back({std::move(copy), text.size()});
        return {texts_.back().bytes.get(), text.size()};
    }

    /// Points every text of `item` to a copy that is kept here; an item that borrows other memory stays as it is.
    template <class T>
    void own(T& item) {
        if constexpr (std::is_same_v<T, std::string_view>) {
            item = keep(item);
        } else if constexpr (!borrows<T> || !texts_can_be_kept<T>()) {
            return;
        } else if constexpr (weir::detail::is_row<T>::value) {
            own(item.values);
        } else if constexpr (optional_like<T>) {
            if (item.has_value()) own(*item);
        } else if constexpr (changeable_range<T>) {
            for (auto& each : item) own(each);
        } else if constexpr (tuple_like<T>) {
            std::apply([&](auto&... each) { (own(each), ...); }, item);
        } else if constexpr (variant_like<T>) {
            std::visit([&](auto& each) { own(each); }, item);
        } else {
            visit_members(item, [&](auto, auto& each) { own(each); });
        }
    }

    /// Lets go of all texts. They are written over first: a view that was kept reads nonsense and no longer the text.
    void spoil() noexcept {
        for (kept& each : texts_) std::fill_n(each.bytes.get(), each.size, '\x1a');
        texts_.clear();
    }

private:
    struct kept {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<kept> texts_;
};

}  // namespace weir::testing::detail
