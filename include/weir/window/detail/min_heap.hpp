// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// A binary heap whose least element (by `<`) is on top. Putting in and taking out cost a logarithm of comparisons. What has
/// been large gives its memory back when it has become empty.
/// Source: J. W. J. Williams, "Algorithm 232: Heapsort" (CACM 7, 1964).
template <class T>
class min_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] T const& top() const noexcept { return all_[0]; }

    void push(T value) {
        std::size_t at = all_.size();
        all_.push_back(value);
        for (; at != 0; at = (at - 1) / 2) {
            T const& above = all_[(at - 1) / 2];
            if (!(value < above)) break;
            all_[at] = above;
        }
        all_[at] = std::move(value);
        if (all_.size() > most_) most_ = all_.size();
    }

    T pop() {
        T least = std::move(all_[0]);
        T last = std::move(all_.back());
        all_.pop_back();
        std::size_t const count = all_.size();
        if (count == 0) {
            if (most_ > most_kept) series<T>().swap(all_);
            most_ = 0;
            return least;
        }
        std::size_t at = 0;
        for (std::size_t below = 1; below < count; below = 2 * at + 1) {
            if (below + 1 < count && all_[below + 1] < all_[below]) ++below;
            if (!(all_[below] < last)) break;
            all_[at] = std::move(all_[below]);
            at = below;
        }
        all_[at] = std::move(last);
        return least;
    }

    /// Takes out everything, in no order.
    [[nodiscard]] series<T> take_all() {
        series<T> all;
        all.swap(all_);
        most_ = 0;
        return all;
    }

private:
    static constexpr std::size_t most_kept = 1024;

    series<T> all_;
    std::size_t most_ = 0;  ///< elements since it was empty
};

}  // namespace weir::detail
