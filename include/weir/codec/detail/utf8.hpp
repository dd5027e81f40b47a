// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace weir::detail {

/// The sequence at the beginning of a text that is not empty: how many bytes it has, and whether it is a character.
/// What is none is as long as its part that could have begun one, as the Unicode standard advises for replacements
/// (section 3.9).
struct utf8_sequence {
    std::size_t size;
    bool valid;
};

[[nodiscard]] constexpr utf8_sequence first_utf8_sequence(std::string_view text) noexcept {
    auto const byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned const first = byte(0);
    if (first < 0x80) return {1, true};
    std::size_t const size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first < 0xC2 || first > 0xF4) return {1, false};
    // The second byte is what keeps out overlong forms, surrogates, and what lies beyond U+10FFFF.
    unsigned const low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned const high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (text.size() < 2 || byte(1) < low || byte(1) > high) return {1, false};
    for (std::size_t i = 2; i < size; ++i)
        if (i >= text.size() || byte(i) < 0x80 || byte(i) > 0xBF) return {i, false};
    return {size, true};
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        utf8_sequence const sequence = first_utf8_sequence(text);
        if (!sequence.valid) return false;
        text.remove_prefix(sequence.size);
    }
    return true;
}

}  // namespace weir::detail
