// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/hash.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// Gives each key that comes a row, numbered from 1 on in the order in which they came, so that whatever is kept of the keys
/// can lie in plain arrays.
///
/// An index of 4 bytes a slot leads from a key to its row; it is so sparse that nearly every search ends at the slot it
/// begins with. Keys that differ in their last three bits at most, as new numbers do that are given out one after the other,
/// lie scattered over one cache line.
template <class Key>
class key_rows {
public:
    static constexpr std::uint32_t none = 0;

    key_rows() {
        make_room(first_room);
        index(first_slots);
    }

    /// The row of `key`, if the search for it ends where it begins; else `none`, and it may have one nevertheless.
    [[nodiscard, gnu::always_inline]] std::uint32_t likely_row(Key key) const noexcept {
        std::uint32_t const row = slots_[home_of(key)];
        return keys_[row] == key ? row : none;
    }

    /// The row of `key`, which is given one if it has none.
    [[nodiscard]] std::uint32_t find_or_insert(Key key) {
        std::size_t at = home_of(key);
        for (; slots_[at] != none; at = (at + 1) & mask_)
            if (keys_[slots_[at]] == key) return slots_[at];
        if (end_ == room_) [[unlikely]] make_room(room_ * 2);
        keys_[end_] = key;
        slots_[at] = end_++;
        if (end_ > most_end_) [[unlikely]] index((mask_ + 1) * 2);
        return end_ - 1;
    }

    [[nodiscard, gnu::always_inline]] Key key(std::uint32_t row) const noexcept { return keys_[row]; }
    /// The row that comes next: all numbers below it but 0 are rows.
    [[nodiscard, gnu::always_inline]] std::uint32_t end() const noexcept { return end_; }
    /// Rows from this one on have no memory yet.
    [[nodiscard]] std::uint32_t room() const noexcept { return room_; }

    /// Takes their rows from the keys that are not kept, and tells where the others moved to: `rows[row]`, which is not 0
    /// for a row that is kept, becomes its number, or that of the next one that is kept; so does `rows[end()]`.
    void keep(std::uint32_t* rows) {
        std::uint32_t next = 1;
        for (std::uint32_t row = 1; row < end_; ++row) {
            std::uint32_t const stays = rows[row] != 0 ? 1 : 0;
            keys_[next] = keys_[row];
            rows[row] = next;
            next += stays;
        }
        rows[end_] = next;
        end_ = next;
        std::size_t slots = mask_ + 1;
        if (room_ > first_room && end_ < room_ / 8) {
            make_room(max_of(first_room, std::bit_ceil(end_ * 2)));
            while (slots > first_slots && most_keys(slots / 2) >= room_) slots /= 2;
        }
        index(slots);
    }

    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept {
        return std::size_t{room_} * sizeof(Key) + (mask_ + 1) * sizeof(std::uint32_t);
    }

private:
    static constexpr std::uint64_t golden = 0x9e3779b99e3779b9;  ///< 2^32 by the golden ratio, in both halves
    static constexpr std::uint32_t first_room = 64;
    static constexpr std::size_t first_slots = 512;
    static constexpr std::size_t line = 64 / sizeof(std::uint32_t);

    /// Which line is up to one multiplication, whose upper bits count. In the line every second slot is one of the eight
    /// keys', in an order that depends on the line: keys whose last bits are all alike are scattered too.
    /// Source: Knuth, "Sorting and Searching", section 6.4 (multiplicative hashing).
    [[nodiscard, gnu::always_inline]] std::size_t home_of(Key key) const noexcept {
        auto const number = static_cast<std::uint64_t>(key);
        std::uint64_t const mixed = ((number >> 3) ^ process_seed) * golden;
        return static_cast<std::size_t>(mixed >> shift_) * line | static_cast<std::size_t>(((mixed >> 32) ^ (number * 2)) & (line - 1));
    }

    /// Far from memory a small index is worth more than a search that hardly ever goes on.
    [[nodiscard]] static constexpr std::size_t most_keys(std::size_t slots) noexcept {
        return slots <= std::size_t{1} << 16 ? slots / 8 : slots <= std::size_t{1} << 18 ? slots / 4 : slots / 2;
    }

    void make_room(std::uint32_t room) {
        owner<Key[]> other(new Key[room]());
        for (std::uint32_t row = 1; row < end_; ++row) other[row] = keys_[row];
        keys_ = std::move(other);
        room_ = room;
    }

    /// Makes the index anew.
    void index(std::size_t slots) {
        if (slots_ && slots == mask_ + 1) {
            for (std::size_t at = 0; at < slots; ++at) slots_[at] = none;
        } else {
            slots_.reset(new std::uint32_t[slots]());
            mask_ = slots - 1;
            shift_ = 64 - std::countr_zero(slots / line);
            most_end_ = static_cast<std::uint32_t>(most_keys(slots)) + 1;
        }
        for (std::uint32_t row = 1; row < end_; ++row) put(keys_[row], row);
    }

    void put(Key key, std::uint32_t row) noexcept {
        std::size_t at = home_of(key);
        while (slots_[at] != none) at = (at + 1) & mask_;
        slots_[at] = row;
    }

    owner<std::uint32_t[]> slots_;  ///< rows, or `none`
    owner<Key[]> keys_;             ///< by row; the first is of none
    int shift_ = 0;
    std::uint32_t end_ = 1;
    std::uint32_t room_ = 0;
    std::uint32_t most_end_ = 0;  ///< what the index has room for
    std::size_t mask_ = 0;
};

}  // namespace weir::detail
