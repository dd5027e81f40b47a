// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace weir_test {

/// JSON's grammar (RFC 8259), rule by rule, with UTF-8 and the surrogates checked: slow, and nothing to get wrong.
class naive_json {
public:
    explicit naive_json(std::string_view text, int deepest = 64) : text_(text), deepest_(deepest) {}

    /// Whether the text is one value and nothing else.
    [[nodiscard]] bool valid() {
        blank();
        if (!value(1)) return false;
        blank();
        return at_ == text_.size();
    }

private:
    [[nodiscard]] unsigned peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : 0x100U; }
    bool take(char c) {
        if (peek() != static_cast<unsigned char>(c)) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }
    void blank() {
        while (take(' ') || take('\t') || take('\n') || take('\r')) {}
    }

    bool value(int depth) {
        if (peek() == '{') return depth <= deepest_ && object(depth);
        if (peek() == '[') return depth <= deepest_ && array(depth);
        if (peek() == '"') return string();
        return take("true") || take("false") || take("null") || number();
    }

    bool object(int depth) {
        take('{');
        blank();
        if (take('}')) return true;
        for (;;) {
            blank();
            if (!string()) return false;
            blank();
            if (!take(':')) return false;
            blank();
            if (!value(depth + 1)) return false;
            blank();
            if (take('}')) return true;
            if (!take(',')) return false;
        }
    }

    bool array(int depth) {
        take('[');
        blank();
        if (take(']')) return true;
        for (;;) {
            blank();
            if (!value(depth + 1)) return false;
            blank();
            if (take(']')) return true;
            if (!take(',')) return false;
        }
    }

    bool digits() {
        bool any = false;
        for (; peek() >= '0' && peek() <= '9'; ++at_) any = true;
        return any;
    }
    bool number() {
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        return true;
    }

    bool hex(unsigned& value) {
        value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            unsigned const c = peek();
            if (c >= '0' && c <= '9') value = value * 16 + (c - '0');
            else if (c >= 'a' && c <= 'f') value = value * 16 + (c - 'a' + 10);
            else if (c >= 'A' && c <= 'F') value = value * 16 + (c - 'A' + 10);
            else return false;
        }
        return true;
    }
    bool escape() {
        if (take('u')) {
            unsigned first = 0;
            if (!hex(first)) return false;
            if (first >= 0xdc00 && first <= 0xdfff) return false;
            if (first < 0xd800 || first > 0xdbff) return true;
            unsigned second = 0;
            return take("\\u") && hex(second) && second >= 0xdc00 && second <= 0xdfff;
        }
        std::size_t const known = std::string_view("\"\\/bfnrt").find(static_cast<char>(peek()));
        if (peek() > 0xff || known == std::string_view::npos) return false;
        ++at_;
        return true;
    }
    bool continued(int bytes, unsigned least, unsigned most) {
        if (peek() < least || peek() > most) return false;
        ++at_;
        return bytes == 1 || continued(bytes - 1, 0x80, 0xbf);
    }
    bool string() {
        if (!take('"')) return false;
        for (;;) {
            unsigned const c = peek();
            ++at_;
            if (c == '"') return true;
            if (c == '\\') {
                if (!escape()) return false;
            } else if (c < 0x20 || c > 0xff) {
                return false;
            } else if (c >= 0x80) {
                bool const good = c >= 0xc2 && c <= 0xdf   ? continued(1, 0x80, 0xbf)
                                  : c == 0xe0              ? continued(2, 0xa0, 0xbf)
                                  : c == 0xed              ? continued(2, 0x80, 0x9f)
                                  : c >= 0xe1 && c <= 0xef ? continued(2, 0x80, 0xbf)
                                  : c == 0xf0              ? continued(3, 0x90, 0xbf)
                                  : c == 0xf4              ? continued(3, 0x80, 0x8f)
                                  : c >= 0xf1 && c <= 0xf3 ? continued(3, 0x80, 0xbf)
                                                           : false;
                if (!good) return false;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int deepest_;
};

}  // namespace weir_test
