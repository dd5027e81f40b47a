// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/simdjson/detail/number.hpp>
#include <weir/adapter/simdjson/detail/text.hpp>
#include <weir/base/detail/shown_text.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace weir::detail {

/// What is wrong with a document, and at which byte; `field` is added to the path of what stands there.
struct json_fault {
    std::uint32_t offset = 0;
    std::string field{};
    std::string cause{};
    std::string advice{};
};

/// Walks over values by their index and checks all of them that the index does not say: the order of brackets, commas
/// and colons, escapes, numbers and literals.
///
/// Nesting is counted, not followed by calls, so that no text can exhaust the stack.
class json_validator {
public:
    /// A place in the index, behind which others follow.
    using place = std::uint32_t const*;

    /// `levels` has room for a bit for each of `deepest` levels. What is wrong is put into `fault`, if there is one.
    json_validator(std::size_t deepest, std::uint64_t* levels, json_fault* fault) noexcept
        : deepest_(deepest), levels_(levels), fault_(fault) {}

    /// The text to read. Behind it `json_padding` bytes may be read too.
    void open(char const* text, std::size_t size) noexcept {
        text_ = text;
        end_ = text + size;
        find_escape(text);
    }

    /// Reading goes back to `at`: so does the search for backslashes, but for what it knows.
    [[gnu::noinline]] void go_back(char const* at) noexcept {
        if (at >= searched_from_) return;
        auto const left = static_cast<std::size_t>(searched_from_ - at);
        if (auto const* found = static_cast<char const*>(std::memchr(at, '\\', left))) escape_ = found;
        searched_from_ = at;
    }

protected:
    /// Behind the last byte of the token that stands before the place `next`.
    [[nodiscard, gnu::always_inline]] static char const* token_end(char const* text, place next) noexcept {
        char const* end = text + *next;
        while (is_blank(end[-1])) --end;
        return end;
    }

    [[nodiscard, gnu::always_inline]] static bool is_blank(char c) noexcept {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    [[nodiscard, gnu::always_inline]] static bool is_literal(char const* begin, char const* end,
                                                             std::string_view literal) noexcept {
        return static_cast<std::size_t>(end - begin) == literal.size() &&
               std::memcmp(begin, literal.data(), literal.size()) == 0;
    }

    /// Whether a string holds a backslash. Asked in the order of the text, so that the text is searched once.
    [[nodiscard, gnu::always_inline]] bool has_escape(char const* begin, char const* end) noexcept {
        return escape_ < end && next_escape(begin) < end;
    }

    [[gnu::noinline]] char const* next_escape(char const* begin) noexcept {
        // An earlier one stood in what was passed over, or not in a string at all.
        if (escape_ < begin) find_escape(begin);
        return escape_;
    }

    void find_escape(char const* begin) noexcept {
        auto const left = static_cast<std::size_t>(end_ - begin);
        auto const* const found = static_cast<char const*>(std::memchr(begin, '\\', left));
        escape_ = found == nullptr ? end_ : found;
        searched_from_ = begin;
    }

    /// Passes over one value.
    [[nodiscard, gnu::always_inline]] inline place skip(char const* text, place next) {
        if (text[*next] == '"') [[likely]] {
            // The index has found its end. What follows it is for the caller to judge.
            if (escape_ < text + next[1]) [[unlikely]] return skip_escaped(text, next);
            return next + 1;
        }
        return skip_other(text, next);
    }

    [[gnu::noinline]] place skip_escaped(char const* text, place next) {
        char const* const begin = text + *next + 1;
        char const* const end = token_end(text, next + 1) - 1;
        if (has_escape(begin, end))
            if (char const* const wrong = wrong_escape(begin, end)) return fail_escape(wrong);
        return next + 1;
    }

    [[gnu::noinline]] place skip_other(char const* text, place next) {
        switch (text[*next]) {
            case '{':
            case '[': return skip_nested(text, next);
            default: return skip_scalar(text, next);
        }
    }

    /// Passes over a number, `true`, `false` or `null`.
    [[nodiscard]] place skip_scalar(char const* text, place next) {
        std::uint32_t const at = *next;
        char const* const begin = text + at;
        switch (*begin) {
            case 't':
            case 'f':
            case 'n': {
                char const* const end = token_end(text, next + 1);
                std::string_view const literal = *begin == 't' ? "true" : *begin == 'f' ? "false" : "null";
                return is_literal(begin, end, literal) ? next + 1 : fail_malformed(at, begin, end);
            }
            case '-':
            case '0':
            case '1':
            case '2':
            case '3':
            case '4':
            case '5':
            case '6':
            case '7':
            case '8':
            case '9': {
                char const* const end = token_end(text, next + 1);
                std::uint64_t value = 0;
                bool whole = false;
                if (read_digits(begin, end, end - text >= 16, value) || json_number_end(begin, end, whole) == end)
                    return next + 1;
                return fail_malformed(at, begin, end);
            }
            default: return fail_type(at, "a value");
        }
    }

    /// Passes over an object or array with all that is in it.
    [[nodiscard]] place skip_nested(char const* text, place next) {
        std::size_t const outside = depth_;
        std::size_t depth = depth_;
        bool in_object = false;
        for (;;) {
            // A value stands here.
            char const c = text[*next];
            if (c == '{' || c == '[') {
                if (depth == deepest_) return fail_depth(*next);
                in_object = c == '{';
                remember(depth++, in_object);
                ++next;
                if (text[*next] != (in_object ? '}' : ']')) {
                    if (in_object && (next = skip_key(text, next)) == nullptr) return nullptr;
                    continue;
                }
                ++next;
                if (--depth == outside) return next;
                in_object = is_object(depth - 1);
            } else {
                next = c == '"' ? skip(text, next) : skip_scalar(text, next);
                if (next == nullptr) return nullptr;
            }
            // It is over; so may be what it stood in.
            for (;;) {
                char const after = text[*next];
                ++next;
                if (after == ',') break;
                if (after != (in_object ? '}' : ']'))
                    return fail_structure(next[-1], in_object ? "',' or '}'" : "',' or ']'");
                if (--depth == outside) return next;
                in_object = is_object(depth - 1);
            }
            if (in_object && (next = skip_key(text, next)) == nullptr) return nullptr;
        }
    }

    [[nodiscard]] place skip_key(char const* text, place next) {
        if (text[*next] != '"') return fail_key(*next);
        next = skip(text, next);
        if (next == nullptr) return nullptr;
        return text[*next] == ':' ? next + 1 : fail_structure(*next, "':'");
    }

    [[nodiscard]] bool is_object(std::size_t level) const noexcept {
        return (levels_[level / 64] >> (level % 64) & 1U) != 0;
    }
    void remember(std::size_t level, bool object) noexcept {
        std::uint64_t const bit = std::uint64_t{1} << (level % 64);
        levels_[level / 64] = object ? levels_[level / 64] | bit : levels_[level / 64] & ~bit;
    }

    // What is wrong, in words.

    [[gnu::noinline]] place fail(std::uint32_t at, std::string cause, std::string advice = {}) {
        if (fault_ == nullptr) return nullptr;
        fault_->offset = at;
        fault_->cause = std::move(cause);
        fault_->advice = std::move(advice);
        return nullptr;
    }

    [[gnu::noinline]] place fail_type(std::uint32_t at, char const* wanted) {
        if (fault_ == nullptr) return nullptr;
        char const* found = nullptr;
        switch (text_[at]) {
            case '{': found = "an object"; break;
            case '[': found = "an array"; break;
            case '"': found = "a string"; break;
            case 't':
            case 'f': found = "true or false"; break;
            case 'n': found = "null"; break;
            default: break;
        }
        std::string const expected = std::string(", where ") + wanted + " is expected";
        if (found != nullptr && found != std::string_view(wanted)) return fail(at, found + (" stands here" + expected));
        if (is_json_digit(text_[at]) || text_[at] == '-') return fail(at, "a number stands here" + expected);
        return fail(at, unexpected(at) + expected);
    }

    [[gnu::noinline]] place fail_structure(std::uint32_t at, char const* wanted) {
        if (fault_ == nullptr) return nullptr;
        return fail(at, unexpected(at) + ", where " + wanted + " is expected");
    }

    [[gnu::noinline]] place fail_key(std::uint32_t at) {
        return fail_structure(at, "a key in quotes");
    }

    [[gnu::noinline]] place fail_malformed(std::uint32_t at, char const* begin, char const* end) {
        if (fault_ == nullptr) return nullptr;
        bool const number = is_json_digit(*begin) || *begin == '-';
        return fail(at, shown_text({begin, static_cast<std::size_t>(end - begin)}) +
                            (number ? " is not a number" : " is not a value") + " by JSON's grammar");
    }

    [[gnu::noinline]] place fail_escape(char const* at) {
        if (fault_ == nullptr) return nullptr;
        std::size_t const left = static_cast<std::size_t>(end_ - at);
        std::size_t const size = at[1] == 'u' ? 6 : 2;
        return fail(
            static_cast<std::uint32_t>(at - text_),
            shown_text({at, size < left ? size : left}) + " is not an escape sequence, or half of a surrogate pair");
    }

    [[gnu::noinline]] place fail_depth(std::uint32_t at) {
        if (fault_ == nullptr) return nullptr;
        return fail(at, "the document is nested deeper than " + std::to_string(deepest_),
                    "json_options::deepest sets the limit");
    }

    [[gnu::noinline]] place fail_length(std::uint32_t at, std::size_t wanted) {
        if (fault_ == nullptr) return nullptr;
        return fail(at, "the array does not have exactly " + std::to_string(wanted) + " elements");
    }

    [[nodiscard]] std::string unexpected(std::uint32_t at) const {
        if (text_ + at + 1 >= end_) return "the document ends here";
        return "'" + shown_text({text_ + at, 1}) + "' stands here";
    }

    std::size_t deepest_;
    std::uint64_t* levels_;
    char const* text_ = nullptr;
    char const* end_ = nullptr;
    char const* escape_ = nullptr;         ///< the first backslash behind `searched_from_`, or `end_`
    char const* searched_from_ = nullptr;
    std::size_t depth_ = 0;
    json_fault* fault_;
};

}  // namespace weir::detail
