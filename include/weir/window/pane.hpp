// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/dense_table.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/flat_table.hpp>
#include <weir/base/slot_table.hpp>

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A number, or an enum of which every number is a value (an enum without a type of its own has fewer).
template <class Key>
concept number_key = std::is_integral_v<Key> || (std::is_enum_v<Key> && requires { Key{0}; });

/// A state that may lie in a slot of a table: it is made ahead of time, and left there when the window has closed.
template <class State>
concept slot_state = std::is_trivially_destructible_v<State> && std::is_default_constructible_v<State>;

/// Whether key and state lie in a slot of the table together.
template <class Key, class State>
inline constexpr bool lies_in_slot = number_key<Key> && sizeof(Key) > 2 && slot_state<State> && sizeof(State) <= 24;

template <class Key, class State, std::size_t Near>
struct table_choice {
    using type = flat_table<Key, State>;
};
template <number_key Key, slot_state State, std::size_t Near>
    requires(sizeof(Key) <= 2 && sizeof(State) <= 56)
struct table_choice<Key, State, Near> {
    using type = dense_table<Key, State>;
};
template <class Key, class State, std::size_t Near>
    requires lies_in_slot<Key, State>
struct table_choice<Key, State, Near> {
    using type = slot_table<Key, State, Near>;
};

/// The fastest of the three tables for this key and state; `Near`: how many bytes of it are near enough to be searched at once.
template <class Key, class State, std::size_t Near>
using best_table = typename table_choice<Key, State, Near>::type;

/// Counts things that have a hash. One number that each of them adds to would make the processor finish one addition
/// before the next; here the hash says to which of four.
class spread_count {
public:
    [[gnu::always_inline]] void add_one(std::uint64_t hash) noexcept { ++parts_[hash >> 62]; }
    [[nodiscard]] std::uint64_t total() const noexcept { return parts_[0] + parts_[1] + parts_[2] + parts_[3]; }

private:
    std::array<std::uint64_t, 4> parts_{};
};

/// How the panes of an operator are kept.
struct plain_panes {
    static constexpr std::size_t near = 16;       ///< how many from the base on are found by their distance
    static constexpr std::int64_t multiple = 1;   ///< the base is a multiple of this: a power of two
    static constexpr std::size_t table_near = std::size_t{1} << 20;  ///< bytes of a number table that are searched at once
    static constexpr std::size_t spares = 2;      ///< how many that were taken out are kept for reuse, at the most
    /// What is noted of a pane beside its table.
    struct notes {
        static void clear() noexcept {}
    };
};

/// One open window: the keys seen in it, in first-seen order, and the state of each.
template <class Key, class State, class Shape = plain_panes>
struct pane {
    std::int64_t number = 0;
    best_table<Key, State, Shape::table_near> table{process_seed};
    arena memory{};
    spread_count items{};      ///< that came in while it was open
    std::uint64_t epoch = 0;   ///< of the oldest poll in which an item of it was read
    bool fired = false;        ///< its result was emitted; it only waits for corrections
    [[no_unique_address]] typename Shape::notes notes{};
};

/// The open windows of one operator, by number.
///
/// Those near the oldest that has not fired, where nearly all items go, are found by their distance from it; the others by
/// binary search. A pane that is taken out is kept for reuse with its memory; `Lends` says that what was emitted of it may
/// be looked at until the poll is over, so that it has to rest until then.
template <class Key, class State, bool Lends = false, class Shape = plain_panes>
class pane_set {
public:
    using pane_type = pane<Key, State, Shape>;
    using table_type = best_table<Key, State, Shape::table_near>;

    /// A pane and the entrance of its table, side by side: reading one does not have to wait for the other.
    struct alignas(32) near_pane {
        pane_type* pane = nullptr;
        typename table_type::entrance entrance{};
    };

    /// Hash of a key, the same for the table of every pane.
    [[nodiscard, gnu::always_inline]] std::uint64_t hash(Key const& key) const noexcept { return table_type::hash(key, seed_); }

    /// The pane so many windows behind the base, if it is open, near and has not fired, and its table's entrance; else a
    /// null pane and an entrance that is false.
    [[gnu::always_inline]] near_pane const& near_base(std::uint64_t distance) const noexcept {
        if (distance < near_.size()) [[likely]] return near_[distance];
        return nothing_near_;
    }

    /// To be called when the table of a pane has grown: its entrance is another.
    void renew_entrance(pane_type& grown) noexcept {
        std::uint64_t const distance = distance_of(grown);
        if (distance < near_.size() && near_[distance].pane) near_[distance].entrance = grown.table.enter();
    }

    /// Until a pane is opened, fired or closed, none is near.
    void forget_near() noexcept { near_.fill({}); }

    /// The number of the oldest open pane that has not fired, rounded down to the shape's multiple; any such number when
    /// there is none.
    [[nodiscard]] std::int64_t base() const noexcept { return base_; }

    /// The open pane of that number, or null.
    [[nodiscard]] pane_type* find(std::int64_t number) {
        std::size_t const at = position_of(number);
        return at == open_.size() || open_[at]->number != number ? nullptr : open_[at].get();
    }

    /// Opens a pane. Its number must not be open yet.
    pane_type& open(std::int64_t number, std::uint64_t epoch, bool already_fired) {
        for (auto& rested : resting_) reuse(std::move(rested));
        resting_.clear();
        auto fresh = spare_.empty() ? owner<pane_type>(new pane_type) : std::move(spare_.back());
        if (!spare_.empty()) spare_.pop_back();
        fresh->number = number;
        fresh->epoch = epoch;
        fresh->items = {};
        fresh->fired = already_fired;
        if (already_fired) lend(*fresh);
        pane_type& opened = *fresh;
        open_.insert(position_of(number), std::move(fresh));
        look_around();
        return opened;
    }

    /// The open panes, oldest first.
    [[nodiscard]] auto const& all() const noexcept { return open_; }
    [[nodiscard]] bool empty() const noexcept { return open_.empty(); }

    /// Notes that a pane's result was emitted: `near_base` no longer gives it.
    void fired(pane_type& done) noexcept {
        done.fired = true;
        lend(done);
        look_around();
    }

    /// From now on the table may grow while rows of the pane are still looked at.
    static void lend([[maybe_unused]] pane_type& fired) noexcept {
        if constexpr (Lends && requires { fired.table.lend(); }) fired.table.lend();
    }

    /// Takes out the oldest pane and keeps its memory for the next.
    void close_oldest() {
        auto done = std::move(open_.front());
        open_.erase(0);
        if constexpr (Lends) closed_.push_back(std::move(done));
        else reuse(std::move(done));
        look_around();
    }

    /// The poll is over. The stages behind this one settle after it, so what they look at stays until a pane is opened.
    void settle() {
        if (closed_.empty()) return;
        for (auto& each : closed_) resting_.push_back(std::move(each));
        closed_.clear();
    }

private:
    void reuse(owner<pane_type> done) {
        if (spare_.size() >= Shape::spares) return;
        done->table.clear();
        done->memory.clear();
        done->notes.clear();
        spare_.push_back(std::move(done));
    }

    [[nodiscard]] std::uint64_t distance_of(pane_type const& of) const noexcept {
        return static_cast<std::uint64_t>(of.number) - static_cast<std::uint64_t>(base_);
    }

    void look_around() noexcept {
        forget_near();
        bool found = false;
        for (auto const& each : open_) {
            if (each->fired) continue;
            if (!std::exchange(found, true)) base_ = each->number & -Shape::multiple;
            if (auto const distance = distance_of(*each); distance < near_.size()) near_[distance] = {each.get(), each->table.enter()};
        }
    }

    /// How many open panes come before that number.
    [[nodiscard]] std::size_t position_of(std::int64_t number) const {
        std::size_t first = 0;
        for (std::size_t end = open_.size(); first != end;) {
            std::size_t const middle = first + (end - first) / 2;
            if (open_[middle]->number < number) first = middle + 1;
            else end = middle;
        }
        return first;
    }

    std::array<near_pane, Shape::near> near_{};
    near_pane nothing_near_{};
    std::uint64_t seed_ = process_seed;
    std::int64_t base_ = 0;
    series<owner<pane_type>> open_;
    series<owner<pane_type>> closed_;   ///< in this poll
    series<owner<pane_type>> resting_;  ///< closed in a poll that is over
    series<owner<pane_type>> spare_;
};

}  // namespace weir::detail
