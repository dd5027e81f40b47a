// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// How many things of each poll are held, and which is the oldest of these polls. Adding to the newest poll is a
/// comparison; where no poll is left out, others lie where their numbers say, else they are found by binary search. No more
/// than about twice as many polls are kept as have something held.
class epoch_counts {
public:
    void add(std::uint64_t epoch) {
        if (first_ != all_.size() && all_.back().epoch == epoch) return count_one(all_.back());
        newest_ = max_of(newest_, epoch);
        if (first_ == all_.size() || all_.back().epoch < epoch) return all_.push_back({epoch, 1});
        std::size_t const at = position_of(epoch);
        if (all_[at].epoch == epoch) count_one(all_[at]);
        else all_.insert(at, {epoch, 1});
    }

    void remove(std::uint64_t epoch) {
        poll& of = all_[position_of(epoch)];
        if (--of.count != 0) return;
        ++empty_;
        for (; first_ != all_.size() && all_[first_].count == 0; ++first_) --empty_;
        if (first_ + empty_ > 64 && (first_ + empty_) * 2 > all_.size()) tidy();
    }

    /// One thing is of another poll.
    void move(std::uint64_t from, std::uint64_t to) {
        add(to);
        remove(from);
    }

    [[nodiscard]] std::uint64_t oldest() const noexcept { return first_ == all_.size() ? nothing_held : all_[first_].epoch; }
    /// The newest poll that anything was ever held of.
    [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }
    /// How many polls are kept.
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

private:
    struct poll {
        std::uint64_t epoch;
        std::uint64_t count;
    };

    void count_one(poll& of) noexcept {
        if (of.count++ == 0) --empty_;
    }

    /// Nothing lies further from the first than its epoch does, and where every poll has left something, no nearer.
    [[nodiscard]] std::size_t position_of(std::uint64_t epoch) const noexcept {
        std::size_t first = first_, end = all_.size();
        if (first != end && epoch >= all_[first].epoch && epoch - all_[first].epoch < end - first) {
            end = first + static_cast<std::size_t>(epoch - all_[first].epoch);
            if (all_[end].epoch == epoch) [[likely]] return end;
        }
        while (first != end) {
            std::size_t const middle = first + (end - first) / 2;
            if (all_[middle].epoch < epoch) first = middle + 1;
            else end = middle;
        }
        return first;
    }

    void tidy() {
        series<poll> kept;
        for (std::size_t i = first_; i < all_.size(); ++i)
            if (all_[i].count != 0) kept.push_back(all_[i]);
        all_.swap(kept);
        first_ = empty_ = 0;
    }

    series<poll> all_;  ///< in ascending order of epochs
    std::uint64_t newest_ = 0;
    std::size_t first_ = 0;
    std::size_t empty_ = 0;  ///< polls behind the first of which nothing is held any more
};

}  // namespace weir::detail
