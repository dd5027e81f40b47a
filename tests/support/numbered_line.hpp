// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/context.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

struct numbered_line {
    std::string text;
    std::uint64_t number;
    friend bool operator==(numbered_line const&, numbered_line const&) = default;
    friend std::ostream& operator<<(std::ostream& to, numbered_line const& line) {
        return to << line.number << ":" << line.text.substr(0, 40);
    }
};

/// Writes down lines with their numbers, and reads the 64 bytes behind each of them, as a parser with wide registers
/// may.
struct line_keeper {
    std::vector<numbered_line>* kept;
    unsigned sum = 0;
    void on_item(std::string_view const& text, auto& out) {
        kept->push_back({std::string(text), out.at().position});
        for (std::size_t i = 0; i < 64; ++i) sum += static_cast<unsigned char>(text.data()[text.size() + i]);
    }
};

/// What the lines of a text are, character by character.
struct naive_lines {
    std::vector<numbered_line> kept{};
    std::vector<numbered_line> too_long{};
    std::size_t left_out = 0;

    naive_lines(std::string_view text, bool keep_empty, std::size_t skip_first, std::size_t longest) {
        std::uint64_t number = 0;
        for (std::size_t at = 0; at < text.size();) {
            std::string line;
            while (at < text.size() && text[at] != '\n') line += text[at++];
            ++at;
            ++number;
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (line.size() > longest) too_long.push_back({line.substr(0, longest), number});
            else if (number <= skip_first || (line.empty() && !keep_empty)) ++left_out;
            else kept.push_back({line, number});
        }
    }
};

/// A text of short, long and empty lines, with both kinds of line breaks.
inline std::string random_lines(std::mt19937& random) {
    std::string text;
    for (auto count = random() % 30; count > 0; --count) {
        switch (random() % 6) {
            case 0:
                break;
            case 1:
                text += std::string(random() % 80, 'x');
                break;
            case 2:
                text += "\r";
                break;
            default:
                text += "line " + std::to_string(random() % 1000);
                break;
        }
        if (count > 1 || random() % 2 == 0) text += random() % 3 == 0 ? "\r\n" : "\n";
    }
    return text;
}

}  // namespace weir_test
