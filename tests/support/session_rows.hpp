// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/session.hpp>
#include <weir/window/window.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir_test {

[[nodiscard]] constexpr weir::duration us(std::int64_t n) { return weir::duration(n); }
[[nodiscard]] constexpr weir::timestamp at(std::int64_t n) { return weir::timestamp(us(n)); }

/// What a user does on a page.
struct visit {
    std::string_view user;
    std::int64_t value = 0;
    weir::duration patience{10};
    std::string_view page{};
};

/// A session's row in a line: `first..last end user: count`.
template <class Row>
[[nodiscard]] std::string shown_session(Row const& row) {
    auto const number = [](weir::timestamp t) { return std::to_string(t.time_since_epoch().count()); };
    std::string text = number(row.template get<"window_start">()) + ".." + number(row.template get<"last_event">()) + " " +
                       number(row.template get<"window_end">()) + " ";
    if constexpr (Row::index_of("user") < std::tuple_size_v<decltype(row.values)>) text += row.template get<"user">();
    return text + ": " + std::to_string(row.template get<"count">());
}
/// A change: `+` insert, `~` update with what it replaces, `-` erase.
template <class Row>
[[nodiscard]] std::string shown_session(weir::change<Row> const& each) {
    switch (each.kind) {
        case weir::change_kind::insert: return "+" + shown_session(each.row);
        case weir::change_kind::update: return "~" + shown_session(each.row) + " was " + shown_session(each.before);
        default: return "-" + shown_session(each.row);
    }
}

/// Rows that have come since it was asked last, in a line.
[[nodiscard]] std::string rows_of(auto& driver) {
    std::string line;
    for (auto const& each : driver.take_outputs()) line += (line.empty() ? "" : " | ") + shown_session(each.item);
    return line;
}

/// Stages that count the visits of each user's sessions; the test says the watermark.
template <class Rule, class... Options>
[[nodiscard]] auto sessions_by_user(Rule rule, Options... options) {
    return weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::user>()) | weir::window(rule, options...) |
                                             weir::aggregate(weir::count()));
}

}  // namespace weir_test
