// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>

namespace weir {

/// A window that is open: what an operator's `open_windows` shows of each.
struct open_window {
    timestamp start{};
    timestamp end{};
    std::uint64_t items = 0;  ///< held in it
    bool fired = false;       ///< its result was emitted; it only waits for corrections
};

}  // namespace weir
