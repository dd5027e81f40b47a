// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace weir_test {

/// Whether a table holds the keys of `order`, in this order, each with what the standard library's map has for it.
bool holds(auto const& table, auto const& order, auto& oracle) {
    std::size_t at = 0;
    bool same = table.size() == order.size();
    table.for_each([&](auto const& entry) {
        same = same && at < order.size() && entry.key == order[at] && entry.state == oracle[entry.key];
        ++at;
    });
    return same && at == order.size();
}

}  // namespace weir_test
