// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../harness/answer.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::ysb {

inline constexpr std::size_t panes = 4;

/// The table of advertisements: linear probing in 32 KiB. A campaign is known by a small number from here on, so its
/// count needs no second table.
class campaign_of_ad {
public:
    explicit campaign_of_ad(std::span<ad const> ads) {
        for (ad const& each : ads) {
            auto const known = std::find(campaigns_.begin(), campaigns_.end(), each.campaign_id);
            auto const number = static_cast<std::uint32_t>(known - campaigns_.begin());
            if (known == campaigns_.end()) campaigns_.push_back(each.campaign_id);
            std::size_t slot = home(each.ad_id);
            while (ids_[slot] != 0) slot = (slot + 1) % slots;
            ids_[slot] = each.ad_id;
            numbers_[slot] = number;
        }
    }

    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t operator[](std::uint64_t ad_id) const noexcept {
        for (std::size_t slot = home(ad_id); ids_[slot] != 0; slot = (slot + 1) % slots)
            if (ids_[slot] == ad_id) return numbers_[slot];
        return none;
    }

    std::span<std::uint64_t const> campaigns() const noexcept { return campaigns_; }

private:
    static constexpr unsigned bits = 12;
    static constexpr std::size_t slots = std::size_t{1} << bits;

    static std::size_t home(std::uint64_t id) noexcept {
        return static_cast<std::size_t>((id * 0x9e3779b97f4a7c15U) >> (64 - bits));
    }

    std::array<std::uint64_t, slots> ids_{};
    std::array<std::uint32_t, slots> numbers_{};
    std::vector<std::uint64_t> campaigns_;
};

inline constexpr std::uint64_t window_shift = 900'000'000'000;

inline std::uint64_t window_of(std::int64_t ts_us) noexcept {
    return (static_cast<std::uint64_t>(ts_us) + window_shift * window_us) / window_us;
}

inline std::int64_t start_of(std::uint64_t window) noexcept {
    return static_cast<std::int64_t>((window - window_shift) * window_us);
}

/// Views counted per campaign and ten seconds. The watermark moves with every view, as it does for a pipeline that
/// filters before it looks at the time.
class view_counts {
public:
    view_counts(std::span<ad const> ads, answer& into) : campaign_of_(ads), consume_{into} {
        for (auto& pane : counts_) pane.assign(campaign_of_.campaigns().size(), 0);
    }

    void add(ad_event const& view) {
        std::uint32_t const campaign = campaign_of_[view.ad_id];
        if (campaign == campaign_of_ad::none) [[unlikely]]
            return;
        std::uint64_t const window = window_of(view.ts_us);
        latest_ = std::max(latest_, view.ts_us);
        if (latest_ >= next_close_) [[unlikely]]
            close_until(window_of(latest_ - bound_us));
        if (window < first_open_) [[unlikely]] {
            ++consume_.into.late;
            return;
        }
        ++counts_[window % panes][campaign];
    }

    void finish() {
        if (latest_ != std::numeric_limits<std::int64_t>::min()) close_until(window_of(latest_) + 1);
    }

private:
    [[gnu::noinline]] void close_until(std::uint64_t window) {
        if (first_open_ == 0) first_open_ = window;
        for (std::uint64_t const last = std::min(window, first_open_ + panes); first_open_ < last; ++first_open_) {
            auto& pane = counts_[first_open_ % panes];
            for (std::size_t campaign = 0; campaign < pane.size(); ++campaign)
                if (auto const count = std::exchange(pane[campaign], 0); count != 0)
                    consume_(start_of(first_open_), campaign_of_.campaigns()[campaign], count);
        }
        first_open_ = window;
        next_close_ = start_of(first_open_ + 1) + bound_us;
    }

    campaign_of_ad campaign_of_;
    checksum_rows consume_;
    std::array<std::vector<std::uint64_t>, panes> counts_;
    std::int64_t latest_ = std::numeric_limits<std::int64_t>::min();
    std::int64_t next_close_ = std::numeric_limits<std::int64_t>::min();
    std::uint64_t first_open_ = 0;
};

/// One event after the other, with a branch for the filter.
[[gnu::noinline]] inline answer by_hand(std::span<ad_event const> events, std::span<ad const> ads) {
    answer result{.items = events.size()};
    view_counts counts(ads, result);
    for (ad_event const& each : events)
        if (each.type == event_type::view) counts.add(each);
    counts.finish();
    return result;
}

/// The views of a block are gathered without a branch first: a third of the events at random is what a processor
/// mispredicts most. The events come from memory, not from a cache, and are asked for a page ahead: the processor's own
/// prefetcher stops at the end of each page, and items of 64 bytes cross one every 64 items.
[[gnu::noinline]] inline answer by_hand_gathered(std::span<ad_event const> events, std::span<ad const> ads) {
    constexpr std::size_t block = 256;
    constexpr std::size_t ahead = 64;
    answer result{.items = events.size()};
    view_counts counts(ads, result);
    std::array<ad_event const*, block> views;
    for (std::size_t begin = 0; begin < events.size(); begin += block) {
        std::size_t found = 0;
        for (ad_event const& each : events.subspan(begin, std::min(block, events.size() - begin))) {
            prefetch_behind(&each, ahead * sizeof each);
            views[found] = &each;
            found += each.type == event_type::view ? 1U : 0U;
        }
        for (ad_event const* const each : std::span(views).first(found)) counts.add(*each);
    }
    counts.finish();
    return result;
}

/// The same, but the next block is asked for, into the second cache, while views are counted: memory works when the processor computes.
[[gnu::noinline]] inline answer by_hand_overlapped(std::span<ad_event const> events, std::span<ad const> ads) {
    constexpr std::size_t block = 256;
    answer result{.items = events.size()};
    view_counts counts(ads, result);
    std::array<ad_event const*, block> views;
    for (std::size_t begin = 0; begin < events.size(); begin += block) {
        std::size_t found = 0;
        auto const some = events.subspan(begin, std::min(block, events.size() - begin));
        for (ad_event const& each : some) {
            views[found] = &each;
            found += each.type == event_type::view ? 1U : 0U;
        }
        std::size_t ahead = some.size_bytes();
        for (ad_event const* const each : std::span(views).first(found)) {
            // A third of the events are views, and an event fills a cache line.
            for (int line = 0; line < 3; ++line, ahead += 64) prefetch_behind<1>(some.data(), ahead);
            counts.add(*each);
        }
    }
    counts.finish();
    return result;
}

}  // namespace bench::ysb
