// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/job.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir_test {

[[nodiscard]] constexpr weir::timestamp seconds(std::int64_t n) { return weir::timestamp(std::chrono::seconds(n)); }

/// What a scripted source does in a poll.
struct emits {
    int item;
    std::uint32_t lane = 0;
    std::uint64_t position = 0;
};
struct names {
    std::uint32_t lane;
    std::string name;
};
struct puts_aside {
    std::string payload;
    std::uint32_t lane = 0;
    std::uint64_t position = 0;
};
using action = std::variant<emits, names, puts_aside, weir::lane_event>;

[[nodiscard]] constexpr weir::lane_event opened(std::uint32_t lane) { return {lane, weir::lane_event::kind::opened}; }
[[nodiscard]] constexpr weir::lane_event idle(std::uint32_t lane) { return {lane, weir::lane_event::kind::idle}; }
[[nodiscard]] constexpr weir::lane_event ended(std::uint32_t lane) { return {lane, weir::lane_event::kind::ended}; }

struct scripted_poll {
    std::vector<action> actions{};
    weir::poll_result result = weir::poll_result::ready;
};

/// What was asked of a scripted source.
struct calls {
    std::vector<std::uint64_t> acknowledged{};
    std::vector<std::size_t> budgets{};
    int polls = 0;
    int kept_alive = 0;
    int closed = 0;
    int ticks = 0;
    weir::duration waited{};
    weir::error why{};
    bool failed = false;
};

/// A source of ints that does what it is told, poll by poll, then ends, or is idle for ever.
struct scripted_source {
    using output = int;
    static constexpr std::string_view name = "scripted";

    std::vector<scripted_poll> script;
    bool endless = false;
    std::shared_ptr<calls> seen = std::make_shared<calls>();
    std::size_t next = 0;

    weir::poll_result poll(auto& out) {
        ++seen->polls;
        seen->budgets.push_back(out.budget());
        if (next == script.size()) return endless ? weir::poll_result::idle : weir::poll_result::end;
        scripted_poll const& now = script[next++];
        for (action const& one : now.actions) {
            if (auto const* e = std::get_if<emits>(&one)) out.emit(e->item, {.position = e->position, .lane = e->lane});
            if (auto const* n = std::get_if<names>(&one)) out.name_lane(n->lane, n->name);
            if (auto const* l = std::get_if<weir::lane_event>(&one)) out.lane(*l);
            if (auto const* p = std::get_if<puts_aside>(&one))
                out.dead_letter({.component = "scripted", .cause = "as told"}, p->payload,
                                {.position = p->position, .lane = p->lane});
        }
        return now.result;
    }
    void acknowledge(std::uint64_t epoch) { seen->acknowledged.push_back(epoch); }
    void keep_alive(weir::timestamp) { ++seen->kept_alive; }
    void on_tick(weir::timestamp) { ++seen->ticks; }
    void wait(weir::duration longest) { seen->waited += longest; }
    void close() { ++seen->closed; }
    [[nodiscard]] weir::error const* failure() const { return seen->failed ? &seen->why : nullptr; }
};

/// A sink that writes down what reaches it: items as `item@lane`, watermarks as `w seconds`, lanes as `+lane`, `~lane`,
/// `-lane`.
struct witness {
    static constexpr std::string_view name = "witness";

    std::shared_ptr<std::vector<std::string>> log = std::make_shared<std::vector<std::string>>();

    void on_item(int const& item, auto& out) {
        log->push_back(std::to_string(item) + "@" + std::to_string(out.at().lane));
    }
    void on_watermark(weir::timestamp w, auto&) {
        log->push_back(w == weir::end_of_time ? "w end"
                                              : "w " + std::to_string(w.time_since_epoch() / std::chrono::seconds(1)));
    }
    void on_lane(weir::lane_event event, auto&) {
        char const sign = event.what == weir::lane_event::kind::opened ? '+'
                          : event.what == weir::lane_event::kind::idle ? '~'
                                                                       : '-';
        log->push_back(sign + std::to_string(event.lane));
    }
    void on_end(auto&) { log->push_back("end"); }

    /// What was written down since the last call, as one line.
    [[nodiscard]] std::string take() const {
        std::string line;
        for (std::string const& word : *log) line += (line.empty() ? "" : " ") + word;
        log->clear();
        return line;
    }
};

/// Steps a job to its end; gives up after many steps, so that a job that never ends fails its test.
template <class Job>
weir::progress run_to_end(Job& job, std::size_t budget = 100, weir::timestamp now = seconds(0)) {
    auto state = weir::progress::ready;
    for (int i = 0; i < 100'000 && !job.finished(); ++i) state = job.step(budget, now);
    return state;
}

}  // namespace weir_test
