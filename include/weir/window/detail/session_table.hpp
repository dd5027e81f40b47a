// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/hash.hpp>
#include <weir/base/packed_key.hpp>
#include <weir/time/timestamp.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::detail {

/// A hash table of keys that come and go, each with a number and a deadline.
///
/// A flat index of 4-byte slots, at most half full, is probed pair by pair; entries lie in chunks and stay where they are. A slot
/// holds the number of an entry in as many bits as that takes, and as much of the hash as there is room for: an index that
/// fits into the near caches is worth more than one that says for certain whose number it holds. A key that is let go of only loses its deadline: it is found again if it comes back soon. When the index is full, or little of
/// what is held is in use, those that are in use move to memory of their own and are numbered anew, so that the bytes held
/// are in proportion to the keys in use; what was there before may be looked at until the poll after the next `settle`.
/// A key in use costs `sizeof(entry)` and 8 to 16 bytes, and at most four times that. Room for 2^30 keys.
template <class Key, class Value>
class session_table {
public:
    struct entry {
        timestamp deadline;  ///< `beginning_of_time`: it is not in use
        typename kept_key<Key>::type key;
        Value value;
    };
    struct place {
        entry* at = nullptr;
        std::uint64_t number = 0;
    };
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    session_table() { make_index(smallest_index); }

    [[nodiscard]] static std::uint64_t hash(Key const& key) noexcept { return hash_key(key, process_seed); }

    /// Where a key is, in use or not; its `at` is null when it is nowhere.
    [[nodiscard, gnu::always_inline]] place find(Key const& key, std::uint64_t hash) const noexcept {
        std::uint32_t const mark = mark_of(hash);
        for (std::size_t i = home_of(hash);; i = next_of(i, hash)) {
            std::uint32_t const number = number_in(index_[i], mark);
            if (number < mask()) [[likely]] {
                entry& found = at(number);
                if (kept_key<Key>::same(found.key, key)) [[likely]] return {&found, number};
            }
            if (index_[i] == empty) return {};
        }
    }

    /// Asks for the memory where the search for a hash begins.
    [[gnu::always_inline]] void approach(std::uint64_t hash) const noexcept { __builtin_prefetch(&index_[home_of(hash)]); }

    /// Where a hash most likely leads, when what its slot says should be in the cache by now; asks for the memory of the entry.
    [[nodiscard, gnu::always_inline]] place approach_entry(std::uint64_t hash) const noexcept {
        std::uint32_t const mark = mark_of(hash);
        // Both slots of a pair are looked at without asking which it is: one search in five would be mispredicted.
        for (std::size_t pair = home_of(hash) & ~std::size_t{1};; pair = (pair + 2) & mask()) {
            std::uint32_t const first = number_in(index_[pair], mark), second = number_in(index_[pair + 1], mark);
            std::uint32_t const choose = 0U - static_cast<std::uint32_t>(first < mask());
            std::uint32_t const number = second ^ ((first ^ second) & choose);
            if (number < mask()) [[likely]] {
                approach_number(number);
                return {&at(number), number};
            }
            if (index_[pair] == empty || index_[pair + 1] == empty) return {};
        }
    }
    /// Where a key is, given where its hash most likely led; nothing has been renewed since.
    [[nodiscard, gnu::always_inline]] place find(Key const& key, std::uint64_t hash, place const& likely) const noexcept {
        if (likely.at && kept_key<Key>::same(likely.at->key, key)) [[likely]] return likely;
        return find(key, hash);
    }
    /// How often all entries have moved to other memory.
    [[nodiscard]] std::uint64_t renewals() const noexcept { return renewals_; }
    [[gnu::always_inline]] void approach_number(std::uint64_t number) const noexcept {
        entry const* const likely = &at(number);
        __builtin_prefetch(likely, 1);
        if constexpr (sizeof(entry) > 64) __builtin_prefetch(reinterpret_cast<char const*>(likely) + 64, 1);
    }

    /// Puts in a key that is nowhere, with the value that `make()` returns; its deadline must be set. `renumbered(number_of)`
    /// is called when all numbers have changed: `number_of(old)`, or `none`.
    template <class Make, class Renumbered>
    place insert(Key const& key, std::uint64_t hash, Make&& make, Renumbered&& renumbered) {
        if ((here_.size + 1) * 2 > index_.size()) {
            if (std::size_t const live = count_in_use(); live * 2 < here_.size) renew(live, renumbered);
            else widen();
        }
        if (here_.size % chunk_size == 0) here_.add_chunk();
        auto const number = static_cast<std::uint32_t>(here_.size);
        entry* const made = ::new (static_cast<void*>(&at(number))) entry{end_of_time, kept_key<Key>::make(key, here_.names), make()};
        ++here_.size;
        put(hash, number);
        return {made, number};
    }

    /// The poll is over; `in_use` keys are in use.
    template <class Renumbered>
    void settle(std::size_t in_use, Renumbered&& renumbered) {
        if (in_use * 4 + 1024 < here_.size) renew(in_use, renumbered);
        resting_.clear();
        resting_.swap(outgrown_);
    }

    [[nodiscard, gnu::always_inline]] entry& at(std::uint64_t number) const noexcept {
        return here_.chunks[number / chunk_size].get()[number % chunk_size];
    }

    /// Calls `visit(entry, number)` for each entry in use.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::uint32_t number = 0; number < here_.size; ++number)
            if (at(number).deadline != beginning_of_time) visit(at(number), number);
    }

    /// Bytes held, without what values refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        std::size_t held = index_.capacity() * sizeof(std::uint32_t) + here_.memory();
        for (pool const& each : outgrown_) held += each.memory();
        for (pool const& each : resting_) held += each.memory();
        return held;
    }

private:
    static constexpr std::uint32_t empty = 0;
    static constexpr std::size_t smallest_index = 16;
    static constexpr std::uint32_t chunk_size = 256;

    static constexpr std::align_val_t alignment{alignof(entry) > 64 ? alignof(entry) : 64};
    struct give_back {
        void operator()(entry* first) const noexcept { ::operator delete(static_cast<void*>(first), alignment); }
    };

    /// Entries, and the long texts of their keys.
    struct pool {
        series<owner<entry, give_back>> chunks{};
        std::size_t size = 0;
        arena names{};

        pool() = default;
        pool(pool&& other) noexcept : chunks(std::move(other.chunks)), size(std::exchange(other.size, 0)), names(std::move(other.names)) {}
        pool& operator=(pool&& other) noexcept {
            chunks.swap(other.chunks);
            std::swap(size, other.size);
            std::swap(names, other.names);
            return *this;
        }
        ~pool() {
            for (std::size_t i = 0; i < size; ++i) chunks[i / chunk_size].get()[i % chunk_size].~entry();
        }
        void add_chunk() {
            chunks.push_back(owner<entry, give_back>(static_cast<entry*>(::operator new(chunk_size * sizeof(entry), alignment))));
        }
        [[nodiscard]] std::size_t memory() const noexcept { return chunks.size() * chunk_size * sizeof(entry) + names.capacity(); }
    };

    [[nodiscard]] std::size_t mask() const noexcept { return index_.size() - 1; }
    // The upper half of a hash, from its first bit on: the place of the slot where the search begins, then what a slot holds of
    // it, above the number.
    [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept { return static_cast<std::size_t>(hash >> shift_); }
    [[nodiscard]] std::uint32_t mark_of(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash >> 32) << (64 - shift_);
    }
    /// The slot behind slot `i` where a search goes on: the other one of a pair, and then the same of the next pair.
    [[nodiscard]] std::size_t next_of(std::size_t i, std::uint64_t hash) const noexcept {
        return ((i ^ home_of(hash)) & 1) == 0 ? i ^ 1 : ((i ^ 1) + 2) & mask();
    }
    /// The number in a slot that is not empty and bears the mark; else one that no entry has: `mask()` or more.
    [[nodiscard]] static std::uint32_t number_in(std::uint32_t slot, std::uint32_t mark) noexcept { return (slot ^ mark) - 1; }

    void make_index(std::size_t slots) {
        series<std::uint32_t>().swap(index_);  // emptied it would keep the memory of the largest index that it was
        index_.grow_to(slots);
        shift_ = 64 - std::countr_zero(slots);
    }

    void put(std::uint64_t hash, std::uint32_t number) {
        std::size_t i = home_of(hash);
        while (index_[i] != empty) i = next_of(i, hash);
        index_[i] = mark_of(hash) | (number + 1);
    }

    /// Twice the slots. Where what they hold belongs is not in them: the keys say it again.
    void widen() {
        make_index(index_.size() * 2);
        for (std::uint32_t number = 0; number < here_.size; ++number) put(hash(Key(at(number).key)), number);
    }

    [[nodiscard]] std::size_t count_in_use() const noexcept {
        std::size_t count = 0;
        for_each([&](entry const&, std::uint32_t) { ++count; });
        return count;
    }

    /// Moves all that is in use to new memory.
    template <class Renumbered>
    [[gnu::noinline]] void renew(std::size_t in_use, Renumbered& renumbered) {
        pool fresh;
        series<std::uint32_t> new_number;
        new_number.grow_to(here_.size);
        for (std::uint32_t& each : new_number) each = none;
        for_each([&](entry& from, std::uint32_t number) {
            if (fresh.size % chunk_size == 0) fresh.add_chunk();
            new_number[number] = static_cast<std::uint32_t>(fresh.size);
            ::new (static_cast<void*>(fresh.chunks[fresh.size / chunk_size].get() + fresh.size % chunk_size))
                entry{from.deadline, kept_key<Key>::make(Key(from.key), fresh.names), std::move(from.value)};
            ++fresh.size;
        });
        ++renewals_;
        outgrown_.push_back(std::move(here_));
        here_ = std::move(fresh);
        make_index(std::bit_ceil(in_use * 4 + smallest_index));
        for (std::uint32_t number = 0; number < here_.size; ++number) put(hash(Key(at(number).key)), number);
        renumbered([&](std::uint64_t old) { return new_number[old]; });
    }

    series<std::uint32_t> index_;
    int shift_ = 0;
    std::uint64_t renewals_ = 0;
    pool here_;
    series<pool> outgrown_;  ///< what entries moved away from in this poll
    series<pool> resting_;   ///< and in the poll before
};

}  // namespace weir::detail
