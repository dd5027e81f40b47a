// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/stage.hpp>
#include <weir/pipeline/stamp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace weir::kafka::detail {

/// What was sent and not yet answered for, so that the smallest epoch among it is known at any time.
///
/// Messages sent between two ticks share a bucket, which has the smallest epoch of its messages; a message has a slot, which
/// says where it came from. In the steady state nothing is allocated.
class unanswered {
public:
    struct slot {
        std::uint64_t bucket = 0;
        std::uint64_t position = 0;
        timestamp time{};
        std::uint32_t lane = 0;
    };

    /// A place for one message; its number goes with it.
    std::uint32_t add(stamp const& at) {
        if (buckets_.empty() || (sealed_ && buckets_.size() < most_buckets)) buckets_.push_back({});
        sealed_ = false;
        buckets_.back().oldest = std::min(buckets_.back().oldest, at.epoch);
        ++buckets_.back().count;
        ++count_;
        if (free_.empty()) {
            slots_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
        }
        std::uint32_t const number = free_.back();
        free_.pop_back();
        slots_[number] = {first_bucket_ + buckets_.size() - 1, at.position, at.time, at.lane};
        return number;
    }

    /// Where the message came from.
    [[nodiscard]] stamp at(std::uint32_t number) const {
        slot const& of = slots_[number];
        return {.time = of.time, .position = of.position, .epoch = buckets_[of.bucket - first_bucket_].oldest, .lane = of.lane};
    }

    /// The message was answered for.
    void remove(std::uint32_t number) {
        --buckets_[slots_[number].bucket - first_bucket_].count;
        --count_;
        free_.push_back(number);
        while (!buckets_.empty() && buckets_.front().count == 0) {
            buckets_.pop_front();
            ++first_bucket_;
        }
    }

    /// What comes next shares nothing with what came before.
    void seal() noexcept { sealed_ = true; }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t oldest() const noexcept {
        std::uint64_t oldest = nothing_held;
        for (bucket const& each : buckets_)
            if (each.count != 0) oldest = std::min(oldest, each.oldest);
        return oldest;
    }

private:
    struct bucket {
        std::uint64_t oldest = nothing_held;
        std::uint64_t count = 0;
    };
    static constexpr std::size_t most_buckets = 64;

    std::deque<bucket> buckets_{};
    std::uint64_t first_bucket_ = 0;
    std::vector<slot> slots_{};
    std::vector<std::uint32_t> free_{};
    std::size_t count_ = 0;
    bool sealed_ = true;
};

}  // namespace weir::kafka::detail
