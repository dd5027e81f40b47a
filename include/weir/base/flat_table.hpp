// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/packed_key.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// A hash table that keeps its entries side by side in the order in which their keys were first seen.
///
/// A flat index of 4-byte slots is probed linearly; a slot holds an entry's number and, in the bits left over, a piece of
/// the key's hash, so that entries of other keys are hardly ever touched. Scanning is a walk over an array, and the order
/// depends on the input only, never on the seed. `sizeof(entry)` a key, and 16 to 32 bytes of index while the index fits
/// into the near caches (there, empty slots are cheaper than a search that goes on), 8 to 16 beyond; at most 2^30 keys.
/// Short texts of a key stand in its entry (`packed_key`); longer ones, and what other keys borrow, are copied into the
/// arena given on insertion.
template <class Key, class State>
class flat_table {
public:
    struct entry {
        typename kept_key<Key>::type key;
        State state;
    };

    explicit flat_table(std::uint64_t seed = 0) : seed_(seed) { reset_index(smallest_index); }

    /// What `slot_table` has for whoever searches often. False: the table is large, so that its memory is better asked for
    /// ahead of time than searched at once.
    struct entrance {
        flat_table* table = nullptr;
        bool near = false;
        [[nodiscard]] explicit operator bool() const noexcept { return near; }
    };

    /// Hash of a key, to be given to the other members.
    [[nodiscard]] static std::uint64_t hash(Key const& key, std::uint64_t seed) noexcept { return hash_key(key, seed); }
    [[nodiscard]] std::uint64_t hash(Key const& key) const noexcept { return hash(key, seed_); }

    /// Where the search for one key begins in a large table.
    struct spot {
        flat_table* table = nullptr;
        std::uint64_t hash = 0;
    };

    [[nodiscard]] entrance enter() noexcept { return {this, !large_}; }

    /// Its entries are reached by way of an index: many keys are best looked up together.
    static constexpr bool indirect = true;

    /// The entry of `key`; when there is none, one is made with the state that `make()` returns.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(Key const& key, std::uint64_t hash, arena& names, Make&& make) {
        std::uint32_t const tag = tag_of(hash);
        std::size_t at = home_of(hash);
        for (;; at = (at + 1) & mask_) {
            std::uint32_t const slot = index_[at];
            if ((slot & tag_mask_) == tag) {
                std::uint32_t const number = slot & number_mask_;
                if (number != 0) [[likely]] {
                    entry& found = entries_[number - 1];
                    if (kept_key<Key>::same(found.key, key)) [[likely]] return found;
                    continue;
                }
            }
            if ((slot & number_mask_) == 0) break;
        }
        return insert(at, key, hash, names, std::forward<Make>(make)());
    }

    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(entrance const&, Key const& key, std::uint64_t hash, arena& names, Make&& make) {
        return find_or_insert(key, hash, names, std::forward<Make>(make));
    }

    /// Asks for the cache line of the slot where the search for a hash will begin.
    [[gnu::always_inline]] void approach(std::uint64_t hash) const noexcept { __builtin_prefetch(&index_[home_of(hash)], 1); }

    /// Asks for the cache line of the entry that the search will most likely lead to; its slot should be in the cache by now.
    [[gnu::always_inline]] void approach_entry(std::uint64_t hash) const noexcept {
        std::uint32_t const number = index_[home_of(hash)] & number_mask_;
        __builtin_prefetch(entries_.data() + number - (number != 0 ? 1 : 0), 1);
    }

    [[nodiscard, gnu::always_inline]] static spot approach(entrance const& at, Key const&, std::uint64_t hash) noexcept {
        at.table->approach(hash);
        return {at.table, hash};
    }
    [[gnu::always_inline]] static void approach_entry(spot const& at) noexcept { at.table->approach_entry(at.hash); }

    /// The entry of `key` in a large table whose `spot` was approached some time ago.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(spot const& at, Key const& key, arena& names, Make&& make) {
        return find_or_insert(key, at.hash, names, std::forward<Make>(make));
    }

    /// Whether it has grown since it was asked last.
    [[nodiscard]] bool grew() noexcept { return std::exchange(grew_, false); }

    /// The entry of `key`, or null.
    [[nodiscard]] entry* find(Key const& key, std::uint64_t hash) noexcept {
        std::uint32_t const tag = tag_of(hash);
        for (std::size_t at = home_of(hash);; at = (at + 1) & mask_) {
            std::uint32_t const slot = index_[at];
            std::uint32_t const number = slot & number_mask_;
            if (number == 0) return nullptr;
            if ((slot & tag_mask_) == tag && kept_key<Key>::same(entries_[number - 1].key, key)) return &entries_[number - 1];
        }
    }

    /// Whether it has outgrown the near caches, so that memory is worth asking for ahead of time.
    [[nodiscard]] bool large() const noexcept { return large_; }

    /// Calls `visit(entry)` for each entry, in the order in which their keys were first seen.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (entry const& each : entries_) visit(each);
    }

    template <class Visit>
    void for_each(Visit&& visit) {
        for (entry& each : entries_) visit(each);
    }

    /// The same entries, side by side.
    [[nodiscard]] std::span<entry> entries() noexcept { return entries_; }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    /// Bytes held, without what the states themselves refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        std::size_t held = entries_.capacity();
        for (auto const& each : outgrown_) held += each.capacity();
        return index_.capacity() * sizeof(std::uint32_t) + held * sizeof(entry);
    }

    /// How many bytes more it would hold after one more key.
    [[nodiscard]] std::size_t growth() const noexcept {
        std::size_t const slots = detail::max_of(index_size_for(entries_.size() + 1), index_.size()) - index_.size();
        std::size_t const entries = entries_.size() == entries_.capacity() ? detail::max_of<std::size_t>(1, entries_.size()) : 0;
        return slots * sizeof(std::uint32_t) + entries * sizeof(entry);
    }

    /// From now on until `clear`, texts of keys that were looked at stay where they are, whatever is inserted.
    void lend() noexcept { lends_ = text_key<Key>; }

    /// Forgets every entry of which `keep(entry)` is not true, and keeps the memory; the others move up, in their order.
    template <class Keep>
    void keep_if(Keep&& keep) {
        std::size_t kept = 0;
        for (entry& each : entries_) {
            if (!keep(std::as_const(each))) continue;
            if (entry& place = entries_[kept++]; &place != &each) place = std::move(each);
        }
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(kept), entries_.end());
        rehash(index_.size());
    }

    /// Forgets every entry and keeps the memory for the next ones, unless most of it went unused.
    void clear() {
        std::size_t const used = entries_.size();
        entries_.clear();
        outgrown_.clear();
        lends_ = false;
        if (entries_.capacity() > 1024 && used < entries_.capacity() / 8) {
            entries_.shrink_to_fit();
            index_ = std::vector<std::uint32_t>();
            reset_index(index_size_for(used));
        } else {
            for (std::uint32_t& slot : index_) slot = 0;
        }
        large_ = false;
    }

private:
    static constexpr std::size_t smallest_index = 64;
    static constexpr std::size_t sparse_index = std::size_t{1} << 18;  ///< slots; beyond it the index is filled by half
    static constexpr std::size_t large_table = std::size_t{4} << 20;   ///< bytes

    [[nodiscard]] static std::size_t index_size_for(std::size_t keys) noexcept {
        std::size_t const sparse = std::bit_ceil(detail::max_of(smallest_index, keys * 4));
        return sparse <= sparse_index ? sparse : std::bit_ceil(keys * 2);
    }

    [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept { return static_cast<std::size_t>(hash >> shift_); }
    [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash) & tag_mask_;
    }

    void reset_index(std::size_t slots) {
        int const bits = std::countr_zero(slots);
        shift_ = 64 - bits;
        mask_ = slots - 1;
        number_mask_ = static_cast<std::uint32_t>(slots - 1);
        tag_mask_ = ~number_mask_;
        index_.assign(slots, 0u);
    }

    /// Moves the entries to where there is room for more; what they leave behind stays readable.
    [[gnu::noinline]] void move_on() {
        std::vector<entry> larger;
        larger.reserve(detail::max_of<std::size_t>(16, entries_.size() * 2));
        for (entry& each : entries_) larger.push_back(std::move(each));
        outgrown_.push_back(std::exchange(entries_, std::move(larger)));
    }

    [[gnu::noinline]] entry& insert(std::size_t at, Key const& key, std::uint64_t hash, arena& names, State&& state) {
        if (std::size_t const wanted = index_size_for(entries_.size() + 1); wanted > index_.size()) {
            rehash(wanted);
            for (at = home_of(hash); (index_[at] & number_mask_) != 0;) at = (at + 1) & mask_;
        }
        if (lends_ && entries_.size() == entries_.capacity()) [[unlikely]] move_on();
        entries_.push_back(entry{kept_key<Key>::make(key, names), std::move(state)});
        index_[at] = tag_of(hash) | static_cast<std::uint32_t>(entries_.size());
        if (!large_ && memory() > large_table) large_ = grew_ = true;
        return entries_.back();
    }

    void rehash(std::size_t slots) {
        grew_ = true;
        reset_index(slots);
        std::uint32_t number = 0;
        for (entry const& each : entries_) {
            std::uint64_t const hash_of_key = hash(each.key);
            std::size_t at = home_of(hash_of_key);
            while ((index_[at] & number_mask_) != 0) at = (at + 1) & mask_;
            index_[at] = tag_of(hash_of_key) | ++number;
        }
    }

    std::uint64_t seed_;
    bool large_ = false;
    bool grew_ = false;
    bool lends_ = false;
    int shift_ = 60;
    std::size_t mask_ = 0;
    std::uint32_t number_mask_ = 0;
    std::uint32_t tag_mask_ = 0;
    std::vector<std::uint32_t> index_;
    std::vector<entry> entries_;
    std::vector<std::vector<entry>> outgrown_;  ///< what entries that were lent moved away from
};

}  // namespace weir
