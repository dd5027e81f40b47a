// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/stage.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace weir {

namespace detail {

template <std::integral Number>
struct range_source {
    using output = Number;
    static constexpr std::string_view name = "range";

    Number next;
    Number end;

    poll_result poll(auto& out) {
        for (std::size_t left = max_of<std::size_t>(out.budget(), 1); left != 0 && next < end; --left) {
            Number const number = next++;
            out.emit(number);
        }
        return next < end ? poll_result::ready : poll_result::end;
    }
};

}  // namespace detail

/// The whole numbers from `begin` up to, and without, `end`; none when `end` is not greater.
template <std::integral Number>
[[nodiscard]] constexpr auto range(Number begin, Number end) {
    return detail::range_source<Number>{begin, end};
}

/// The whole numbers from 0 up to, and without, `end`.
template <std::integral Number>
[[nodiscard]] constexpr auto range(Number end) {
    return range(Number{0}, end);
}

}  // namespace weir
