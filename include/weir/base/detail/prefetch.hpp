// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Bytes that memory hands over together.
inline constexpr std::size_t cache_line = 64;

/// Asks for the cache line so many bytes behind an object, for the second cache: the first is left to what is in use.
/// Nothing need lie there: to ask in vain costs nothing. (Always inline: GCC takes a call of a function that does no more
/// than this for one without effect.)
[[gnu::always_inline]] inline void prefetch_behind(void const* object, std::size_t bytes) noexcept {
    __builtin_prefetch(reinterpret_cast<void const*>(reinterpret_cast<std::uintptr_t>(object) + bytes), 0, 1);
}

/// So many items lie between the one that a stage works at and the one that it asks memory for.
inline constexpr std::size_t items_ahead = 512;

/// Asks for the item that lies `items_ahead` behind this one.
template <class T>
[[gnu::always_inline]] inline void prefetch_item_behind(T const& item) noexcept {
    prefetch_behind(&item, sizeof(T) * items_ahead);
}

}  // namespace weir::detail
