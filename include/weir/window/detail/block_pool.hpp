// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// Blocks of one size that come and go by the thousand: what is given back is what is handed out next. All memory goes back
/// at once, with the pool.
template <std::size_t Size>
class block_pool {
    static_assert(Size >= sizeof(void*));

public:
    block_pool() = default;
    block_pool(block_pool&& other) noexcept : memory_(std::move(other.memory_)), free_(std::exchange(other.free_, nullptr)) {}
    block_pool& operator=(block_pool&& other) noexcept {
        block_pool moved(std::move(other));
        std::swap(memory_, moved.memory_);
        std::swap(free_, moved.free_);
        return *this;
    }

    [[nodiscard]] void* take() {
        if (!free_) return memory_.allocate<block>(1);
        return std::exchange(free_, free_->next);
    }
    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept { return memory_.capacity(); }

    void give_back(void* taken) noexcept { free_ = ::new (taken) block{.next = free_}; }

private:
    union block {
        block* next;
        alignas(std::max_align_t) std::byte bytes[(Size + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t)];
    };

    arena memory_{};
    block* free_ = nullptr;
};

}  // namespace weir::detail
