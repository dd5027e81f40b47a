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

}  // namespace bench
