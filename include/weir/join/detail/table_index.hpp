// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// Finds numbers by the hashes of their keys: open addressing, at most half full, and a number that goes leaves no trace, so
/// that keys may come and go for ever.
class table_index {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    table_index() : slots_(new slot[smallest]), mask_(smallest - 1) {}

    /// The number with this hash of which `is_it(number)` is true, or `none`.
    template <class IsIt>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsIt&& is_it) const {
        std::uint32_t const tag = tag_of(hash);
        for (std::size_t at = tag & mask_; slots_[at].number != none; at = (at + 1) & mask_)
            if (slots_[at].tag == tag && is_it(slots_[at].number)) return slots_[at].number;
        return none;
    }

    /// Asks for the memory where a search will begin.
    [[gnu::always_inline]] void approach(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[tag_of(hash) & mask_]); }

    /// How many bytes more it takes from the system for one more number.
    [[nodiscard]] std::size_t growth() const noexcept { return is_full() ? memory() : 0; }

    void insert(std::uint64_t hash, std::uint32_t number) {
        if (is_full()) grow();
        place(slots_.get(), mask_, {tag_of(hash), number});
        ++size_;
    }

    /// Puts another number in the place of one that is there.
    void replace(std::uint64_t hash, std::uint32_t before, std::uint32_t number) noexcept {
        slots_[slot_of(hash, before)].number = number;
    }

    /// Takes out a number that is there. What had to make way for it moves up.
    void erase(std::uint64_t hash, std::uint32_t number) noexcept {
        std::size_t gap = slot_of(hash, number);
        for (std::size_t at = (gap + 1) & mask_; slots_[at].number != none; at = (at + 1) & mask_) {
            std::size_t const home = slots_[at].tag & mask_;
            if (((at - home) & mask_) < ((at - gap) & mask_)) continue;
            slots_[gap] = slots_[at];
            gap = at;
        }
        slots_[gap] = slot{};
        --size_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t memory() const noexcept { return (mask_ + 1) * sizeof(slot); }

private:
    struct slot {
        std::uint32_t tag = 0;
        std::uint32_t number = none;
    };
    static constexpr std::size_t smallest = 16;

    [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }
    [[nodiscard]] bool is_full() const noexcept { return 2 * (size_ + 1) > mask_ + 1; }

    [[nodiscard]] std::size_t slot_of(std::uint64_t hash, std::uint32_t number) const noexcept {
        std::size_t at = tag_of(hash) & mask_;
        while (slots_[at].number != number) at = (at + 1) & mask_;
        return at;
    }

    static void place(slot* slots, std::size_t mask, slot one) noexcept {
        std::size_t at = one.tag & mask;
        while (slots[at].number != none) at = (at + 1) & mask;
        slots[at] = one;
    }

    [[gnu::noinline]] void grow() {
        std::size_t const mask = 2 * mask_ + 1;
        owner<slot[]> wider(new slot[mask + 1]);
        for (std::size_t i = 0; i <= mask_; ++i)
            if (slots_[i].number != none) place(wider.get(), mask, slots_[i]);
        slots_ = std::move(wider);
        mask_ = mask;
    }

    owner<slot[]> slots_;
    std::size_t mask_;
    std::size_t size_ = 0;
};

}  // namespace weir::detail
