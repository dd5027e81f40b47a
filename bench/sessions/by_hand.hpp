// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../harness/answer.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"
#include "rows.hpp"

namespace bench::sessions {

/// What one would write by hand: keys and their latest sessions side by side in a table of linear probing, the few sessions
/// before the latest of a key in a list of its own, and a wheel of the keys that are to be looked at when the watermark is
/// there. A key lies in the wheel once and is put in again when its session has grown meanwhile. A session is handed out at
/// the latest a bucket of the wheel (an eighth of a second) after its end, and never joined after its end. Keys stay in the
/// table until it grows. `Ahead` > 0 asks for the slot of the item that comes so many items later.
template <std::size_t Ahead>
class by_hand_loop {
public:
    explicit by_hand_loop(answer& result) : result_(result), consume_{result} {}

    void run(std::span<event const> events) {
        std::size_t at = 0;
        if constexpr (Ahead > 0)
            for (; at + Ahead < events.size(); ++at) {
                __builtin_prefetch(&slots_[home(events[at + Ahead].key)], 1);
                take(events[at]);
            }
        for (; at < events.size(); ++at) take(events[at]);
        watermark_ = std::numeric_limits<std::int64_t>::max();
        for (slot& each : slots_)
            if (each.in_wheel) close(each);
        result_.items = events.size();
    }

private:
    struct session {
        std::int64_t start;
        std::int64_t last;
        std::uint64_t count;
    };
    struct slot {
        std::uint64_t key = 0;
        std::int64_t start = 0;
        std::int64_t last = 0;
        std::uint32_t count = 0;  ///< 0: no session is open
        std::uint32_t in_wheel : 1 = 0;
        std::uint32_t older : 31 = 0;  ///< 1 + place of the list of sessions before the latest, in order of time
    };
    static_assert(sizeof(slot) == 32);
    static constexpr std::size_t first_capacity = 1'024;
    static constexpr int bucket_bits = 17;
    static constexpr std::int64_t buckets = 512;

    std::size_t home(std::uint64_t key) const noexcept {
        return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);
    }

    void take(event const& each) {
        prefetch_behind<1>(&each, input_ahead);
        latest_ = std::max(latest_, each.ts_us);
        watermark_ = std::max(watermark_, latest_ - bound_us);
        if (watermark_ >> bucket_bits != bucket_) [[unlikely]]
            turn();
        slot& mine = at(each.key);
        std::int64_t const t = each.ts_us;
        if (mine.count != 0 && t >= mine.start && t <= mine.last + gap_us && mine.last + gap_us >= watermark_) [[likely]] {
            mine.last = std::max(mine.last, t);
            ++mine.count;
            return;
        }
        take_elsewhere(mine, t);
    }

    [[gnu::noinline]] void take_elsewhere(slot& mine, std::int64_t t) {
        if (mine.count != 0) close(mine);
        session made{t, t, 1};
        bool joined = false;
        auto const join = [&](session const& with) {
            if (with.start > t + gap_us || with.last + gap_us < t) return false;
            made = {std::min(made.start, with.start), std::max(made.last, with.last), made.count + with.count};
            return joined = true;
        };
        bool const is_latest = mine.count == 0 || t > mine.last || join({mine.start, mine.last, mine.count});
        if (mine.older != 0) std::erase_if(lists_[mine.older - 1], join);
        if (!joined && t + gap_us < watermark_) {
            ++result_.late;
            return;
        }
        if (is_latest) {
            if (mine.count != 0 && made.start > mine.last) insert_older(mine, {mine.start, mine.last, mine.count});
            mine.start = made.start;
            mine.last = made.last;
            mine.count = static_cast<std::uint32_t>(made.count);
        } else {
            insert_older(mine, made);
        }
        if (!mine.in_wheel) put_in_wheel(mine);
    }

    void insert_older(slot& mine, session const& made) {
        if (mine.older == 0) {
            if (free_lists_.empty()) {
                lists_.emplace_back();
                free_lists_.push_back(static_cast<std::uint32_t>(lists_.size()));
            }
            mine.older = free_lists_.back() & 0x7fffffffU;
            free_lists_.pop_back();
        }
        auto& list = lists_[mine.older - 1];
        auto const place = std::find_if(list.begin(), list.end(), [&](session const& each) { return each.start > made.start; });
        list.insert(place, made);
    }

    /// Hands out those sessions of a key that are over.
    void close(slot& mine) {
        if (mine.older != 0) {
            auto& list = lists_[mine.older - 1];
            std::erase_if(list, [&](session const& each) {
                bool const over = each.last + gap_us < watermark_;
                if (over) consume_(each.start, each.last, mine.key, each.count);
                return over;
            });
            if (list.empty()) {
                free_lists_.push_back(mine.older);
                mine.older = 0;
            }
        }
        if (mine.count != 0 && mine.last + gap_us < watermark_) {
            consume_(mine.start, mine.last, mine.key, mine.count);
            mine.count = 0;
        }
    }

    void put_in_wheel(slot& mine) {
        mine.in_wheel = 1;
        std::int64_t const end = (mine.older != 0 ? lists_[mine.older - 1].front().last : mine.last) + gap_us;
        wheel_[static_cast<std::size_t>(end >> bucket_bits) % buckets].push_back(mine.key);
    }

    [[gnu::noinline]] void turn() {
        std::int64_t const now = watermark_ >> bucket_bits;
        for (bucket_ = std::max(bucket_, now - buckets); bucket_ < now; ++bucket_) {
            due_.swap(wheel_[static_cast<std::size_t>(bucket_) % buckets]);
            for (std::size_t i = 0; i < due_.size(); ++i) {
                if constexpr (Ahead > 0)
                    if (i + 8 < due_.size()) __builtin_prefetch(&slots_[home(due_[i + 8])], 1);
                slot& mine = at(due_[i]);
                close(mine);
                mine.in_wheel = 0;
                if (mine.count != 0 || mine.older != 0) put_in_wheel(mine);
            }
            due_.clear();
        }
    }

    slot& at(std::uint64_t key) {
        if (key == 0) [[unlikely]]
            return zero_;
        for (std::size_t i = home(key);; i = (i + 1) & mask_) {
            slot& each = slots_[i];
            if (each.key == key) return each;
            if (each.key != 0) continue;
            if (used_ * 2 >= slots_.size()) return grow(), at(key);
            ++used_;
            each.key = key;
            return each;
        }
    }

    [[gnu::noinline]] void grow() {
        auto const in_use = [](slot const& each) { return each.count != 0 || each.in_wheel; };
        auto const live = static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), in_use));
        std::size_t const capacity = live * 4 > slots_.size() ? slots_.size() * 2 : slots_.size();
        auto const before = std::exchange(slots_, std::vector<slot>(capacity));
        mask_ = capacity - 1;
        shift_ = 64 - std::countr_zero(capacity);
        used_ = 0;
        for (slot const& each : before)
            if (in_use(each)) at(each.key) = each;
    }

    answer& result_;
    checksum_sessions consume_;
    std::vector<slot> slots_ = std::vector<slot>(first_capacity);
    slot zero_{};
    std::size_t mask_ = first_capacity - 1;
    std::size_t used_ = 0;
    int shift_ = 64 - std::countr_zero(first_capacity);
    std::vector<std::vector<session>> lists_;
    std::vector<std::uint32_t> free_lists_;
    std::vector<std::vector<std::uint64_t>> wheel_ = std::vector<std::vector<std::uint64_t>>(buckets);
    std::vector<std::uint64_t> due_;
    std::int64_t latest_ = std::numeric_limits<std::int64_t>::min() + bound_us;
    std::int64_t watermark_ = std::numeric_limits<std::int64_t>::min();
    std::int64_t bucket_ = std::numeric_limits<std::int64_t>::min();
};

template <std::size_t Ahead>
[[gnu::noinline]] answer by_hand(std::span<event const> events) {
    answer result;
    by_hand_loop<Ahead>(result).run(events);
    return result;
}

}  // namespace bench::sessions
