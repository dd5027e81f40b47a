// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <simdjson.h>

namespace weir::detail {

/// simdjson's first stage over a text: it checks the UTF-8 and the strings' bounds, and lists where every bracket,
/// colon, comma and scalar begins. A second stage that knows the type then reads values by that list.
///
/// Only the first stage, on the caller's thread: no document, no stream.
class json_index {
public:
    /// Lists the text, whose last byte must be a newline: behind the last place stands, once more, that newline, which
    /// no grammar rule takes. No byte outside of `text` is read.
    [[nodiscard]] simdjson::error_code build(char const* text, std::size_t size) {
        if (!parser_ || parser_->capacity() < size) {
            if (auto const failed = reserve(size); failed != simdjson::SUCCESS) return failed;
        }
        auto const failed =
            parser_->stage1(reinterpret_cast<std::uint8_t const*>(text), size, simdjson::stage1_mode::regular);
        if (failed != simdjson::SUCCESS) return failed;
        std::uint32_t* const behind = parser_->structural_indexes.get() + parser_->n_structural_indexes;
        behind[0] = behind[1] = static_cast<std::uint32_t>(size - 1);
        return failed;
    }

    /// The offset at which each begins, rising.
    [[nodiscard]] std::uint32_t const* places() const noexcept { return parser_->structural_indexes.get(); }

    /// The last place, the newline.
    [[nodiscard]] std::uint32_t const* end() const noexcept { return places() + parser_->n_structural_indexes; }

private:
    [[gnu::noinline]] simdjson::error_code reserve(std::size_t size) {
        std::size_t const capacity = size < least_capacity ? least_capacity : size + size / 4;
        if (parser_) return parser_->set_capacity(capacity);
        return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, parser_);
    }

    static constexpr std::size_t least_capacity = std::size_t{1} << 12;

    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_{};
};

}  // namespace weir::detail
