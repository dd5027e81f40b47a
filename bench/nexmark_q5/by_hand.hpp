// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../harness/answer.hpp"
#include "../harness/any_count.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::nexmark_q5 {

inline constexpr std::size_t panes_in_window = size_us / advance_us;
/// Panes of which counts are kept: those of a window, and those that bids come for meanwhile (a bound of one pane: two).
inline constexpr std::size_t ring = 8;

/// Auctions with a count for each pane, in the slot: a bid touches one cache line or two. A free slot has auction 0, and
/// there is no such auction. Auctions that were bid for in no pane that counts are left behind when the table is rebuilt.
class table {
public:
    void prefetch(std::uint64_t auction) const { __builtin_prefetch(&entries_[home(auction)], 1); }
    void add(std::uint64_t auction, std::uint64_t pane) { ++at(auction)[pane % ring]; }

    /// Closes the window that ends with the pane: hands each auction with a count in it to the consumer, and forgets its
    /// first pane.
    template <class Consumer>
    void close(std::uint64_t last, Consumer const& consume) {
        for (entry& each : entries_) {
            if (each.auction == 0) continue;
            std::uint64_t sum = 0;
            for (std::uint64_t pane = last + 1 - panes_in_window; pane != last + 1; ++pane) sum += each.counts[pane % ring];
            each.counts[(last + 1 - panes_in_window) % ring] = 0;
            if (sum != 0) consume(each.auction, sum);
        }
    }

private:
    using pane_counts = std::array<std::uint32_t, ring>;
    struct entry {
        std::uint64_t auction;
        pane_counts counts;
    };
    static constexpr std::size_t slots_per_key = 2;

    std::size_t home(std::uint64_t auction) const {
        return static_cast<std::size_t>((auction * 0x9e3779b97f4a7c15U) >> shift_);
    }

    pane_counts& at(std::uint64_t auction) {
        std::size_t const mask = entries_.size() - 1;
        for (std::size_t slot = home(auction);; slot = (slot + 1) & mask) {
            entry& each = entries_[slot];
            if (each.auction == auction) [[likely]]
                return each.counts;
            if (each.auction != 0) continue;
            if (used_ == entries_.size() / slots_per_key) return rebuild(), at(auction);
            ++used_;
            each.auction = auction;
            return each.counts;
        }
    }

    [[gnu::noinline]] void rebuild() {
        auto const live = static_cast<std::size_t>(
            std::count_if(entries_.begin(), entries_.end(), [](entry const& e) { return any_count(e.counts); }));
        std::size_t const slots = std::bit_ceil(live * slots_per_key * 3 / 2);
        auto const before = std::exchange(entries_, std::vector<entry>(std::max<std::size_t>(slots, 1'024)));
        shift_ = static_cast<unsigned>(64 - std::countr_zero(entries_.size()));
        used_ = 0;
        for (entry const& each : before)
            if (any_count(each.counts)) at(each.auction) = each.counts;
    }

    unsigned shift_ = 64 - 10;
    std::size_t used_ = 0;
    std::vector<entry> entries_ = std::vector<entry>(1'024);
};

/// Number of the pane of an instant, a time after the epoch.
inline std::uint64_t pane_of(std::int64_t ts_us) noexcept { return static_cast<std::uint64_t>(ts_us) / advance_us; }

/// The loop itself: the watermark moves with every bid, and a window closes when the watermark reaches its end.
template <std::size_t Ahead>
[[gnu::noinline]] answer by_hand(std::span<bid const> bids) {
    answer result{.items = bids.size()};
    if (bids.empty()) return result;
    checksum_rows const consume{result};
    table counts;
    std::int64_t latest = std::numeric_limits<std::int64_t>::min();
    std::uint64_t first_open = pane_of(bids.front().ts_us - bound_us);
    std::int64_t next_close = static_cast<std::int64_t>(first_open + 1) * advance_us + bound_us;

    auto const close_until = [&](std::uint64_t pane) {
        for (; first_open < pane; ++first_open) {
            std::uint64_t top = 0, top_count = 0;
            counts.close(first_open, [&](std::uint64_t auction, std::uint64_t count) {
                if (count < top_count || (count == top_count && auction > top)) return;
                top = auction;
                top_count = count;
            });
            if (top_count != 0)
                consume(static_cast<std::int64_t>(first_open + 1 - panes_in_window) * advance_us, top, top_count);
        }
        next_close = static_cast<std::int64_t>(first_open + 1) * advance_us + bound_us;
    };
    for (std::size_t i = 0; i < bids.size(); ++i) {
        if constexpr (Ahead > 0) counts.prefetch(bids[std::min(i + Ahead, bids.size() - 1)].auction);
        bid const& each = bids[i];
        prefetch_behind<1>(&each, input_ahead);
        std::uint64_t const pane = pane_of(each.ts_us);
        latest = std::max(latest, each.ts_us);
        if (latest >= next_close) [[unlikely]]
            close_until(pane_of(latest - bound_us));
        if (pane < first_open) [[unlikely]] {
            ++result.late;
            continue;
        }
        counts.add(each.auction, pane);
    }
    close_until(pane_of(latest) + panes_in_window);
    return result;
}

}  // namespace bench::nexmark_q5
