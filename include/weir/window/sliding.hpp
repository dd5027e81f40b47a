// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <string_view>

namespace weir {

/// Windows of one size that end just behind an event: one for each key and each time `t` at which the key has events,
/// `[t + 1us - size, t + 1us)`.
///
/// Its row comes when the watermark reaches its end, so that all events of the same microsecond are in it. An event is late
/// when the watermark has passed its time. A size that is not positive makes the job fail with a clear error at its first step.
class sliding {
public:
    static constexpr std::string_view name = "sliding";
    static constexpr bool takes_events_in_order = true;

    constexpr explicit sliding(duration size) noexcept : size_(size) {}

    [[nodiscard]] constexpr duration size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool valid() const noexcept { return size_.count() > 0; }
    /// What to say where it is not valid.
    static constexpr std::string_view complaint = "the window's size is not positive";

    /// The end of the window of an event at `t`.
    [[nodiscard]] static constexpr timestamp end_of(timestamp t) noexcept { return saturating_add(t, duration(1)); }
    /// The start of the window of an event at `t`.
    [[nodiscard]] constexpr timestamp start_of(timestamp t) const noexcept {
        return saturating_subtract(saturating_add(t, duration(1)), size_);
    }

private:
    duration size_;
};

}  // namespace weir
