// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>

#include <cstddef>

namespace weir::detail {

/// A binary heap whose first (by `before`) is on top; it gives its memory back when it has become empty.
template <class T>
class first_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] T const& top() const noexcept { return all_[0]; }

    void push(T value) {
        std::size_t at = all_.size();
        all_.push_back(value);
        for (; at != 0 && value.before(all_[(at - 1) / 2]); at = (at - 1) / 2) all_[at] = all_[(at - 1) / 2];
        all_[at] = value;
        if (all_.size() > most_) most_ = all_.size();
    }

    T pop() {
        T const first = all_[0];
        T const last = all_.back();
        all_.pop_back();
        std::size_t const count = all_.size();
        if (count == 0) {
            give_back();
            return first;
        }
        std::size_t at = 0;
        for (std::size_t below = 1; below < count; below = 2 * at + 1) {
            if (below + 1 < count && all_[below + 1].before(all_[below])) ++below;
            if (!all_[below].before(last)) break;
            all_[at] = all_[below];
            at = below;
        }
        all_[at] = last;
        return first;
    }

    /// Takes out everything, in no order.
    [[nodiscard]] series<T> take_all() {
        series<T> all;
        all.swap(all_);
        return all;
    }

private:
    void give_back() {
        if (most_ > 1024) series<T>().swap(all_);
        most_ = 0;
    }

    series<T> all_;
    std::size_t most_ = 0;
};

}  // namespace weir::detail
