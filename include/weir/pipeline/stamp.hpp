// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// What travels beside an item: when it happened, by which road it came, and which poll read it.
struct stamp {
    timestamp time = beginning_of_time;  ///< event time, once a source or `event_time` has set it
    std::uint64_t position = 0;          ///< its place in the lane: a Kafka offset, a line number
    std::uint64_t epoch = 0;             ///< the poll in which the oldest of its causes was read
    std::uint32_t lane = 0;              ///< the input it came by: a Kafka partition, a file, a pushed source

    /// The same stamp with another event time.
    [[nodiscard]] constexpr stamp with_time(timestamp t) const noexcept {
        stamp changed = *this;
        changed.time = t;
        return changed;
    }
};

/// An input that could not be handled: the reason, the bytes as they came, and where they came from.
struct dead_letter {
    error why;                   ///< names the field or the cause; `place` starts with lane and position
    std::string_view payload{};  ///< the original bytes, borrowed for the length of the call
    stamp at{};
};

}  // namespace weir
