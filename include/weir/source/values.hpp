// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/stage.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// Emits what lies in `Container`, a budget's worth each poll.
template <class T, class Container>
struct values_source {
    using output = T;
    static constexpr std::string_view name = "values";

    Container items;
    std::size_t next = 0;

    poll_result poll(auto& out) {
        std::size_t const count = min_of(items.size() - next, max_of<std::size_t>(out.budget(), 1));
        std::span<T const> const part(items.data() + next, count);
        next += count;
        if (count != 0) out.emit_batch(part);
        return next == items.size() ? poll_result::end : poll_result::ready;
    }
};

}  // namespace detail

/// The items of a list, in order, then the end.
template <class T>
[[nodiscard]] auto values(std::initializer_list<T> items) {
    return detail::values_source<T, std::vector<T>>{std::vector<T>(items)};
}

/// The items of a vector, in order, then the end.
template <class T>
[[nodiscard]] auto values(std::vector<T> items) {
    return detail::values_source<T, std::vector<T>>{std::move(items)};
}

/// The items that a span refers to, without a copy; they must outlive the job.
template <class T>
[[nodiscard]] auto values(std::span<T const> items) {
    return detail::values_source<T, std::span<T const>>{items};
}

}  // namespace weir
