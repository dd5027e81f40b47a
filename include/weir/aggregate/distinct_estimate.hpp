// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/distinct_sketch.hpp>
#include <weir/aggregate/sum.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

namespace detail {

/// Keeps a sketch of the values of a member.
template <auto Member, int Precision>
struct sketches_member {
    using raw = present_type<Member>;
    using state_type = distinct_sketch<Precision>;

    [[nodiscard]] constexpr state_type init() const noexcept { return {}; }
    void add(state_type& state, has_member<Member> auto const& item, arena& memory) const {
        auto const* found = present<Member>(item);
        if constexpr (std::is_floating_point_v<raw>) {
            if (found && *found != *found) return;
        }
        if (found) state.add(*found, memory);
    }
    void merge(state_type& into, state_type const& from, arena& memory) const { into.merge(from, memory); }
};

template <auto Member, int Precision>
struct distinct_estimate_function : sketches_member<Member, Precision>, nameable<distinct_estimate_function<Member, Precision>> {
    static constexpr std::string_view name = "distinct_estimate";

    [[nodiscard]] std::uint64_t result(distinct_sketch<Precision> const& state) const noexcept {
        return static_cast<std::uint64_t>(std::llround(state.estimate()));
    }
};

template <auto Member, int Precision>
struct distinct_bytes_function : sketches_member<Member, Precision>, nameable<distinct_bytes_function<Member, Precision>> {
    static constexpr std::string_view name = "distinct_bytes";

    [[nodiscard]] std::string result(distinct_sketch<Precision> const& state) const { return state.bytes(); }
};

}  // namespace detail

/// About how many different values a member has: `distinct_estimate<&click::user_id>()`, an unsigned 64-bit column
/// `distinct_estimate`, with a standard error of 1.04 / sqrt(2^Precision): 1.6 % for 12.
///
/// A window and key takes twice 2^Precision bytes at the most, however many values it has, and about 8 a value while they are few
/// (then the count is exact); see `distinct_sketch`. Absent optionals and NaN are left out.
template <auto Member, int Precision = 12>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto distinct_estimate() noexcept {
    return detail::distinct_estimate_function<Member, Precision>{};
}

/// The sketch itself, as bytes in a column `distinct_bytes`, a std::string: for whoever puts the windows or keys of several rows
/// together later, with `distinct_sketch<Precision>::from_bytes` and `merge`. They are no text.
template <auto Member, int Precision = 12>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto distinct_bytes() noexcept {
    return detail::distinct_bytes_function<Member, Precision>{};
}

}  // namespace weir
