// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/memory_blocks.hpp>
#include <weir/base/detail/order.hpp>

#include <bit>
#include <cstddef>
#include <new>
#include <utility>

namespace weir::detail {

/// Memory for texts of all lengths that come and go: what is given back is handed out again.
///
/// A block has the next power of two of bytes, from 16 to 4096, and goes back to a list of its size; so a table whose texts
/// change for ever holds no more than it once needed of each size. Longer texts come from the system, one by one, and go
/// back to it.
class text_blocks {
public:
    /// A block, and how much it holds.
    struct block {
        char* bytes = nullptr;
        std::size_t size = 0;
    };

    text_blocks() = default;
    text_blocks(text_blocks const&) = delete;
    text_blocks& operator=(text_blocks const&) = delete;

    /// A block of at least so many bytes; one without bytes when the system would have to give more than `most`.
    [[nodiscard]] block take(std::size_t bytes, std::size_t most) {
        if (bytes == 0) return {};
        if (bytes > largest) return take_alone(bytes, most);
        std::size_t const size = std::bit_ceil(max_of(bytes, smallest));
        if (free_block*& first = free_[list_of(size)]; first) return {reinterpret_cast<char*>(std::exchange(first, first->next)), size};
        if (size > left_ && !grow(size, most)) return {};
        left_ -= size;
        return {std::exchange(next_, next_ + size), size};
    }

    void give_back(block done) noexcept {
        if (done.size > largest) {
            ::operator delete(done.bytes);
            memory_ -= done.size;
        } else if (done.size != 0) {
            free_block*& first = free_[list_of(done.size)];
            first = ::new (static_cast<void*>(done.bytes)) free_block{first};
        }
    }

    /// Bytes held from the system.
    [[nodiscard]] std::size_t memory() const noexcept { return memory_; }

private:
    struct free_block {
        free_block* next;
    };
    static constexpr std::size_t smallest = 16;
    static constexpr std::size_t largest = 4096;
    static constexpr std::size_t first_chunk = 1024;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 16;

    [[nodiscard]] static std::size_t list_of(std::size_t size) noexcept {
        return static_cast<std::size_t>(std::countr_zero(size) - std::countr_zero(smallest));
    }

    [[nodiscard]] block take_alone(std::size_t bytes, std::size_t most) {
        if (bytes > most) return {};
        memory_ += bytes;
        return {static_cast<char*>(::operator new(bytes)), bytes};
    }

    [[nodiscard]] bool grow(std::size_t least, std::size_t most) {
        // A table that is nearly full takes what it still may.
        std::size_t const wanted = max_of(least, min_of(largest_chunk, max_of(first_chunk, memory_)));
        std::size_t const size = min_of(wanted, most & ~(smallest - 1));
        if (size < least) return false;
        cut_up();
        chunks_.add(size);
        memory_ += size;
        next_ = static_cast<char*>(chunks_.newest());
        left_ = size;
        return true;
    }

    /// What is left of a chunk is too small for the block wanted, not for others.
    void cut_up() noexcept {
        while (left_ >= smallest) {
            std::size_t const size = min_of(std::bit_floor(left_), largest);
            left_ -= size;
            give_back({std::exchange(next_, next_ + size), size});
        }
    }

    memory_blocks chunks_{};
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t memory_ = 0;
    free_block* free_[9]{};
};

}  // namespace weir::detail
