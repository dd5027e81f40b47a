// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::avro::detail {

/// A JSON document, as schemas and a registry's answers are written in: few, small, and read once.
struct json_value {
    enum class kind : unsigned char { null, boolean, number, text, array, object };

    kind what = kind::null;
    bool truth = false;
    std::string text{};               ///< of a text; of a number as it stands there
    std::vector<std::string> keys{};  ///< of an object, in order
    std::vector<json_value> items{};  ///< of an array, or the values of an object

    /// The value of that key, or null when there is none; of two the first.
    [[nodiscard]] json_value const* find(std::string_view key) const noexcept {
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (keys[i] == key) return &items[i];
        return nullptr;
    }
    /// The text of that key; empty when there is none.
    [[nodiscard]] std::string_view text_of(std::string_view key) const noexcept {
        json_value const* const found = find(key);
        return found && found->what == kind::text ? std::string_view(found->text) : std::string_view();
    }
    /// The whole number of that key, if it is one.
    [[nodiscard]] std::optional<std::int64_t> number_of(std::string_view key) const noexcept {
        json_value const* const found = find(key);
        if (!found || found->what != kind::number) return std::nullopt;
        std::int64_t number = 0;
        char const* const end = found->text.data() + found->text.size();
        auto const [stopped, problem] = std::from_chars(found->text.data(), end, number);
        if (problem != std::errc() || stopped != end) return std::nullopt;
        return number;
    }
    [[nodiscard]] bool is(kind other) const noexcept { return what == other; }
};

/// Reads one document. Nesting and size are bounded, since a schema may come from anybody.
class json_parser {
public:
    static constexpr std::size_t deepest = 96;
    static constexpr std::size_t largest = std::size_t{1} << 20;

    /// Nothing, with `problem()` set, when the text is no JSON document.
    [[nodiscard]] std::optional<json_value> parse(std::string_view text) {
        begin_ = at_ = text.data();
        end_ = at_ + text.size();
        problem_ = nullptr;
        json_value whole;
        if (text.size() > largest) fail("the document is too large");
        else if (read(whole, 0)) {
            skip_blanks();
            if (at_ == end_) return whole;
            fail("something follows the end of the document");
        }
        return std::nullopt;
    }

    /// What is wrong, and at which byte.
    [[nodiscard]] std::string problem() const {
        return std::string(problem_) + " (byte " + std::to_string(at_ - begin_) + ")";
    }

private:
    using kind = json_value::kind;

    bool fail(char const* why) noexcept {
        if (!problem_) problem_ = why;
        return false;
    }
    void skip_blanks() noexcept {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
    }
    bool next_is(char c) noexcept {
        skip_blanks();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view expected) noexcept {
        if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, expected.size()) != expected)
            return fail("no JSON value stands here");
        at_ += expected.size();
        return true;
    }

    bool read(json_value& into, std::size_t depth) {
        skip_blanks();
        if (depth > deepest) return fail("the document is nested too deeply");
        if (at_ == end_) return fail("the document ends too early");
        switch (*at_) {
            case '{': return read_object(into, depth);
            case '[': return read_array(into, depth);
            case '"': into.what = kind::text; return read_text(into.text);
            case 'n': return word("null");
            case 't': into.what = kind::boolean; into.truth = true; return word("true");
            case 'f': into.what = kind::boolean; return word("false");
            default: return read_number(into);
        }
    }

    bool read_object(json_value& into, std::size_t depth) {
        into.what = kind::object;
        ++at_;
        if (next_is('}')) return true;
        do {
            skip_blanks();
            if (at_ == end_ || *at_ != '"') return fail("a key is expected here");
            if (!read_text(into.keys.emplace_back())) return false;
            if (!next_is(':')) return fail("a colon is expected here");
            if (!read(into.items.emplace_back(), depth + 1)) return false;
        } while (next_is(','));
        return next_is('}') || fail("a comma or the end of the object is expected here");
    }

    bool read_array(json_value& into, std::size_t depth) {
        into.what = kind::array;
        ++at_;
        if (next_is(']')) return true;
        do {
            if (!read(into.items.emplace_back(), depth + 1)) return false;
        } while (next_is(','));
        return next_is(']') || fail("a comma or the end of the array is expected here");
    }

    bool read_number(json_value& into) {
        into.what = kind::number;
        char const* const first = at_;
        while (at_ != end_ && ((*at_ >= '0' && *at_ <= '9') || *at_ == '-' || *at_ == '+' || *at_ == '.' ||
                               *at_ == 'e' || *at_ == 'E'))
            ++at_;
        if (first == at_) return fail("no JSON value stands here");
        into.text.assign(first, at_);
        return true;
    }

    bool read_hexadecimal(std::uint32_t& unit) noexcept {
        unit = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            if (at_ == end_) return fail("the document ends too early");
            char const c = *at_;
            std::uint32_t const digit = c >= '0' && c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                        : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a' + 10)
                                        : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                               : 16;
            if (digit == 16) return fail("an escape has no four hexadecimal digits");
            unit = unit << 4 | digit;
        }
        return true;
    }

    static void append_utf8(std::string& into, std::uint32_t point) {
        auto const byte = [&](std::uint32_t value) { into += static_cast<char>(value); };
        if (point < 0x80) return byte(point);
        if (point < 0x800) byte(0xC0 | point >> 6);
        else {
            if (point < 0x10000) byte(0xE0 | point >> 12);
            else {
                byte(0xF0 | point >> 18);
                byte(0x80 | (point >> 12 & 0x3F));
            }
            byte(0x80 | (point >> 6 & 0x3F));
        }
        byte(0x80 | (point & 0x3F));
    }

    bool read_escape(std::string& into) {
        if (at_ == end_) return fail("the document ends too early");
        char const c = *at_++;
        switch (c) {
            case 'n': into += '\n'; return true;
            case 't': into += '\t'; return true;
            case 'r': into += '\r'; return true;
            case 'b': into += '\b'; return true;
            case 'f': into += '\f'; return true;
            case '"': case '\\': case '/': into += c; return true;
            case 'u': break;
            default: return fail("there is no such escape");
        }
        std::uint32_t unit = 0;
        if (!read_hexadecimal(unit)) return false;
        if (unit >= 0xD800 && unit < 0xDC00) {
            std::uint32_t low = 0;
            if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return fail("half a surrogate pair");
            at_ += 2;
            if (!read_hexadecimal(low)) return false;
            if (low < 0xDC00 || low > 0xDFFF) return fail("half a surrogate pair");
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        } else if (unit >= 0xDC00 && unit < 0xE000) {
            return fail("half a surrogate pair");
        }
        append_utf8(into, unit);
        return true;
    }

    bool read_text(std::string& into) {
        for (++at_; at_ != end_; ) {
            char const c = *at_++;
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return fail("a control character stands in a text");
            if (c != '\\') into += c;
            else if (!read_escape(into)) return false;
        }
        return fail("the document ends too early");
    }

    char const* begin_ = nullptr;
    char const* at_ = nullptr;
    char const* end_ = nullptr;
    char const* problem_ = nullptr;
};

/// Appends a text as JSON writes it.
inline void append_json_text(std::string& into, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    into += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (into += '\\') += c;
        else if (byte < 0x20) ((into += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
        else into += c;
    }
    into += '"';
}

}  // namespace weir::avro::detail
