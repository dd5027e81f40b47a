// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir_test {

/// A point of line protocol as a server would read it.
struct line_point {
    std::string measurement;
    std::map<std::string, std::string> tags;
    std::map<std::string, std::string> fields;  ///< as written, texts without quotes and with `"` before them
    std::string time;
    bool tags_sorted = true;
};

/// Reads one line, character by character, after the reference: in names and tags a backslash escapes a comma, a blank
/// and `=`; in a text a quote and a backslash. Nothing when it is no line.
class line_parser {
public:
    explicit line_parser(std::string_view line) : left_(line) {}

    std::optional<line_point> read() {
        line_point point;
        point.measurement = name(", ");
        std::string last;
        while (take(',')) {
            std::string const key = name("=");
            if (!take('=')) return std::nullopt;
            std::string const value = name(", ");
            if (key.empty() || value.empty() || !point.tags.emplace(key, value).second) return std::nullopt;
            point.tags_sorted = point.tags_sorted && last < key;
            last = key;
        }
        if (!take(' ')) return std::nullopt;
        do {
            std::string const key = name("=");
            if (!take('=')) return std::nullopt;
            std::string const value = field();
            if (key.empty() || value.empty() || !point.fields.emplace(key, value).second) return std::nullopt;
        } while (take(','));
        if (!take(' ')) return std::nullopt;
        while (!left_.empty() && left_.front() != '\n') point.time += next();
        if (!take('\n') || !left_.empty() || point.time.empty()) return std::nullopt;
        return point;
    }

private:
    char next() {
        char const c = left_.front();
        left_.remove_prefix(1);
        return c;
    }
    bool take(char c) {
        if (left_.empty() || left_.front() != c) return false;
        left_.remove_prefix(1);
        return true;
    }
    std::string name(std::string_view ends) {
        std::string text;
        while (!left_.empty() && left_.front() != '\n' && ends.find(left_.front()) == std::string_view::npos) {
            char const c = next();
            bool const escapes =
                c == '\\' && !left_.empty() && std::string_view(", =").find(left_.front()) != std::string_view::npos;
            text += escapes ? next() : c;
        }
        return text;
    }
    std::string field() {
        std::string text;
        if (take('"')) {
            text = "\"";
            while (!left_.empty() && left_.front() != '"') {
                char const c = next();
                bool const escapes = c == '\\' && !left_.empty() && (left_.front() == '"' || left_.front() == '\\');
                text += escapes ? next() : c;
            }
            return take('"') ? text : std::string();
        }
        while (!left_.empty() && left_.front() != ',' && left_.front() != ' ' && left_.front() != '\n') text += next();
        return text;
    }

    std::string_view left_;
};

}  // namespace weir_test
