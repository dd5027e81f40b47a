// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace clickstream {

/// All the sinks that the command line named: an own stage, made of the type-erased seam.
struct every_sink {
    static constexpr std::string_view name = "sinks";
    std::vector<weir::boxed<weir::record>> sinks;

    void on_item(weir::record const& row, auto& out) {
        for (auto& each : sinks) each.accept(row, out.at());
    }
    void branches(auto&& visit) {
        for (auto& each : sinks) visit(each);
    }
    void close() {
        for (auto& each : sinks) each.close();
    }
    [[nodiscard]] bool ready() const {
        return std::all_of(sinks.begin(), sinks.end(), [](auto const& each) { return each.ready(); });
    }
    [[nodiscard]] bool busy() const {
        return std::any_of(sinks.begin(), sinks.end(), [](auto const& each) { return each.busy(); });
    }
    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = weir::nothing_held;
        for (auto const& each : sinks) oldest = std::min(oldest, each.oldest_held());
        return oldest;
    }
    [[nodiscard]] weir::timestamp next_wake() const {
        weir::timestamp soonest = weir::end_of_time;
        for (auto const& each : sinks) soonest = std::min(soonest, each.next_wake());
        return soonest;
    }
    [[nodiscard]] weir::error const* failure() const {
        for (auto const& each : sinks)
            if (weir::error const* why = each.failure()) return why;
        return nullptr;
    }
};

}  // namespace clickstream
