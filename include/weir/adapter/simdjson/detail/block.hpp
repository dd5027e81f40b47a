// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir::detail {

/// So many bytes behind a text may be read without harm: keys are compared in strides of this size.
inline constexpr std::size_t json_padding = 64;

/// How much text is indexed at once: as much as the second cache holds together with its index. Measured: less where
/// the text comes from far memory costs up to a tenth, since what is fetched ahead of the reader is lost at each
/// block's end.
inline constexpr std::size_t json_block_size = std::size_t{1} << 18;

/// How much of it where it is copied first: near enough for the copy to be read again at once.
inline constexpr std::size_t json_copy_size = std::size_t{1} << 16;

/// As many payloads from the front as lie in one piece of memory, a byte or two between each and the next, and with
/// enough payload behind the last of them to stand in for padding. A source of lines hands over such payloads.
///
/// Whether line breaks stand between them is for the caller to see: nothing of the text is looked at here, where that
/// would mean to wait for memory.
[[nodiscard]] inline std::size_t count_lying_side_by_side(std::span<std::string_view const> payloads) noexcept {
    auto const begin = reinterpret_cast<std::uintptr_t>(payloads.front().data());
    if (begin == 0) return 0;
    std::uintptr_t end = begin + payloads.front().size();
    std::size_t count = 1;
    for (; count < payloads.size(); ++count) {
        auto const next = reinterpret_cast<std::uintptr_t>(payloads[count].data());
        if (next - end - 1 > 1 || next - begin > json_block_size + json_padding) break;
        end = next + payloads[count].size();
    }
    while (count > 0) {
        // The text ends with the line break in front of payload number `count`.
        --count;
        if (end - reinterpret_cast<std::uintptr_t>(payloads[count].data()) >= json_padding) break;
    }
    return count;
}

[[nodiscard]] constexpr bool is_line_break(char c) noexcept { return c == '\n' || c == '\r'; }

/// Memory for texts that have to be copied, with padding behind them.
class json_copy {
public:
    /// One payload and its line break.
    [[nodiscard]] char const* copy(std::string_view payload) {
        reserve(payload.size() + 1);
        append(0, payload);
        return bytes_.get();
    }

    /// As many payloads from the front as make a block; `begin(i)` then is where number `i` begins.
    [[nodiscard]] std::size_t gather(std::span<std::string_view const> payloads) {
        reserve(json_copy_size);
        begins_.clear();
        std::size_t size = 0;
        for (std::string_view payload : payloads) {
            if (size + payload.size() + 1 > json_copy_size) break;
            begins_.push_back(size);
            size = append(size, payload);
        }
        begins_.push_back(size);
        return begins_.size() - 1;
    }

    [[nodiscard]] char const* text() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t begin(std::size_t i) const noexcept { return begins_[i]; }

private:
    void reserve(std::size_t size) {
        if (size <= capacity_) return;
        bytes_.reset(new char[size + json_padding]());
        capacity_ = size;
    }

    std::size_t append(std::size_t at, std::string_view payload) noexcept {
        if (!payload.empty()) std::memcpy(bytes_.get() + at, payload.data(), payload.size());
        at += payload.size();
        bytes_[at] = '\n';
        return at + 1;
    }

    owner<char[]> bytes_{};
    std::size_t capacity_ = 0;
    std::vector<std::size_t> begins_{};
};

}  // namespace weir::detail
