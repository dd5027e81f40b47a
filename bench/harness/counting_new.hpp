// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace bench {

/// Bytes that the program holds through operator new at this moment. One thread only.
std::size_t live_bytes() noexcept;

/// The most that it has held at once since `reset_peak`.
std::size_t peak_bytes() noexcept;
void reset_peak() noexcept;

}  // namespace bench
