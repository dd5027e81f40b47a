// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::elasticsearch::detail {

/// Reads through a server's JSON from left to right and takes what is wanted of it. It is tolerant: what it passes over it
/// does not judge. Every step says whether it could be taken; after one that could not the place means nothing.
class json_scan {
public:
    explicit json_scan(std::string_view text) noexcept : left_(text) {}

    /// The next character that is no white space; 0 at the end.
    char next() noexcept {
        std::size_t const at = left_.find_first_not_of(" \t\r\n");
        left_.remove_prefix(at == std::string_view::npos ? left_.size() : at);
        return left_.empty() ? '\0' : left_.front();
    }
    bool take(char c) noexcept {
        if (next() != c || c == '\0') return false;
        left_.remove_prefix(1);
        return true;
    }
    /// A text as it stands between its quotes.
    bool take_text(std::string_view& raw) noexcept {
        if (!take('"')) return false;
        for (std::size_t at = 0; at < left_.size(); ++at) {
            if (left_[at] == '\\') {
                ++at;
            } else if (left_[at] == '"') {
                raw = left_.substr(0, at);
                left_.remove_prefix(at + 1);
                return true;
            }
        }
        return false;
    }
    bool take_number(int& number) noexcept {
        next();
        auto const [end, problem] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
        if (problem != std::errc()) return false;
        left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
        return true;
    }
    /// A value of any kind, as it stands there.
    bool take_value(std::string_view& raw) noexcept {
        char const first = next();
        std::string_view const before = left_;
        std::string_view text;
        if (first == '"') {
            if (!take_text(text)) return false;
        } else if (first == '{' || first == '[') {
            std::size_t depth = 0;
            do {
                std::size_t const at = left_.find_first_of("{}[]\"");
                if (at == std::string_view::npos) return false;
                char const c = left_[at];
                left_.remove_prefix(c == '"' ? at : at + 1);
                if (c == '"' && !take_text(text)) return false;
                if (c == '{' || c == '[') ++depth;
                if (c == '}' || c == ']') --depth;
            } while (depth != 0);
        } else {
            std::size_t const end = left_.find_first_of(",]} \t\r\n");
            if (end == 0 || left_.empty()) return false;
            left_.remove_prefix(end == std::string_view::npos ? left_.size() : end);
        }
        raw = before.substr(0, before.size() - left_.size());
        return true;
    }
    /// An object: `member(name)` is called for each of its names and takes its value, or says that it could not.
    template <class Member>
    bool take_object(Member&& member) {
        if (!take('{')) return false;
        if (take('}')) return true;
        do {
            std::string_view name;
            if (!take_text(name) || !take(':') || !member(name)) return false;
        } while (take(','));
        return take('}');
    }
    /// An array: `element()` takes one of its values.
    template <class Element>
    bool take_array(Element&& element) {
        if (!take('[')) return false;
        if (take(']')) return true;
        do {
            if (!element()) return false;
        } while (take(','));
        return take(']');
    }

private:
    std::string_view left_;
};

/// A text of JSON for people: escapes resolved, control characters as blanks, at most `most` bytes.
inline std::string readable(std::string_view raw, std::size_t most) {
    std::string text;
    for (std::size_t at = 0; at < raw.size() && text.size() < most; ++at) {
        char c = raw[at];
        if (c == '\\' && at + 1 < raw.size()) {
            c = raw[++at];
            if (c == 'u') {
                unsigned code = 0x20;
                std::string_view const digits = raw.substr(at + 1, 4);
                std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
                at += digits.size();
                if (code >= 0x800) text += static_cast<char>(0xe0 | code >> 12);
                if (code >= 0x80)
                    text += static_cast<char>(code >= 0x800 ? 0x80 | (code >> 6 & 0x3f) : 0xc0 | code >> 6);
                c = static_cast<char>(code >= 0x80 ? 0x80 | (code & 0x3f) : code);
            } else if (c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f') {
                c = ' ';
            }
        }
        text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace weir::elasticsearch::detail
