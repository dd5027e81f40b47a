// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>

namespace weir::detail {

/// A session whose row is due, ordered by its end and then by the arrival of its first item.
template <class Session>
struct due_session {
    timestamp end{};
    std::uint64_t arrival = 0;
    std::uint64_t number = 0;  ///< of its key
    Session* session = nullptr;

    [[nodiscard]] bool operator<(due_session const& other) const noexcept {
        return end < other.end || (end == other.end && arrival < other.arrival);
    }
};

}  // namespace weir::detail
