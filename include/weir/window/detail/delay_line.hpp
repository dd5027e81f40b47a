// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace weir::detail {

/// What came in last, in order: what is put in comes out when so many others have followed. Memory that was asked for when
/// a thing came in has arrived by the time it comes out. A thing that is false is no thing.
template <class T, std::size_t Length>
class delay_line {
    static_assert((Length & (Length - 1)) == 0, "a power of two: positions wrap by a mask");

public:
    /// Puts `next` in and gives what was put in `Length` things before, or no thing.
    [[nodiscard, gnu::always_inline]] T put(T const& next) { return std::exchange(things_[put_++ % Length], next); }

    /// The thing that came in `Length / 2` before the one put in last.
    [[nodiscard, gnu::always_inline]] T const& half_way() const noexcept { return things_[(put_ + Length / 2 - 1) % Length]; }

    /// Gives all that is left to `take`, the oldest first.
    template <class Take>
    void drain(Take&& take) {
        std::size_t const first = put_ - size();
        for (std::size_t at = first; at != put_; ++at)
            if (T const due = std::exchange(things_[at % Length], T{})) take(due);
        drained_ = put_;
    }

    /// Shows all that is left to `visit`, which may change it.
    template <class Visit>
    void for_each(Visit&& visit) {
        for (T& each : things_)
            if (each) visit(each);
    }

    template <class Visit>
    void for_each(Visit&& visit) const {
        for (T const& each : things_)
            if (each) visit(each);
    }

    [[nodiscard]] std::size_t size() const noexcept { return min_of(put_ - drained_, Length); }

private:
    std::array<T, Length> things_{};
    std::size_t put_ = 0;
    std::size_t drained_ = 0;  ///< what `put_` was at the last draining
};

}  // namespace weir::detail
