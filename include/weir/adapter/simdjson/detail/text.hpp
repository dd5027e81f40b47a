// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// Four hexadecimal digits as a number, or -1.
[[nodiscard]] constexpr int read_four_hex(char const* at) noexcept {
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        char const c = at[i];
        int const digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/// One escape sequence: the character that it stands for, and where it ends.
struct json_escape {
    std::uint32_t character = 0;
    char const* end = nullptr;  ///< null: there is no such escape
};

/// Reads the escape sequence whose backslash stands at `at`. Half of a surrogate pair stands for no character and is
/// refused.
[[nodiscard]] constexpr json_escape read_escape(char const* at, char const* end) noexcept {
    if (end - at < 2) return {};
    switch (at[1]) {
        case '"': return {'"', at + 2};
        case '\\': return {'\\', at + 2};
        case '/': return {'/', at + 2};
        case 'b': return {'\b', at + 2};
        case 'f': return {'\f', at + 2};
        case 'n': return {'\n', at + 2};
        case 'r': return {'\r', at + 2};
        case 't': return {'\t', at + 2};
        case 'u': break;
        default: return {};
    }
    int const first = end - at < 6 ? -1 : read_four_hex(at + 2);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff)) return {};
    if (first < 0xd800 || first > 0xdbff) return {static_cast<std::uint32_t>(first), at + 6};
    if (end - at < 12 || at[6] != '\\' || at[7] != 'u') return {};
    int const second = read_four_hex(at + 8);
    if (second < 0xdc00 || second > 0xdfff) return {};
    return {
        0x10000U + (static_cast<std::uint32_t>(first - 0xd800) << 10U) + static_cast<std::uint32_t>(second - 0xdc00),
        at + 12};
}

/// Writes a character as UTF-8, at most four bytes; returns the end of it.
[[nodiscard]] constexpr char* write_utf8(std::uint32_t c, char* to) noexcept {
    auto const tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3fU)); };
    if (c < 0x80) {
        *to++ = static_cast<char>(c);
    } else if (c < 0x800) {
        *to++ = static_cast<char>(0xc0U | (c >> 6U));
        *to++ = tail(0);
    } else if (c < 0x10000) {
        *to++ = static_cast<char>(0xe0U | (c >> 12U));
        *to++ = tail(6);
        *to++ = tail(0);
    } else {
        *to++ = static_cast<char>(0xf0U | (c >> 18U));
        *to++ = tail(12);
        *to++ = tail(6);
        *to++ = tail(0);
    }
    return to;
}

/// The first backslash that begins no escape sequence, or null when all do.
[[nodiscard]] inline char const* wrong_escape(char const* at, char const* end) noexcept {
    while (at != end) {
        auto const* next = static_cast<char const*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        if (next == nullptr) return nullptr;
        json_escape const found = read_escape(next, end);
        if (found.end == nullptr) return next;
        at = found.end;
    }
    return nullptr;
}

/// Writes what a string stands for, which is never longer than how it is written. Returns the end of what was written;
/// null, with `wrong` at its backslash, for an escape sequence that there is not.
[[nodiscard]] inline char* unescape(char const* at, char const* end, char* to, char const*& wrong) noexcept {
    while (at != end) {
        auto const* next = static_cast<char const*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        std::size_t const plain = static_cast<std::size_t>((next == nullptr ? end : next) - at);
        std::memmove(to, at, plain);
        to += plain;
        if (next == nullptr) break;
        json_escape const found = read_escape(next, end);
        if (found.end == nullptr) {
            wrong = next;
            return nullptr;
        }
        to = write_utf8(found.character, to);
        at = found.end;
    }
    return to;
}

}  // namespace weir::detail
