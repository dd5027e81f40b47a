// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace weir {

/// What happens to an input lane (a Kafka partition, a file, a pushed source).
struct lane_event {
    enum class kind {
        opened,  ///< it exists: the watermark waits for it from now on
        idle,    ///< its source has proven that nothing is waiting: the watermark no longer waits for it
        ended,   ///< nothing will follow on it
    };
    std::uint32_t lane = 0;
    kind what = kind::opened;
};

/// Whether a watermark waits for a lane.
enum class lane_status {
    live,   ///< it does
    idle,   ///< its source has proven that nothing is waiting
    ended,  ///< nothing will follow
};

}  // namespace weir
