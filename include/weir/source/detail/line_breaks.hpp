// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// How many bytes are looked at in one step.
inline constexpr std::size_t line_stride = 64;

/// Which bytes of a text are line breaks, 64 of them a number: bit `i` of `masks[n]` for byte `64 * n + i`.
[[gnu::always_inline]] inline void mask_line_breaks_plain(char const* text, std::size_t strides, std::uint64_t* masks) noexcept {
    for (std::size_t n = 0; n < strides; ++n, text += line_stride) {
        std::uint64_t found = 0;
#if defined(__SSE2__)
        using sixteen = char __attribute__((vector_size(16)));
        for (unsigned part = 0; part < 4; ++part) {
            sixteen some;
            std::memcpy(&some, text + part * 16, 16);
            auto const equal = reinterpret_cast<sixteen>(some == '\n');
            found |= std::uint64_t{static_cast<std::uint16_t>(__builtin_ia32_pmovmskb128(equal))} << (part * 16);
        }
#else
        for (unsigned part = 0; part < 8; ++part) {
            std::uint64_t word;
            std::memcpy(&word, text + part * 8, 8);
            constexpr std::uint64_t all_but_highest = 0x7f7f7f7f7f7f7f7f;
            word ^= 0x0a0a0a0a0a0a0a0a;
            // The highest bit of each byte that is zero now, and no other bit.
            word = ~(((word & all_but_highest) + all_but_highest) | word | all_but_highest);
            if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
            found |= (((word >> 7) * 0x0102040810204080) >> 56) << (part * 8);
        }
#endif
        masks[n] = found;
    }
}

#if defined(__x86_64__)
/// The same with registers of 32 bytes, which not every processor has.
[[gnu::target("avx2")]] inline void mask_line_breaks_wide(char const* text, std::size_t strides, std::uint64_t* masks) noexcept {
    using thirty_two = char __attribute__((vector_size(32)));
    for (std::size_t n = 0; n < strides; ++n, text += line_stride) {
        thirty_two low, high;
        std::memcpy(&low, text, 32);
        std::memcpy(&high, text + 32, 32);
        auto const first = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(reinterpret_cast<thirty_two>(low == '\n')));
        auto const second = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(reinterpret_cast<thirty_two>(high == '\n')));
        masks[n] = std::uint64_t{second} << 32 | first;
    }
}
#endif

inline void mask_line_breaks(char const* text, std::size_t strides, std::uint64_t* masks) noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return mask_line_breaks_wide(text, strides, masks);
#endif
    mask_line_breaks_plain(text, strides, masks);
}

/// Where the next line breaks of a text are, those first that were found first.
class line_breaks {
public:
    /// Looks for more from `at` on, over the length of some lines, once all before are taken. The text ends at `end`, and
    /// `line_stride` bytes behind it can be read. Returns up to where it has looked.
    std::size_t find(char const* text, std::size_t at, std::size_t end) noexcept {
        std::size_t const strides = min_of(most_strides, (end - at + line_stride - 1) / line_stride);
        std::uint64_t masks[most_strides];
        mask_line_breaks(text + at, strides, masks);
        std::size_t const behind = at + strides * line_stride;
        if (behind > end) masks[strides - 1] &= ~std::uint64_t{0} >> (behind - end);
        // No branch depends on where in its 64 bytes a line ends, or in which of them, unless lines are short.
        std::size_t count = 0;
        for (std::size_t n = 0; n < strides; ++n, at += line_stride) {
            std::uint64_t found = masks[n];
            places_[count] = at + first_of(found);
            count += found != 0 ? 1 : 0;
            for (found &= found - 1; found != 0; found &= found - 1) [[unlikely]] places_[count++] = at + first_of(found);
        }
        next_ = 0;
        count_ = count;
        return min_of(behind, end);
    }

    /// How many were found and not taken yet.
    [[nodiscard]] std::size_t size() const noexcept { return count_ - next_; }
    [[nodiscard]] std::size_t take() noexcept { return places_[next_++]; }

private:
    static constexpr std::size_t most_strides = 16;

    /// Which bit is the lowest that is set; any when none is.
    [[nodiscard]] static std::size_t first_of(std::uint64_t found) noexcept {
        return static_cast<std::size_t>(std::countr_zero(found | std::uint64_t{1} << 63));
    }

    std::size_t next_ = 0;
    std::size_t count_ = 0;
    std::array<std::size_t, most_strides * line_stride> places_{};
};

}  // namespace weir::detail
