// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/line_array.hpp>
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
/// While it fits into the near caches three slots of four are empty and a search looks at two slots at once. Beyond that
/// half of them are empty, and searches begin at every fourth slot and look at four, which lie in one cache line where
/// key and state take 16 bytes.
template <class Key, class State>
class slot_table {
    static_assert(std::is_integral_v<Key> || std::is_enum_v<Key>);

public:
    struct entry {
        Key key;
        State state;
    };

    /// Where searches begin, for whoever searches often; void after `find_or_insert` has made an entry. False: the table is
    /// large, so that its memory is better asked for ahead of time than searched at once.
    struct entrance {
        entry* slots = nullptr;
        int shift = 0;
        [[nodiscard]] explicit operator bool() const noexcept { return slots; }
    };

    explicit slot_table(std::uint64_t seed = 0) : seed_(seed), empty_(static_cast<Key>(fold_multiply(seed, seed | 1))) {
        reset(smallest);
    }

    /// Hash of a key, to be given to the other members: one multiplication, whose upper bits count. Which keys come to lie
    /// side by side depends on the seed. Source: Knuth, "Sorting and Searching", section 6.4 (multiplicative hashing).
    [[nodiscard]] static std::uint64_t hash(Key key, std::uint64_t seed) noexcept {
        return (static_cast<std::uint64_t>(key) ^ seed) * golden;
    }
    [[nodiscard]] std::uint64_t hash(Key key) const noexcept { return hash(key, seed_); }

    [[nodiscard]] entrance enter() const noexcept { return {large_ ? nullptr : slots_.data(), shift_}; }

    /// The entry of `key`; when there is none, one is made with the state that `make()` returns. (By value, here and below: a
    /// reference to it would force what it captures into memory, for every item.)
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(Key key, std::uint64_t hash, arena&, Make make) {
        return large_ ? find_in_four(key, hash, make) : find_in_two(enter(), key, hash, make);
    }

    /// The same with the table's entrance at hand, which must be true.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(entrance const& at, Key key, std::uint64_t hash, arena&, Make make) {
        return find_in_two(at, key, hash, make);
    }

    /// The same in a large table; its memory should be in the cache by now.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert_far(Key key, std::uint64_t hash, arena&, Make make) {
        return find_in_four(key, hash, make);
    }

    /// Asks for the cache line where the search for this hash will begin.
    void prefetch_slot(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[home_of(hash)], 1); }
    void prefetch_entry(std::uint64_t) const noexcept {}

    /// Calls `visit(entry)` for each entry, in the order in which their keys were first seen.
    template <class Visit>
    void for_each(Visit&& visit) const {
        constexpr std::size_t ahead = 16;
        for (std::size_t i = 0; i < order_.size(); ++i) {
            if (i + ahead < order_.size()) __builtin_prefetch(&slots_[order_[i + ahead]]);
            visit(std::as_const(slots_[order_[i]]));
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

    /// Whether it has outgrown the near caches, so that memory is worth asking for ahead of time.
    [[nodiscard]] bool large() const noexcept { return large_; }

    /// Bytes held, without what the states themselves refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        return slots_.size() * sizeof(entry) + order_.capacity() * sizeof(std::uint32_t);
    }

    /// Forgets every entry and keeps the memory for the next ones, unless most of it went unused.
    void clear() {
        std::size_t const wanted = slots_for(order_.size());
        if (wanted * 8 < slots_.size()) {
            order_ = std::vector<std::uint32_t>();  // `= {}` would keep the memory
            reset(wanted);
        } else if (order_.size() * 8 < slots_.size()) {
            for (std::uint32_t at : order_) slots_[at].key = empty_;
        } else {
            for (entry& each : slots_) each.key = empty_;
        }
        order_.clear();
        marker_seen_ = false;
    }

private:
    static constexpr std::uint64_t golden = 0x9e3779b99e3779b9;  ///< 2^32 by the golden ratio, in both halves
    static constexpr std::size_t smallest = 64;
    static constexpr std::size_t near_bytes = std::size_t{1} << 20;

    [[nodiscard]] static std::size_t slots_for(std::size_t keys) noexcept {
        std::size_t const sparse = std::bit_ceil(std::max(smallest, keys * 4));
        return sparse * sizeof(entry) <= near_bytes ? sparse : std::bit_ceil(std::max(smallest, keys * 2));
    }

    [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
        return static_cast<std::size_t>(hash >> shift_) & first_of_group_;
    }

    // Four slots more than the mask says: the looks behind the last slot need no wrapping, and the key that marks empty
    // slots has the very last one.
    void reset(std::size_t slots) {
        mask_ = slots - 1;
        shift_ = 64 - std::countr_zero(slots);
        slots_ = {};
        slots_ = detail::line_array<entry>(slots + 4, entry{empty_, State{}});
        large_ = slots * sizeof(entry) > near_bytes;
        first_of_group_ = ~(large_ ? std::size_t{3} : std::size_t{0});
    }

    template <class Make>
    [[gnu::always_inline]] entry& find_in_two(entrance const& at, Key key, std::uint64_t hash, Make make) {
        entry* const first = at.slots + (hash >> at.shift);
        entry* const found = first + (first->key == key ? 0 : 1);
        if (found->key == key && key != empty_) [[likely]] return *found;
        return find_further(static_cast<std::size_t>(first - at.slots), key, make);
    }

    template <class Make>
    [[gnu::always_inline]] entry& find_in_four(Key key, std::uint64_t hash, Make make) {
        entry* const first = &slots_[home_of(hash)];
        entry* const found = first + (one_if(first[1].key == key) + 2 * one_if(first[2].key == key) + 3 * one_if(first[3].key == key));
        if (found->key == key && key != empty_) [[likely]] return *found;
        return find_further(static_cast<std::size_t>(first - slots_.data()), key, make);
    }

    /// Hidden from the compiler, which would make it a branch; and whether a slot is the right one is a toss-up.
    [[nodiscard, gnu::always_inline]] static std::size_t one_if(bool condition) noexcept {
        std::size_t one = condition ? 1 : 0;
        asm("" : "+r"(one));
        return one;
    }

    template <class Make>
    [[gnu::noinline]] entry& find_further(std::size_t home, Key key, Make make) {
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
        return slots_[at];
    }

    [[nodiscard]] std::size_t free_slot(Key key) const noexcept {
        std::size_t at = home_of(hash(key));
        while (slots_[at].key != empty_) at = (at + 1) & mask_;
        return at;
    }

    void grow(std::size_t slots) {
        detail::line_array<entry> const before = std::exchange(slots_, {});
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
    std::size_t first_of_group_ = 0;
    detail::line_array<entry> slots_;
    std::vector<std::uint32_t> order_;
};

}  // namespace weir
