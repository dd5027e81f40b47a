// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Bytes that grow at the end: what encoders append to. Room is asked for once a row and is not filled with zeros
/// first, and `clear` keeps the memory, so that a buffer in steady use does not allocate.
///
///     char* p = buffer.room_for(20);     // at least 20 bytes to write to
///     p = write_something(p);
///     buffer.end_at(p);                  // what lies before p is content now
class byte_buffer {
public:
    byte_buffer() = default;
    byte_buffer(byte_buffer&& other) noexcept { swap(other); }
    byte_buffer& operator=(byte_buffer&& other) noexcept {
        byte_buffer(std::move(other)).swap(*this);
        return *this;
    }

    /// Where the next byte goes, with room for `bytes` more. Pointers into the buffer are void afterwards.
    [[nodiscard]] char* room_for(std::size_t bytes) {
        if (capacity_ - size_ < bytes) [[unlikely]]
            grow(bytes);
        return content_.get() + size_;
    }

    /// Declares everything before `end`, which lies in the room asked for last, to be content.
    void end_at(char const* end) noexcept { size_ = static_cast<std::size_t>(end - content_.get()); }

    void append(std::string_view text) {
        char* const at = room_for(text.size());
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        size_ += text.size();
    }
    void push_back(char c) {
        *room_for(1) = c;
        ++size_;
    }

    /// Forgets what lies behind the first `size` bytes.
    void truncate(std::size_t size) noexcept { size_ = detail::min_of(size_, size); }
    /// Forgets the content and keeps the memory.
    void clear() noexcept { size_ = 0; }

    [[nodiscard]] std::string_view view() const noexcept { return {content_.get(), size_}; }
    operator std::string_view() const noexcept { return view(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    void swap(byte_buffer& other) noexcept {
        content_.swap(other.content_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    [[gnu::noinline]] void grow(std::size_t bytes) {
        std::size_t const wanted = detail::max_of(size_ + bytes, detail::max_of(2 * capacity_, std::size_t{256}));
        detail::owner<char[]> larger(new char[wanted]);
        if (size_ != 0) std::memcpy(larger.get(), content_.get(), size_);
        content_ = std::move(larger);
        capacity_ = wanted;
    }

    detail::owner<char[]> content_{};
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace weir
