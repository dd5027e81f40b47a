// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/transform/detail/merged_inputs.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// What one poll of an input brought: its items, and between them its watermarks and what happened to its lanes.
template <class Item>
class waiting_line {
public:
    struct entry {
        Item item;
        stamp at;
    };
    struct happening {
        std::size_t before;  ///< the item that it stands before
        bool is_watermark;
        timestamp watermark;
        lane_event event;
    };

    void add(Item const& item, stamp const& at) {
        oldest_ = min_of(oldest_, at.epoch);
        entries_.push_back({item, at});
    }
    void add(timestamp w) { happenings_.push_back({entries_.size(), true, w, {}}); }
    void add(lane_event event) { happenings_.push_back({entries_.size(), false, {}, event}); }

    /// Forgets what was passed on. Until then the stages behind may look at it.
    void clear() {
        entries_.clear();
        happenings_.clear();
        next_ = next_happening_ = 0;
        oldest_ = nothing_held;
    }

    [[nodiscard]] bool empty() const noexcept { return next_ == entries_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - next_; }
    [[nodiscard]] entry const& front() const noexcept { return entries_[next_]; }
    void pop() noexcept { ++next_; }

    /// What stands before the next item, once each; null when nothing is left of it.
    [[nodiscard]] happening const* next_happening() noexcept {
        bool const due = next_happening_ != happenings_.size() && happenings_[next_happening_].before <= next_;
        return due ? &happenings_[next_happening_++] : nullptr;
    }

    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return empty() ? nothing_held : oldest_; }

    poll_result last = poll_result::ready;  ///< what the poll that brought this said

private:
    series<entry> entries_;
    series<happening> happenings_;
    std::size_t next_ = 0;
    std::size_t next_happening_ = 0;
    std::uint64_t oldest_ = nothing_held;
};

/// The `out` of one input: it lines up what comes. The names of lanes and dead letters do not wait.
template <class Line, class Out>
class line_out {
public:
    line_out(Line& line, merged_input const& input, Out& out) noexcept : line_(&line), input_(&input), out_(&out) {}

    template <class T>
    void emit(T const& item, stamp at) {
        at.lane = input_->outer_lane(at.lane);
        line_->add(item, at);
    }
    template <class T>
    void emit_batch(std::span<T const> items, stamp const& at) {
        for (std::size_t i = 0; i < items.size(); ++i) emit(items[i], stamp_of(items[i], i, at));
    }
    void watermark(timestamp w) { line_->add(w); }
    void lane(lane_event event) { line_->add(event); }
    void name_lane(std::uint32_t lane, std::string_view name) { out_->name_lane(input_->outer_lane(lane), name); }
    [[nodiscard]] timestamp now() const { return out_->now(); }

private:
    Line* line_;
    merged_input const* input_;
    Out* out_;
};

/// Passes on the items of its inputs by event time.
///
/// An input is polled when all that its last poll brought has been passed on, at the beginning of a poll of this: what its
/// items borrow stays until the stages behind have let go of it.
template <class Stream, class... Inputs>
class merge_in_order_source : public merged_inputs<Stream, Inputs...> {
    using item = typename Stream::item;
    using line = waiting_line<item>;
    using base = merged_inputs<Stream, Inputs...>;

public:
    static constexpr std::string_view name = "merge_in_order";

    using base::base;

    poll_result poll(auto& out) {
        this->announce(out);
        bool const any_read = read(out);
        bool const any_emitted = pass_on_in_order(out);
        std::size_t number = 0;
        this->each([&](auto&, merged_input& state) { state.pause(!lines_[number++].empty()); });
        return this->all_ended() ? poll_result::end : any_read || any_emitted ? poll_result::ready : poll_result::idle;
    }

    [[nodiscard]] std::uint64_t oldest_held() {
        std::uint64_t oldest = base::oldest_held();
        for (line const& each : lines_) oldest = min_of(oldest, each.oldest_held());
        return oldest;
    }

    void explain_inputs(auto& into) { this->explain_each(name, into); }

    std::uint64_t account_inputs(auto& visit_one, int depth) {
        std::uint64_t const sum = this->account_each(visit_one, depth);
        std::uint64_t waiting = 0;
        for (line const& each : lines_) waiting += each.size();
        std::uint64_t const passed = sum - waiting;
        visit_one(std::as_const(*this), tally{.in = sum, .passed = passed, .in_flight = waiting, .emitted = passed}, depth);
        return passed;
    }

private:
    /// A place in the order: by time, and among equal times by input.
    struct place {
        timestamp time = end_of_time;
        std::size_t input = base::count;
        [[nodiscard]] bool before(place const& other) const noexcept {
            return time < other.time || (time == other.time && input < other.input);
        }
    };

    /// Polls every input whose line is empty; true when one was ready.
    bool read(auto& out) {
        std::size_t const share = this->share_of(out.budget());
        bool any_ready = false;
        std::size_t number = 0;
        this->each([&](auto& input, merged_input& state) {
            std::size_t const own = number++;
            line& mine = lines_[own];
            if (state.ended() || state.paused()) return keep_alive_input(input, state, out.now());
            mine.clear();
            state.begin_poll(out.context(), share);
            line_out<line, std::remove_reference_t<decltype(out)>> into(mine, state, out);
            mine.last = input.poll(into);
            any_ready = any_ready || mine.last == poll_result::ready;
            tell(own, out);
        });
        return any_ready;
    }

    /// Passes on items until the budget is used up, or the next place in the order is that of an input which has to be
    /// read first; true when there were any.
    bool pass_on_in_order(auto& out) {
        std::size_t const budget = max_of<std::size_t>(out.budget(), 1);
        std::size_t left = budget;
        while (left != 0) {
            place first;
            place second;
            for (std::size_t i = 0; i < base::count; ++i) {
                place const mine = next_place(i);
                if (mine.input == base::count) continue;
                if (mine.before(first)) second = std::exchange(first, mine);
                else if (mine.before(second)) second = mine;
            }
            if (first.input == base::count || lines_[first.input].empty()) break;
            line& from = lines_[first.input];
            do {
                out.emit(from.front().item, from.front().at);
                from.pop();
                tell(first.input, out);
            } while (--left != 0 && !from.empty() && place{from.front().at.time, first.input}.before(second));
        }
        return left != budget;
    }

    /// Where the next item of an input stands, or may stand; no place for one that nothing is expected of.
    [[nodiscard]] place next_place(std::size_t input) {
        if (!lines_[input].empty()) return {lines_[input].front().at.time, input};
        merged_input const& state = this->state(input);
        if (!state.holds_back()) return {};
        // Only where nothing is there now is its promise enough. One that can be read is read first: so the order does not
        // depend on how much a poll brings.
        return {lines_[input].last == poll_result::idle ? state.watermark() : beginning_of_time, input};
    }

    /// Passes on what stands before the next item of an input, and its end.
    WEIR_INLINE void tell(std::size_t input, auto& out) {
        line& mine = lines_[input];
        while (auto const* next = mine.next_happening()) {
            merged_input& state = this->state(input);
            if (!next->is_watermark) {
                base::pass_on(next->event, state, out);
            } else {
                state.note(next->watermark);
                this->advance(out);
            }
        }
        if (mine.last == poll_result::end && mine.empty()) [[unlikely]]
            if (!this->state(input).ended()) this->end_input(this->state(input), out);
    }

    std::array<line, sizeof...(Inputs)> lines_{};
};

}  // namespace detail

/// Joins several streams of one item type into one that is in the order of event time: a source for `from`. The inputs are
/// pipelines without a sink, each with event time.
///
/// Of the items that come next, one of each input, the earliest is passed on first; among equal times that of the input
/// which stands first here. So inputs that are each in order give one that is in order, and the same rows, byte for byte, as
/// one sorted input. An input that is out of order by its bound keeps its own order, and what comes out is out of order by
/// the greatest of the bounds at most; what was on time stays so. All that is said of lanes and watermarks at `merge`
/// holds, each at its place in the order.
///
/// An input of which nothing is there now holds the others back at its watermark, until its lanes have proven to be idle.
/// One poll's worth of each input waits here, copied; an input is not polled before that has been passed on.
template <class... Inputs>
[[nodiscard]] constexpr auto merge_in_order(Inputs&&... inputs) {
    static_assert(sizeof...(Inputs) > 0, "weir: `merge_in_order` needs an input.");
    if constexpr (detail::any_broken<Inputs...>) {
        return broken{};
    } else if constexpr ((!decltype(detail::opened(std::declval<Inputs>()))::output_stream::is_timed || ...)) {
        static_assert(detail::never<void(Inputs...)>,
                      "weir: `merge_in_order` goes by event time. Put `| weir::event_time<&item::member>("
                      "weir::bounded_out_of_orderness(...))` into each of its inputs.");
        return broken{};
    } else if constexpr ((!std::copy_constructible<typename decltype(detail::opened(std::declval<Inputs>()))::output> || ...)) {
        static_assert(detail::never<void(Inputs...)>,
                      "weir: `merge_in_order` keeps items until it is their turn, so they must be copyable.");
        return broken{};
    } else {
        return detail::merge_opened<detail::merge_in_order_source>(detail::opened(std::forward<Inputs>(inputs))...);
    }
}

}  // namespace weir
