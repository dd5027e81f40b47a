// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/sum.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace weir {

namespace detail {

template <class T>
struct extreme_state {
    T value{};
    bool present = false;
};

template <class Self, auto Member, bool Greatest>
struct extreme_function : nameable<Self> {
    using raw = present_type<Member>;
    using value_type = std::conditional_t<std::is_convertible_v<raw const&, std::string_view>, std::string_view, raw>;
    static constexpr bool is_text = std::is_same_v<value_type, std::string_view>;
    static constexpr bool always_present =
        std::is_same_v<raw, std::remove_cvref_t<member_type<Member>>> && !std::is_floating_point_v<raw>;
    using result_type = std::conditional_t<always_present, value_type, std::optional<value_type>>;
    using state_type = extreme_state<value_type>;

    [[nodiscard]] constexpr state_type init() const noexcept { return {}; }

    constexpr void add(state_type& state, has_member<Member> auto const& item) const
        requires(!is_text)
    {
        if (auto const* found = present<Member>(item)) take(state, value_type(*found));
    }
    constexpr void merge(state_type& into, state_type const& from) const
        requires(!is_text)
    {
        if (from.present) take(into, from.value);
    }
    constexpr void add(state_type& state, has_member<Member> auto const& item, arena& memory) const
        requires is_text
    {
        if (auto const* found = present<Member>(item); found && take(state, value_type(*found))) state.value = memory.intern(state.value);
    }
    constexpr void merge(state_type& into, state_type const& from, arena& memory) const
        requires is_text
    {
        if (from.present && take(into, from.value)) into.value = memory.intern(into.value);
    }
    [[nodiscard]] constexpr result_type result(state_type const& state) const noexcept {
        if constexpr (always_present) return state.value;
        else return state.present ? result_type(state.value) : std::nullopt;
    }

private:
    /// Whether the value became the state's.
    static constexpr bool take(state_type& state, value_type const& value) {
        if constexpr (std::is_floating_point_v<value_type>) {
            if (value != value) return false;
        }
        if (state.present && !(Greatest ? state.value < value : value < state.value)) return false;
        state.value = value;
        return state.present = true;
    }
};

template <auto Member>
struct min_function : extreme_function<min_function<Member>, Member, false> {
    static constexpr std::string_view name = "min";
};
template <auto Member>
struct max_function : extreme_function<max_function<Member>, Member, true> {
    static constexpr std::string_view name = "max";
};

}  // namespace detail

/// The least value of a member: numbers, times, enums or texts (by bytes). Column `min` of the member's type.
///
/// NaN and absent optionals are left out; where that may leave nothing, the column is an optional.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto min() noexcept {
    return detail::min_function<Member>{};
}

/// The greatest value of a member: as `min`.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto max() noexcept {
    return detail::max_function<Member>{};
}

}  // namespace weir
