// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>

#include "../harness/answer.hpp"
#include "data.hpp"

namespace bench::encode {

/// Bytes with room at the end, as anyone would write them down for an encoder.
class output {
public:
    char* room_for(std::size_t bytes) {
        if (capacity_ - size_ < bytes) [[unlikely]]
            grow(bytes);
        return bytes_.get() + size_;
    }
    void end_at(char const* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }
    void clear() noexcept { size_ = 0; }
    std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    [[gnu::noinline]] void grow(std::size_t bytes) {
        std::size_t const wanted = 2 * (size_ + bytes);
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

static_assert(std::endian::native == std::endian::little,
              "RowBinary is little-endian, and numbers are copied as they are");

template <class Number>
[[gnu::always_inline]] inline char* put_number(char* at, Number number) noexcept {
    std::memcpy(at, &number, sizeof number);
    return at + sizeof number;
}

[[gnu::always_inline]] inline char* put_bytes(char* at, std::string_view bytes) noexcept {
    std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
}

/// A text of RowBinary: its length, seven bits a byte, and its bytes.
[[gnu::always_inline]] inline char* put_text(char* at, std::string_view text) noexcept {
    std::size_t length = text.size();
    for (; length >= 0x80; length >>= 7U) *at++ = static_cast<char>(length | 0x80U);
    *at++ = static_cast<char>(length);
    return put_bytes(at, text);
}

/// `DateTime64(6), DateTime64(6), String, String, UInt64, UInt64`.
inline void row_binary(page_minute const& row, output& into) {
    char* at = into.room_for(4 * 8 + 2 * 10 + row.page.size() + row.country.size());
    at = put_number(at, row.window_start_us);
    at = put_number(at, row.window_end_us);
    at = put_text(at, row.page);
    at = put_text(at, row.country);
    at = put_number(at, row.clicks);
    into.end_at(put_number(at, row.users));
}

/// What a byte means in a tag's value.
enum class tag_byte : std::uint8_t { plain, escaped, refused };

inline constexpr auto tag_bytes = [] {
    std::array<tag_byte, 256> kinds{};
    kinds[','] = kinds['='] = kinds[' '] = tag_byte::escaped;
    kinds['\n'] = kinds['\r'] = kinds['\\'] = kinds[0] = tag_byte::refused;
    return kinds;
}();

/// A tag's value with commas, equals signs and blanks escaped. What servers read differently is refused.
[[gnu::noinline]] inline char* put_escaped_tag(char* at, std::string_view value) {
    for (char const each : value) {
        auto const kind = tag_bytes[static_cast<unsigned char>(each)];
        if (kind == tag_byte::refused) throw std::invalid_argument("a tag cannot hold this value");
        if (kind == tag_byte::escaped) *at++ = '\\';
        *at++ = each;
    }
    return at;
}

[[gnu::always_inline]] inline char* put_tag(char* at, std::string_view value) {
    if (value.empty()) throw std::invalid_argument("a tag cannot be empty");
    std::uint64_t found = 0;
    if (value.size() >= 8) {
        // Eight bytes a step, the last ones overlapping: bytes up to a blank, and the three others that are not plain.
        constexpr std::uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;
        auto const look = [&found](char const* from) {
            std::uint64_t word = 0;
            std::memcpy(&word, from, sizeof word);
            auto const equal = [word](char wanted) {
                std::uint64_t const x = word ^ ones * static_cast<unsigned char>(wanted);
                return (x - ones) & ~x;
            };
            found |= (((word - ones * 0x21U) & ~word) | equal(',') | equal('=') | equal('\\')) & tops;
        };
        for (std::size_t from = 0; from + 8 < value.size(); from += 8) look(value.data() + from);
        look(value.data() + value.size() - 8);
    } else {
        for (char const each : value) found |= static_cast<std::uint64_t>(tag_bytes[static_cast<unsigned char>(each)]);
    }
    return found == 0 ? put_bytes(at, value) : put_escaped_tag(at, value);
}

[[gnu::always_inline]] inline char* put_decimal(char* at, std::uint64_t number) noexcept {
    return std::to_chars(at, at + 20, number).ptr;
}

/// `page_minute,country=…,page=… window_start=…i,clicks=…i,users=…i time`, in microseconds.
inline void line_protocol(page_minute const& row, output& into) {
    char* at = into.room_for(160 + 2 * (row.page.size() + row.country.size()));
    at = put_tag(put_bytes(at, "page_minute,country="), row.country);
    at = put_tag(put_bytes(at, ",page="), row.page);
    at = put_decimal(put_bytes(at, " window_start="), static_cast<std::uint64_t>(row.window_start_us));
    at = put_decimal(put_bytes(at, "i,clicks="), row.clicks);
    at = put_decimal(put_bytes(at, "i,users="), row.users);
    at = put_decimal(put_bytes(at, "i "), static_cast<std::uint64_t>(row.window_end_us));
    *at++ = '\n';
    into.end_at(at);
}

/// Encodes all rows, pass after pass into the same buffer; the answer is the size of all passes and a hash of the last.
template <auto Encode>
[[gnu::noinline]] answer by_hand(std::span<page_minute const> rows) {
    answer result;
    output into;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        into.clear();
        for (page_minute const& row : rows) Encode(row, into);
        result.items += rows.size();
        result.rows += into.view().size();
    }
    result.checksum = mix(into.view());
    return result;
}

}  // namespace bench::encode
