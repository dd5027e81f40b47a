// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/hash.hpp>
#include <weir/pipeline/stamp.hpp>
#include <weir/sink/delivery.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace weir {

/// Turns rows into bytes: appends exactly one row to `into`, or returns false with the reason in `why`; what it
/// appended before it failed is taken back by the caller. An adapter's encoder and a codec's are used alike.
template <class E, class Row>
concept encoder_for = requires(E& encoder, Row const& row, byte_buffer& into, error& why) {
    { encoder.encode(row, into, why) } -> std::same_as<bool>;
};

/// Rows side by side in one buffer, with where each ends and where it came from: 32 bytes a row beside its encoding.
///
/// Any run of rows is a piece of the buffer, so a batch is cut in two without a copy.
class encoded_batch {
public:
    using goods = shipment;

    /// Where the next row is to be encoded.
    [[nodiscard]] byte_buffer& bytes() noexcept { return bytes_; }

    /// What was appended since the last row is a row.
    void end_row(stamp const& at) {
        oldest_ = detail::min_of(oldest_, at.epoch);
        rows_.push_back({at.time, at.position, bytes_.size(), at.lane});
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    /// The smallest epoch of its rows.
    [[nodiscard]] std::uint64_t oldest() const noexcept { return oldest_; }

    /// The bytes of `count` rows from row `first` on.
    [[nodiscard]] std::string_view bytes_of(std::size_t first, std::size_t count) const noexcept {
        std::size_t const begin = first == 0 ? 0 : rows_[first - 1].end;
        std::size_t const end = count == 0 ? begin : rows_[first + count - 1].end;
        return bytes_.view().substr(begin, end - begin);
    }
    /// The bytes that a dead letter of this row carries.
    [[nodiscard]] std::string_view payload_of(std::size_t row) const noexcept { return bytes_of(row, 1); }
    /// Where a row came from. Its epoch is the batch's.
    [[nodiscard]] stamp at(std::size_t row) const noexcept {
        return {.time = rows_[row].time, .position = rows_[row].position, .epoch = oldest_, .lane = rows_[row].lane};
    }

    /// A hash of the content and of where its rows came from.
    [[nodiscard]] std::uint64_t digest(std::size_t first, std::size_t count) const noexcept {
        std::uint64_t const rows =
            count == 0 ? 0 : fold_multiply(rows_[first].position ^ 1, rows_[first].lane ^ ~count);
        return hash_bytes(bytes_of(first, count), rows);
    }

    [[nodiscard]] shipment ship(std::size_t first, std::size_t count, std::string_view token,
                                std::uint32_t attempt) const noexcept {
        return {.bytes = bytes_of(first, count), .rows = count, .token = token, .attempt = attempt};
    }

    /// Empty again; the memory stays.
    void clear() noexcept {
        bytes_.clear();
        rows_.clear();
        oldest_ = std::numeric_limits<std::uint64_t>::max();
    }

private:
    struct row_end {
        timestamp time;
        std::uint64_t position;
        std::size_t end;
        std::uint32_t lane;
    };

    byte_buffer bytes_{};
    detail::series<row_end> rows_{};
    std::uint64_t oldest_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace weir
