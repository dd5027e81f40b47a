// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/flat_table.hpp>
#include <weir/window/detail/arrival_order.hpp>
#include <weir/window/detail/pane_history.hpp>
#include <weir/window/detail/total_history.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace weir::detail {

template <class Functions, combining How>
struct history_choice {
    using type = pane_history<Functions, How>;
};
template <class Functions>
struct history_choice<Functions, combining::subtract> {
    using type = total_history<Functions>;
};

/// The keys that a window which is still open can contain, each with its history.
///
/// A key whose history has become empty is dead; when most are, the living close up where they are, or move to a table of
/// their own size where that is much smaller, or where the names of the dead hold memory. `Lends` says
/// that what was emitted of a key may be looked at until the poll is over, so that the old table has to rest until then.
template <class Key, class Functions, combining How, bool Lends>
class live_keys {
    using history_type = typename history_choice<Functions, How>::type;
    using table_type = flat_table<Key, history_type>;
    static constexpr std::size_t run_length = 32;
    /// Keys have no names in the arena, and nobody looks at an entry once its row is emitted.
    static constexpr bool stays = std::is_trivially_copyable_v<Key> && !borrows<Key> && !Lends;

public:
    using entry = typename table_type::entry;

    live_keys() { begin(); }

    /// Adds what every key did in a pane to its history, of which the panes before `first` are forgotten. `most`: how many
    /// panes a window can have. `overflow(key)` is called where a state cannot hold the result.
    template <class Pane, class Overflow>
    void take(Functions const& functions, Pane const& pane, std::uint32_t first, std::uint32_t most, arena& memory, Overflow&& overflow) {
        using pane_entry = typename std::remove_reference_t<decltype(pane.table)>::entry;
        struct search {
            pane_entry const* from;
            std::uint64_t hash;
            entry* found;
        };
        std::size_t number = 0;
        table_type& keys = table_->keys;
        auto const take_one = [&](history_type& history, pane_entry const& from) __attribute__((always_inline)) {
            auto const arrival = static_cast<std::uint32_t>(pane.notes.arrivals[number++]);
            bool const held = history.evict(functions, first, memory, table_->blocks);
            if (!history.put(functions, static_cast<std::uint32_t>(pane.number), from.state, arrival, most, memory, table_->blocks) || !held)
                overflow(from.key);
        };
        if (is_small(most)) {
            pane.table.for_each([&](pane_entry const& each) {
                Key const key = each.key;
                take_one(keys.find_or_insert(key, keys.hash(key), table_->names, [&] { return history_type(functions); }).state, each);
            });
            return;
        }
        std::array<search, run_length> run;
        std::size_t size = 0;
        auto const take_run = [&] {
            find_all(functions, std::span(run).first(size));
            for (std::size_t i = 0; i < size; ++i) take_one(run[i].found->state, *run[i].from);
            size = 0;
        };
        pane.table.for_each([&](pane_entry const& each) {
            std::uint64_t const hash = keys.hash(each.key);
            keys.approach(hash);
            run[size++] = {&each, hash, nullptr};
            if (size == run_length) take_run();
        });
        if (size != 0) take_run();
    }

    /// Forgets the panes before `first`, and calls `visit(entry)` for every key that has one left, the one that was seen
    /// first first. The keys may not change meanwhile. `overflow(key)` is called where a state cannot hold the result; then
    /// nothing is visited.
    template <class Visit, class Overflow>
    void close(Functions const& functions, std::uint32_t first, arena& memory, Visit&& visit, Overflow&& overflow) {
        table_type& keys = table_->keys;
        std::size_t dead = 0;
        bool all_held = true;
        std::span<entry> const all = keys.entries();
        order_.begin(all);
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t const end = min_of(begin + run_length, all.size());
            for (std::size_t i = begin; i != end; ++i)
                if (all[i].state.evicts(first)) all[i].state.approach();
            for (; begin != end; ++begin) {
                history_type& history = all[begin].state;
                if (!history.evict(functions, first, memory, table_->blocks)) {
                    overflow(all[begin].key);
                    all_held = false;
                }
                if (history.empty()) ++dead;
                else order_.add(history.arrival(), begin);
            }
        }
        if (!all_held) return;
        order_.for_each(visit);
        if (dead * 2 <= keys.size()) return;
        if constexpr (stays) {
            std::size_t const living = keys.size() - dead;
            if (living * 8 > keys.size()) return keys.keep_if([](entry const& each) { return !each.state.empty(); });
        }
        move_on();
    }

    /// Forgets everything, and keeps some memory for what comes next.
    void clear() {
        if (table_->keys.size() == 0) return;
        if constexpr (Lends) {
            retired_.push_back(std::move(table_));
            begin();
        } else {
            table_->keys.clear();
            table_->names.clear();
            table_->blocks = {};
        }
    }

    /// The poll is over: what was lent rests until the next one comes.
    void settle() {
        for (auto& each : retired_) resting_.push_back(std::move(each));
        retired_.clear();
    }
    /// Gives back what was lent in polls that are over.
    void let_go() { resting_.clear(); }

    [[nodiscard]] std::size_t size() const noexcept { return table_->keys.size(); }

    /// Gives every number of arrival to `change`, which may change it, as long as none overtakes another.
    template <class Change>
    void renumber(Change&& change) {
        table_->keys.for_each([&](entry& each) { each.state.renumber(change); });
    }

private:
    struct table_and_names {
        typename history_type::pool blocks{};  ///< of short histories
        table_type keys{process_seed};
        arena names{};
    };

    /// Whether all histories fit into the near caches: then nothing needs to be asked for ahead of time.
    [[nodiscard]] bool is_small(std::uint32_t most) const noexcept {
        return table_->keys.size() * (sizeof(entry) + std::size_t{most} * sizeof(typename Functions::state_type)) < (std::size_t{1} << 18);
    }

    void begin() {
        table_.reset(new table_and_names);
        if constexpr (Lends) table_->keys.lend();
    }

    /// Finds the keys of a run: each does not wait for the memory of the one before it.
    template <class Search>
    void find_all(Functions const& functions, std::span<Search> run) {
        table_type& keys = table_->keys;
        for (Search const& each : run) keys.approach_entry(each.hash);
        for (Search& each : run) {
            each.found = &keys.find_or_insert(each.from->key, each.hash, table_->names, [&] { return history_type(functions); });
            each.found->state.approach();
        }
        // New keys may have moved the table: then what was found before is found again.
        if (keys.find(run[0].from->key, run[0].hash) == run[0].found) return;
        for (Search& each : run) each.found = keys.find(each.from->key, each.hash);
    }

    /// The living move to a table of their own size, in their order.
    void move_on() {
        auto before = std::move(table_);
        begin();
        before->keys.for_each([&](entry& each) {
            if (each.state.empty()) return;
            Key const key = each.key;
            table_->keys.find_or_insert(key, table_->keys.hash(key), table_->names, [&] {
                each.state.move_house(before->blocks, table_->blocks);
                return std::move(each.state);
            });
        });
        if constexpr (Lends) retired_.push_back(std::move(before));
    }

    owner<table_and_names> table_;
    arrival_order<entry> order_;
    series<owner<table_and_names>> retired_;  ///< in this poll
    series<owner<table_and_names>> resting_;  ///< in polls that are over
};

}  // namespace weir::detail
