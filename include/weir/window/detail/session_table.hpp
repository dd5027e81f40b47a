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

/// A hash table of keys that come and go, each with a number while it is there and a deadline beside it.
///
/// A flat index of 8-byte slots, at most half full, is probed linearly; taking out moves slots back. Entries lie in chunks and
/// stay where they are. With `Lends` what was taken out may be looked at until the poll after the next `settle`. Where most of
/// what is held has gone (places, or long texts), `settle` moves the rest to memory of its own and numbers it anew, so that
/// the bytes held are in proportion to the keys that are there. A key costs `sizeof(entry)`, 16 to 32 bytes of index and 8 of
/// deadline.
template <class Key, class Value, bool Lends>
class session_table {
public:
    struct entry {
        typename kept_key<Key>::type key;
        Value value;
    };
    struct place {
        entry* at = nullptr;
        std::uint32_t number = 0;
    };
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    session_table() { index_.grow_to(smallest_index); }
    session_table(session_table&& other) noexcept
        : index_(std::move(other.index_)), shift_(other.shift_), size_(std::exchange(other.size_, 0)), used_(other.used_),
          erased_(other.erased_), here_(std::move(other.here_)), free_(std::move(other.free_)),
          deadlines_(std::move(other.deadlines_)), gone_(std::move(other.gone_)), gone_numbers_(std::move(other.gone_numbers_)),
          resting_(std::move(other.resting_)), resting_numbers_(std::move(other.resting_numbers_)), outgrown_(std::move(other.outgrown_)), outgrown_entries_(std::move(other.outgrown_entries_)) {}
    session_table& operator=(session_table&&) = delete;
    ~session_table() {
        for (slot const& each : index_)
            if (each.number != none) at(each.number).~entry();
        for (entry* each : gone_) each->~entry();
        for (entry* each : resting_) each->~entry();
        for (entry* each : outgrown_entries_) each->~entry();
    }

    [[nodiscard]] static std::uint64_t hash(Key const& key) noexcept { return hash_key(key, process_seed); }

    /// Where a key is; its `at` is null when it is nowhere.
    [[nodiscard, gnu::always_inline]] place find(Key const& key, std::uint64_t hash) const noexcept {
        auto const tag = tag_of(hash);
        for (std::size_t i = home_of(tag);; i = (i + 1) & mask()) {
            slot const& each = index_[i];
            if (each.number == none) return {};
            if (each.tag != tag) continue;
            entry& found = at(each.number);
            if (kept_key<Key>::same(found.key, key)) [[likely]] return {&found, each.number};
        }
    }

    /// Asks for the memory where the search for a hash begins; and then for the entry that it most likely leads to.
    [[gnu::always_inline]] void approach(std::uint64_t hash) const noexcept { __builtin_prefetch(&index_[home_of(tag_of(hash))]); }
    [[gnu::always_inline]] void approach_entry(std::uint64_t hash) const noexcept {
        std::uint32_t const number = index_[home_of(tag_of(hash))].number;
        if (number == none) return;
        entry const* const likely = &at(number);
        __builtin_prefetch(likely, 1);
        if constexpr (sizeof(entry) > 64) __builtin_prefetch(reinterpret_cast<char const*>(likely) + 64, 1);
    }

    /// Puts in a key that is not there, with the value that `make()` returns and without a deadline.
    template <class Make>
    place insert(Key const& key, std::uint64_t hash, Make&& make) {
        if ((size_ + 1) * 2 > index_.size()) resize(index_.size() * 2);
        std::uint32_t const number = take_number();
        entry* const made = ::new (static_cast<void*>(&at(number))) entry{kept_key<Key>::make(key, here_.names), make()};
        put(index_, {tag_of(hash), number}, shift_);
        ++size_;
        return {made, number};
    }

    void erase(std::uint32_t number) {
        entry& leaving = at(number);
        Key const key = leaving.key;
        std::size_t hole = home_of(tag_of(hash(key)));
        while (index_[hole].number != number) hole = (hole + 1) & mask();
        for (std::size_t i = (hole + 1) & mask(); index_[i].number != none; i = (i + 1) & mask()) {
            std::size_t const behind_home = (i - home_of(index_[i].tag)) & mask();
            if (behind_home < ((i - hole) & mask())) continue;
            index_[hole] = index_[i];
            hole = i;
        }
        index_[hole] = {};
        deadlines_[number] = beginning_of_time;
        --size_;
        ++erased_;
        if constexpr (Lends) {
            gone_.push_back(&leaving);
            gone_numbers_.push_back(number);
        } else {
            leaving.~entry();
            free_.push_back(number);
        }
    }

    /// The poll is over. `renumbered(count, number_of)` is called when all numbers have changed: `number_of(old)`, or `none`.
    template <class Renumbered>
    void settle(Renumbered&& renumbered) {
        if constexpr (Lends) {
            destroy(outgrown_entries_);
            outgrown_ = {};
            destroy(resting_);
            for (std::uint32_t number : resting_numbers_) free_.push_back(number);
            resting_numbers_.clear();
            resting_.swap(gone_);
            resting_numbers_.swap(gone_numbers_);
        }
        bool const mostly_free = used_ > 1024 && size_ * 4 < used_;
        bool const mostly_old_texts = here_.names.capacity() > 4096 && erased_ > size_ + 1024;
        if (mostly_free || mostly_old_texts) renew(renumbered);
    }

    [[nodiscard, gnu::always_inline]] entry& at(std::uint32_t number) const noexcept {
        return here_.chunks[number / chunk_size].get()[number % chunk_size];
    }
    [[nodiscard]] timestamp& deadline(std::uint32_t number) noexcept { return deadlines_[number]; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Calls `visit(entry, number)` for each entry, in no order that would mean anything.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (slot const& each : index_)
            if (each.number != none) visit(at(each.number), each.number);
    }

    /// Bytes held, without what values refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        std::size_t const chunks = here_.chunks.size() + outgrown_.chunks.size();
        return chunks * chunk_size * sizeof(entry) + index_.size() * sizeof(slot) + deadlines_.size() * sizeof(timestamp) +
               here_.names.capacity() + outgrown_.names.capacity();
    }

private:
    struct slot {
        std::uint32_t tag = 0;
        std::uint32_t number = none;
    };
    static constexpr std::size_t smallest_index = 16;
    static constexpr std::uint32_t chunk_size = 256;

    struct give_back {
        void operator()(entry* first) const noexcept { ::operator delete(static_cast<void*>(first), alignment()); }
    };
    struct pool {
        series<owner<entry, give_back>> chunks{};
        arena names{};
    };
    [[nodiscard]] static constexpr std::align_val_t alignment() noexcept {
        return std::align_val_t{alignof(entry) > 64 ? alignof(entry) : 64};
    }

    [[nodiscard]] std::size_t mask() const noexcept { return index_.size() - 1; }
    [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }
    [[nodiscard]] std::size_t home_of(std::uint32_t tag) const noexcept { return tag >> shift_; }

    static void put(series<slot>& index, slot each, int shift) {
        std::size_t i = each.tag >> shift;
        while (index[i].number != none) i = (i + 1) & (index.size() - 1);
        index[i] = each;
    }

    void resize(std::size_t slots) {
        series<slot> wider;
        wider.grow_to(slots);
        shift_ = 32 - std::countr_zero(slots);
        for (slot const& each : index_)
            if (each.number != none) put(wider, each, shift_);
        index_.swap(wider);
    }

    [[nodiscard]] std::uint32_t take_number() {
        if (!free_.empty()) {
            std::uint32_t const number = free_.back();
            free_.pop_back();
            deadlines_[number] = end_of_time;
            return number;
        }
        if (used_ % chunk_size == 0 && used_ / chunk_size == here_.chunks.size()) add_chunk(here_);
        deadlines_.push_back(end_of_time);
        return used_++;
    }
    static void add_chunk(pool& to) {
        to.chunks.push_back(owner<entry, give_back>(static_cast<entry*>(::operator new(chunk_size * sizeof(entry), alignment()))));
    }

    static void destroy(series<entry*>& all) noexcept {
        for (entry* each : all) each->~entry();
        all.clear();
    }

    /// Moves all that is there to new memory. What was lent stays readable where it was until the next `settle`.
    template <class Renumbered>
    void renew(Renumbered& renumbered) {
        pool fresh;
        series<std::uint32_t> new_number;
        new_number.grow_to(used_);
        for (std::uint32_t& each : new_number) each = none;
        series<timestamp> deadlines;
        std::uint32_t count = 0;
        for (slot& each : index_) {
            if (each.number == none) continue;
            if (count % chunk_size == 0) add_chunk(fresh);
            entry& from = at(each.number);
            ::new (static_cast<void*>(fresh.chunks[count / chunk_size].get() + count % chunk_size))
                entry{kept_key<Key>::make(Key(from.key), fresh.names), std::move(from.value)};
            deadlines.push_back(deadlines_[each.number]);
            new_number[each.number] = count;
            each.number = count++;
            if constexpr (Lends) outgrown_entries_.push_back(&from);
            else from.~entry();
        }
        if constexpr (Lends) {
            for (entry* each : resting_) outgrown_entries_.push_back(each);
            resting_.clear();
            resting_numbers_.clear();
            outgrown_ = std::move(here_);
        }
        here_ = std::move(fresh);
        deadlines_.swap(deadlines);
        series<std::uint32_t>().swap(free_);
        used_ = count;
        erased_ = 0;
        std::size_t const wanted = std::bit_ceil(size_ * 4 + smallest_index);
        if (wanted * 2 < index_.size()) resize(wanted);
        renumbered([&](std::uint32_t old) { return new_number[old]; });
    }

    series<slot> index_;
    int shift_ = 32 - std::countr_zero(smallest_index);
    std::size_t size_ = 0;
    std::uint32_t used_ = 0;     ///< numbers given out so far, from 0 on
    std::size_t erased_ = 0;     ///< since all were numbered anew
    pool here_;
    series<std::uint32_t> free_;
    series<timestamp> deadlines_;
    series<entry*> gone_;        ///< in this poll
    series<std::uint32_t> gone_numbers_;
    series<entry*> resting_;     ///< in the poll before
    series<std::uint32_t> resting_numbers_;
    pool outgrown_;              ///< what entries moved away from
    series<entry*> outgrown_entries_;
};

}  // namespace weir::detail
