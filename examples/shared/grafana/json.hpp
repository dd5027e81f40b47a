// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/ndjson.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace examples::grafana {

/// A value as JSON, as the library writes it: texts escaped, a struct as an object.
template <class T>
std::string json(T const& value) {
    weir::byte_buffer text;
    weir::append_json(text, value);
    return std::string(text.view());
}

/// An object that is made member by member.
class json_object {
public:
    /// Adds what is no JSON yet.
    template <class T>
    json_object& add(std::string_view name, T const& value) { return add_json(name, json(value)); }

    /// Adds what is JSON already; nothing, where that is empty.
    json_object& add_json(std::string_view name, std::string_view value) {
        if (value.empty()) return *this;
        if (!members_.empty()) members_ += ',';
        members_.append(json(name)).append(":").append(value);
        return *this;
    }

    /// Adds the members of another one.
    json_object& add_all(json_object const& other) {
        if (!members_.empty() && !other.members_.empty()) members_ += ',';
        members_ += other.members_;
        return *this;
    }

    [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

private:
    std::string members_;
};

/// An array of what is JSON already.
inline std::string json_array(std::vector<std::string> const& values) {
    std::string text = "[";
    for (auto const& value : values) text.append(text.size() == 1 ? "" : ",").append(value);
    return text + "]";
}

/// The same JSON, a member or an element a line, indented by two spaces: as Python's `json.dumps(…, indent=2)` has it.
inline std::string indented(std::string_view json) {
    std::string text;
    std::size_t depth = 0;
    bool in_text = false;
    auto const new_line = [&] { text.append("\n").append(2 * depth, ' '); };
    for (std::size_t at = 0; at < json.size(); ++at) {
        char const c = json[at];
        if (in_text) {
            text += c;
            if (c == '\\' && at + 1 < json.size()) text += json[++at];
            else if (c == '"') in_text = false;
        } else if (c == '{' || c == '[') {
            text += c;
            ++depth;
            std::size_t const next = json.find_first_not_of(" \n", at + 1);
            if (next == json.npos || (json[next] != '}' && json[next] != ']')) new_line();
        } else if (c == '}' || c == ']') {
            --depth;
            if (text.back() != '{' && text.back() != '[') new_line();
            text += c;
        } else if (c == ',') {
            text += c;
            new_line();
        } else if (c == ':') {
            text += ": ";
        } else if (c != ' ' && c != '\n') {
            text += c;
            in_text = c == '"';
        }
    }
    return text;
}

}  // namespace examples::grafana
