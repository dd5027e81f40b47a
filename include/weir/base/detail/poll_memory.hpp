// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/memory_blocks.hpp>
#include <weir/base/detail/order.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// Bytes that a stage hands out for the length of a poll. `clear` joins what was needed into one block, so that it
/// stops allocating once it has seen the largest poll.
class poll_memory {
public:
    /// Room for `bytes`; of the room handed out last, the end may be given back.
    [[nodiscard]] char* take(std::size_t bytes) {
        if (bytes > left_) [[unlikely]] grow(bytes);
        char* const room = next_;
        next_ += bytes;
        left_ -= bytes;
        return room;
    }
    void give_back(std::size_t bytes) noexcept {
        next_ -= bytes;
        left_ += bytes;
    }

    [[nodiscard]] std::string_view copy(std::string_view text) {
        if (text.empty()) return text;
        char* const room = take(text.size());
        std::memcpy(room, text.data(), text.size());
        return {room, text.size()};
    }

    /// Takes everything back.
    void clear() {
        if (blocks_.several()) {
            std::size_t const sum = blocks_.total_size();
            blocks_.clear();
            blocks_.add(min_of(sum, most_kept));
        }
        use_newest();
    }

private:
    static constexpr std::size_t first_block = std::size_t{1} << 12;
    static constexpr std::size_t most_kept = std::size_t{1} << 26;

    [[gnu::noinline]] void grow(std::size_t least) {
        blocks_.add(max_of(least, max_of(first_block, 2 * blocks_.newest_size())));
        use_newest();
    }
    void use_newest() noexcept {
        next_ = static_cast<char*>(blocks_.newest());
        left_ = blocks_.newest_size();
    }

    memory_blocks blocks_{};
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace weir::detail
