// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/window/detail/radix_sort.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::detail {

/// Puts things into the order of their numbers of arrival, no two of which are equal, without comparing one with another:
/// where the numbers lie close together each thing goes to the place that its number says, else they are sorted by their
/// digits. Things lie in an array of less than 2^32, and stand for themselves by their places there: what is moved about is half
/// as large then. Memory is kept from one time to the next.
template <class T>
class arrival_order {
public:
    /// Begins anew, with some of the things in an array.
    void begin(std::span<T> things) {
        things_ = things.data();
        std::size_t const most = things.size();
        count_ = 0;
        least_ = ~std::uint32_t{0};
        greatest_ = 0;
        if (most > room_ || most < room_ / 8) {
            room_ = most + most / 4;
            arrivals_.reset(new arrival[room_]);
            spare_.reset();
        }
    }

    void add(std::uint32_t number, std::size_t at) {
        arrivals_[count_++] = {number, static_cast<std::uint32_t>(at)};
        least_ = min_of(least_, number);
        greatest_ = max_of(greatest_, number);
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

    /// Calls `visit(thing)` for each, the one that arrived first first.
    template <class Visit>
    void for_each(Visit&& visit) {
        if (count_ == 0) return;
        std::size_t const range = std::size_t{greatest_ - least_} + 1;
        if (range <= count_ * 4 + 64) {
            scatter(range);
            for (std::size_t i = 0; i < count_; ++i) {
                if (i + ahead < count_) __builtin_prefetch(things_ + places_[i + ahead] - 1);
                visit(things_[places_[i] - 1]);
            }
        } else {
            if (!spare_) spare_.reset(new arrival[room_]);
            radix_sort(arrivals_, spare_, count_, [this](arrival const& each) { return std::uint64_t{each.number - least_}; });
            for (std::size_t i = 0; i < count_; ++i) {
                if (i + ahead < count_) __builtin_prefetch(things_ + arrivals_[i + ahead].at);
                visit(things_[arrivals_[i].at]);
            }
        }
    }

private:
    static constexpr std::size_t ahead = 8;

    struct arrival {
        std::uint32_t number;
        std::uint32_t at;
    };

    void scatter(std::size_t range) {
        if (range > range_room_ || range < range_room_ / 8) {
            range_room_ = range + range / 4;
            places_.reset(new std::uint32_t[range_room_]);
        }
        for (std::size_t i = 0; i < range; ++i) places_[i] = 0;
        for (std::size_t i = 0; i < count_; ++i) places_[arrivals_[i].number - least_] = arrivals_[i].at + 1;
        // Whether a place is taken is a toss-up: a branch would be mispredicted as often as not.
        std::size_t taken = 0;
        for (std::size_t i = 0; i < range; ++i) {
            std::uint32_t const place = places_[i];
            places_[taken] = place;
            taken += place != 0 ? 1 : 0;
        }
    }

    owner<arrival[]> arrivals_;
    owner<arrival[]> spare_;
    owner<std::uint32_t[]> places_;  ///< of the things, from 1 on; 0 is none
    T* things_ = nullptr;
    std::size_t count_ = 0;
    std::size_t room_ = 0;
    std::size_t range_room_ = 0;
    std::uint32_t least_ = 0;
    std::uint32_t greatest_ = 0;
};

}  // namespace weir::detail
