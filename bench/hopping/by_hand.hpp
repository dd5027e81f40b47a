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
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::hopping {

/// Keys with the counts of the panes that items still come for, side by side in a slot; three slots of four are empty. A
/// free slot has key 0, and there is no such key. Beside the table, in the order of its slots: what each key counted in each
/// pane of the window, and the running total of these.
template <std::size_t Overlap>
class table {
public:
    static constexpr std::size_t open_panes = 4;  ///< with a bound of one pane at most three are open at once

    void add(std::uint64_t key, std::size_t pane) { ++at(key)[pane % open_panes]; }

    /// The pane is complete: its counts come into the totals, those of the pane that leaves the window go, and each key
    /// with a total is handed to the consumer.
    template <class Consumer>
    void close(std::size_t pane, Consumer const& consume) {
        std::size_t const place = pane % Overlap;
        for (std::size_t slot = 0; slot < entries_.size(); ++slot) {
            entry& each = entries_[slot];
            if (each.key == 0) continue;
            std::uint32_t const count = std::exchange(each.open[pane % open_panes], 0);
            std::uint32_t const leaves = std::exchange(sealed_[slot][place], count);
            totals_[slot] += count - leaves;
            if (totals_[slot] != 0) consume(each.key, totals_[slot]);
        }
    }

private:
    struct entry {
        std::uint64_t key;
        std::array<std::uint32_t, open_panes> open;
    };
    static constexpr std::size_t slots_per_key = 4;

    std::array<std::uint32_t, open_panes>& at(std::uint64_t key) {
        std::size_t const mask = entries_.size() - 1;
        for (std::size_t slot = home(key);; slot = (slot + 1) & mask) {
            entry& each = entries_[slot];
            if (each.key == key) [[likely]]
                return each.open;
            if (each.key != 0) continue;
            if (used_ == entries_.size() / slots_per_key) return grow(), at(key);
            ++used_;
            each.key = key;
            return each.open;
        }
    }

    std::size_t home(std::uint64_t key) const { return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_); }

    [[gnu::noinline]] void grow() {
        auto const entries = std::exchange(entries_, std::vector<entry>(entries_.size() * 2));
        auto const sealed = std::exchange(sealed_, std::vector<std::array<std::uint32_t, Overlap>>(entries_.size()));
        auto const totals = std::exchange(totals_, std::vector<std::uint32_t>(entries_.size()));
        used_ = 0;
        --shift_;
        for (std::size_t slot = 0; slot < entries.size(); ++slot) {
            if (entries[slot].key == 0) continue;
            at(entries[slot].key) = entries[slot].open;
            auto const moved = static_cast<std::size_t>(
                std::find_if(entries_.begin(), entries_.end(), [&](entry const& e) { return e.key == entries[slot].key; }) -
                entries_.begin());
            sealed_[moved] = sealed[slot];
            totals_[moved] = totals[slot];
        }
    }

    static constexpr std::size_t first_slots = 4'096;
    unsigned shift_ = 64 - 12;
    std::size_t used_ = 0;
    std::vector<entry> entries_ = std::vector<entry>(first_slots);
    std::vector<std::array<std::uint32_t, Overlap>> sealed_ = std::vector<std::array<std::uint32_t, Overlap>>(first_slots);
    std::vector<std::uint32_t> totals_ = std::vector<std::uint32_t>(first_slots);
};

/// Number of the pane of an instant, a time after the epoch.
inline std::uint64_t pane_of(std::int64_t ts_us) noexcept { return static_cast<std::uint64_t>(ts_us) / advance_us; }

/// The loop itself. The watermark (latest event time - bound) moves with every item; a pane closes, and with it the window
/// that ends there, when the watermark reaches its end. An item whose pane has closed is late: with this bound none of its
/// windows is open.
template <std::size_t Overlap>
[[gnu::noinline]] answer by_hand(std::span<event const> events) {
    if (events.size() > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("a count may not fit 32 bits");
    answer result{.items = events.size()};
    if (events.empty()) return result;
    checksum_rows const consume{result};
    table<Overlap> counts;
    std::int64_t latest = std::numeric_limits<std::int64_t>::min();
    std::uint64_t first_open = pane_of(events.front().ts_us - bound_us);
    std::int64_t next_close = static_cast<std::int64_t>(first_open + 1) * advance_us + bound_us;

    auto const close_until = [&](std::uint64_t pane) {
        for (; first_open < pane; ++first_open) {
            auto const start = static_cast<std::int64_t>(first_open + 1 - Overlap) * advance_us;
            counts.close(first_open, [&](std::uint64_t key, std::uint64_t count) { consume(start, key, count); });
        }
        next_close = static_cast<std::int64_t>(first_open + 1) * advance_us + bound_us;
    };
    for (event const& each : events) {
        prefetch_behind<1>(&each, input_ahead);
        std::uint64_t const pane = pane_of(each.ts_us);
        latest = std::max(latest, each.ts_us);
        if (latest >= next_close) [[unlikely]]
            close_until(pane_of(latest - bound_us));
        if (pane < first_open) [[unlikely]] {
            ++result.late;
            continue;
        }
        counts.add(each.key, pane);
    }
    close_until(pane_of(latest) + Overlap);
    return result;
}

}  // namespace bench::hopping
