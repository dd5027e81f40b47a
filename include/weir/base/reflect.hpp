// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/aggregate_members.hpp>
#include <weir/base/member.hpp>
#include <weir/base/type_list.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T>
concept listed_outside = requires { members_of<T>::value; };

template <class T>
concept listed_inside = requires { T::weir_members; };

template <class T>
consteval auto listed_members() {
    if constexpr (listed_outside<T>) return members_of<T>::value;
    else return T::weir_members;
}

/// The members that a type lists.
template <class T, class List>
struct listed;
template <class T, class... Members>
struct listed<T, member_list<Members...>> {
    using types = type_list<typename Members::type...>;

    static constexpr member_list<Members...> list = listed_members<T>();
    static constexpr std::size_t count = sizeof...(Members);
    static constexpr std::array<std::string_view, count> names{Members::name...};

    template <std::size_t I, class U>
    static constexpr auto& reference(U& object) noexcept {
        return object.*find_member<I>(list.all).pointer;
    }
    template <class U, class Visitor>
    static constexpr decltype(auto) visit(U& object, Visitor&& visitor) {
        return visitor(object.*Members::pointer...);
    }
};

/// What stands in for the members of a type that has none to offer, so that one error is all that its user reads.
struct undescribed {
    using types = type_list<>;
    static constexpr std::size_t count = 0;
    static constexpr std::array<std::string_view, 0> names{};

    template <class U, class Visitor>
    static constexpr void visit(U&, Visitor&&) {}
};

template <class T>
consteval auto find_members() {
    if constexpr (listed_outside<T> || listed_inside<T>) {
        return std::type_identity<listed<T, decltype(listed_members<T>())>>{};
    } else {
        constexpr std::size_t count = count_plain_members<T>();
        if constexpr (count == uncountable) return std::type_identity<undescribed>{};
        else if constexpr (!has_member_objects<T, count>) return std::type_identity<undescribed>{};
        else return std::type_identity<aggregate_members<T, count>>{};
    }
}

template <class T>
using found_members = typename decltype(find_members<T>())::type;

}  // namespace detail

/// A type whose members weir knows: a plain struct (an aggregate of at most 64 members, without base class, reference,
/// bit-field or unnamed union), or one that lists them in `members_of<T>` or `T::weir_members`.
template <class T>
concept describable = !std::is_same_v<detail::found_members<std::remove_cv_t<T>>, detail::undescribed>;

namespace detail {

template <class T>
struct described {
    using members = found_members<std::remove_cv_t<T>>;
    static_assert(
        describable<T>,
        "weir: the members of this type are not known. A plain struct is understood as it is: an aggregate of at most "
        "64 members, without base class, constructor, private member, reference or bit-field. Any other type lists "
        "its members: `template <> struct weir::members_of<T> { static constexpr auto value = "
        "weir::members(weir::member<\"name\", &T::name>, ...); };`");
};

template <class T>
using members_of_described = typename described<T>::members;

template <class T, std::size_t I>
consteval auto annotations_of() {
    using members = members_of_described<T>;
    static_assert(I < members::count || !describable<T>, "weir: the type has fewer members than this index asks for.");
    if constexpr (I < members::count && requires { members::list; })
        return find_member<I>(members::list.all).annotations;
    else return member_annotations<>{};
}

}  // namespace detail

/// How many members a describable type has.
template <class T>
inline constexpr std::size_t member_count = detail::members_of_described<T>::count;

/// The names of the members, in the order of their declaration: a `std::array<std::string_view, member_count<T>>`.
///
/// Each ends in a terminator that the view does not count, and lives as long as the program.
template <class T>
inline constexpr std::array<std::string_view, member_count<T>> member_names = detail::members_of_described<T>::names;

/// The types of the members, without `const`, in a `type_list`.
template <class T>
using member_types = typename detail::members_of_described<T>::types;

/// What codecs are told about member `I`: a `member_annotations<...>`, empty for a plain struct.
///
/// `if constexpr (member_options<click, 3>.unit == epoch::seconds)`, `member_options<click, 0>.get<my_annotation>()`.
template <class T, std::size_t I>
inline constexpr auto member_options = detail::annotations_of<T, I>();

/// The number of the member of that name, or `member_count<T>` when there is none. Costs a comparison for each member.
template <class T>
[[nodiscard]] constexpr std::size_t member_index(std::string_view name) noexcept {
    std::size_t index = 0;
    while (index < member_count<T> && member_names<T>[index] != name) ++index;
    return index;
}

/// A reference to member `I` of an object, `const` where the object is.
template <std::size_t I, class T>
[[nodiscard]] constexpr auto& member_ref(T& object) noexcept {
    static_assert(I < member_count<T> || !describable<T>, "weir: the type has fewer members than this index asks for.");
    using members = detail::members_of_described<T>;
    if constexpr (members::count == 0) return object;
    else return members::template reference<(I < members::count ? I : 0)>(object);
}

/// Calls `f(index, member)` for each member of an object, in the order of their declaration.
///
/// `index` is a `std::integral_constant<std::size_t, I>`: `member_names<T>[index]` and `member_options<T, index>` are
/// known to the compiler. `member` is a reference, `const` where the object is. What `f` returns is ignored. Inlines to
/// what one would write by hand.
template <class T, class F>
constexpr void visit_members(T&& object, F&& f) {
    using members = detail::members_of_described<std::remove_reference_t<T>>;
    members::visit(object, detail::call_for_each<std::make_index_sequence<members::count>, F>{f});
}

/// Calls `f(index, member)` as `visit_members` does, for the one member of that number, which is known only when the
/// program runs; false, and no call, when there are fewer members.
template <class T, class F>
constexpr bool visit_member(T&& object, std::size_t number, F&& f) {
    using members = detail::members_of_described<std::remove_reference_t<T>>;
    if (number >= members::count) return false;
    members::visit(object, detail::call_for_one<std::make_index_sequence<members::count>, F>{number, f});
    return true;
}

}  // namespace weir
