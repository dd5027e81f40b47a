// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/epoch.hpp>
#include <weir/base/fixed_string.hpp>
#include <weir/base/member_name.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// What a codec is told about a member, beside its name and type.
///
/// `unit` and `text` are weir's own; whoever writes a codec adds annotations of its own type with `member<...>.with(x)`
/// and finds them here by that type. Every codec ignores what it does not know.
template <class... Annotations>
struct member_annotations : Annotations... {
    std::optional<epoch> unit{};  ///< how a point in time is written; nothing: as the codec's default says
    bool text = false;            ///< whether a number is written as a text, "42" for 42

    /// Whether there is an annotation of this type.
    template <class Annotation>
    static constexpr bool has = (std::is_same_v<Annotation, Annotations> || ...);

    /// The annotation of this type, or `otherwise`.
    template <class Annotation>
    [[nodiscard]] constexpr Annotation get([[maybe_unused]] Annotation otherwise = {}) const {
        if constexpr (has<Annotation>) return *this;
        else return otherwise;
    }
};

/// A data member, the name it has outside of the program, and what codecs are told about it: what `member` makes.
template <fixed_string Name, auto Member, class... Annotations>
struct described_member {
    static_assert(!Name.empty(), "weir: a member needs a name.");

    using type = member_type<Member>;
    static constexpr std::string_view name = Name.view();
    static constexpr auto pointer = Member;

    member_annotations<Annotations...> annotations{};

    /// The unit in which this time is written, or that it is written as ISO 8601 text.
    [[nodiscard]] constexpr described_member in(epoch unit) const {
        described_member annotated = *this;
        annotated.annotations.unit = unit;
        return annotated;
    }

    /// Says that this number is written as a text.
    [[nodiscard]] constexpr described_member as_text() const {
        described_member annotated = *this;
        annotated.annotations.text = true;
        return annotated;
    }

    /// Adds an annotation that a codec knows by its type: a class with public bases and members only.
    template <class Annotation>
    [[nodiscard]] constexpr described_member<Name, Member, Annotations..., Annotation> with(
        Annotation annotation) const {
        static_assert(!(std::is_same_v<Annotation, Annotations> || ...),
                      "weir: this member already has an annotation of this type.");
        return {{static_cast<Annotations const&>(annotations)..., std::move(annotation), annotations.unit,
                 annotations.text}};
    }
};

/// A member under the name it has outside of the program: `member<"userId", &click::user_id>`.
///
/// `.in(epoch::milliseconds)`, `.as_text()` and `.with(annotation)` may follow, in any order.
template <fixed_string Name, auto Member>
inline constexpr described_member<Name, Member> member{};

namespace detail {

template <auto Member>
consteval auto own_name() {
    char name[member_name<Member>.size() + 1]{};
    for (std::size_t i = 0; i < member_name<Member>.size(); ++i) name[i] = member_name<Member>[i];
    return fixed_string(name);
}

template <std::size_t I, class Member>
struct numbered_member {
    Member member;
};

template <class Numbers, class... Members>
struct numbered_members;
template <std::size_t... I, class... Members>
struct numbered_members<std::index_sequence<I...>, Members...> : numbered_member<I, Members>... {};

template <std::size_t I, class Member>
constexpr Member const& find_member(numbered_member<I, Member> const& found) {
    return found.member;
}

template <class T>
inline constexpr bool is_described_member = false;
template <fixed_string Name, auto Member, class... Annotations>
inline constexpr bool is_described_member<described_member<Name, Member, Annotations...>> = true;

template <class... Members>
consteval bool have_different_names() {
    if constexpr ((is_described_member<Members> && ...)) {
        std::string_view const names[]{Members::name..., {}};
        for (std::size_t i = 0; i < sizeof...(Members); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (names[i] == names[j]) return false;
    }
    return true;
}

}  // namespace detail

/// A member under its own name, to be listed beside renamed ones: `unrenamed<&click::page>`.
template <auto Member>
inline constexpr described_member<detail::own_name<Member>(), Member> unrenamed{};

/// Members in the order in which codecs see them: what `members` makes.
template <class... Members>
struct member_list {
    static constexpr std::size_t size = sizeof...(Members);
    detail::numbered_members<std::index_sequence_for<Members...>, Members...> all;
};

/// Lists members, each made by `member` or `unrenamed`; no two under the same name.
template <class... Members>
[[nodiscard]] consteval member_list<Members...> members(Members... listed) {
    static_assert((detail::is_described_member<Members> && ...),
                  "weir: `members` lists what `weir::member<\"name\", &type::member>` and "
                  "`weir::unrenamed<&type::member>` make.");
    static_assert(detail::have_different_names<Members...>(), "weir: two of these members have the same name.");
    return {{{listed}...}};
}

/// Specialise it to say which members of `T` codecs see and under which names, for a type that is no plain struct or
/// whose names differ outside:
///
/// ```cpp
/// template <>
/// struct weir::members_of<click> {
///     static constexpr auto value = weir::members(weir::member<"userId", &click::user_id>,
///                                                 weir::member<"ts", &click::ts>.in(weir::epoch::milliseconds));
/// };
/// ```
///
/// For private members the class itself may have `static constexpr auto weir_members = weir::members(...)`, public and
/// below the members it lists. A specialisation counts before that.
template <class T>
struct members_of;

}  // namespace weir
