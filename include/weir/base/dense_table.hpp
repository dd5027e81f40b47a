// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// A table for keys of one or two bytes (statuses, enums, flags, numbered campaigns): the key itself says which slot it
/// has, so nothing is hashed, searched or compared; a list beside it remembers the order in which keys were first seen.
///
/// It does what `flat_table` does, in the same order. There are as many slots as the greatest key asks for, rounded up to
/// a power of two: 65,536 at the most. A negative key counts as the unsigned number of the same bits.
template <class Key, class State>
class dense_table {
    static_assert((std::is_integral_v<Key> || std::is_enum_v<Key>) && sizeof(Key) <= 2);

public:
    struct entry {
        State state{};
        Key key{};
    };

private:
    struct slot : entry {
        bool seen = false;
    };

public:
    /// The slots, for whoever looks often; void after `find_or_insert` has made an entry.
    struct entrance {
        slot* slots = nullptr;
        std::size_t count = 0;
        [[nodiscard]] explicit operator bool() const noexcept { return slots; }
    };

    explicit dense_table(std::uint64_t = 0) : slots_(smallest) {}

    /// Stands where other tables have a hash. Its upper bits differ between neighbouring keys.
    [[nodiscard]] static std::uint64_t hash(Key key, std::uint64_t = 0) noexcept {
        return static_cast<std::uint64_t>(index_of(key)) << 62;
    }

    [[nodiscard]] entrance enter() noexcept { return {slots_.data(), slots_.size()}; }

    /// The entry of `key`; when there is none, one is made with the state that `make()` returns.
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(entrance const& at, Key key, std::uint64_t, arena&, Make&& make) {
        std::size_t const index = index_of(key);
        if (index < at.count && at.slots[index].seen) [[likely]] return at.slots[index];
        entry& made = insert(index);
        made.state = make();
        return made;
    }
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(Key key, std::uint64_t hash, arena& names, Make&& make) {
        return find_or_insert(enter(), key, hash, names, make);
    }
    /// What other tables have for memory that is far away; here it never is.
    struct spot {};
    [[nodiscard]] static spot approach(entrance const&, Key, std::uint64_t) noexcept { return {}; }
    static void approach_entry(spot) noexcept {}
    template <class Make>
    [[gnu::always_inline]] entry& find_or_insert(spot, Key key, arena& names, Make&& make) {
        return find_or_insert(enter(), key, 0, names, make);
    }

    /// Whether it has grown since it was asked last.
    [[nodiscard]] bool grew() noexcept { return std::exchange(grew_, false); }

    /// Calls `visit(entry)` for each entry, in the order in which their keys were first seen.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::uint16_t index : order_) visit(static_cast<entry const&>(slots_[index]));
    }

    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

    /// It never outgrows the near caches: what is seen of 65,536 slots is what is there.
    [[nodiscard]] static constexpr bool large() noexcept { return false; }

    /// Bytes held, without what the states themselves refer to.
    [[nodiscard]] std::size_t memory() const noexcept {
        return slots_.capacity() * sizeof(slot) + order_.capacity() * sizeof(std::uint16_t);
    }

    /// Forgets every entry and keeps the memory for the next ones.
    void clear() noexcept {
        for (std::uint16_t index : order_) slots_[index].seen = false;
        order_.clear();
    }

private:
    static constexpr std::size_t smallest = 64;

    [[nodiscard]] static constexpr std::size_t index_of(Key key) noexcept {
        if constexpr (sizeof(Key) == 1) return static_cast<std::uint8_t>(key);
        else return static_cast<std::uint16_t>(key);
    }

    [[gnu::noinline]] entry& insert(std::size_t index) {
        if (index >= slots_.size()) {
            slots_.resize(std::bit_ceil(index + 1));
            grew_ = true;
        }
        order_.push_back(static_cast<std::uint16_t>(index));
        slot& made = slots_[index];
        made.seen = true;
        made.key = static_cast<Key>(index);
        return made;
    }

    bool grew_ = false;
    std::vector<slot> slots_;
    std::vector<std::uint16_t> order_;
};

}  // namespace weir
