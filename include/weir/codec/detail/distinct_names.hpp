// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/hash.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Names in the order in which they came; one that came before has a number behind it: `map`, `map 2`, `map 3`.
class distinct_names {
public:
    void add(std::string_view name) {
        std::string own(name);
        for (std::size_t number = 2; holds(own); ++number) own = std::string(name) + " " + std::to_string(number);
        if (2 * (names_.size() + 1) > table_.size()) grow();
        names_.push_back(std::move(own));
        enter(names_.size());
    }
    [[nodiscard]] std::string_view operator[](std::size_t number) const noexcept { return names_[number]; }

private:
    [[nodiscard]] std::size_t begin_of(std::string_view name) const noexcept { return hash_bytes(name, 0) & (table_.size() - 1); }

    [[nodiscard]] bool holds(std::string_view name) const noexcept {
        if (table_.empty()) return false;
        for (std::size_t at = begin_of(name); table_[at] != 0; at = (at + 1) & (table_.size() - 1))
            if (names_[table_[at] - 1] == name) return true;
        return false;
    }

    void enter(std::size_t number) noexcept {
        std::size_t at = begin_of(names_[number - 1]);
        while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
        table_[at] = number;
    }

    void grow() {
        table_.assign(table_.empty() ? 8 : 2 * table_.size(), 0);
        for (std::size_t number = 1; number <= names_.size(); ++number) enter(number);
    }

    std::vector<std::string> names_{};
    std::vector<std::size_t> table_{};  ///< of numbers from 1 on; at least half of it is empty
};

}  // namespace weir::detail
