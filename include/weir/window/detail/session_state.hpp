// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/row.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/state_memory.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The row of a session and key: its bounds, the time of its last event, the key's columns, one column a function.
template <class Key, class... Functions>
using session_row =
    concatenate_rows<row<column<"window_start", timestamp>, column<"window_end", timestamp>, column<"last_event", timestamp>>,
                     typename Key::columns, row<column<column_name_of<Functions>(), result_type<Functions>>...>>;

template <class Key, class... Functions, class Kept>
[[nodiscard, gnu::always_inline]] inline session_row<Key, Functions...> session_row_with(timestamp start, timestamp end, timestamp last,
                                                                                         Kept const& key,
                                                                                         std::tuple<result_type<Functions>...> results) {
    return {std::tuple_cat(std::tuple<timestamp, timestamp, timestamp>(start, end, last), Key::values(key), std::move(results))};
}

/// Whether any state of these functions may refer to an arena.
template <class Set, class Item>
inline constexpr bool some_keep_in_arena = false;
template <class... Functions, class Item>
inline constexpr bool some_keep_in_arena<function_set<Functions...>, Item> = (keeps_in_arena<Functions, Item> || ...);

/// The row of a session that was emitted and not taken back.
template <class Results>
struct said_row {
    timestamp start{};
    timestamp end{};
    timestamp last{};
    Results results;
};

/// What a session needs where its row may change.
template <class Results>
struct changing_session {
    series<said_row<Results>> said{};  ///< of it, and of sessions that are part of it now; by end
    series<arena> kept{};              ///< what rows of these sessions may borrow from
    std::uint64_t unseen = 0;          ///< items in no row yet
    bool fired = false;                ///< it has closed, and can still be corrected
};

/// One session of one key. Where all items have one gap its end follows from its last event; where a function counts, its
/// items need not be counted; it has an arena only if a state may refer to one.
template <class Set, class Item, bool FixedGap, bool Lean, bool Lends>
struct session_state {
    struct no_end {};
    struct no_items {};
    struct no_arena {};
    struct no_more {};
    static constexpr bool has_arena = some_keep_in_arena<Set, Item>;
    /// Whether it refers to memory that its rows may borrow, or that must be given back.
    static constexpr bool has_memory = has_arena || !Lean || !std::is_trivially_destructible_v<typename Set::state_type>;
    static constexpr std::size_t first_block = 64;

    timestamp start;
    timestamp last;
    std::uint64_t arrival;  ///< of its first item, by arrival
    std::uint64_t epoch;    ///< of the oldest poll in which an item of it was read
    [[no_unique_address]] std::conditional_t<FixedGap, no_end, timestamp> end{};
    typename Set::state_type state;
    [[no_unique_address]] std::conditional_t<Set::counts, no_items, std::uint64_t> other_items{};
    [[no_unique_address]] std::conditional_t<has_arena, arena, no_arena> own_memory;
    [[no_unique_address]] std::conditional_t<Lean, no_more, changing_session<typename Set::results_type>> more{};

    session_state(timestamp time, timestamp until, std::uint64_t arrived, std::uint64_t read_in, typename Set::state_type initial)
        : start(time), last(time), arrival(arrived), epoch(read_in), state(std::move(initial)), own_memory(make_memory()) {
        if constexpr (!FixedGap) end = until;
        else (void)until;
    }

    /// Whether it is a session; else no time lies in it.
    [[nodiscard]] bool is_open() const noexcept { return start <= last; }
    void set_closed() noexcept {
        start = end_of_time;
        last = beginning_of_time;
    }

    [[nodiscard]] std::uint64_t items() const noexcept {
        if constexpr (Set::counts) return std::get<Set::counter>(state);
        else return other_items;
    }
    [[gnu::always_inline]] void count_item() noexcept {
        if constexpr (!Set::counts) ++other_items;
    }
    [[nodiscard]] bool has_fired() const noexcept {
        if constexpr (Lean) return false;
        else return more.fired;
    }
    /// Its own arena, or one that nothing is kept in.
    [[nodiscard, gnu::always_inline]] arena& memory([[maybe_unused]] arena& none) noexcept {
        if constexpr (has_arena) return own_memory;
        else return none;
    }

    /// Takes in an item at `time` that covers what comes until `until`.
    void extend(timestamp time, [[maybe_unused]] timestamp until) noexcept {
        start = min_of(start, time);
        last = max_of(last, time);
        if constexpr (!FixedGap) end = max_of(end, until);
    }

    /// Takes in another session of the key, but for its state.
    void absorb(session_state& from) {
        start = min_of(start, from.start);
        last = max_of(last, from.last);
        if constexpr (!FixedGap) end = max_of(end, from.end);
        arrival = min_of(arrival, from.arrival);
        epoch = min_of(epoch, from.epoch);
        if constexpr (!Set::counts) other_items += from.other_items;
        if constexpr (!Lean) {
            more.unseen += from.more.unseen;
            for (auto& each : from.more.said) {
                std::size_t at = 0;
                while (at < more.said.size() && more.said[at].end < each.end) ++at;
                more.said.insert(at, std::move(each));
            }
            from.more.said.clear();
            if constexpr (has_arena && Lends) {
                for (arena& each : from.more.kept) more.kept.push_back(std::move(each));
                from.more.kept.clear();
                more.kept.push_back(std::move(from.own_memory));
            }
        }
    }

private:
    [[nodiscard]] static auto make_memory() {
        if constexpr (has_arena) return arena(first_block);
        else return no_arena{};
    }
};

}  // namespace weir::detail
