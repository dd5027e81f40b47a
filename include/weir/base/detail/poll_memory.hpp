// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

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
        if (blocks_.size() > 1) {
            std::size_t sum = 0;
            for (block const& each : blocks_) sum += each.size;
            blocks_.clear();
            add_block(std::min(sum, most_kept));
        } else if (!blocks_.empty()) {
            use(blocks_.front());
        }
    }

private:
    struct block {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };

    static constexpr std::size_t first_block = std::size_t{1} << 12;
    static constexpr std::size_t most_kept = std::size_t{1} << 26;

    [[gnu::noinline]] void grow(std::size_t least) {
        add_block(std::max({least, first_block, blocks_.empty() ? 0 : 2 * blocks_.back().size}));
    }
    void add_block(std::size_t size) {
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
        use(blocks_.back());
    }
    void use(block const& now) noexcept {
        next_ = now.bytes.get();
        left_ = now.size;
    }

    std::vector<block> blocks_{};
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace weir::detail
