// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/hash.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// A part of a key that is all there is of it: a number, an enum, a time, a duration, or an optional of these.
template <class Part>
inline constexpr bool plain_part = std::is_arithmetic_v<Part> || std::is_enum_v<Part>;
template <class Clock, class Duration>
inline constexpr bool plain_part<std::chrono::time_point<Clock, Duration>> = true;
template <class Count, class Period>
inline constexpr bool plain_part<std::chrono::duration<Count, Period>> = true;
template <class Part>
inline constexpr bool plain_part<std::optional<Part>> = plain_part<Part>;

/// A key as a tuple of its parts.
template <class Key>
struct key_parts {
    static constexpr std::size_t texts = 0;
};
template <>
struct key_parts<std::string_view> {
    using type = std::tuple<std::string_view>;
    static constexpr std::size_t texts = 1;
};
template <class... Parts>
    requires((plain_part<Parts> || std::is_same_v<Parts, std::string_view>) && ...)
struct key_parts<std::tuple<Parts...>> {
    using type = std::tuple<Parts...>;
    static constexpr std::size_t texts = (std::size_t{0} + ... + std::size_t{std::is_same_v<Parts, std::string_view>});
};

/// Without exceptions it ends the program, as the standard library's own refusals do.
[[noreturn]] inline void refuse_long_key() {
#if defined(__cpp_exceptions)
    throw std::length_error("weir: a key of 4 GiB");
#else
    std::terminate();
#endif
}

}  // namespace detail

/// A key that is a text, or a tuple of texts and plain parts.
template <class Key>
concept text_key = detail::key_parts<Key>::texts != 0;

/// A key with its texts, for a table to keep: the bytes of a few short texts stand in it, so that comparing it touches no
/// other memory; more of them stand in an arena.
///
/// As a `Key` its texts are views into it or into the arena. Texts of 4 GiB are refused: `std::length_error`.
template <text_key Key>
class packed_key {
    using parts = typename detail::key_parts<Key>::type;
    template <std::size_t I>
    static constexpr bool is_text = std::is_same_v<std::tuple_element_t<I, parts>, std::string_view>;

public:
    /// How many bytes its texts may have together for them to stand in it.
    static constexpr std::size_t room = 16 + 4 * detail::key_parts<Key>::texts;

    packed_key(Key const& key, arena& names) {
        std::size_t size = 0;
        each_part([&]<std::size_t I>(constant<I>) {
            auto const& part = part_of<I>(key);
            if constexpr (is_text<I>) {
                if (part.size() > std::numeric_limits<std::uint32_t>::max()) [[unlikely]] detail::refuse_long_key();
                std::get<I>(packed_) = static_cast<std::uint32_t>(part.size());
                size += part.size();
            } else {
                std::get<I>(packed_) = part;
            }
        });
        char* to = inside_;
        if (size > room) {
            to = names.allocate<char>(size);
            std::memcpy(inside_, &to, sizeof to);
        }
        each_part([&]<std::size_t I>(constant<I>) {
            if constexpr (is_text<I>) {
                std::string_view const text = part_of<I>(key);
                if (!text.empty()) std::memcpy(to, text.data(), text.size());
                to += text.size();
            }
        });
    }

    /// Whether it was made of such a key.
    [[nodiscard, gnu::always_inline]] bool is(Key const& key) const noexcept {
        bool same = true;
        each_part([&]<std::size_t I>(constant<I>) __attribute__((always_inline)) {
            if constexpr (is_text<I>) same = same && std::get<I>(packed_) == part_of<I>(key).size();
            else same = same && std::get<I>(packed_) == part_of<I>(key);
        });
        if (!same) return false;
        char const* at = text();
        each_part([&]<std::size_t I>(constant<I>) __attribute__((always_inline)) {
            if constexpr (is_text<I>) {
                std::string_view const wanted = part_of<I>(key);
                same = same && same_bytes({at, wanted.size()}, wanted);
                at += wanted.size();
            }
        });
        return same;
    }

    friend bool operator==(packed_key const& kept, Key const& key) noexcept { return kept.is(key); }

    [[nodiscard]] operator Key() const noexcept {
        parts made;
        char const* at = text();
        each_part([&]<std::size_t I>(constant<I>) {
            if constexpr (is_text<I>) {
                std::get<I>(made) = {at, std::get<I>(packed_)};
                at += std::get<I>(packed_);
            } else {
                std::get<I>(made) = std::get<I>(packed_);
            }
        });
        if constexpr (std::is_same_v<Key, parts>) return made;
        else return std::get<0>(made);
    }

private:
    template <std::size_t I>
    using constant = std::integral_constant<std::size_t, I>;

    /// What is kept of the parts beside the bytes of texts: of a text, how many they are.
    template <class... Parts>
    static std::tuple<std::conditional_t<std::is_same_v<Parts, std::string_view>, std::uint32_t, Parts>...> pack(
        std::tuple<Parts...> const&);

    template <class Visit>
    [[gnu::always_inline]] static void each_part(Visit&& visit) {
        [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) { (visit(constant<I>{}), ...); }
        (std::make_index_sequence<std::tuple_size_v<parts>>{});
    }

    template <std::size_t I>
    [[nodiscard, gnu::always_inline]] static auto const& part_of(Key const& key) noexcept {
        if constexpr (std::is_same_v<Key, parts>) return std::get<I>(key);
        else return key;
    }

    /// The bytes of all texts, one behind the other.
    [[nodiscard, gnu::always_inline]] char const* text() const noexcept {
        std::size_t size = 0;
        each_part([&]<std::size_t I>(constant<I>) __attribute__((always_inline)) {
            if constexpr (is_text<I>) size += std::get<I>(packed_);
        });
        if (size <= room) [[likely]] return inside_;
        char const* outside = nullptr;
        std::memcpy(&outside, inside_, sizeof outside);
        return outside;
    }

    decltype(pack(std::declval<parts const&>())) packed_{};
    char inside_[room] = {};
};

/// Copies what a key borrows into an arena; keys that own what they hold are returned as they are.
template <class Key>
[[nodiscard]] Key intern_key(Key const& key, arena& into) {
    if constexpr (std::is_same_v<Key, std::string_view>) {
        return into.intern(key);
    } else if constexpr (requires { typename std::tuple_size<Key>::type; } && !std::is_trivially_copyable_v<Key>) {
        return std::apply([&](auto const&... parts) { return Key(intern_key(parts, into)...); }, key);
    } else if constexpr (requires { typename std::tuple_size<Key>::type; }) {
        return std::apply([&](auto const&... parts) { return Key(intern_key(parts, into)...); }, key);
    } else if constexpr (requires { key.has_value(); *key; }) {
        return key ? Key(intern_key(*key, into)) : key;
    } else if constexpr (requires { key.intern(into); }) {
        return key.intern(into);
    } else {
        return key;
    }
}

/// What a table keeps of a key.
template <class Key>
struct kept_key {
    using type = Key;
    [[nodiscard]] static type make(Key const& key, arena& names) { return intern_key(key, names); }
    [[nodiscard, gnu::always_inline]] static bool same(type const& kept, Key const& key) noexcept { return same_key(kept, key); }
};
template <text_key Key>
struct kept_key<Key> {
    using type = packed_key<Key>;
    [[nodiscard]] static type make(Key const& key, arena& names) { return type(key, names); }
    [[nodiscard, gnu::always_inline]] static bool same(type const& kept, Key const& key) noexcept { return kept.is(key); }
};

}  // namespace weir
