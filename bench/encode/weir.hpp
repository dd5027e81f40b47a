// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <weir/base/byte_buffer.hpp>
#include <weir/base/row.hpp>
#include <weir/codec/line_protocol.hpp>
#include <weir/codec/row_binary.hpp>
#include <weir/time/timestamp.hpp>

#include "../harness/answer.hpp"
#include "data.hpp"

namespace bench::encode {

/// The row as `aggregate` makes it.
using weir_row = weir::row<weir::column<"window_start", weir::timestamp>, weir::column<"window_end", weir::timestamp>,
                           weir::column<"page", std::string_view>, weir::column<"country", std::string_view>,
                           weir::column<"clicks", std::uint64_t>, weir::column<"users", std::uint64_t>>;

inline std::vector<weir_row> make_weir_rows(std::span<page_minute const> rows) {
    std::vector<weir_row> made;
    for (page_minute const& row : rows)
        made.push_back(
            {{weir::timestamp(weir::duration(row.window_start_us)), weir::timestamp(weir::duration(row.window_end_us)),
              row.page, row.country, row.clicks, row.users}});
    return made;
}

template <class Codec>
[[gnu::noinline]] answer by_weir(std::span<weir_row const> rows, Codec const& codec) {
    answer result;
    weir::byte_buffer into;
    weir::error why;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        into.clear();
        for (weir_row const& row : rows)
            if (!codec.encode(row, into, why)) throw std::runtime_error(why.cause);
        result.items += rows.size();
        result.rows += into.size();
    }
    result.checksum = mix(into.view());
    return result;
}

inline answer row_binary_by_weir(std::span<weir_row const> rows) { return by_weir(rows, weir::row_binary{}); }

inline answer line_protocol_by_weir(std::span<weir_row const> rows) {
    return by_weir(rows, weir::line_protocol<weir_row>({.measurement = "page_minute"}));
}

}  // namespace bench::encode
