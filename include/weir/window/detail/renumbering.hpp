// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/window/detail/radix_sort.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Gives numbers that have grown large the least ones that keep their order: first every number is added, then each is
/// changed.
class renumbering {
public:
    void add(std::uint64_t number) { gathered_.push_back(number); }

    /// All have been added.
    void settle() {
        numbers_.reset(new std::uint64_t[gathered_.size()]);
        owner<std::uint64_t[]> spare(new std::uint64_t[gathered_.size()]);
        for (std::size_t i = 0; i < gathered_.size(); ++i) numbers_[i] = gathered_[i];
        radix_sort(numbers_, spare, gathered_.size(), [](std::uint64_t number) { return number; });
        for (std::size_t i = 0; i < gathered_.size(); ++i)
            if (count_ == 0 || numbers_[count_ - 1] != numbers_[i]) numbers_[count_++] = numbers_[i];
        gathered_ = {};
    }

    /// How many different numbers there are; the new ones are less than that.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    template <class Number>
    void apply(Number& number) const {
        std::size_t first = 0;
        for (std::size_t end = count_; end - first > 1;) {
            std::size_t const middle = first + (end - first) / 2;
            (numbers_[middle] <= number ? first : end) = middle;
        }
        number = static_cast<Number>(first);
    }

private:
    series<std::uint64_t> gathered_;
    owner<std::uint64_t[]> numbers_;
    std::size_t count_ = 0;
};

}  // namespace weir::detail
