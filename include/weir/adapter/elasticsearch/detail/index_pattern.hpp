// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/codec/detail/utf8.hpp>
#include <weir/time/format_time.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace weir::elasticsearch::detail {

/// The name of an index, or of one for each day or hour: `clicks-%Y.%m.%d`.
class index_pattern {
public:
    explicit index_pattern(std::string text) : text_(std::move(text)) {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (text_[at] != '%') continue;
            dated_ = true;
            if (++at == text_.size() || std::string_view("YmdH").find(text_[at]) == std::string_view::npos)
                problem_ = "'%' in an index's name is followed by Y, m, d or H";
        }
        if (!problem_.empty()) return;
        // An example stands for all: what a time brings in is digits.
        byte_buffer example;
        static_cast<void>(append(example, timestamp()));
        problem_ = name_problem(example.view());
    }

    /// Why there can be no index of this name; empty when there can.
    [[nodiscard]] std::string const& problem() const noexcept { return problem_; }
    /// Whether the name depends on a time.
    [[nodiscard]] bool dated() const noexcept { return dated_; }
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    /// Appends the name of the index for a row of that time; false when the year has not four digits.
    [[nodiscard]] bool append(byte_buffer& to, timestamp time) const {
        if (!dated_) {
            to.append(text_);
            return true;
        }
        char written[longest_time_text];  // 2015-05-17T10:05:00Z
        format_time(time, written);
        if (written[4] != '-') return false;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (text_[at] != '%') to.push_back(text_[at]);
            else if (text_[++at] == 'Y') to.append({written, 4});
            else to.append({written + (text_[at] == 'm' ? 5 : text_[at] == 'd' ? 8 : 11), 2});
        }
        return true;
    }

    /// What all its names match: `clicks-*.*.*` as `clicks-*`.
    [[nodiscard]] std::string wildcard() const { return dated_ ? text_.substr(0, text_.find('%')) + "*" : text_; }

    /// Its name without what depends on a time, and without what then stands at the end: `clicks`.
    [[nodiscard]] std::string stem() const {
        std::string name = text_.substr(0, text_.find('%'));
        while (!name.empty() && (name.back() == '-' || name.back() == '_' || name.back() == '.')) name.pop_back();
        return name;
    }

private:
    static std::string name_problem(std::string_view name) {
        if (name.empty()) return "options::index is empty";
        if (name.size() > 255) return "an index's name is longer than 255 bytes";
        if (name == "." || name == "..") return "no index is named '" + std::string(name) + "'";
        if (name.front() == '-' || name.front() == '_' || name.front() == '+')
            return "an index's name begins with '-', '_' or '+'";
        if (!weir::detail::is_utf8(name)) return "an index's name is not UTF-8";
        for (char c : name) {
            if (c >= 'A' && c <= 'Z') return "an index's name holds an upper-case letter";
            if (static_cast<unsigned char>(c) <= 0x20 ||
                std::string_view("\\/*?\"<>|,#:").find(c) != std::string_view::npos)
                return "an index's name holds a blank, a control character, or one of \\ / * ? \" < > | , # :";
        }
        return {};
    }

    std::string text_;
    std::string problem_{};
    bool dated_ = false;
};

}  // namespace weir::elasticsearch::detail
