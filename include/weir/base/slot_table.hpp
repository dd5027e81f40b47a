// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/hash.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// A hash table for number keys with small states: key and state lie in the slot itself, so that an item touches one cache
/// line; a list beside it remembers the order in which keys were first seen.
///
/// It does what `flat_table` does, in the same order, and is faster where a key is no larger than the reference to it
/// would be. Empty slots hold a key of the process's own choosing; that key, should it come, has a place of its own.
template <class Key, class State>
class slot_table {
    static_assert(std::is_integral_v<Key> || std::is_enum_v<Key>);

public:
    struct entry {
        Key key;
        State state;
    };

    explicit slot_table(std::uint64_t seed = 0) : seed_(seed), empty_(static_cast<Key>(fold_multiply(seed, seed | 1))) {
        reset(smallest);
    }

    /// Hash of a key, to be given to the other members.
    [[nodiscard]] std::uint64_t hash(Key key) const noexcept { return hash_key(key, seed_); }

    /// The entry of `key`; when there is none, one is made with the state that `make()` returns.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(Key key, std::uint64_t hash, arena&, Make&& make) {
        // Two slots are looked at without a branch: nearly every key is in one of them.
        std::size_t const home = static_cast<std::size_t>(hash >> shift_);
        entry* const first = &slots_[home];
        entry* const found = first + (first->key == key ? 0 : 1);
        if (found->key == key && key != empty_) [[likely]] return *found;
        return find_further(home, key, std::forward<Make>(make));
    }

    /// Asks for the cache line where the search for this hash will begin.
    void prefetch_slot(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[static_cast<std::size_t>(hash >> shift_)], 1); }
    void prefetch_entry(std::uint64_t) const noexcept {}

    /// Calls `visit(entry)` for each entry, in the order in which their keys were first seen.
    template <class Visit>
    void for_each(Visit&& visit) const {
        constexpr std::size_t ahead = 16;
        for (std::size_t i = 0; i < order_.size(); ++i) {
            if (i + ahead < order_.size()) __builtin_prefetch(&slots_[order_[i + ahead]]);
            visit(slots_[order_[i]]);
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
    [[nodiscard]] bool large() const noexcept { return large_; }

    /// Bytes held, without what the states themselves refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        return slots_.capacity() * sizeof(entry) + order_.capacity() * sizeof(std::uint32_t);
    }

    /// Forgets every entry and keeps the memory for the next ones, unless most of it went unused.
    void clear() {
        std::size_t const wanted = slots_for(order_.size());
        if (wanted * 8 < slots_.size()) {
            slots_ = std::vector<entry>();  // `= {}` would keep the memory
            order_ = std::vector<std::uint32_t>();
            reset(wanted);
        } else if (order_.size() * 8 < slots_.size()) {
            for (std::uint32_t at : order_) slots_[at].key = empty_;
        } else {
            for (entry& each : slots_) each.key = empty_;
        }
        order_.clear();
        marker_seen_ = false;
        large_ = memory() > large_table;
    }

private:
    static constexpr std::size_t smallest = 64;
    static constexpr std::size_t sparse_bytes = std::size_t{1} << 20;  ///< up to here three slots of four stay empty
    static constexpr std::size_t large_table = std::size_t{1} << 20;   ///< bytes

    [[nodiscard]] static std::size_t slots_for(std::size_t keys) noexcept {
        std::size_t const sparse = std::bit_ceil(std::max(smallest, keys * 4));
        return sparse * sizeof(entry) <= sparse_bytes ? sparse : std::bit_ceil(std::max(smallest, keys * 2));
    }

    // Two slots more than the mask says: the second look behind the last slot needs no wrapping, and the key that marks
    // empty slots has the very last one.
    void reset(std::size_t slots) {
        mask_ = slots - 1;
        shift_ = 64 - std::countr_zero(slots);
        slots_.assign(slots + 2, entry{empty_, State{}});
    }

    template <class Make>
    [[gnu::noinline]] entry& find_further(std::size_t home, Key key, Make&& make) {
        if (key == empty_) {
            auto const last = static_cast<std::uint32_t>(slots_.size() - 1);
            if (!std::exchange(marker_seen_, true)) {
                order_.push_back(last);
                slots_[last].state = make();
            }
            return slots_[last];
        }
        std::size_t at = home;
        for (; slots_[at].key != empty_; at = (at + 1) & mask_)
            if (slots_[at].key == key) return slots_[at];
        if (std::size_t const wanted = slots_for(order_.size() + 1); wanted > mask_ + 1) {
            grow(wanted);
            at = free_slot(key);
        }
        order_.push_back(static_cast<std::uint32_t>(at));
        slots_[at] = entry{key, make()};
        large_ = memory() > large_table;
        return slots_[at];
    }

    [[nodiscard]] std::size_t free_slot(Key key) const noexcept {
        std::size_t at = static_cast<std::size_t>(hash(key) >> shift_);
        while (slots_[at].key != empty_) at = (at + 1) & mask_;
        return at;
    }

    void grow(std::size_t slots) {
        std::vector<entry> const before = std::exchange(slots_, {});
        reset(slots);
        for (std::uint32_t& at : order_) {
            entry const& moved = before[at];
            at = static_cast<std::uint32_t>(moved.key == empty_ ? slots_.size() - 1 : free_slot(moved.key));
            slots_[at] = moved;
        }
    }

    std::uint64_t seed_;
    Key empty_;
    bool marker_seen_ = false;
    bool large_ = false;
    int shift_ = 0;
    std::size_t mask_ = 0;
    std::vector<entry> slots_;
    std::vector<std::uint32_t> order_;
};

}  // namespace weir
