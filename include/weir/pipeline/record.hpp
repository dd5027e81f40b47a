// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// A row whose columns are chosen at run time, by an option or a configuration file.
///
/// Where the columns are known to the compiler, `row` and plain structs are faster and safer. Names and texts are borrowed:
/// they must outlive the call that hands the record over.
struct record {
    using value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view, timestamp>;

    std::vector<std::pair<std::string_view, value>> columns{};

    /// Adds a column behind the others.
    void add(std::string_view name, value content) { columns.emplace_back(name, content); }

    friend bool operator==(record const&, record const&) = default;
};

/// Calls `f(name, value)` for each column, in order; a column without a value comes as `std::monostate`.
template <class F>
void visit_columns(record const& r, F&& f) {
    for (auto const& [name, content] : r.columns) std::visit([&, &column = name](auto const& plain) { f(column, plain); }, content);
}

}  // namespace weir
