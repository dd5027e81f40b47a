// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/sum.hpp>
#include <weir/base/arena_set.hpp>

#include <string>
#include <string_view>

namespace weir {

namespace detail {

template <auto Member>
struct distinct_function : nameable<distinct_function<Member>> {
    static constexpr std::string_view name = "distinct";
    using raw = present_type<Member>;
    using value_type = std::conditional_t<std::is_convertible_v<raw const&, std::string_view>, std::string_view, raw>;
    using state_type = arena_set<value_type>;

    [[nodiscard]] constexpr state_type init() const noexcept { return {}; }
    void add(state_type& state, has_member<Member> auto const& item, arena& memory) const {
        auto const* found = present<Member>(item);
        if constexpr (std::is_floating_point_v<raw>) {
            if (found && *found != *found) return;  // every NaN would be one more
        }
        if (found) state.insert(value_type(*found), memory);
    }
    void merge(state_type& into, state_type const& from, arena& memory) const {
        for (value_type const& value : from.values()) into.insert(value, memory);
    }
    [[nodiscard]] std::uint64_t result(state_type const& state) const noexcept { return state.size(); }
};

}  // namespace detail

/// How many different values a member has, exactly: `distinct<&click::user_id>()`, an unsigned 64-bit column `distinct`.
///
/// Every value is kept (texts copied once) until the window closes: 12 to 24 bytes a value beside its text. Absent
/// optionals and NaN are left out.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto distinct() noexcept {
    return detail::distinct_function<Member>{};
}

}  // namespace weir
