// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/count.hpp>
#include <weir/base/member_name.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace weir {

/// A sum of floating-point numbers that carries its rounding error along, so that the order hardly matters.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen" (ZAMM 54, 1974).
struct compensated_sum {
    double sum = 0;
    double lost = 0;

    constexpr void add(double x) noexcept {
        double const next = sum + x;
        double const larger = magnitude(sum) >= magnitude(x) ? sum : x;
        double const smaller = magnitude(sum) >= magnitude(x) ? x : sum;
        lost += (larger - next) + smaller;
        sum = next;
    }
    constexpr void merge(compensated_sum const& other) noexcept {
        add(other.sum);
        lost += other.lost;
    }
    // Once the sum is infinite or NaN the error is infinite or NaN too, and would hide which of the two the sum is.
    [[nodiscard]] constexpr double value() const noexcept { return sum - sum == 0 ? sum + lost : sum; }

private:
    [[nodiscard]] static constexpr double magnitude(double x) noexcept { return x < 0 ? -x : x; }
};

namespace detail {

/// The value of a member, or null when it is an absent optional.
template <auto Member, class Item>
constexpr auto const* present(Item const& item) noexcept {
    auto const& value = item.*Member;
    if constexpr (requires { value.has_value(); *value; }) return value ? &*value : nullptr;
    else return &value;
}

/// An item of the class that declares the member, or of one made from it: an aggregate function takes no other.
template <class Item, auto Member>
concept has_member = std::is_convertible_v<Item const&, member_class<Member> const&>;

template <auto Member>
using present_type = std::remove_cvref_t<decltype(*present<Member>(std::declval<member_class<Member> const&>()))>;

template <auto>
inline constexpr bool never_a_number = false;

template <class Self, auto Member>
struct integer_sum : nameable<Self> {
    using number = std::conditional_t<std::is_signed_v<present_type<Member>>, std::int64_t, std::uint64_t>;

    [[nodiscard]] constexpr number init() const noexcept { return 0; }
    [[nodiscard]] constexpr bool add(number& state, has_member<Member> auto const& item) const noexcept {
        auto const* value = present<Member>(item);
        return !value || !__builtin_add_overflow(state, static_cast<number>(*value), &state);
    }
    [[nodiscard]] constexpr bool merge(number& into, number from) const noexcept {
        return !__builtin_add_overflow(into, from, &into);
    }
    /// Takes away what was merged, exactly. A floating-point sum cannot: what was lost in rounding does not come back.
    [[nodiscard]] constexpr bool subtract(number& from, number what) const noexcept {
        return !__builtin_sub_overflow(from, what, &from);
    }
    [[nodiscard]] constexpr number result(number state) const noexcept { return state; }
};

template <class Self, auto Member>
struct floating_sum : nameable<Self> {
    [[nodiscard]] constexpr compensated_sum init() const noexcept { return {}; }
    constexpr void add(compensated_sum& state, has_member<Member> auto const& item) const noexcept {
        if (auto const* value = present<Member>(item)) state.add(static_cast<double>(*value));
    }
    constexpr void merge(compensated_sum& into, compensated_sum const& from) const noexcept { into.merge(from); }
    [[nodiscard]] constexpr double result(compensated_sum const& state) const noexcept { return state.value(); }
};

template <auto Member>
struct sum_function : std::conditional_t<std::integral<present_type<Member>>, integer_sum<sum_function<Member>, Member>,
                                         floating_sum<sum_function<Member>, Member>> {
    static constexpr std::string_view name = "sum";
};

}  // namespace detail

/// The sum of a member: `sum<&order::amount>()`. Column `sum`, 64-bit integer (signed as the member is) or double.
///
/// An integer overflow is an error that names the key; it never wraps. Floating-point sums are compensated (Neumaier).
/// Absent optionals are left out, as SQL does. 8 or 16 bytes a state.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto sum() noexcept {
    if constexpr (std::is_arithmetic_v<detail::present_type<Member>>) {
        return detail::sum_function<Member>{};
    } else {
        static_assert(detail::never_a_number<Member>, "weir: `sum` needs a member that is a number.");
        return count();  // stands in, so that this is the only error
    }
}

}  // namespace weir
