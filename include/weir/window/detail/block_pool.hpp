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
    static constexpr std::size_t block_size = Size;

    [[nodiscard]] void* take() {
        if (!free_) return memory_.allocate<block>(1);
        return std::exchange(free_, free_->next);
    }
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
