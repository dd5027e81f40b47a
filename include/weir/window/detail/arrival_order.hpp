// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/window/detail/radix_sort.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Puts things into the order of their numbers of arrival, no two of which are equal, without comparing one with another:
/// where the numbers lie close together each thing goes to the place that its number says, else they are sorted by their
/// digits. Memory is kept from one time to the next.
template <class T>
class arrival_order {
public:
    /// Begins anew, with room for so many things.
    void begin(std::size_t most) {
        count_ = 0;
        least_ = ~std::uint32_t{0};
        greatest_ = 0;
        if (most > room_ || most < room_ / 8) {
            room_ = most + most / 4;
            arrivals_.reset(new arrival[room_]);
            spare_.reset();
        }
    }

    void add(std::uint32_t number, T* thing) {
        arrivals_[count_++] = {thing, number};
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
                if (i + ahead < count_) __builtin_prefetch(places_[i + ahead]);
                visit(*places_[i]);
            }
        } else {
            if (!spare_) spare_.reset(new arrival[room_]);
            radix_sort(arrivals_, spare_, count_, [this](arrival const& each) { return std::uint64_t{each.number - least_}; });
            for (std::size_t i = 0; i < count_; ++i) {
                if (i + ahead < count_) __builtin_prefetch(arrivals_[i + ahead].thing);
                visit(*arrivals_[i].thing);
            }
        }
    }

private:
    static constexpr std::size_t ahead = 8;

    struct arrival {
        T* thing;
        std::uint32_t number;
    };

    void scatter(std::size_t range) {
        if (range > range_room_ || range < range_room_ / 8) {
            range_room_ = range + range / 4;
            places_.reset(new T*[range_room_]);
        }
        for (std::size_t i = 0; i < range; ++i) places_[i] = nullptr;
        for (std::size_t i = 0; i < count_; ++i) places_[arrivals_[i].number - least_] = arrivals_[i].thing;
        // Whether a place is taken is a toss-up: a branch would be mispredicted as often as not.
        std::size_t taken = 0;
        for (std::size_t i = 0; i < range; ++i) {
            T* const thing = places_[i];
            places_[taken] = thing;
            taken += thing != nullptr ? 1 : 0;
        }
    }

    owner<arrival[]> arrivals_;
    owner<arrival[]> spare_;
    owner<T*[]> places_;
    std::size_t count_ = 0;
    std::size_t room_ = 0;
    std::size_t range_room_ = 0;
    std::uint32_t least_ = 0;
    std::uint32_t greatest_ = 0;
};

}  // namespace weir::detail
