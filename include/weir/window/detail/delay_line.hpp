// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>

namespace weir::detail {

/// What came in last, in order: what is put in comes out when so many others have followed. Memory that was asked for when
/// a thing came in has arrived by the time it comes out.
template <class T, std::size_t Length>
class delay_line {
    static_assert((Length & (Length - 1)) == 0, "a power of two: positions wrap by a mask");

public:
    /// Puts `next` in, unless the line is full: then it takes the place of the oldest, which is given to `take` first.
    template <class Take>
    [[gnu::always_inline]] void put(T const& next, Take&& take) {
        T& place = things_[(first_ + count_) % Length];
        if (count_ == Length) [[likely]] {
            T const oldest = place;
            place = next;
            first_ = (first_ + 1) % Length;
            take(oldest);
        } else {
            place = next;
            ++count_;
        }
    }

    /// The thing that came in `Length / 2` before the one put in last, once the line is full.
    [[nodiscard, gnu::always_inline]] T const* half_way() const noexcept {
        return count_ == Length ? &things_[(first_ + Length / 2) % Length] : nullptr;
    }

    /// Gives all that is left to `take`, the oldest first.
    template <class Take>
    void drain(Take&& take) {
        std::size_t const count = count_;
        count_ = 0;
        for (std::size_t i = 0; i < count; ++i) take(things_[(first_ + i) % Length]);
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    std::array<T, Length> things_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace weir::detail
