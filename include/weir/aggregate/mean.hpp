// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/sum.hpp>

#include <optional>

namespace weir {

namespace detail {

struct mean_state {
    compensated_sum sum;
    std::uint64_t count = 0;
};

template <auto Member>
struct mean_function : nameable<mean_function<Member>> {
    static constexpr std::string_view name = "mean";

    [[nodiscard]] constexpr mean_state init() const noexcept { return {}; }
    constexpr void add(mean_state& state, has_member<Member> auto const& item) const noexcept {
        if (auto const* value = present<Member>(item)) {
            state.sum.add(static_cast<double>(*value));
            ++state.count;
        }
    }
    constexpr void merge(mean_state& into, mean_state const& from) const noexcept {
        into.sum.merge(from.sum);
        into.count += from.count;
    }
    [[nodiscard]] constexpr std::optional<double> result(mean_state const& state) const noexcept {
        if (state.count == 0) return std::nullopt;
        return state.sum.value() / static_cast<double>(state.count);
    }
};

}  // namespace detail

/// The arithmetic mean of a member: column `mean`, an optional double that is absent when no item had a value.
/// Compensated; 24 bytes a state.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto mean() noexcept {
    if constexpr (std::is_arithmetic_v<detail::present_type<Member>>) {
        return detail::mean_function<Member>{};
    } else {
        static_assert(detail::never_a_number<Member>, "weir: `mean` needs a member that is a number.");
        return count();  // stands in, so that this is the only error
    }
}

}  // namespace weir
