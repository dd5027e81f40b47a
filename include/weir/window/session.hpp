// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/member.hpp>
#include <weir/time/timestamp.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The rule that `session(gap)` makes: one gap for all items.
class fixed_gap_session {
public:
    static constexpr bool is_session = true;
    static constexpr bool fixed_gap = true;
    static constexpr std::string_view name = "session";

    constexpr explicit fixed_gap_session(duration gap) noexcept : gap_(gap) {}

    [[nodiscard]] constexpr duration gap_of(auto const&) const noexcept { return gap_; }
    [[nodiscard]] constexpr duration gap() const noexcept { return gap_; }
    [[nodiscard]] constexpr bool valid() const noexcept { return gap_.count() > 0; }

private:
    duration gap_;
};

/// The rule that `session(function)` and `session<&item::gap>()` make: each item has a gap of its own.
template <class Function>
class item_gap_session {
public:
    static constexpr bool is_session = true;
    static constexpr bool fixed_gap = false;
    static constexpr std::string_view name = "session";

    constexpr explicit item_gap_session(Function gap_of) : gap_of_(std::move(gap_of)) {}

    /// Whether the function takes such an item and returns a span of time.
    template <class Item>
    static constexpr bool fits = std::is_invocable_r_v<duration, Function const&, Item const&>;

    [[nodiscard]] constexpr duration gap_of(auto const& item) const { return detail::invoke(gap_of_, item); }
    [[nodiscard]] static constexpr bool valid() noexcept { return true; }

private:
    [[no_unique_address]] Function gap_of_;
};

namespace detail {

template <auto Member>
struct member_gap {
    template <class Item>
        requires std::is_convertible_v<Item const&, member_class<Member> const&>
    [[nodiscard]] constexpr duration operator()(Item const& item) const {
        return item.*Member;
    }
};

template <class Rule, class Item>
inline constexpr bool session_gap_fits = true;
template <class Function, class Item>
inline constexpr bool session_gap_fits<item_gap_session<Function>, Item> = item_gap_session<Function>::template fits<Item>;

}  // namespace detail

/// Sessions: a key's events, each at most `gap` after the one before it (inclusive). `session(30min)`.
///
/// A session's row has `window_start`, its first event; `window_end`, its last event plus `gap`; and `last_event`. It closes
/// when the watermark is beyond `window_end`: an event exactly at it still belongs to the session, so unlike other windows
/// it does not close when the watermark is equal. An event out of order may join two sessions to one; all aggregates must be
/// able to merge. A gap that is not positive makes the job fail with a clear error at its first step. Source: Akidau et al.,
/// "The Dataflow Model" (VLDB 2015); the gap is inclusive as in Flink and Kafka Streams.
[[nodiscard]] constexpr auto session(duration gap) noexcept { return fixed_gap_session(gap); }

/// The same with a gap of each item: `session([](click const& c) { return c.is_checkout ? 2h : 30min; })`.
///
/// An item at `t` covers `[t, t + gap]`; items whose spans touch belong together, and `window_end` is the greatest `t + gap`
/// in the session. An item whose gap is not positive belongs to no session: it is a dead letter, and counted as such.
/// Source: Flink's `EventTimeSessionWindows.withDynamicGap`.
template <class Function>
    requires(!std::is_convertible_v<Function, duration>)
[[nodiscard]] constexpr auto session(Function gap_of) {
    return item_gap_session<Function>(std::move(gap_of));
}

/// The same with the gap in a member of the item: `session<&click::patience>()`.
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
[[nodiscard]] constexpr auto session() noexcept {
    return item_gap_session<detail::member_gap<Member>>({});
}

}  // namespace weir
