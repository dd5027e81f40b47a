// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/packed_names.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace weir {

namespace detail {

// GCC ends with `&shop::click::page]`, Clang too.
template <auto Member>
consteval auto spell_member() {
    return last_name(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1, ':');
}

template <auto Member>
struct member_spelling {
    static consteval std::array<std::string_view, 1> names() { return {spell_member<Member>()}; }
};

template <class Pointer>
struct member_pointer_parts {
    static_assert(!sizeof(Pointer), "weir: this is not a pointer to a data member, such as `&click::page`.");
};
template <class Class, class Type>
struct member_pointer_parts<Type Class::*> {
    static_assert(std::is_object_v<Type>,
                  "weir: this points to a member function; a data member, such as `&click::page`, "
                  "is wanted.");
    using class_type = Class;
    using type = Type;
};

}  // namespace detail

/// The name of a data member as the source spells it: `member_name<&click::page>` is "page".
///
/// It ends in a terminator that the view does not count, and lives as long as the program.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
inline constexpr std::string_view member_name = detail::packed_names<detail::member_spelling<Member>>[0];

/// The class that declares a data member. For an inherited one that is the base, as it is for C++ itself:
/// the type of `&derived::x` is `int base::*`.
template <auto Member>
using member_class = typename detail::member_pointer_parts<std::remove_cv_t<decltype(Member)>>::class_type;

/// The type of a data member, without `const`: `member_type<&click::page>` is `std::string_view`.
template <auto Member>
using member_type = std::remove_cv_t<typename detail::member_pointer_parts<std::remove_cv_t<decltype(Member)>>::type>;

}  // namespace weir
