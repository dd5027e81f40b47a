// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>

namespace weir {

/// A window that an operator holds open, as it tells of it: an operator that declares
/// `void open_windows(auto&& visit) const` calls `visit(open_window{...})` for each, and `job.explain()` says what they
/// wait for.
struct open_window {
    timestamp start{};        ///< the first instant of it
    timestamp end{};          ///< the first instant behind it; `end_of_time` if only the end of the input closes it
    std::uint64_t items = 0;  ///< that it holds, over all keys
    bool fired = false;       ///< its result was emitted; it is kept only for corrections (`allowed_lateness`)
};

}  // namespace weir
