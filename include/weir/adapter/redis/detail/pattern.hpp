// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::redis::detail {

/// The number of a column that is looked for by its name in each row.
inline constexpr std::size_t by_name = static_cast<std::size_t>(-1);

/// The columns that the compiler knows of a row.
struct known_columns {
    std::span<std::string_view const> names{};
    bool all = true;  ///< false: a row may have any

    /// The number of a column, or `by_name`.
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == name) return i;
        return by_name;
    }

    /// Whether a row can have this column; else says so in `problem`.
    bool check(std::string_view name, std::string_view option, std::string& problem) const {
        if (!all || find(name) != by_name) return true;
        problem.append("options::").append(option).append(" names the column '").append(name);
        problem.append("', which the row does not have; it has");
        for (std::size_t i = 0; i < names.size(); ++i) problem.append(i == 0 ? " " : ", ").append(names[i]);
        return false;
    }
};

/// A text with columns in it: `click_count:{page}`.
struct pattern {
    struct piece {
        std::string text{};  ///< as it stands, or the column's name
        bool is_column = false;
        std::size_t column = by_name;
    };
    std::vector<piece> pieces{};

    [[nodiscard]] bool empty() const noexcept { return pieces.empty(); }
    [[nodiscard]] bool names(std::string_view column) const noexcept {
        for (piece const& one : pieces)
            if (one.is_column && one.text == column) return true;
        return false;
    }

    /// Reads one; what is wrong with it, if anything, goes to `problem`, unless something is there already.
    static pattern read(std::string_view text, std::string_view option, known_columns const& columns, std::string& problem) {
        pattern read;
        std::string plain;
        auto const wrong = [&](std::string_view what) {
            if (problem.empty()) problem.append("options::").append(option).append(" ").append(what);
        };
        for (std::size_t at = 0; at < text.size(); ++at) {
            char const c = text[at];
            bool const doubled = at + 1 < text.size() && text[at + 1] == c;
            if (c != '{' && c != '}') {
                plain += c;
            } else if (doubled) {
                plain += c;
                ++at;
            } else if (c == '}') {
                wrong("has a '}' without its '{'; a brace itself is written twice");
            } else {
                std::size_t const end = text.find('}', at);
                if (end == std::string_view::npos) {
                    wrong("has a '{' without its '}'; a brace itself is written twice");
                    break;
                }
                std::string_view const name = text.substr(at + 1, end - at - 1);
                if (problem.empty()) columns.check(name, option, problem);
                if (!plain.empty()) read.pieces.push_back({.text = std::exchange(plain, {})});
                read.pieces.push_back({.text = std::string(name), .is_column = true, .column = columns.find(name)});
                at = end;
            }
        }
        if (!plain.empty()) read.pieces.push_back({.text = std::move(plain)});
        return read;
    }
};

}  // namespace weir::redis::detail
