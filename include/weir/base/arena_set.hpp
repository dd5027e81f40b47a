// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/packed_key.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace weir {

/// A set of values whose memory comes from an arena given to each call: it needs no destructor, so thousands of them are
/// forgotten at once with their arena.
///
/// Up to eight values are searched in a row; beyond that a flat index is probed. Growing leaves the old memory in the
/// arena, in all at most as much again as the set holds. Values come in first-seen order.
template <class T>
class arena_set {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

public:
    /// Puts a value in; false when it was there. Texts are copied into the arena.
    bool insert(T const& value, arena& memory) {
        if (size_ <= linear) {
            for (std::uint32_t i = 0; i < size_; ++i)
                if (values_[i] == value) return false;
            append(value, memory);
            if (size_ > linear) build_index(memory);
            return true;
        }
        std::uint64_t const hash = hash_key(value, process_seed);
        std::uint32_t const mask = index_size() - 1;
        std::uint32_t at = static_cast<std::uint32_t>(hash >> 32) & mask;
        for (; index_[at] != 0; at = (at + 1) & mask)
            if (values_[index_[at] - 1] == value) return false;
        append(value, memory);
        if (size_ * 2 > index_size()) build_index(memory);
        else index_[at] = size_;
        return true;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<T const> values() const noexcept { return {values_, size_}; }

private:
    static constexpr std::uint32_t linear = 8;

    [[nodiscard]] std::uint32_t index_size() const noexcept { return std::uint32_t{1} << index_bits_; }

    void append(T const& value, arena& memory) {
        if (size_ == capacity_) {
            std::uint32_t const wider = capacity_ == 0 ? 2 : capacity_ * 2;
            T* const moved = memory.allocate<T>(wider);
            for (std::uint32_t i = 0; i < size_; ++i) moved[i] = values_[i];
            values_ = moved;
            capacity_ = wider;
        }
        values_[size_++] = intern_key(value, memory);
    }

    void build_index(arena& memory) {
        index_bits_ = static_cast<std::uint8_t>(std::bit_width(size_ * 2));
        index_ = memory.allocate<std::uint32_t>(index_size());
        std::memset(index_, 0, index_size() * sizeof(std::uint32_t));
        std::uint32_t const mask = index_size() - 1;
        for (std::uint32_t i = 0; i < size_; ++i) {
            std::uint32_t at = static_cast<std::uint32_t>(hash_key(values_[i], process_seed) >> 32) & mask;
            while (index_[at] != 0) at = (at + 1) & mask;
            index_[at] = i + 1;
        }
    }

    T* values_ = nullptr;
    std::uint32_t* index_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
    std::uint8_t index_bits_ = 0;
};

}  // namespace weir
