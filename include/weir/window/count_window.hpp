// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string_view>

namespace weir {

/// Windows of so many events of a key, in the order of their times, and of their arrival where times are equal: after each
/// `advance` events a row over the last `size` of them, or fewer at the beginning.
///
/// `count_window(1000, 1)` is the last 1,000 events at each event; `count_window(1000)` is every 1,000 events. The window
/// begins with its first event and ends a microsecond behind its last. At the end of the stream one last row comes for the
/// events that no row has covered yet. An event counts once the watermark has reached it, and is late when the watermark has
/// passed it. A size or advance that is not positive, or an advance larger than the size, makes the job fail with a clear
/// error at its first step.
class count_window {
public:
    static constexpr std::string_view name = "count_window";
    static constexpr bool takes_events_in_order = true;

    constexpr explicit count_window(std::int64_t size) noexcept : count_window(size, size) {}
    constexpr count_window(std::int64_t size, std::int64_t advance) noexcept : size_(size), advance_(advance) {}

    [[nodiscard]] constexpr std::int64_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::int64_t advance() const noexcept { return advance_; }
    [[nodiscard]] constexpr bool valid() const noexcept { return advance_ > 0 && advance_ <= size_; }
    /// What to say where it is not valid.
    static constexpr std::string_view complaint = "a count window's size and advance must be positive, and the advance no "
                                                  "larger than the size";

private:
    std::int64_t size_;
    std::int64_t advance_;
};

}  // namespace weir
