// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string_view>

namespace weir {

/// One window for all time: it closes when the stream ends. With `emit::on_update` or `emit::every(d)` its rows come while
/// the stream goes on: running totals.
class global {
public:
    static constexpr std::string_view name = "global";

    [[nodiscard]] constexpr std::int64_t number_of(timestamp) const noexcept { return 0; }
    [[nodiscard]] constexpr timestamp start_of(std::int64_t number) const noexcept {
        return number <= 0 ? beginning_of_time : end_of_time;
    }
    [[nodiscard]] constexpr timestamp end_of(std::int64_t number) const noexcept {
        return number < 0 ? beginning_of_time : end_of_time;
    }
    [[nodiscard]] constexpr bool valid() const noexcept { return true; }
};

}  // namespace weir
