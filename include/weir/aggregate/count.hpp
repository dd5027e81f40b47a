// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/aggregate_function.hpp>

#include <cstdint>
#include <string_view>

namespace weir {

namespace detail {

struct count_function : nameable<count_function> {
    static constexpr std::string_view name = "count";
    static constexpr bool counts_items = true;

    [[nodiscard]] constexpr std::uint64_t init() const noexcept { return 0; }
    constexpr void add(std::uint64_t& state) const noexcept { ++state; }
    constexpr void add(std::uint64_t& state, auto const&) const noexcept { ++state; }
    constexpr void merge(std::uint64_t& into, std::uint64_t from) const noexcept { into += from; }
    /// Takes away what was merged: windows that share panes need not begin again.
    constexpr void subtract(std::uint64_t& from, std::uint64_t what) const noexcept { from -= what; }
    [[nodiscard]] constexpr std::uint64_t result(std::uint64_t state) const noexcept { return state; }
};

}  // namespace detail

/// How many items there are: an unsigned 64-bit column `count`. 8 bytes a state.
[[nodiscard]] constexpr auto count() noexcept { return detail::count_function{}; }

}  // namespace weir
