// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/prefetch.hpp>
#include <weir/pipeline/emitter.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// Where the keys of a run's items most likely lie in a `session_table`, found out ahead of the item that is added, so that
/// items do not wait for each other's memory: first a slot of the index is asked for, and then the entry that it names.
template <class Key, class Table>
class session_look_ups {
public:
    using entry_type = typename Table::entry;
    using place_type = typename Table::place;
    static constexpr std::size_t longest_run = items_ahead;

    /// Asks for what the items up to `end`, and those behind them, need, and for the items of the next run.
    template <class Item>
    WEIR_INLINE void come_to(std::size_t end, Key const& key, Table const& table, std::span<Item const> items) {
        std::size_t const until = min_of(end + 2 * ahead, items.size());
        for (std::size_t i = asked_; i < until; ++i) {
            prefetch_item_behind(items[i]);
            if (!key.has_key(items[i])) [[unlikely]] continue;
            hashes_[i] = Table::hash(key.of(items[i]));
            table.approach(hashes_[i]);
        }
        asked_ = until;
        std::size_t const first = led_;
        led_ = min_of(end + ahead, items.size());
        lead_up_to(led_, first, key, table, items);
    }
    /// All entries have moved: those of the items from `first` on are looked up again.
    template <class Item>
    void lead(std::size_t first, Key const& key, Table const& table, std::span<Item const> items) {
        lead_up_to(led_, first, key, table, items);
    }

    // Of an item that has a key and was come to:

    [[nodiscard]] WEIR_INLINE std::uint64_t hash(std::size_t item) const noexcept { return hashes_[item]; }
    /// Where its key lies, if that lies anywhere and no other looks like it; or null.
    [[nodiscard]] WEIR_INLINE entry_type* likely(std::size_t item) const noexcept { return entries_[item]; }
    [[nodiscard]] WEIR_INLINE place_type likely_place(std::size_t item) const noexcept { return {entries_[item], numbers_[item]}; }

private:
    static constexpr std::size_t ahead = 32;

    template <class Item>
    WEIR_INLINE void lead_up_to(std::size_t end, std::size_t first, Key const& key, Table const& table, std::span<Item const> items) {
        for (std::size_t i = first; i < end; ++i) {
            if (!key.has_key(items[i])) [[unlikely]] continue;
            place_type const likely = table.approach_entry(hashes_[i]);
            entries_[i] = likely.at;
            numbers_[i] = static_cast<std::uint32_t>(likely.number);
        }
    }

    std::array<std::uint64_t, longest_run> hashes_;
    std::array<entry_type*, longest_run> entries_;
    std::array<std::uint32_t, longest_run> numbers_;
    std::size_t asked_ = 0;
    std::size_t led_ = 0;
};

}  // namespace weir::detail
