// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "../harness/answer.hpp"
#include "../harness/barrier.hpp"
#include "data.hpp"

namespace bench::map_filter_sum {

struct kept {
    std::uint64_t rows = 0;
    std::int64_t sum = 0;
};

/// The loop that anyone would write.
[[gnu::always_inline]] inline kept sum_plain(std::span<trade const> trades) {
    kept result;
    for (auto const& each : trades) {
        std::int64_t const amount = each.price * each.quantity;
        if (amount > limit) {
            result.sum += amount;
            ++result.rows;
        }
    }
    return result;
}

/// The same, four items a turn.
[[gnu::always_inline]] inline kept sum_unrolled(std::span<trade const> trades) {
    kept result;
#pragma GCC unroll 4
    for (auto const& each : trades) {
        std::int64_t const amount = each.price * each.quantity;
        if (amount > limit) {
            result.sum += amount;
            ++result.rows;
        }
    }
    return result;
}

/// The same without a branch, for compilers that do not find it by themselves.
[[gnu::always_inline]] inline kept sum_branchless(std::span<trade const> trades) {
    kept result;
    for (auto const& each : trades) {
        std::int64_t const amount = each.price * each.quantity;
        std::int64_t const keep = amount > limit ? 1 : 0;
        result.sum += amount & -keep;
        result.rows += static_cast<std::uint64_t>(keep);
    }
    return result;
}

/// The sum of so many passes over the trades.
template <auto Sum>
[[gnu::noinline]] answer by_hand(std::span<trade const> trades, std::size_t passes) {
    kept all;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        kept const some = Sum(trades);
        all.sum += some.sum;
        all.rows += some.rows;
        reread_memory();
    }
    return {.items = trades.size() * passes, .rows = all.rows, .checksum = static_cast<std::uint64_t>(all.sum)};
}

}  // namespace bench::map_filter_sum
