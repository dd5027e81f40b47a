// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/memory_blocks.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Memory that is handed out piece by piece and taken back all at once.
///
/// An allocation is an addition. What it hands out stays where it is until `clear`, which keeps the first block for reuse:
/// a window that is filled and emptied again and again stops asking the system for memory. Only trivially destructible
/// things may live here.
class arena {
public:
    arena() = default;
    /// One whose first block has so many bytes: where many arenas hold little.
    explicit arena(std::size_t first_size) noexcept : first_size_(first_size) {}
    arena(arena&& other) noexcept
        : blocks_(std::move(other.blocks_)), current_(std::exchange(other.current_, nullptr)), used_(std::exchange(other.used_, 0)),
          limit_(std::exchange(other.limit_, 0)), first_size_(other.first_size_) {}
    arena& operator=(arena&& other) noexcept {
        arena moved(std::move(other));
        std::swap(blocks_, moved.blocks_);
        std::swap(current_, moved.current_);
        std::swap(used_, moved.used_);
        std::swap(limit_, moved.limit_);
        std::swap(first_size_, moved.first_size_);
        return *this;
    }

    /// Uninitialised memory for `count` objects of `T`.
    template <class T>
    [[nodiscard]] T* allocate(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "weir: an arena runs no destructors");
        return static_cast<T*>(take(count * sizeof(T), alignof(T)));
    }

    /// A copy of `text` that lives as long as the arena's contents.
    [[nodiscard]] std::string_view intern(std::string_view text) {
        if (text.empty()) return {};
        char* const copy = static_cast<char*>(take(text.size(), 1));
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }

    /// Takes everything back.
    void clear() noexcept {
        blocks_.keep_oldest();
        used_ = 0;
        limit_ = blocks_.newest_size();
        current_ = static_cast<std::byte*>(blocks_.newest());
    }

    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const noexcept { return blocks_.total_size(); }

private:
    static constexpr std::size_t first_block = 1024;
    static constexpr std::size_t largest_block = std::size_t{1} << 20;

    void* take(std::size_t bytes, std::size_t alignment) {
        std::size_t const start = (used_ + alignment - 1) & ~(alignment - 1);
        if (start + bytes > limit_) [[unlikely]] {
            grow(bytes);
            used_ = bytes;
            return current_;
        }
        used_ = start + bytes;
        return current_ + start;
    }

    void grow(std::size_t least) {
        std::size_t size = blocks_.empty() ? first_size_ : blocks_.newest_size() * 2;
        if (size > largest_block) size = largest_block;
        if (size < least) size = least;
        blocks_.add(size);
        current_ = static_cast<std::byte*>(blocks_.newest());
        limit_ = size;
    }

    detail::memory_blocks blocks_;
    std::byte* current_ = nullptr;
    std::size_t used_ = 0;
    std::size_t limit_ = 0;
    std::size_t first_size_ = first_block;
};

}  // namespace weir
