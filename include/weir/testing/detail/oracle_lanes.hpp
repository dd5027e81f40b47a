// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

namespace weir::testing::detail {

/// What the lanes of a stream promise, in the plainest way: everything is looked at anew each time it is asked for.
class oracle_lanes {
public:
    void opened(std::uint32_t lane) { lanes_[lane].live = true; }
    void left(std::uint32_t lane) { lanes_[lane].live = false; }
    void saw(std::uint32_t lane, timestamp time) {
        lane_state& mine = lanes_[lane];
        mine.live = true;
        mine.greatest = mine.greatest ? std::max(*mine.greatest, time) : time;
    }

    /// The least of the live lanes' greatest times; nothing when no lane is live, or when a live one has had no item.
    [[nodiscard]] std::optional<timestamp> least() const {
        std::optional<timestamp> least;
        for (auto const& [number, lane] : lanes_) {
            if (!lane.live) continue;
            if (!lane.greatest) return {};
            least = least ? std::min(*least, *lane.greatest) : *lane.greatest;
        }
        return least;
    }

    /// Whether lanes are known and none of them is live.
    [[nodiscard]] bool all_idle() const {
        return !lanes_.empty() &&
               std::none_of(lanes_.begin(), lanes_.end(), [](auto const& each) { return each.second.live; });
    }

private:
    struct lane_state {
        bool live = false;
        std::optional<timestamp> greatest{};
    };
    std::map<std::uint32_t, lane_state> lanes_;
};

}  // namespace weir::testing::detail
