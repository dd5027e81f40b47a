// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/sum.hpp>

#include <concepts>
#include <limits>
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

/// The least or greatest of the values given so far. `Present`: there is always one when the result is asked for.
///
/// Where a value can stand for none, the state is that value alone: half the memory of a state with a flag beside it, and
/// no branch to put two of them together.
template <class T, bool Greatest, bool Present>
struct extreme_of {
    using state_type = extreme_state<T>;
    using result_type = std::conditional_t<Present, T, std::optional<T>>;

    [[nodiscard]] static constexpr state_type none() noexcept { return {}; }
    /// Whether the value became the state's.
    static constexpr bool take(state_type& state, T const& value) {
        if (state.present && !(Greatest ? state.value < value : value < state.value)) return false;
        state.value = value;
        return state.present = true;
    }
    static constexpr bool merge(state_type& into, state_type const& from) { return from.present && take(into, from.value); }
    [[nodiscard]] static constexpr result_type result(state_type const& state) noexcept {
        if constexpr (Present) return state.value;
        else return state.present ? result_type(state.value) : std::nullopt;
    }
};

/// Integers: the value that any other replaces stands for none.
template <std::integral T, bool Greatest>
struct extreme_of<T, Greatest, true> {
    using state_type = T;
    using result_type = T;

    [[nodiscard]] static constexpr T none() noexcept {
        return Greatest ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
    }
    static constexpr void take(T& state, T value) noexcept { state = (Greatest ? state < value : value < state) ? value : state; }
    static constexpr void merge(T& into, T from) noexcept { take(into, from); }
    [[nodiscard]] static constexpr T result(T state) noexcept { return state; }
};

/// Floating point: NaN, which is left out of results, stands for none.
template <std::floating_point T, bool Greatest, bool Present>
struct extreme_of<T, Greatest, Present> {
    using state_type = T;
    using result_type = std::optional<T>;

    [[nodiscard]] static constexpr T none() noexcept { return std::numeric_limits<T>::quiet_NaN(); }
    static constexpr void take(T& state, T value) noexcept {
        if (value != value) return;
        state = (Greatest ? state >= value : state <= value) ? state : value;
    }
    static constexpr void merge(T& into, T from) noexcept { take(into, from); }
    [[nodiscard]] static constexpr result_type result(T state) noexcept {
        return state == state ? result_type(state) : std::nullopt;
    }
};

template <class Self, auto Member, bool Greatest>
struct extreme_function : nameable<Self> {
    using raw = present_type<Member>;
    using value_type = std::conditional_t<std::is_convertible_v<raw const&, std::string_view>, std::string_view, raw>;
    static constexpr bool is_text = std::is_same_v<value_type, std::string_view>;
    static constexpr bool always_present =
        std::is_same_v<raw, std::remove_cvref_t<member_type<Member>>> && !std::is_floating_point_v<raw>;
    using extreme = extreme_of<value_type, Greatest, always_present>;
    using result_type = typename extreme::result_type;
    using state_type = typename extreme::state_type;

    [[nodiscard]] constexpr state_type init() const noexcept { return extreme::none(); }

    constexpr void add(state_type& state, has_member<Member> auto const& item) const
        requires(!is_text)
    {
        if (auto const* found = present<Member>(item)) extreme::take(state, value_type(*found));
    }
    constexpr void merge(state_type& into, state_type const& from) const
        requires(!is_text)
    {
        extreme::merge(into, from);
    }
    constexpr void add(state_type& state, has_member<Member> auto const& item, arena& memory) const
        requires is_text
    {
        if (auto const* found = present<Member>(item); found && extreme::take(state, value_type(*found)))
            state.value = memory.intern(state.value);
    }
    constexpr void merge(state_type& into, state_type const& from, arena& memory) const
        requires is_text
    {
        if (extreme::merge(into, from)) into.value = memory.intern(into.value);
    }
    [[nodiscard]] constexpr result_type result(state_type const& state) const noexcept { return extreme::result(state); }
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
