// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

/// Makes the compiler believe that memory has changed, so that a second pass over the same data is really made.
inline void reread_memory() noexcept { asm volatile("" : : : "memory"); }

/// Asks for the cache line `bytes` behind an object, which need not be a valid address: the end of an array is no
/// concern. `Locality` 3 is the first cache, 1 the second.
template <int Locality = 3>
[[gnu::always_inline]] inline void prefetch_behind(void const* object, std::size_t bytes) noexcept {
    __builtin_prefetch(reinterpret_cast<void const*>(reinterpret_cast<std::uintptr_t>(object) + bytes), 0, Locality);
}

/// How far ahead a loop by hand asks for its input, in bytes. The processor does so by itself, but neither across pages nor
/// while it waits for a table.
inline constexpr std::size_t input_ahead = 1'024;

}  // namespace bench
