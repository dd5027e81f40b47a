// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/base/int128.hpp>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// Multiplies two words to 128 bits and folds the halves together: the mixing step of the multiply-fold family of hashes
/// (Wang Yi, "wyhash"; here in its plainest form).
[[nodiscard]] constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept {
    auto const product = static_cast<uint128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

namespace detail {

inline constexpr std::uint64_t odd_one = 0x9e3779b97f4a7c15;
inline constexpr std::uint64_t odd_two = 0xd6e8feb86659fd93;

inline std::uint64_t load_word(char const* from) noexcept {
    std::uint64_t word;
    std::memcpy(&word, from, 8);
    return word;
}

inline std::uint64_t load_half(char const* from) noexcept {
    std::uint32_t half;
    std::memcpy(&half, from, 4);
    return half;
}

}  // namespace detail

/// A number that differs from process to process, so that nobody can prepare keys that collide in our tables. It decides
/// only where entries lie, never their order. It comes from where the system put the stack and the heap.
[[nodiscard]] inline std::uint64_t make_process_seed() {
    detail::owner<char> const heap(new char);
    return fold_multiply(reinterpret_cast<std::uintptr_t>(heap.get()) ^ detail::odd_one,
                         reinterpret_cast<std::uintptr_t>(&heap) ^ detail::odd_two);
}
inline std::uint64_t const process_seed = make_process_seed();

/// Hash of bytes. Reads them once; about a nanosecond for a short text.
[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) noexcept {
    char const* p = text.data();
    std::size_t n = text.size();
    seed ^= detail::odd_one;
    if (n <= 16) [[likely]] {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        if (n >= 8) {
            a = detail::load_word(p);
            b = detail::load_word(p + n - 8);
        } else if (n >= 4) {
            a = detail::load_half(p);
            b = detail::load_half(p + n - 4);
        } else if (n > 0) {
            auto const byte = [p](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])); };
            a = byte(0) << 16 | byte(n / 2) << 8 | byte(n - 1);
        }
        return fold_multiply(detail::odd_two ^ n, fold_multiply(a ^ detail::odd_two, b ^ seed));
    }
    std::uint64_t state = seed;
    std::size_t left = n;
    for (; left > 16; left -= 16, p += 16)
        state = fold_multiply(detail::load_word(p) ^ detail::odd_two, detail::load_word(p + 8) ^ state);
    char const* const tail = text.data() + n - 16;
    state = fold_multiply(detail::load_word(tail) ^ detail::odd_two, detail::load_word(tail + 8) ^ state);
    return fold_multiply(detail::odd_two ^ n, state);
}

/// Whether two texts are the same. Keys are short, and the call of a general comparison would cost more than the comparison.
[[nodiscard, gnu::always_inline]] inline bool same_bytes(std::string_view a, std::string_view b) noexcept {
    std::size_t const n = a.size();
    if (n != b.size()) return false;
    char const* const p = a.data();
    char const* const q = b.data();
    if (n > 32) return std::memcmp(p, q, n) == 0;
    if (n >= 8) {
        std::uint64_t differences = detail::load_word(p + n - 8) ^ detail::load_word(q + n - 8);
        for (std::size_t at = 0; at + 8 < n; at += 8) differences |= detail::load_word(p + at) ^ detail::load_word(q + at);
        return differences == 0;
    }
    if (n >= 4)
        return ((detail::load_half(p) ^ detail::load_half(q)) | (detail::load_half(p + n - 4) ^ detail::load_half(q + n - 4))) == 0;
    return n == 0 || (p[0] == q[0] && p[n / 2] == q[n / 2] && p[n - 1] == q[n - 1]);
}

/// Whether two keys are the same, as `==` has it; and what is not a number is one key.
template <class Key>
[[nodiscard, gnu::always_inline]] inline bool same_key(Key const& a, Key const& b) noexcept {
    if constexpr (std::is_same_v<Key, std::string_view>) {
        return same_bytes(a, b);
    } else if constexpr (requires { typename std::tuple_size<Key>::type; }) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (same_key(std::get<I>(a), std::get<I>(b)) && ...);
        }(std::make_index_sequence<std::tuple_size_v<Key>>{});
    } else if constexpr (std::is_floating_point_v<Key>) {
        return a == b || (a != a && b != b);
    } else {
        return a == b;
    }
}

/// Hash of a key: integers, enums, bools, times, durations, texts, and optionals and tuples of these.
///
/// `seed` makes it different in each process, so that nobody can prepare keys that collide. Floating-point keys are hashed
/// by value: `-0.0` and `0.0` are one key, and so is all that is not a number.
template <class Key>
[[nodiscard]] inline std::uint64_t hash_key(Key const& key, std::uint64_t seed) noexcept {
    if constexpr (std::is_convertible_v<Key const&, std::string_view>) {
        return hash_bytes(std::string_view(key), seed);
    } else if constexpr (std::is_enum_v<Key> || std::is_integral_v<Key>) {
        return fold_multiply(static_cast<std::uint64_t>(key) ^ seed, detail::odd_one);
    } else if constexpr (std::is_floating_point_v<Key>) {
        double const value = key == 0 ? 0.0 : key != key ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(key);
        std::uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        return fold_multiply(bits ^ seed, detail::odd_one);
    } else if constexpr (requires { key.time_since_epoch().count(); }) {
        return hash_key(key.time_since_epoch().count(), seed);
    } else if constexpr (requires { typename Key::period; key.count(); }) {
        return hash_key(key.count(), seed);
    } else if constexpr (requires { key.has_value(); *key; }) {
        return key ? hash_key(*key, seed) : fold_multiply(seed, detail::odd_two);
    } else if constexpr (requires { key.hash(seed); }) {
        return key.hash(seed);
    } else {
        return std::apply(
            [seed](auto const&... parts) {
                std::uint64_t state = seed;
                ((state = hash_key(parts, state)), ...);
                return state;
            },
            key);
    }
}

}  // namespace weir
