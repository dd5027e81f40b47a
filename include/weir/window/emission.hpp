// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir {

/// What a trigger is shown of the row of one window and key when an item has been added to it.
struct trigger_view {
    timestamp window_start{};
    timestamp window_end{};
    timestamp event_time{};    ///< of the item
    timestamp watermark{};
    std::uint64_t items = 0;   ///< in the row so far
    std::uint64_t unseen = 0;  ///< of them, since the row was last emitted: at least one
};

/// A rule of one's own for early rows: `bool fires(trigger_view const&) const`, asked after each item; true: the row is
/// emitted now. The last row, when the window closes, comes in any case.
template <class T>
concept trigger = requires(T const& rule, trigger_view const& view) { { rule.fires(view) } -> std::same_as<bool>; };

/// When the rows of a window come.
namespace emit {

/// One row a window and key, when the window closes: final.
struct on_close_t {};
inline constexpr on_close_t on_close{};

/// A row for each change. With a period, changes wait until the watermark reaches the next multiple of it, so that at most
/// one row a window and key comes in each period: `emit::on_update(2s)`.
struct on_update_t {
    duration period{};
    [[nodiscard]] constexpr on_update_t operator()(duration at_most_every) const noexcept { return {at_most_every}; }
};
inline constexpr on_update_t on_update{};

/// Early rows of what has changed each time the watermark reaches a multiple of the period (counted from the epoch), and
/// then the final one.
struct every_t {
    duration period{};
};
[[nodiscard]] constexpr every_t every(duration period) noexcept { return {period}; }

/// Early rows whenever a rule of one's own says so, and then the final one.
template <trigger Rule>
struct when_t {
    Rule rule;
};
template <trigger Rule>
[[nodiscard]] constexpr auto when(Rule rule) {
    return when_t<Rule>{std::move(rule)};
}

}  // namespace emit

/// Each row of a window holds all that came so far: the default.
struct accumulating_t {};
inline constexpr accumulating_t accumulating{};

/// Each row of a window holds what came since the row before it; the rows of a window add up.
struct discarding_t {};
inline constexpr discarding_t discarding{};

namespace detail {

template <class Option>
inline constexpr bool is_emission = false;
template <>
inline constexpr bool is_emission<emit::on_close_t> = true;
template <>
inline constexpr bool is_emission<emit::on_update_t> = true;
template <>
inline constexpr bool is_emission<emit::every_t> = true;
template <class Rule>
inline constexpr bool is_emission<emit::when_t<Rule>> = true;

template <class Option>
concept accumulation = std::is_same_v<Option, accumulating_t> || std::is_same_v<Option, discarding_t>;

}  // namespace detail
}  // namespace weir
