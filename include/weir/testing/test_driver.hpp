// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/pipeline/report.hpp>
#include <weir/testing/collector.hpp>
#include <weir/testing/detail/kept_texts.hpp>
#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::testing {

/// An item, when it happened, and the lane it comes by.
template <class T>
struct timed_item {
    T item;
    timestamp time{};
    std::uint32_t lane = 0;
};

/// A dead letter, kept.
struct kept_letter {
    error why{};
    std::string payload{};
    stamp at{};
};

namespace detail {

/// What a driver tells the stages, and what they told it. It stays where it is when the driver is moved.
struct driver_state {
    job_context context{};
    std::vector<kept_letter> letters{};
    std::optional<timestamp> watermark{};
    std::vector<lane_event> lanes{};
};

/// Stands behind the chain under test, where its stream ends.
template <class T>
struct driver_end {
    static constexpr std::string_view name = "outputs";
    static constexpr bool hidden = true;

    std::shared_ptr<driver_state> state;
    collector_stage<T> inside;

    void on_item(T const& item, auto& out) { inside.on_item(item, out); }
    void on_watermark(timestamp w, auto&) { state->watermark = w; }
    void on_lane(lane_event event, auto&) { state->lanes.push_back(event); }
};

/// What stands before the chain in reports.
template <class Item>
struct driver_source {
    using output = Item;
    static constexpr std::string_view name = "test_driver";
    poll_result poll(auto&) { return poll_result::end; }
};

/// What drives a chain that does not fit: the error has been given where it broke, and calls of a driver add no other.
struct broken_driver {
    static constexpr bool has_outputs = false;

    void push(auto const&...) {}
    template <class T>
    void push(std::initializer_list<T>) {}
    void advance_watermark_to(timestamp) {}
    void lane(lane_event) {}
    void advance_processing_time(duration) {}
    void set_processing_time(timestamp) {}
    void end() {}
    void flush() {}
    void close() {}
    [[nodiscard]] std::vector<collected<broken>> outputs() const { return {}; }
    [[nodiscard]] std::vector<collected<broken>> take_outputs() { return {}; }
    [[nodiscard]] std::optional<timestamp> output_watermark() const { return {}; }
    [[nodiscard]] std::vector<lane_event> output_lanes() const { return {}; }
    [[nodiscard]] std::vector<kept_letter> dead_letters() const { return {}; }
    [[nodiscard]] weir::report report() { return {}; }
    [[nodiscard]] bool balanced() { return false; }
    [[nodiscard]] error const* failure() { return nullptr; }
};

}  // namespace detail

/// Stages under test, driven by hand; `test_driver<Item>(chain)` makes it.
template <class Item, class Output, class Flow>
class driven_stages {
public:
    /// Whether something comes out: false for a chain that ends in a sink.
    static constexpr bool has_outputs = !std::is_void_v<Output>;
    using output = Output;

    driven_stages(std::shared_ptr<detail::driver_state> state, Flow flow, auto outputs)
        : state_(std::move(state)), flow_(std::move(flow)), outputs_(std::move(outputs)) {
        state_->context.dead_letters = [letters = &state_->letters](dead_letter const& letter) {
            letters->push_back({letter.why, std::string(letter.payload), letter.at});
        };
        flow_.attach(state_->context);
    }

    // What happens to the stages.

    /// One poll that reads one item. Texts that it borrows are gone when this returns, as behind a real source.
    void push(Item const& item, timestamp time, std::uint32_t lane = 0) {
        begin_poll();
        accept(item, time, lane);
        settle();
    }
    /// One poll that reads several items.
    void push(std::initializer_list<timed_item<Item>> items) {
        begin_poll();
        for (auto const& each : items) accept(each.item, each.time, each.lane);
        settle();
    }
    /// No item before `w` is expected. A watermark that goes back is not passed on.
    void advance_watermark_to(timestamp w) {
        if (w <= watermark_) return;
        watermark_ = w;
        begin_poll();
        flow_.watermark(w);
        settle();
    }
    /// Something happens to a lane.
    void lane(lane_event event) {
        begin_poll();
        flow_.lane(event);
        settle();
    }
    /// The host's clock goes on by `d` (from 1970-01-01 on if it was not set), and stops wherever a stage wants to be woken.
    void advance_processing_time(duration d) {
        timestamp const from = state_->context.now == beginning_of_time ? timestamp{} : state_->context.now;
        timestamp const until = saturating_add(from, d);
        for (timestamp wake = flow_.next_wake(); wake > now() && wake < until; wake = flow_.next_wake())
            set_processing_time(wake);
        set_processing_time(until);
    }
    /// The host's clock is at `now`.
    void set_processing_time(timestamp now) {
        state_->context.now = now;
        ++state_->context.round;
        flow_.tick();
        settle();
    }
    /// The stream ends: the watermark moves to the end of time, and nothing follows. A job does so when no stage is `waiting()`
    /// for an answer from outside any more; until then the test lets the clock go on.
    void end() {
        advance_watermark_to(end_of_time);
        flow_.end();
        settle();
    }
    /// The job is being stopped: sinks send what they hold.
    void flush() {
        flow_.flush();
        settle();
    }
    void close() { flow_.close(); }

    // What came of it.

    /// What came out, in order, with its stamps. Texts live as long as the driver.
    [[nodiscard]] auto const& outputs() const
        requires has_outputs
    {
        return outputs_.entries();
    }
    /// What came out since it was last taken.
    [[nodiscard]] auto take_outputs()
        requires has_outputs
    {
        return outputs_.take();
    }
    /// The last watermark that came out; none: none did.
    [[nodiscard]] std::optional<timestamp> output_watermark() const { return state_->watermark; }
    /// What came out about lanes, in order.
    [[nodiscard]] std::vector<lane_event> const& output_lanes() const { return state_->lanes; }
    [[nodiscard]] std::vector<kept_letter> const& dead_letters() const { return state_->letters; }

    /// The ledger, stage by stage.
    [[nodiscard]] weir::report report() {
        weir::report whole;
        if (error const* why = flow_.failure()) whole.failure = *why;
        for (kept_letter const& letter : state_->letters)
            if (whole.dead_letter_samples.size() < 8) whole.dead_letter_samples.push_back(letter.why);
        whole.dead_letters = state_->letters.size();
        weir::detail::report_lines all;
        detail::driver_source<Item> const before;
        all(before, tally{.in = in_, .passed = in_, .emitted = in_}, 0);
        flow_.account(in_, all);
        whole.stages = std::move(all.lines);
        return whole;
    }
    /// Whether every item that came into every stage is accounted for.
    [[nodiscard]] bool balanced() { return report().balanced(); }

    /// The first failure of a stage, or null.
    [[nodiscard]] error const* failure() { return flow_.failure(); }
    [[nodiscard]] bool ready() { return flow_.ready(); }
    [[nodiscard]] bool busy() { return flow_.busy(); }
    [[nodiscard]] bool waiting() { return flow_.waiting(); }
    [[nodiscard]] bool satisfied() const { return flow_.satisfied(); }
    [[nodiscard]] timestamp next_wake() { return flow_.next_wake(); }
    /// The number of the first push whose item is still held by a stage, or `nothing_held`. Whatever happens counts: pushes,
    /// watermarks and lanes.
    [[nodiscard]] std::uint64_t oldest_held() { return flow_.oldest_held(); }
    [[nodiscard]] std::uint64_t epoch() const noexcept { return state_->context.epoch; }
    [[nodiscard]] timestamp now() const noexcept { return state_->context.now; }
    [[nodiscard]] Flow& stages() noexcept { return flow_; }

private:
    void begin_poll() {
        ++state_->context.epoch;
        ++state_->context.round;
    }
    void settle() {
        flow_.settle();
        lent_.spoil();
    }
    void accept(Item const& item, timestamp time, std::uint32_t lane) {
        stamp const at{.time = time, .position = in_++, .epoch = state_->context.epoch, .lane = lane};
        if constexpr (borrows<Item>) {
            Item lent = item;
            lent_.own(lent);
            flow_.accept(lent, at);
        } else {
            flow_.accept(item, at);
        }
    }

    std::shared_ptr<detail::driver_state> state_;
    Flow flow_;
    std::conditional_t<has_outputs, collector<std::conditional_t<has_outputs, Output, int>>, std::tuple<>> outputs_;
    detail::kept_texts lent_;
    timestamp watermark_ = beginning_of_time;
    std::uint64_t in_ = 0;
};

/// Stages without a source, to be driven by a test: `auto driver = test_driver<click>(weir::chain(...) | ...)`.
///
/// The chain, or single stage, stands behind a stream of `Item` with event time: windows may come first in it. The test says
/// all that happens: items with their times, watermarks, the clock, lanes. What comes out of the last stage is collected; a
/// chain may also end in a sink. Nothing is done when the driver is destroyed.
template <class Item, class Chain>
[[nodiscard]] auto test_driver(Chain&& chain) {
    using begin = stream<Item, timed>;
    auto whole = weir::detail::join(weir::detail::joined<begin>{}, std::forward<Chain>(chain));
    if constexpr (std::is_same_v<decltype(whole), broken>) {
        return detail::broken_driver{};
    } else {
        return []<class Stream, class... Stages>(weir::detail::joined<Stream, Stages...>&& all) {
            auto state = std::make_shared<detail::driver_state>();
            if constexpr (std::is_same_v<Stream, weir::detail::nothing_flows>) {
                using flow_type = flow<Stages...>;
                return driven_stages<Item, void, flow_type>(state, flow_type(std::move(all.stages)), std::tuple<>());
            } else {
                using output = typename Stream::item;
                using end = detail::driver_end<output>;
                using flow_type = flow<Stages..., end>;
                collector<output> outputs;
                std::tuple<end> last(end{state, outputs.sink()});
                return driven_stages<Item, output, flow_type>(
                    state, flow_type(std::tuple_cat(std::move(all.stages), std::move(last))), outputs);
            }
        }(std::move(whole));
    }
}

}  // namespace weir::testing
