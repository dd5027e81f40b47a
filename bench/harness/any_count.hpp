// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bench {

/// Whether one of them is not zero. Comparing with an array of zeros would be a call of `memcmp` for each, which took loops by
/// hand up to half of their time.
template <std::size_t N>
bool any_count(std::array<std::uint32_t, N> const& counts) noexcept {
    std::uint32_t all = 0;
    for (std::uint32_t const count : counts) all |= count;
    return all != 0;
}

}  // namespace bench
