// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "../harness/answer.hpp"

namespace bench::sessions {

/// The consumer that both sides end in: it adds up a hash of each row, whatever their order.
struct checksum_sessions {
    answer& into;

    void operator()(std::int64_t start_us, std::int64_t last_us, std::uint64_t key, std::uint64_t count) const noexcept {
        ++into.rows;
        auto const start = static_cast<std::uint64_t>(start_us), last = static_cast<std::uint64_t>(last_us);
        into.checksum += mix(key ^ mix(start ^ mix(last ^ (count << 40U))));
    }
};

}  // namespace bench::sessions
