// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/line_array.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/hash.hpp>

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
/// While it fits into the near caches most slots are empty and a search looks at two slots at once: nearly every key is in
/// one of them, and a search that goes on costs a mispredicted branch. Beyond `Near` bytes half of them are empty, and
/// searches begin at every fourth slot and look at four, which lie in one cache line where key and state take 16 bytes.
template <class Key, class State, std::size_t Near = std::size_t{1} << 20>
class slot_table {
    static_assert(std::is_integral_v<Key> || std::is_enum_v<Key>);

public:
    struct entry {
        Key key;
        State state;
    };

    /// Where searches begin, for whoever searches often; void once `grew()` says so. False: the table is large, so that its
    /// memory is better asked for ahead of time than searched at once.
    struct entrance {
        entry* slots = nullptr;
        Key empty{};
        int shift = 0;
        bool near = false;
        [[nodiscard]] explicit operator bool() const noexcept { return near; }
    };

    /// Where the search for one key begins in a large table; void once `grew()` says so.
    using spot = entry*;

    explicit slot_table(std::uint64_t seed = 0) : seed_(seed), empty_(static_cast<Key>(fold_multiply(seed, seed | 1))) {
        reset(smallest);
    }

    /// Hash of a key, to be given to the other members: one multiplication, whose upper bits count. Which keys come to lie
    /// side by side depends on the seed. Source: Knuth, "Sorting and Searching", section 6.4 (multiplicative hashing).
    [[nodiscard]] static std::uint64_t hash(Key key, std::uint64_t seed) noexcept {
        return (static_cast<std::uint64_t>(key) ^ seed) * golden;
    }
    [[nodiscard]] std::uint64_t hash(Key key) const noexcept { return hash(key, seed_); }

    [[nodiscard]] entrance enter() const noexcept { return {slots_.data(), empty_, shift_, !large_}; }

    /// The entry of `key`; when there is none, one is made with the state that `make()` returns.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(Key key, std::uint64_t hash, arena&, Make&& make) {
        return large_ ? find_in_four(&slots_[home_of(hash)], key, make) : find_in_two(enter(), key, hash, make);
    }

    /// The same with the table's entrance at hand, which must be true.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(entrance const& at, Key key, std::uint64_t hash, arena&, Make&& make) {
        return find_in_two(at, key, hash, make);
    }

    /// Asks for the memory where the search for a hash will begin in a large table.
    [[nodiscard, gnu::always_inline]] static spot approach(entrance const& at, Key, std::uint64_t hash) noexcept {
        spot const first = at.slots + ((hash >> at.shift) & ~std::uint64_t{3});
        __builtin_prefetch(first, 1);
        return first;
    }
    static void approach_entry(spot) noexcept {}

    /// The entry of `key` in a large table whose `spot` was approached some time ago.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(spot at, Key key, arena&, Make&& make) {
        return find_in_four(at, key, make);
    }

    /// Whether it has grown since it was asked last.
    [[nodiscard]] bool grew() noexcept { return std::exchange(grew_, false); }

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
    static constexpr std::size_t nearest_bytes = std::size_t{1} << 18;

    [[nodiscard]] static std::size_t slots_for(std::size_t keys) noexcept {
        std::size_t const bytes = keys * sizeof(entry);
        std::size_t const sparsity = bytes * 8 <= nearest_bytes ? 8 : bytes * 4 <= Near ? 4 : 2;
        return std::bit_ceil(detail::max_of(smallest, keys * sparsity));
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
        large_ = slots * sizeof(entry) > Near;
        first_of_group_ = ~(large_ ? std::size_t{3} : std::size_t{0});
    }

    template <class Make>
    [[gnu::always_inline]] entry& find_in_two(entrance const& at, Key key, std::uint64_t hash, Make&& make) {
        entry* const first = at.slots + (hash >> at.shift);
        entry* const found = first + (first->key == key ? 0 : 1);
        if (found->key == key && key != at.empty) [[likely]] return *found;
        return find_or_make(static_cast<std::size_t>(first - at.slots), key, make);
    }

    template <class Make>
    [[gnu::always_inline]] entry& find_in_four(entry* first, Key key, Make&& make) {
        entry* const found = first + (one_if(first[1].key == key) + 2 * one_if(first[2].key == key) + 3 * one_if(first[3].key == key));
        if (found->key == key && key != empty_) [[likely]] return *found;
        return find_or_make(static_cast<std::size_t>(first - slots_.data()), key, make);
    }

    /// Hidden from the compiler, which would make it a branch; and whether a slot is the right one is a toss-up.
    [[nodiscard, gnu::always_inline]] static std::size_t one_if(bool condition) noexcept {
        std::size_t one = condition ? 1 : 0;
        asm("" : "+r"(one));
        return one;
    }

    // `make` stays in the caller: what it captures would be put into memory for every item if a call might read it.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_make(std::size_t home, Key key, Make&& make) {
        auto const [found, is_new] = find_further(home, key);
        if (is_new) found->state = make();
        return *found;
    }

    [[gnu::noinline]] std::pair<entry*, bool> find_further(std::size_t home, Key key) {
        if (key == empty_) {
            auto const last = static_cast<std::uint32_t>(slots_.size() - 1);
            bool const is_new = !std::exchange(marker_seen_, true);
            if (is_new) order_.push_back(last);
            return {&slots_[last], is_new};
        }
        std::size_t at = home;
        for (; slots_[at].key != empty_; at = (at + 1) & mask_)
            if (slots_[at].key == key) return {&slots_[at], false};
        if (std::size_t const wanted = slots_for(order_.size() + 1); wanted > mask_ + 1) {
            grow(wanted);
            at = free_slot(key);
        }
        order_.push_back(static_cast<std::uint32_t>(at));
        slots_[at].key = key;
        return {&slots_[at], true};
    }

    [[nodiscard]] std::size_t free_slot(Key key) const noexcept {
        std::size_t at = home_of(hash(key));
        while (slots_[at].key != empty_) at = (at + 1) & mask_;
        return at;
    }

    void grow(std::size_t slots) {
        detail::line_array<entry> const before = std::exchange(slots_, {});
        reset(slots);
        grew_ = true;
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
    bool grew_ = false;
    int shift_ = 0;
    std::size_t mask_ = 0;
    std::size_t first_of_group_ = 0;
    detail::line_array<entry> slots_;
    std::vector<std::uint32_t> order_;
};

}  // namespace weir
