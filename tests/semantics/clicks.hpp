// SPDX-License-Identifier: Apache-2.0
// What the tests of the semantics share. Times are small whole numbers: microseconds since the epoch.
#pragma once
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <support/scripted_lanes.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace weir_test::semantics {

[[nodiscard]] constexpr weir::duration us(std::int64_t n) { return weir::duration(n); }
[[nodiscard]] constexpr weir::timestamp at(std::int64_t n) { return weir::timestamp(us(n)); }

struct click {
    std::string_view page;
    weir::timestamp ts{};
};

using words = std::vector<std::string>;

[[nodiscard]] inline std::string number(weir::timestamp t) {
    if (t == weir::end_of_time) return "end";
    return std::to_string(t.time_since_epoch().count());
}

/// A row in a line: `0..10 /: 3`; a session's with its last event: `0..15 (5) /: 3`.
template <class Row>
[[nodiscard]] std::string shown(Row const& row) {
    constexpr auto has = [](std::string_view name) { return Row::index_of(name) < std::tuple_size_v<decltype(Row::values)>; };
    std::string text = number(row.template get<"window_start">()) + ".." + number(row.template get<"window_end">());
    if constexpr (has("last_event")) text += " (" + number(row.template get<"last_event">()) + ")";
    if constexpr (has("page")) text.append(" ").append(row.template get<"page">());
    return text + ": " + std::to_string(row.template get<"count">());
}
/// A change: `+` insert, `~` update, `-` erase.
template <class Row>
[[nodiscard]] std::string shown(weir::change<Row> const& each) {
    std::string const sign = each.kind == weir::change_kind::insert ? "+" : each.kind == weir::change_kind::update ? "~" : "-";
    return sign + shown(each.row);
}

/// What a source of clicks does; its lanes count their positions.
class script {
public:
    script& item(click one, std::uint32_t lane = 0, weir::timestamp record_time = weir::stamp{}.time) {
        says_.emit(one, {.time = record_time, .position = next_[lane]++, .lane = lane});
        return *this;
    }
    script& opened(std::uint32_t lane) { return says_.opened(lane), *this; }
    script& idle(std::uint32_t lane) { return says_.idle(lane), *this; }
    script& ended(std::uint32_t lane) { return says_.ended(lane), *this; }
    script& name(std::uint32_t lane, std::string called) { return says_.name(lane, std::move(called)), *this; }
    script& end_poll() { return says_.end_poll(), *this; }
    /// Neighbours are emitted as batches.
    script& in_batches() { return together_ = true, *this; }
    script& endless() { return endless_ = true, *this; }

    [[nodiscard]] auto source() const { return scripted_lanes<click>(says_, together_, endless_); }

private:
    lane_script<click> says_;
    std::map<std::uint32_t, std::uint64_t> next_;
    bool together_ = false;
    bool endless_ = false;
};

/// What has come out of a driver since it was asked last.
[[nodiscard]] words rows_of(auto& driver) {
    words rows;
    for (auto const& each : driver.take_outputs()) rows.push_back(shown(each.item));
    return rows;
}

/// Counts of each page's clicks; the test says items and watermarks.
template <class Rule, class... Options>
[[nodiscard]] auto counts(Rule rule, Options... options) {
    return weir::testing::test_driver<click>(weir::chain(weir::key_by<&click::page>()) | weir::window(rule, options...) |
                                             weir::aggregate(weir::count()));
}

/// The same behind a source: event time by a bound, rows as texts.
template <class Rule, class... Options>
[[nodiscard]] auto counting(script const& clicks, weir::duration bound, words& rows, Rule rule, Options... options) {
    return weir::from(clicks.source()) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(bound)) |
           weir::key_by<&click::page>() | weir::window(rule, options...) | weir::aggregate(weir::count()) |
           weir::call([&rows](auto const& row) { rows.push_back(shown(row)); });
}

/// Writes down items as `page@time` and watermarks as `w time`.
struct witness {
    words* log;
    void on_item(click const& c, auto& out) { log->push_back(std::string(c.page) + "@" + number(out.at().time)); }
    void on_watermark(weir::timestamp w, auto&) { log->push_back("w " + number(w)); }
};

/// Event times and watermarks of what a source brings, by a bound.
[[nodiscard]] inline auto watched(script const& clicks, weir::duration bound, words& log, weir::event_time_options options = {}) {
    return weir::from(clicks.source()) | weir::event_time<&click::ts>(weir::bounded_out_of_orderness(bound), options) |
           witness{&log};
}

/// Steps until the job has finished; the clock stands at an hour unless it is said.
void finish(auto& job, std::size_t budget = 100, weir::timestamp now = weir::timestamp(std::chrono::hours(1))) {
    while (!job.finished()) job.step(budget, now);
}

}  // namespace weir_test::semantics
