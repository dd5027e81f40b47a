// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weir {

/// 128-bit integers: products of two words, and sums that cannot overflow. An extension that GCC and Clang share.
__extension__ using uint128 = unsigned __int128;
__extension__ using int128 = __int128;

}  // namespace weir
