// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/aggregate.hpp>
#include <weir/base/detail/packed_names.hpp>
#include <weir/base/type_list.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::detail {

// `unmade_object<T>.object` is never made; it lends the addresses of its members to constant expressions. To GCC it has
// to be defined, or it is missed where T is a local type; to Clang 16 it cannot be, where T is no literal type.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
template <class T>
struct unmade {
    T object;
};
template <class T>
extern unmade<T> const unmade_object;
#else
template <class T>
union unmade {
    char nothing;
    T object;
    constexpr unmade() noexcept : nothing{} {}
    constexpr ~unmade() {}
};
template <class T>
inline constexpr unmade<T> unmade_object{};
#endif

template <class T>
constexpr T const& unmade_members() {
    return unmade_object<T>.object;
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

template <std::size_t N>
struct member_addresses {
    void const* at[N + 1];
};

struct take_addresses {
    template <class... Members>
    constexpr member_addresses<sizeof...(Members)> operator()(Members const&... members) const noexcept {
        return {{static_cast<void const*>(__builtin_addressof(members))..., nullptr}};
    }
};

template <class T, std::size_t N>
consteval auto addresses_in_unmade() {
    return binding<N>::apply(unmade_members<T>(), take_addresses{});
}

/// Whether the members are objects within the struct: references and bit-fields are not.
template <class T, std::size_t N>
concept has_member_objects = requires { typename std::bool_constant<(addresses_in_unmade<T, N>(), true)>; };

template <class T, std::size_t N>
inline constexpr auto addresses_of_members = addresses_in_unmade<T, N>();

// Clang 16 takes no pointer to a part of an object as a template argument, but a class that holds one.
struct member_address {
    void const* address;
};

// GCC: `[with weir::detail::member_address Member = weir::detail::member_address{((const void*)(&
// weir::detail::unmade_object<shop::click>.weir::detail::unmade<shop::click>::object.shop::click::page))}]`
// Clang: `[Member = member_address{&unmade_object.object.page}]`
template <member_address Member>
consteval auto spell_address() {
#ifdef __clang__
    return last_name(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1, '.');
#else
    return last_name(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1, ':');
#endif
}

template <class T, class Numbers>
struct aggregate_spelling;
template <class T, std::size_t... I>
struct aggregate_spelling<T, std::index_sequence<I...>> {
    static consteval std::array<std::string_view, sizeof...(I)> names() {
        return {spell_address<member_address{addresses_of_members<T, sizeof...(I)>.at[I]}>()...};
    }
};

struct list_types {
    template <class... Members>
    constexpr type_list<std::remove_cv_t<Members>...> operator()(Members&...) const noexcept {
        return {};
    }
};

template <std::size_t I, class Member>
struct numbered_reference {
    Member& reference;
};

template <class Numbers, class... Members>
struct numbered_references;
template <std::size_t... I, class... Members>
struct numbered_references<std::index_sequence<I...>, Members...> : numbered_reference<I, Members>... {};

template <std::size_t I, class Member>
[[gnu::always_inline]] constexpr Member& find_reference(numbered_reference<I, Member> const& found) noexcept {
    return found.reference;
}

struct refer_to_all {
    template <class... Members>
    [[gnu::always_inline]] constexpr auto operator()(Members&... members) const noexcept
        -> numbered_references<std::index_sequence_for<Members...>, Members...> {
        return {{members}...};
    }
};

/// Calls `f` for each member with its number and a reference.
template <class Numbers, class F>
struct call_for_each;
template <std::size_t... I, class F>
struct call_for_each<std::index_sequence<I...>, F> {
    F& f;

    template <class... Members>
    [[gnu::always_inline]] constexpr void operator()(Members&... members) const {
        (static_cast<void>(f(std::integral_constant<std::size_t, I>{}, members)), ...);
    }
};

/// Calls `f` for the member of that number.
template <class Numbers, class F>
struct call_for_one;
template <std::size_t... I, class F>
struct call_for_one<std::index_sequence<I...>, F> {
    std::size_t number;
    F& f;

    template <class... Members>
    [[gnu::always_inline]] constexpr void operator()(Members&... members) const {
        static_cast<void>(
            ((number == I && (static_cast<void>(f(std::integral_constant<std::size_t, I>{}, members)), true)) || ...));
    }
};

/// The members of a plain struct.
template <class T, std::size_t N>
struct aggregate_members {
    using types = decltype(binding<N>::apply(std::declval<T&>(), list_types{}));

    static constexpr std::size_t count = N;
    static constexpr auto const& names = packed_names<aggregate_spelling<T, std::make_index_sequence<N>>>;

    template <std::size_t I, class U>
    [[gnu::always_inline]] static constexpr auto& reference(U& object) noexcept {
        return find_reference<I>(binding<N>::apply(object, refer_to_all{}));
    }
    template <class U, class Visitor>
    static constexpr decltype(auto) visit(U& object, Visitor&& visitor) {
        return binding<N>::apply(object, visitor);
    }
};

}  // namespace weir::detail
