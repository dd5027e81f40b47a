// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

/// A page of metrics read back by the rules of the format, and by none of the writer's code: each sample under its name and
/// its labels in order of their names. Throws where a page says a thing twice or breaks a rule.
class exposition_reader {
public:
    using labels = std::map<std::string, std::string>;

    struct sample {
        std::string name;
        labels with;
        std::string value;
    };

    explicit exposition_reader(std::string_view text) {
        while (!text.empty()) {
            std::size_t const end = text.find('\n');
            if (end == std::string_view::npos) fail("the last line has no end", text);
            std::string_view const line = text.substr(0, end);
            text.remove_prefix(end + 1);
            if (ended_) fail("there is more behind # EOF", line);
            if (line == "# EOF") ended_ = true;
            else if (line.starts_with("# TYPE ")) begin_family(line.substr(7));
            else if (!line.starts_with("# ")) read_sample(line);
        }
    }

    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] std::vector<sample> const& samples() const { return samples_; }
    [[nodiscard]] std::map<std::string, std::string> const& types() const { return types_; }

    /// The value of the sample of this name that has these labels among its own; empty when there is none.
    [[nodiscard]] std::string value(std::string_view name, labels const& among = {}) const {
        for (sample const& each : samples_) {
            bool fits = each.name == name;
            for (auto const& [label, wanted] : among) {
                auto const found = each.with.find(label);
                fits = fits && found != each.with.end() && found->second == wanted;
            }
            if (fits) return each.value;
        }
        return {};
    }

private:
    [[noreturn]] static void fail(std::string_view why, std::string_view where) {
        throw std::runtime_error(std::string(why) + ": " + std::string(where));
    }

    void begin_family(std::string_view declared) {
        std::size_t const blank = declared.find(' ');
        family_ = declared.substr(0, blank);
        if (!types_.emplace(family_, declared.substr(blank + 1)).second) fail("a family comes twice", declared);
    }

    void read_sample(std::string_view line) {
        sample read;
        std::size_t at = line.find_first_of("{ ");
        read.name = line.substr(0, at);
        if (!std::string_view(read.name).starts_with(family_)) fail("a sample outside of its family", line);
        if (line[at] == '{') {
            do {
                std::size_t const equals = line.find("=\"", ++at);
                std::string const name(line.substr(at, equals - at));
                std::string value;
                for (at = equals + 2; line.at(at) != '"'; ++at) {
                    char c = line[at];
                    if (c == '\\') {
                        c = line.at(++at);
                        if (c == 'n') c = '\n';
                        else if (c != '\\' && c != '"') fail("an escape that is none", line);
                    }
                    value += c;
                }
                if (!read.with.emplace(name, value).second) fail("a label comes twice", line);
                ++at;
            } while (line.at(at) == ',');
            if (line[at++] != '}') fail("labels without end", line);
        }
        if (line.at(at) != ' ') fail("a sample without value", line);
        read.value = line.substr(at + 1);
        for (sample const& other : samples_)
            if (other.name == read.name && other.with == read.with) fail("a sample comes twice", line);
        samples_.push_back(read);
    }

    std::vector<sample> samples_{};
    std::map<std::string, std::string> types_{};
    std::string family_{};
    bool ended_ = false;
};

}  // namespace weir_test
