// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <new>
#include <utility>

namespace weir::detail {

/// Blocks of bytes from the system, aligned for anything that is not over-aligned. Each begins with where the one before it
/// lies, so that they need no list beside them.
class memory_blocks {
public:
    memory_blocks() = default;
    memory_blocks(memory_blocks&& other) noexcept : newest_(std::exchange(other.newest_, nullptr)) {}
    memory_blocks& operator=(memory_blocks&& other) noexcept {
        memory_blocks moved(std::move(other));
        std::swap(newest_, moved.newest_);
        return *this;
    }
    ~memory_blocks() { clear(); }

    /// Asks the system for a block; it is the newest now.
    void add(std::size_t size) { newest_ = new (::operator new(sizeof(block) + size)) block{newest_, size}; }

    [[nodiscard]] bool empty() const noexcept { return newest_ == nullptr; }
    [[nodiscard]] bool several() const noexcept { return newest_ && newest_->before; }

    /// Where the newest block's bytes begin, and how many they are; null and 0 when there is none.
    [[nodiscard]] void* newest() const noexcept { return newest_ ? newest_ + 1 : nullptr; }
    [[nodiscard]] std::size_t newest_size() const noexcept { return newest_ ? newest_->size : 0; }

    /// The bytes of all blocks together.
    [[nodiscard]] std::size_t total_size() const noexcept {
        std::size_t sum = 0;
        for (block const* each = newest_; each; each = each->before) sum += each->size;
        return sum;
    }

    /// Gives all blocks back but the oldest.
    void keep_oldest() noexcept {
        while (several()) drop_newest();
    }
    void clear() noexcept {
        while (!empty()) drop_newest();
    }

private:
    struct alignas(std::max_align_t) block {
        block* before;
        std::size_t size;
    };

    void drop_newest() noexcept { ::operator delete(std::exchange(newest_, newest_->before)); }

    block* newest_ = nullptr;
};

}  // namespace weir::detail
