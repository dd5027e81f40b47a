// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// When the state is full the job stops with an error that says so: the default.
struct stop_when_full_t {};
inline constexpr stop_when_full_t stop_when_full{};

/// When the state is full the oldest open window is closed before its time: its rows come now, and what still comes for it,
/// or for one before it, is late. Where that is not enough, the item that found no room takes the road of the late items itself.
struct close_oldest_t {};
inline constexpr close_oldest_t close_oldest{};

/// When the state is full the items of keys that a window has not yet seen are counted under one key, so that totals stay
/// exact. Texts are kept, so they may be temporaries.
template <class... Parts>
struct overflow_key_t {
    std::tuple<Parts...> parts;
};
template <class... Parts>
[[nodiscard]] auto overflow_key(Parts... parts) {
    using kept = overflow_key_t<std::conditional_t<std::is_convertible_v<Parts const&, std::string_view>, std::string, Parts>...>;
    return kept{{std::move(parts)...}};
}

/// How many bytes the open windows of one operator may hold, and what happens when a further key would not fit:
/// `state_limit(64 << 20, close_oldest)`.
///
/// Counted is what tables and texts hold from the system; what a window needs before its first key does not count against it.
template <class WhenFull = stop_when_full_t>
struct state_limit {
    std::size_t bytes = 0;
    WhenFull when_full{};

    constexpr explicit state_limit(std::size_t at_most, WhenFull policy = {}) : bytes(at_most), when_full(std::move(policy)) {}
};

/// Forgets the state of a key that had no event for so long, by event time: what bounds the state of a window that does not
/// close. Whether it is time is asked when the watermark passes a multiple of the duration, so a key lives once to twice
/// as long after its last event. Its row comes once more before, where it would otherwise come at the end; an event after
/// that begins anew.
struct expire_after {
    duration value{};
    constexpr explicit expire_after(duration without_events) : value(without_events) {}
};

namespace detail {

/// The state may grow as large as it gets.
struct no_limit {};

template <class Option>
inline constexpr bool is_state_limit = false;
template <class WhenFull>
inline constexpr bool is_state_limit<state_limit<WhenFull>> = true;

}  // namespace detail
}  // namespace weir
