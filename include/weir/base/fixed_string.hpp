// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <compare>
#include <cstddef>
#include <string_view>

namespace weir {

/// A text that can be a template argument: `count().as<"clicks">()`.
///
/// `N` counts the terminator, as for the literal it is made from; `view()` and `size()` do not. As a template argument
/// its characters live as long as the program.
template <std::size_t N>
struct fixed_string {
    static_assert(N > 0, "weir: a fixed_string holds at least its terminator.");

    /// Public, because a template argument may have no private members. The last one is the terminator.
    char characters[N];

    /// From a literal, or any array that ends in a terminator.
    constexpr fixed_string(char const (&text)[N]) noexcept : characters{} {
        for (std::size_t i = 0; i + 1 < N; ++i) characters[i] = text[i];
    }

    /// The text without its terminator.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, N - 1}; }

    /// The text and its terminator, for C interfaces.
    [[nodiscard]] constexpr char const* c_str() const noexcept { return characters; }

    [[nodiscard]] static constexpr std::size_t size() noexcept { return N - 1; }
    [[nodiscard]] static constexpr bool empty() noexcept { return N == 1; }

    [[nodiscard]] friend constexpr bool operator==(fixed_string const& a, std::string_view b) noexcept {
        return a.view() == b;
    }
    [[nodiscard]] friend constexpr auto operator<=>(fixed_string const& a, std::string_view b) noexcept {
        return a.view() <=> b;
    }
};

template <std::size_t N>
fixed_string(char const (&)[N]) -> fixed_string<N>;

template <std::size_t N, std::size_t M>
[[nodiscard]] constexpr bool operator==(fixed_string<N> const& a, fixed_string<M> const& b) noexcept {
    return a.view() == b.view();
}
template <std::size_t N, std::size_t M>
[[nodiscard]] constexpr auto operator<=>(fixed_string<N> const& a, fixed_string<M> const& b) noexcept {
    return a.view() <=> b.view();
}

}  // namespace weir
