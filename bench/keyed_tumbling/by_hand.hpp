// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "../harness/answer.hpp"
#include "../harness/any_count.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::keyed_tumbling {

/// At most four windows are open at once: with a bound of one window the open ones span two, and the newest begins
/// anew.
inline constexpr std::size_t panes = 4;

/// The counts of one key in the ring of windows. They have 32 bits: the loop checks that no more items come than fit.
using pane_counts = std::array<std::uint32_t, panes>;

/// What both tables share: linear probing over a power of two of slots, a free slot has key 0, and the key 0 has a
/// place of its own. A key whose counts are all zero is left behind when the table grows, so keys that stopped do not
/// stay.
struct table_shape {
    std::size_t mask = 0;
    std::size_t limit = 0;  ///< keys before the table grows
    std::size_t used = 0;
    unsigned shift = 0;

    table_shape(std::size_t capacity, std::size_t slots_per_key)
        : mask(capacity - 1), limit(capacity / slots_per_key),
          shift(static_cast<unsigned>(64 - std::countr_zero(capacity))) {}

    std::size_t home(std::uint64_t key) const noexcept {
        return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift);
    }
};

inline constexpr std::size_t first_capacity = 1'024;

/// Key and counts side by side, one cache line an item, and three slots of four empty: the branch that asks whether the
/// first slot is the right one is nearly always predicted. With half of them empty the same loop took 1.8 times as long
/// at 1,000 keys. Best while the table fits the caches.
class sparse_table {
public:
    void prefetch(std::uint64_t key) const noexcept { __builtin_prefetch(&entries_[shape_.home(key)], 1); }

    void add(std::uint64_t key, std::size_t pane) { ++at(key)[pane]; }

    /// Hands each key with a count in the pane to the consumer, and empties the pane.
    template <class Consumer>
    void close(std::size_t pane, Consumer const& consume) {
        for (entry& each : entries_)
            if (auto const count = std::exchange(each.counts[pane], 0); count != 0) consume(each.key, count);
        if (auto const count = std::exchange(zero_[pane], 0); count != 0) consume(std::uint64_t{0}, count);
    }

private:
    struct entry {
        std::uint64_t key;
        pane_counts counts;
    };
    static constexpr std::size_t slots_per_key = 4;

    pane_counts& at(std::uint64_t key) {
        if (key == 0) [[unlikely]]
            return zero_;
        for (std::size_t slot = shape_.home(key);; slot = (slot + 1) & shape_.mask) {
            entry& each = entries_[slot];
            if (each.key == key) return each.counts;
            if (each.key != 0) continue;
            if (shape_.used == shape_.limit) return grow(), at(key);
            ++shape_.used;
            each.key = key;
            return each.counts;
        }
    }

    [[gnu::noinline]] void grow() {
        auto const live = static_cast<std::size_t>(
            std::count_if(entries_.begin(), entries_.end(), [](entry const& e) { return any_count(e.counts); }));
        std::size_t const capacity = live * 2 > shape_.limit ? entries_.size() * 2 : entries_.size();
        auto const before = std::exchange(entries_, std::vector<entry>(capacity));
        shape_ = table_shape(capacity, slots_per_key);
        for (entry const& each : before)
            if (any_count(each.counts)) at(each.key) = each.counts;
    }

    table_shape shape_{first_capacity, slots_per_key};
    std::vector<entry> entries_ = std::vector<entry>(first_capacity);
    pane_counts zero_{};
};

/// Keys in one array, counts in another, and every key begins to look at a multiple of four, where four keys are
/// compared without a branch. Half of the slots are empty. Best when the table is larger than the caches, together
/// with prefetching.
class grouped_table {
public:
    void prefetch(std::uint64_t key) const noexcept {
        std::size_t const slot = home(key);
        __builtin_prefetch(&keys_[slot], 0);
        __builtin_prefetch(&counts_[slot], 1);
    }

    void add(std::uint64_t key, std::size_t pane) {
        std::size_t const slot = home(key);
        std::uint64_t const* const group = &keys_[slot];
        std::size_t const found = slot + static_cast<std::size_t>(group[1] == key) +
                                  2 * static_cast<std::size_t>(group[2] == key) +
                                  3 * static_cast<std::size_t>(group[3] == key);
        if (keys_[found] == key && key != 0) [[likely]]
            ++counts_[found][pane];
        else ++at(key)[pane];
    }

    /// Hands each key with a count in the pane to the consumer, and empties the pane.
    template <class Consumer>
    void close(std::size_t pane, Consumer const& consume) {
        for (std::size_t slot = 0; slot < keys_.size(); ++slot)
            if (auto const count = std::exchange(counts_[slot][pane], 0); count != 0) consume(keys_[slot], count);
        if (auto const count = std::exchange(zero_[pane], 0); count != 0) consume(std::uint64_t{0}, count);
    }

private:
    static constexpr std::size_t slots_per_key = 2;

    std::size_t home(std::uint64_t key) const noexcept { return shape_.home(key) & ~std::size_t{3}; }

    [[gnu::noinline]] pane_counts& at(std::uint64_t key) {
        if (key == 0) return zero_;
        for (std::size_t slot = home(key);; slot = (slot + 1) & shape_.mask) {
            if (keys_[slot] == key) return counts_[slot];
            if (keys_[slot] != 0) continue;
            if (shape_.used == shape_.limit) return grow(), at(key);
            ++shape_.used;
            keys_[slot] = key;
            return counts_[slot];
        }
    }

    [[gnu::noinline]] void grow() {
        auto const live = static_cast<std::size_t>(std::count_if(
            counts_.begin(), counts_.end(), [](pane_counts const& counts) { return any_count(counts); }));
        std::size_t const capacity = live * 2 > shape_.limit ? keys_.size() * 2 : keys_.size();
        auto const keys = std::exchange(keys_, std::vector<std::uint64_t>(capacity));
        auto const counts = std::exchange(counts_, std::vector<pane_counts>(capacity));
        shape_ = table_shape(capacity, slots_per_key);
        for (std::size_t slot = 0; slot < keys.size(); ++slot)
            if (any_count(counts[slot])) at(keys[slot]) = counts[slot];
    }

    table_shape shape_{first_capacity, slots_per_key};
    std::vector<std::uint64_t> keys_ = std::vector<std::uint64_t>(first_capacity);
    std::vector<pane_counts> counts_ = std::vector<pane_counts>(first_capacity);
    pane_counts zero_{};
};

/// Number of the window of an instant. Shifted by a multiple of the window, so that an unsigned division, which the
/// compiler turns into a multiplication, rounds down before 1970 too.
inline constexpr std::uint64_t window_shift = 900'000'000'000;

inline std::uint64_t window_of(std::int64_t ts_us) noexcept {
    return (static_cast<std::uint64_t>(ts_us) + window_shift * window_us) / window_us;
}

inline std::int64_t start_of(std::uint64_t window) noexcept {
    return static_cast<std::int64_t>((window - window_shift) * window_us);
}

/// The loop itself. The watermark (latest event time - bound) moves with every item, a window closes when the watermark
/// reaches its end, and an item whose window has closed is late. `Ahead` > 0 asks for the table's line of the item that
/// comes so many items later.
template <class Table, std::size_t Ahead>
[[gnu::noinline]] answer by_hand(std::span<event const> events) {
    if (events.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("a count may not fit 32 bits");
    answer result{.items = events.size()};
    if (events.empty()) return result;
    checksum_rows const consume{result};
    Table table;
    std::int64_t latest = std::numeric_limits<std::int64_t>::min();
    std::uint64_t first_open = window_of(events.front().ts_us - bound_us);
    std::int64_t next_close = start_of(first_open + 1) + bound_us;

    auto const close_until = [&](std::uint64_t window) {
        // More windows than the ring holds may pass at once when the stream pauses; those beyond it are empty.
        for (std::uint64_t const last = std::min(window, first_open + panes); first_open < last; ++first_open) {
            std::int64_t const start = start_of(first_open);
            table.close(first_open % panes,
                        [&](std::uint64_t key, std::uint64_t count) { consume(start, key, count); });
        }
        first_open = window;
        next_close = start_of(first_open + 1) + bound_us;
    };
    auto const take = [&](event const& each) {
        prefetch_behind<1>(&each, input_ahead);
        std::uint64_t const window = window_of(each.ts_us);
        latest = std::max(latest, each.ts_us);
        if (latest >= next_close) [[unlikely]]
            close_until(window_of(latest - bound_us));
        if (window < first_open) [[unlikely]] {
            ++result.late;
            return;
        }
        table.add(each.key, window % panes);
    };

    std::size_t at = 0;
    if constexpr (Ahead > 0) {
        for (; at + Ahead < events.size(); ++at) {
            table.prefetch(events[at + Ahead].key);
            take(events[at]);
        }
    }
    for (; at < events.size(); ++at) take(events[at]);
    close_until(window_of(latest) + 1);
    return result;
}

}  // namespace bench::keyed_tumbling
