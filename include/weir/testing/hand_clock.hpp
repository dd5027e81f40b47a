// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <memory>

namespace weir::testing {

/// A clock that a test moves by hand: `run_options{.clock = clock}`, `job.step(budget, clock())`.
///
/// Copies show the same time, so that the test can move the clock that a job was given. With a `tick` the clock moves by so
/// much after each reading, for what waits until time has passed. For one thread.
class hand_clock {
public:
    explicit hand_clock(timestamp start = timestamp{}, duration tick = duration::zero())
        : shown_(std::make_shared<timestamp>(start)), tick_(tick) {}

    /// The time; the next reading is later by `tick`.
    timestamp operator()() const {
        timestamp const now = *shown_;
        advance(tick_);
        return now;
    }

    /// The time, without moving on.
    [[nodiscard]] timestamp now() const noexcept { return *shown_; }
    void advance(duration by) const noexcept { *shown_ = saturating_add(*shown_, by); }
    void set(timestamp now) const noexcept { *shown_ = now; }

private:
    std::shared_ptr<timestamp> shown_;
    duration tick_;
};

}  // namespace weir::testing
