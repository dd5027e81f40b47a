// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace weir::detail {

/// Writes a compiler's spelling of a type the way its author would: without the scopes, with `lambda` for a closure and
/// the standard's short names.
///
/// A spelling of more than `longest` characters keeps the outermost name alone, `stage<...>`: nobody reads the rest,
/// and the compiler would take milliseconds to write it.
struct readable_type {
    static constexpr std::size_t longest = 160;

    char at[longest + 8]{};
    std::size_t size = 0;

    consteval explicit readable_type(std::string_view spelling) {
        if (spelling.size() > longest) write_outermost(spelling);
        else write(spelling.data(), spelling.data() + spelling.size());
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {at, size}; }

private:
    static consteval bool part_of_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               static_cast<unsigned char>(c) >= 128;
    }
    static consteval bool opens(char c) { return c == '<' || c == '(' || c == '{' || c == '['; }
    static consteval bool closes(char c) { return c == '>' || c == ')' || c == '}' || c == ']'; }

    /// Behind the bracket that closes the one at `from`.
    static consteval std::size_t behind_bracket(std::string_view text, std::size_t from) {
        int depth = 0;
        for (std::size_t i = from; i < text.size(); ++i) {
            if (opens(text[i])) ++depth;
            else if (closes(text[i]) && text[i - 1] != '-' && --depth == 0) return i + 1;
        }
        return text.size();
    }

    consteval void append(std::string_view text) {
        for (char const c : text) at[size++] = c;
    }

    /// Takes off what was written of a scope: `shop`, `main()`, `{anonymous}`, `box<int, 3>`.
    consteval void drop_scope() {
        while (size > 0 && closes(at[size - 1])) {
            int depth = 0;
            do {
                --size;
                if (closes(at[size])) ++depth;
                if (opens(at[size])) --depth;
            } while (depth > 0 && size > 0);
        }
        while (size > 0 && part_of_name(at[size - 1])) --size;
    }

    /// Replaces `before`, if that is what was written last, as a whole word.
    consteval void replace_last(std::string_view before, std::string_view after) {
        if (size < before.size() || std::string_view(at + size - before.size(), before.size()) != before) return;
        if (size > before.size() && part_of_name(at[size - before.size() - 1])) return;
        size -= before.size();
        append(after);
    }
    consteval void finish_word() {
        if (size < 8) return;
        if (at[size - 1] == 't' && at[size - 2] == 'n' && at[size - 4] == ' ') {
            // GCC's order of the words.
            replace_last("long long unsigned int", "unsigned long long");
            replace_last("long long int", "long long");
            replace_last("long unsigned int", "unsigned long");
            replace_last("long int", "long");
            replace_last("short unsigned int", "unsigned short");
            replace_last("short int", "short");
        } else if (at[size - 1] == '>' && at[size - 2] == 'r') {
            replace_last("basic_string<char>", "string");
            replace_last("basic_string_view<char>", "string_view");
        }
    }

    // A hundred steps for each type: what most characters are is asked first.
    consteval void write(char const* from, char const* end) {
        while (from != end) {
            char const c = *from;
            if (part_of_name(c)) {
                at[size++] = c;
                ++from;
                continue;
            }
            std::string_view const rest(from, static_cast<std::size_t>(end - from));
            if (c == ':' && rest.starts_with("::")) {
                drop_scope();
                from += 2;
            } else if ((c == '<' && rest.starts_with("<lambda(")) || (c == '(' && rest.starts_with("(lambda at "))) {
                append("lambda");
                from += behind_bracket(rest, 0);
            } else if (c == '\'' || c == '"') {
                std::size_t closing = 1;
                while (closing < rest.size() && rest[closing] != c) closing += rest[closing] == '\\' ? 2U : 1U;
                append(rest.substr(0, closing + 1));
                from += closing + 1 < rest.size() ? closing + 1 : rest.size();
            } else {
                bool const tight = c == '>' || c == '*' || c == '&' || c == '[';
                if (tight && size > 0 && at[size - 1] == ' ') --size;
                finish_word();
                at[size++] = c;
                ++from;
            }
        }
        finish_word();
    }

    /// GCC: `main()::<lambda(int)>`, Clang: `(lambda at path.cpp:1:2)`.
    static consteval bool is_closure(std::string_view text) {
        if (!text.ends_with(")>")) return text.starts_with("(lambda at ");
        std::size_t const begin = text.find("::<lambda(");
        return begin != text.npos && behind_bracket(text, begin + 2) == text.size();
    }

    consteval void write_outermost(std::string_view text) {
        if (is_closure(text)) return append("lambda");
        bool const has_arguments = text.back() == '>';
        std::size_t end = text.size();
        if (has_arguments)
            for (end = 0; end < text.size() && text[end] != '<';) ++end;
        std::size_t begin = end;
        while (begin > 0 && part_of_name(text[begin - 1])) --begin;
        append(text.substr(begin, end - begin > longest ? longest : end - begin));
        if (has_arguments) append("<...>");
    }
};

}  // namespace weir::detail
