// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cfloat>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <simdjson.h>
#include <string_view>

namespace weir::detail {

[[nodiscard]] constexpr bool is_json_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The end of the number that begins at `at`, by JSON's grammar, or null; `whole` when it has neither fraction nor
/// exponent.
[[nodiscard]] constexpr char const* json_number_end(char const* at, char const* end, bool& whole) noexcept {
    auto const digits = [&] {
        char const* const begin = at;
        while (at != end && is_json_digit(*at)) ++at;
        return at != begin;
    };
    whole = true;
    if (at != end && *at == '-') ++at;
    if (at != end && *at == '0') ++at;
    else if (!digits()) return nullptr;
    if (at != end && *at == '.') {
        whole = false;
        ++at;
        if (!digits()) return nullptr;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        whole = false;
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        if (!digits()) return nullptr;
    }
    return at;
}

/// Whether all eight bytes are digits.
[[nodiscard]] constexpr bool are_eight_digits(std::uint64_t bytes) noexcept {
    // Of the bytes below '0' the subtraction borrows into the top bit, of those above '9' the addition carries into it.
    return (((bytes + 0x4646464646464646) | (bytes - 0x3030303030303030)) & 0x8080808080808080) == 0;
}

/// The number that eight digits make, the first of them in the lowest byte: pairs, then fours, then all.
[[nodiscard]] constexpr std::uint64_t value_of_eight_digits(std::uint64_t bytes) noexcept {
    bytes -= 0x3030303030303030;
    bytes = (bytes * 10 + (bytes >> 8)) & 0x00ff00ff00ff00ff;
    bytes = (bytes * 100 + (bytes >> 16)) & 0x0000ffff0000ffff;
    return (bytes * 10000 + (bytes >> 32)) & 0xffffffff;
}

/// The last `count` of the eight bytes before `end`, 1 to 8, behind as many zeros as are missing.
[[nodiscard]] inline std::uint64_t load_digits_before(char const* end, std::size_t count) noexcept {
    std::uint64_t bytes;
    std::memcpy(&bytes, end - 8, 8);
    // Twice, since a shift by 64 is not defined.
    std::uint64_t const missing = (~std::uint64_t{0} >> (4 * count)) >> (4 * count);
    return (bytes & ~missing) | (0x3030303030303030 & missing);
}

[[gnu::noinline]] inline bool read_digits_slowly(char const* begin, char const* end, std::uint64_t& into) noexcept {
    std::uint64_t value = 0;
    for (; begin != end; ++begin) {
        if (!is_json_digit(*begin)) return false;
        if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
            __builtin_add_overflow(value, static_cast<std::uint64_t>(*begin - '0'), &value))
            return false;
    }
    into = value;
    return true;
}

/// The digits of a token as a number, up to 2^64 - 1; false when it is anything else or has a zero in front.
/// `room` says that 16 bytes before the end of the token may be read.
[[nodiscard, gnu::always_inline]] inline bool read_digits(char const* begin, char const* end, bool room,
                                                          std::uint64_t& into) noexcept {
    auto const count = static_cast<std::size_t>(end - begin);
    if (count == 0 || count > 20 || (*begin == '0' && count > 1)) return false;
    if constexpr (std::endian::native == std::endian::little) {
        if (room && count <= 16) [[likely]] {
            std::uint64_t const low = load_digits_before(end, count < 8 ? count : 8);
            if (!are_eight_digits(low)) return false;
            into = value_of_eight_digits(low);
            if (count > 8) {
                std::uint64_t const high = load_digits_before(end - 8, count - 8);
                if (!are_eight_digits(high)) return false;
                into += value_of_eight_digits(high) * 100000000;
            }
            return true;
        }
    }
    return read_digits_slowly(begin, end, into);
}

/// A token as a whole number of type `V`; false when it is anything else, or does not fit. `room` as for `read_digits`.
template <std::integral V>
[[nodiscard, gnu::always_inline]] inline bool read_whole(char const* begin, char const* end, bool room,
                                                         V& into) noexcept {
    bool const negative = *begin == '-';
    std::uint64_t magnitude = 0;
    if (!read_digits(begin + (negative ? 1 : 0), end, room, magnitude)) [[unlikely]] return false;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<V>::max());
    if (magnitude > (!negative ? most : std::is_signed_v<V> ? most + 1 : 0)) [[unlikely]] return false;
    into = static_cast<V>(negative ? 0 - magnitude : magnitude);
    return true;
}

/// The nearest `V` to the number that a token of JSON's grammar makes, by the standard library or by simdjson.
template <std::floating_point V>
[[nodiscard]] inline bool nearest_floating(char const* begin, char const* end, V& into) noexcept {
#if defined(__cpp_lib_to_chars)
    auto const [at, failed] = std::from_chars(begin, end, into);
    if (failed == std::errc{}) return at == end;
#else
    double const value = simdjson::internal::from_chars(begin, end);
    constexpr auto most = static_cast<double>(std::numeric_limits<V>::max());
    if (value >= -most && value <= most) {
        into = static_cast<V>(value);
        return true;
    }
#endif
    return false;
}

/// A number of JSON's grammar as a floating-point number. What is too small becomes zero; false when it is too large,
/// which never becomes infinity.
template <std::floating_point V>
[[nodiscard]] inline bool read_floating(char const* const begin, char const* const end, V& into) noexcept {
    // Where the digits and the power of ten are both exact in V, one operation gives the nearest.
    constexpr V powers[] = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F, 1e8F, 1e9F, 1e10F};
    constexpr int furthest = 10;
    char const* at = begin;
    bool const negative = *at == '-';
    if (negative) ++at;
    std::uint64_t digits = 0;
    int power = 0;
    int count = 0;
    bool significant = false;
    for (bool behind_point = false; at != end && (is_json_digit(*at) || *at == '.'); ++at) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
        power -= behind_point ? 1 : 0;
        significant = significant || *at != '0';
        count += significant ? 1 : 0;
    }
    bool const plain = at == end;
    constexpr std::uint64_t exact = std::uint64_t{1} << std::numeric_limits<V>::digits;
#if FLT_EVAL_METHOD == 0
    if (plain && count < 19 && digits <= exact && power >= -furthest) {
        V const value = static_cast<V>(digits) / powers[-power];
        into = negative ? -value : value;
        return true;
    }
#endif
    if (nearest_floating(begin, end, into)) return true;
    // Both ends of the range are reported alike: told apart by where the first digit that counts stands.
    long long exponent = 0;
    if (!plain) {
        bool const down = at[1] == '-';
        for (at += at[1] == '-' || at[1] == '+' ? 2 : 1; at != end; ++at)
            if (exponent < 100000000) exponent = exponent * 10 + (*at - '0');
        if (down) exponent = -exponent;
    }
    if (significant && exponent + power + count > 0) return false;
    into = negative ? -V{0} : V{0};
    return true;
}

}  // namespace weir::detail
