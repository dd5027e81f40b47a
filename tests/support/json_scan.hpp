// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace weir_test {

/// Reads the texts and numbers of a JSON document one after the other, whatever it is made of.
class json_scan {
public:
    explicit json_scan(std::string_view text) : left_(text) {}

    /// Goes on behind the next `mark`; false when there is none.
    bool skip_to(std::string_view mark) {
        std::size_t const at = left_.find(mark);
        if (at == std::string_view::npos) return false;
        left_.remove_prefix(at + mark.size());
        return true;
    }
    bool next_is(char c) {
        if (left_.empty() || left_.front() != c) return false;
        left_.remove_prefix(1);
        return true;
    }
    std::string number() {
        std::size_t const end = left_.find_first_of(",]}");
        std::string const text(left_.substr(0, end));
        left_.remove_prefix(end);
        return text;
    }
    std::string text() {
        std::string value;
        left_.remove_prefix(left_.find('"') + 1);
        while (left_.front() != '"') {
            char c = left_.front();
            left_.remove_prefix(1);
            if (c != '\\') {
                value += c;
                continue;
            }
            c = left_.front();
            left_.remove_prefix(1);
            if (c == 'u') {
                auto const code = static_cast<unsigned>(std::stoul(std::string(left_.substr(0, 4)), nullptr, 16));
                left_.remove_prefix(4);
                if (code >= 0x800) value += static_cast<char>(0xe0 | code >> 12);
                if (code >= 0x80)
                    value += static_cast<char>(code >= 0x800 ? 0x80 | (code >> 6 & 0x3f) : 0xc0 | code >> 6);
                value += static_cast<char>(code < 0x80 ? code : 0x80 | (code & 0x3f));
            } else {
                value += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
            }
        }
        left_.remove_prefix(1);
        return value;
    }

private:
    std::string_view left_;
};

}  // namespace weir_test
