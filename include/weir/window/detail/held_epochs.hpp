// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/fifo.hpp>

#include <cstdint>

namespace weir::detail {

/// The polls in which events were read that are needed until time has passed them, and which of these is the oldest.
///
/// Of each poll the latest event counts, and a poll whose events are no later than those of an older one does not count at
/// all. An event of an older poll than the one before it draws the polls between into its own: they are then held for a
/// little longer than they need be.
class held_epochs {
public:
    /// Notes an event that was read in a poll.
    [[gnu::always_inline]] void note(std::uint64_t epoch, timestamp time) {
        if (epoch == newest_.epoch) [[likely]] newest_.latest = max_of(newest_.latest, time);
        else note_other(epoch, time);
    }

    /// Forgets the polls whose events are all at or before `passed`.
    void trim(timestamp passed) {
        while (!older_.empty() && older_.front().latest <= passed) older_.pop_front();
        if (older_.empty() && newest_.latest <= passed) newest_ = {};
    }

    /// The oldest poll that is needed, or the greatest number.
    [[nodiscard]] std::uint64_t oldest() const noexcept { return older_.empty() ? newest_.epoch : older_.front().epoch; }

private:
    struct poll {
        std::uint64_t epoch = none;
        timestamp latest = beginning_of_time;
    };
    static constexpr std::uint64_t none = ~std::uint64_t{0};

    [[gnu::noinline]] void note_other(std::uint64_t epoch, timestamp time) {
        if (newest_.epoch == none) {
            newest_ = {epoch, time};
        } else if (epoch > newest_.epoch) {
            if (time <= newest_.latest) return;
            older_.push_back(newest_);
            newest_ = {epoch, time};
        } else {
            timestamp latest = max_of(newest_.latest, time);
            for (; !older_.empty() && older_.back().epoch >= epoch; older_.pop_back()) latest = max_of(latest, older_.back().latest);
            newest_ = {epoch, latest};
        }
    }

    fifo<poll> older_;
    poll newest_;
};

}  // namespace weir::detail
