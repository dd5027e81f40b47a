// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

/// What a side computed. Two sides of a comparison must hand back equal answers, or the comparison is void.
struct answer {
    std::uint64_t items = 0;     ///< items read from the input
    std::uint64_t rows = 0;      ///< rows that reached the consumer
    std::uint64_t checksum = 0;  ///< sum over the rows of a hash of the row: the order of the rows does not show in it
    std::uint64_t late = 0;      ///< items whose window had closed

    friend bool operator==(answer const&, answer const&) = default;
};

/// Mixes all bits of `x` into all bits of the result (the finaliser of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9U;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// Hash of a text for checksums: eight bytes at a time, so that it does not drown what is measured.
inline std::uint64_t mix(std::string_view text) noexcept {
    std::uint64_t h = text.size() * 0x9e3779b97f4a7c15U;
    while (text.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        h = (std::rotl(h, 29) ^ word) * 0x9fb21c651e98df25U;
        text.remove_prefix(8);
    }
    std::uint64_t tail = 0;
    std::memcpy(&tail, text.data(), text.size());
    return mix(std::rotl(h, 29) ^ tail);
}

/// The consumer of counted windows that every side ends in: it adds up a hash of each row, whatever their order.
struct checksum_rows {
    answer& into;

    void operator()(std::int64_t window_start_us, std::uint64_t key, std::uint64_t count) const noexcept {
        ++into.rows;
        into.checksum += mix(key ^ mix(static_cast<std::uint64_t>(window_start_us) ^ (count << 40U)));
    }

    void operator()(std::int64_t window_start_us, std::string_view a, std::string_view b,
                    std::uint64_t count) const noexcept {
        (*this)(window_start_us, mix(a) + 3 * mix(b), count);
    }
};

}  // namespace bench
