// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/record.hpp>
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// Rows kept past the call that brought them, for a sink that does not know yet how to encode them: copies, whose texts
/// are copied too. It allocates; a sink uses it while it opens, not afterwards.
template <class Row>
class held_rows {
public:
    /// Keeps a copy.
    void hold(Row const& row, stamp const& at) {
        oldest_ = detail::min_of(oldest_, at.epoch);
        rows_.push_back({own(row), at});
    }

    /// Hands every row to `take(row, stamp)`, in order, and is empty afterwards.
    template <class Take>
    void release(Take&& take) {
        for (auto const& [row, at] : rows_) take(row, at);
        rows_.clear();
        texts_.clear();
        oldest_ = nothing_held;
    }

    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    /// The smallest epoch of its rows, or `nothing_held`.
    [[nodiscard]] std::uint64_t oldest() const noexcept { return oldest_; }
    /// The row that came first; only when there is one.
    [[nodiscard]] Row const& first() const noexcept { return rows_.front().first; }

private:
    Row own(Row row) {
        if constexpr (std::is_same_v<Row, record>) {
            for (auto& [name, value] : row.columns) {
                name = texts_.intern(name);
                if (auto* const text = std::get_if<std::string_view>(&value)) *text = texts_.intern(*text);
            }
        } else {
            for_each_column<Row>([&](auto i) {
                auto& value = column_value<i()>(row);
                using type = std::remove_cvref_t<decltype(value)>;
                if constexpr (std::is_same_v<type, std::string_view>) value = texts_.intern(value);
                else if constexpr (std::is_same_v<type, std::optional<std::string_view>>)
                    if (value) value = texts_.intern(*value);
            });
        }
        return row;
    }

    std::vector<std::pair<Row, stamp>> rows_{};
    arena texts_{};
    std::uint64_t oldest_ = nothing_held;
};

}  // namespace weir
