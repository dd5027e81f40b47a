// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/shown_text.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::detail {

/// The end of the string whose opening quote stands at `at`: behind its closing quote, or the end of the text.
[[nodiscard]] inline std::size_t end_of_string(std::string_view text, std::size_t at) noexcept {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') ++at;
        else if (text[at] == '"') return at + 1;
    }
    return text.size();
}

/// The path of the field that the byte at `offset` belongs to: `user.tags[2]`, empty for the document itself.
///
/// It looks at the text from its beginning and takes any text, since it is asked when something is wrong with it. That
/// keeps the road of good documents free of keeping a path.
[[nodiscard]] inline std::string json_path(std::string_view text, std::size_t offset) {
    struct level {
        bool object;
        bool key_known = false;
        std::string_view key{};
        std::size_t index = 0;
    };
    constexpr std::size_t longest = 200;
    std::vector<level> levels;
    bool key_next = false;
    for (std::size_t at = 0; at < std::min(offset, text.size());) {
        char const c = text[at];
        if (c == '"') {
            std::size_t const end = end_of_string(text, at);
            if (end > offset) break;
            if (key_next && !levels.empty()) {
                levels.back().key = text.substr(at + 1, end - at - 2);
                levels.back().key_known = true;
                key_next = false;
            }
            at = end;
            continue;
        }
        if (c == '{' || c == '[') {
            levels.push_back({.object = c == '{'});
            key_next = c == '{';
        } else if ((c == '}' || c == ']') && !levels.empty()) {
            levels.pop_back();
            key_next = false;
        } else if (c == ',' && !levels.empty()) {
            ++levels.back().index;
            levels.back().key_known = false;
            key_next = levels.back().object;
        }
        ++at;
    }
    std::string path;
    for (level const& each : levels) {
        if (path.size() > longest) return path + "...";
        if (each.object && !each.key_known) break;
        if (!each.object) path.append("[").append(std::to_string(each.index)).append("]");
        else path.append(path.empty() ? "" : ".").append(shown_text(each.key));
    }
    return path;
}

/// A path and an offset as an error's place: `user.age, byte 17`.
[[nodiscard]] inline std::string json_place(std::string path, std::size_t offset) {
    if (!path.empty()) path += ", ";
    return path.append("byte ").append(std::to_string(offset));
}

/// A fault that keeps a text from being taken apart at all: where it stands, and what it is.
struct text_fault {
    std::size_t offset = 0;
    char const* cause = nullptr;
};

/// The length of the well-formed UTF-8 sequence at `at`, or 0. Neither overlong forms nor surrogates are well-formed.
[[nodiscard]] inline std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
    auto const byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto const continues = [&](std::size_t i, unsigned least, unsigned most) {
        return byte(at + i) >= least && byte(at + i) <= most;
    };
    unsigned const lead = byte(at);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1, 0x80, 0xbf) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        bool const second = continues(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
        return second && continues(2, 0x80, 0xbf) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        bool const second = continues(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
        return second && continues(2, 0x80, 0xbf) && continues(3, 0x80, 0xbf) ? 4 : 0;
    }
    return 0;
}

/// The first byte that is not UTF-8, the first control character within a string, or the string that is never closed.
[[nodiscard]] inline text_fault find_text_fault(std::string_view text) noexcept {
    bool in_string = false;
    std::size_t opened = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const length = utf8_length(text, at);
        if (length == 0) return {at, "the text is not valid UTF-8"};
        char const c = text[at];
        if (in_string) {
            if (c == '"') in_string = false;
            else if (length == 1 && static_cast<unsigned char>(c) < 0x20)
                return {at, "a control character stands unescaped in a string"};
            else if (c == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
        } else if (c == '"') {
            in_string = true;
            opened = at;
        }
        at += length;
    }
    if (in_string) return {opened, "a string is never closed"};
    return {};
}

}  // namespace weir::detail
