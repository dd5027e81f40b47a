// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/prefetch.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/detail/event_window.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/held_epochs.hpp>
#include <weir/window/detail/lift_memory.hpp>
#include <weir/window/detail/passing_keys.hpp>
#include <weir/window/detail/reorder_buffer.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Takes each key's events in the order of their times and emits a row over the last of them: of a length of time
/// (`sliding`), or of a number (`count_window`).
///
/// An event is made into a state of its own when it comes; that, and not the item, waits until the watermark says that
/// nothing earlier will come. Late items go to `Late`, a flow of items, or are dropped if it is `drop_late_t`.
template <class Item, class Key, class Rule, class Late, class... Functions>
class ordered_aggregate {
    using key_type = typename Key::type;
    using functions_type = function_set<Functions...>;
    using state_type = typename functions_type::state_type;
    using row_type = aggregate_row<Key, Functions...>;

    static constexpr bool by_count = requires(Rule const& rule) { rule.advance(); };
    static constexpr bool in_arena = !functions_type::template owns_states<Item>;
    static constexpr bool keyed = !std::is_same_v<Key, total_key>;
    static constexpr bool lends = borrows<decltype(row_type::values)>;

    using window_type = event_window<functions_type, in_arena>;

    /// What is known of a key.
    struct key_state {
        window_type window;
        std::uint64_t uncovered = 0;    ///< events that no row has covered
        std::uint64_t last_number = 0;  ///< of its last event, of all events in order
        std::size_t waiting = 0;        ///< events whose turn has not come
        bool watched = false;           ///< it stands in the queue of those that will be empty
    };
    using keys_type = std::conditional_t<keyed, passing_keys<key_type, key_state>, only_key<key_type, key_state>>;
    using entry = typename keys_type::entry;

public:
    using output = row_type;
    using output_stream = stream<output, timed>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    ordered_aggregate(Key key, Rule rule, Late late, std::tuple<Functions...> functions)
        : key_(std::move(key)), rule_(std::move(rule)), late_(std::move(late)), functions_(std::move(functions)), keys_(make_keys()) {
        if (!rule_.valid()) {
            fail(error{.component = "window", .cause = std::string(Rule::complaint), .advice = "give it positive numbers"});
        } else if constexpr (by_count) {
            most_ = static_cast<std::size_t>(rule_.size());
            advance_ = static_cast<std::size_t>(rule_.advance());
            kept_ = most_ - advance_;
        }
    }

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (!key_.has_key(item)) [[unlikely]] {
            ++null_keys_;
            return;
        }
        if constexpr (by_count)
            if (out.at().time == direct_) [[likely]] return take_at_once(item, out);
        wait(item, out.apart());
    }

    /// Events that lie side by side: the watermarks between them are passed on one by one, as if each had come by itself.
    WEIR_INLINE void on_paced_batch(std::span<Item const> items, std::span<timestamp const> times,
                                    std::span<timestamp const> watermarks, auto& out)
        requires(!late_road<Late>::hears_watermarks())
    {
        std::size_t i = 0;
        if constexpr (slides_smoothly) {
            if (times.data() == watermarks.data() && advance_ == 1 && kept_ != 0 && next_deadline_ > times.back()) [[likely]] {
                while (i < items.size()) {
                    std::size_t const count = min_of(only().window.smooth_run(), items.size() - i);
                    if (count < 2) {
                        take_paced(items[i], i, times[i], watermarks[i], out);
                        ++i;
                        continue;
                    }
                    bool const held = slide(items.subspan(i, count), times.subspan(i, count), out.apart());
                    i += count;
                    if (!held) break;
                }
            }
        }
        for (; i < items.size(); ++i) take_paced(items[i], i, times[i], watermarks[i], out);
    }

    WEIR_INLINE void on_watermark(timestamp w, auto& out) {
        if (w <= watermark_) [[unlikely]] return;
        before_ = std::exchange(watermark_, w);
        if (w >= next_deadline_) [[unlikely]] advance(out.apart());
        else direct_ = w;
    }

    void on_lane(lane_event event, auto& out) {
        row_lane_.note(event);
        row_lane_.tell(in_flight() != 0, out);
    }

    void settle(auto& out) {
        poll_over_ = true;
        trim();
        row_lane_.tell(in_flight() != 0, out);
    }

    void account(tally& count) const {
        count.late = late_.items();
        if constexpr (!by_count) count.late_assignments = late_.items();
        count.null_key = null_keys_;
        count.in_flight = in_flight();
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    [[nodiscard]] std::uint64_t oldest_held() const {
        if constexpr (by_count) return min_of(held_.oldest(), oldest_in_windows());
        else return held_.oldest();
    }

    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    /// Sliding: the windows whose events wait for their peers. Count windows: of each key, the one that is not full yet.
    void open_windows(auto&& visit) const {
        if constexpr (by_count) {
            keys_.for_each([&](entry const& each) {
                key_state const& of = each.value;
                if (of.uncovered != 0) visit(open_window{first_uncovered(of), end_of_time, of.uncovered, false});
            });
        } else {
            open_window next{};
            waiting_.for_each([&](timestamp time, waiting_event const&) {
                timestamp const end = rule_.end_of(time);
                if (next.items != 0 && next.end != end) visit(std::exchange(next, {}));
                next = {rule_.start_of(time), end, next.items + 1, false};
            });
            if (next.items != 0) visit(next);
        }
    }

private:
    using lifts = std::conditional_t<in_arena, lift_memory, no_lift_memory>;

    /// An event whose turn has not come.
    struct waiting_event {
        entry* of;
        std::uint64_t epoch;
        [[no_unique_address]] std::conditional_t<in_arena, typename lifts::part*, no_lift_memory::part> memory;
        state_type state;
    };
    /// A key whose window will be empty, at the earliest, when its event of that time has left.
    struct watched_key {
        timestamp time;
        entry* of;
    };
    struct last_row {
        std::uint64_t number;
        timestamp time;
        entry* of;
        friend bool operator<(last_row const& a, last_row const& b) noexcept {
            return a.time != b.time ? a.time < b.time : a.number < b.number;
        }
    };

    [[nodiscard]] keys_type make_keys() const {
        if constexpr (keyed) return keys_type();
        else return keys_type(key_maker());
    }
    [[nodiscard]] WEIR_INLINE auto key_maker() const {
        return [this] { return key_state{window_type(functions_)}; };
    }
    [[nodiscard]] std::uint64_t in_flight() const noexcept { return taken_ - aggregated_; }

    static constexpr bool slides_smoothly =
        by_count && !keyed && !in_arena && (std::is_trivially_copyable_v<aggregate_state<Functions>> && ...);

    [[nodiscard]] WEIR_INLINE key_state& only() noexcept { return keys_.find_or_insert({}, key_maker()).value; }

    WEIR_INLINE void take_paced(Item const& item, std::size_t number, timestamp time, timestamp watermark, auto& out) {
        prefetch_item_behind(item);
        if (watermark > watermark_) {
            on_watermark(watermark, out);
            out.watermark(watermark);
        }
        auto own = out.with(stamp_of(item, number, out.at()).with_time(time));
        on_item(item, own);
    }

    /// Events of which each is the last of a window that is full. False when a state cannot hold a result.
    ///
    /// What takes the rows is inlined here whatever its size, and nowhere else if it is large.
    template <class Out>
    [[gnu::noinline, gnu::flatten]] bool slide(std::span<Item const> items, std::span<timestamp const> times, Out out) {
        key_state& of = only();
        timestamp told = watermark_;
        std::uint64_t position = emitted_;
        bool const held = of.window.slide(
            functions_, times.data(), items.size(), out.at().epoch, row_memory_,
            [&](std::size_t i, state_type& lifted) __attribute__((always_inline)) {
                prefetch_item_behind(items[i]);
                return functions_.add(lifted, row_memory_, items[i]);
            },
            [&](std::size_t i, timestamp start, state_type const& state) __attribute__((always_inline)) {
                if (times[i] > told) out.watermark(told = times[i]);
                out.emit(functions_.template row_of<Key>(start, saturating_add(times[i], duration(1)), key_type{}, state),
                         stamp{.time = times[i], .position = position++, .epoch = of.window.oldest_epoch()});
            });
        std::uint64_t const shown = position - std::exchange(emitted_, position);
        aggregated_ += shown;
        taken_ += shown;
        counted_ += shown;
        of.last_number = counted_;
        direct_ = watermark_ = times.back();
        if (!held) [[unlikely]] {
            taken_ += items.size() - shown;
            fail(overflow_error(key_type{}, times[shown]));
        }
        return held;
    }

    /// An event that nothing earlier can follow: it need not wait.
    WEIR_INLINE void take_at_once(Item const& item, auto& out) {
        if constexpr (in_arena) begin_rows();
        entry& of = keys_.find_or_insert(key_.of(item), key_maker());
        ++taken_;
        state_type lifted = functions_.init();
        if (!functions_.add(lifted, row_memory_, item)) [[unlikely]] return overflow(of, out.at().time);
        count_in(of, out.at().time, out.at().epoch, lifted, out);
    }

    // What is called less often takes `out` by value: a reference to it would force every item's stamp into memory.

    template <class Out>
    [[gnu::noinline]] void wait(Item const& item, Out out) {
        timestamp const time = out.at().time;
        if (time < watermark_ || watermark_ == end_of_time) return late_.take(item, out.at());
        ++taken_;
        if (failure_) [[unlikely]] return;
        entry& of = keys_.find_or_insert(key_.of(item), key_maker());
        waiting_event made{&of, out.at().epoch, {}, functions_.init()};
        bool held;
        if constexpr (in_arena) {
            made.memory = &lifts_.enter();
            held = functions_.add(made.state, made.memory->memory, item);
        } else {
            held = functions_.add(made.state, row_memory_, item);
        }
        if (!held) [[unlikely]] return overflow(of, time);
        held_.note(made.epoch, time);
        ++of.value.waiting;
        waiting_.push(time, std::move(made));
        next_deadline_ = min_of(next_deadline_, turn_of(time));
    }

    /// When an event's turn has come: a count window's once nothing earlier can come, else once no peer can.
    [[nodiscard]] WEIR_INLINE timestamp turn_of(timestamp time) const noexcept {
        if constexpr (by_count) return time;
        else return rule_.end_of(time);
    }

    /// Takes the events whose turn the watermark has brought.
    template <class Out>
    [[gnu::noinline]] void advance(Out out) {
        direct_ = beginning_of_time;
        if (failure_) return;  // a state that overflowed must not be seen
        if (poll_over_) begin_poll();
        while (!failure_ && !waiting_.empty() && turn_of(waiting_.next_time()) <= watermark_) take_next(out);
        if (failure_) return;
        if (watermark_ == end_of_time) finish(out);
        else direct_ = watermark_;
        if constexpr (!by_count) let_go();
        next_deadline_ = end_of_time;
        if (!waiting_.empty()) next_deadline_ = turn_of(waiting_.next_time());
        if (!watched_.empty()) next_deadline_ = min_of(next_deadline_, gone_at(watched_.front().time));
        row_lane_.tell(in_flight() != 0, out);
    }

    /// Takes the next event; of a sliding window, all events of its time.
    template <class Out>
    WEIR_INLINE void take_next(Out& out) {
        timestamp const time = waiting_.next_time();
        if constexpr (by_count) {
            waiting_event const next = waiting_.pop();
            --next.of->value.waiting;
            if constexpr (in_arena) begin_rows();
            count_in(*next.of, time, next.epoch, next.state, out);
            if constexpr (in_arena) lifts_.leave(*next.memory);
        } else {
            touched_.clear();
            std::uint64_t events = 0;
            do {
                waiting_event const next = waiting_.pop();
                --next.of->value.waiting;
                slide_in(*next.of, time, next);
                if constexpr (in_arena) lifts_.leave(*next.memory);
                ++events;
            } while (!waiting_.empty() && waiting_.next_time() == time);
            if (failure_) [[unlikely]] return;
            aggregated_ += events;
            for (entry* of : touched_) emit_row(*of, rule_.start_of(time), time, out);
        }
    }

    // Count windows.

    /// Puts an event into its key's window, and emits the row that it completes.
    WEIR_INLINE void count_in(entry& of, timestamp time, std::uint64_t epoch, state_type const& lifted, auto& out) {
        window_type& window = of.value.window;
        of.value.last_number = ++counted_;
        if (epoch < held_by_holder_) [[unlikely]] holder_ = nullptr;
        bool const held = kept_ == 0 ? window.absorb(functions_, time, epoch, lifted, row_memory_)
                                     : window.push(functions_, time, epoch, lifted, row_memory_, most_);
        if (!held) [[unlikely]] return overflow(of, time);
        if (++of.value.uncovered != advance_) return;
        emit_row(of, kept_ == 0 ? window.first_absorbed() : window.first_time(), time, out);
        aggregated_ += std::exchange(of.value.uncovered, 0);
        if (kept_ == 0) return window.clear(functions_);
        if (!window.evict_to(kept_, functions_, row_memory_)) [[unlikely]] overflow(of, time);
    }

    [[nodiscard]] timestamp first_uncovered(key_state const& of) const {
        return kept_ == 0 ? of.window.first_absorbed() : of.window.first_time_of_last(of.uncovered);
    }

    /// At the end of the stream: a row for each key's events that no row has covered, by their ends.
    template <class Out>
    void finish(Out& out) {
        if constexpr (by_count) {
            min_heap<last_row> rows;
            keys_.for_each([&](entry& each) {
                if (each.value.uncovered != 0) rows.push({each.value.last_number, each.value.window.last_time(), &each});
            });
            while (!rows.empty() && !failure_) {
                last_row const next = rows.pop();
                key_state& of = next.of->value;
                if constexpr (in_arena) begin_rows();
                bool held = true;
                state_type const state = kept_ == 0 ? of.window.aggregate(functions_, row_memory_, held)
                                                    : of.window.aggregate_of_last(of.uncovered, functions_, row_memory_, held);
                if (!held) return overflow(*next.of, next.time);
                // The watermark has passed these events long ago: what is behind must not take their rows for late.
                emit_state(*next.of, first_uncovered(of), next.time, max_of(next.time, before_), state, out);
                aggregated_ += std::exchange(of.uncovered, 0);
            }
            keys_.for_each([&](entry& each) { each.value.window.clear(functions_); });
        }
        trim();
    }

    // Sliding windows.

    void slide_in(entry& of, timestamp time, waiting_event const& event) {
        window_type& window = of.value.window;
        bool held = true;
        if (window.size() != 0 && window.last_time() == time) {
            held = window.push_beside(functions_, event.epoch, event.state, row_memory_);
        } else {
            held = window.evict_before(rule_.start_of(time), functions_, row_memory_);
            held &= window.push(functions_, time, event.epoch, event.state, row_memory_, std::numeric_limits<std::size_t>::max());
            touched_.push_back(&of);
            if (!std::exchange(of.value.watched, true)) watched_.push_back({time, &of});
        }
        if (!held) [[unlikely]] overflow(of, time);
    }

    /// When no window can hold an event of that time any more.
    [[nodiscard]] timestamp gone_at(timestamp time) const noexcept {
        if constexpr (by_count) return time;
        else return saturating_add(time, rule_.size());
    }

    /// Lets go of the keys whose windows are empty. A key is looked at again when what was its last event then has left.
    void let_go() {
        for (std::size_t left = watched_.size(); left != 0 && gone_at(watched_.front().time) <= watermark_; --left) {
            entry& of = *watched_.front().of;
            watched_.pop_front();
            timestamp const last = of.value.window.last_time();
            if (gone_at(last) > watermark_) {
                watched_.push_back({last, &of});
                continue;
            }
            of.value.watched = false;
            of.value.window.clear(functions_);
            if (of.value.waiting == 0) keys_.erase(of);
        }
        if constexpr (!lends) keys_.recycle();
    }

    // Rows.

    /// What rows were lent may be taken back.
    void begin_poll() {
        poll_over_ = false;
        if constexpr (in_arena) row_memory_.clear();
        if constexpr (lends) keys_.recycle();
    }
    void begin_rows() {
        if (!lends || poll_over_) begin_poll();
    }

    WEIR_INLINE void emit_row(entry& of, timestamp start, timestamp last, auto& out) {
        bool held = true;
        state_type const state = of.value.window.aggregate(functions_, row_memory_, held);
        if (!held) [[unlikely]] return overflow(of, last);
        emit_state(of, start, last, last, state, out);
        if constexpr (in_arena && !lends) row_memory_.clear();
    }

    WEIR_INLINE void emit_state(entry& of, timestamp start, timestamp last, timestamp time, state_type const& state, auto& out) {
        out.emit(functions_.template row_of<Key>(start, saturating_add(last, duration(1)), of.key, state),
                 stamp{.time = time, .position = emitted_++, .epoch = of.value.window.oldest_epoch()});
    }

    void fail(error why) {
        failure_ = std::move(why);
        next_deadline_ = direct_ = beginning_of_time;
    }
    [[gnu::noinline]] void overflow(entry const& of, timestamp time) {
        if (failure_) return;
        if constexpr (!by_count) fail(overflow_error(key_type(of.key), rule_.start_of(time)));
        else if (of.value.window.size() == 0) fail(overflow_error(key_type(of.key), time));
        else fail(overflow_error(key_type(of.key), kept_ == 0 ? of.value.window.first_absorbed() : of.value.window.first_time()));
    }

    void trim() {
        if (watermark_ == end_of_time) held_.trim(end_of_time);
        else if constexpr (by_count) held_.trim(watermark_);
        else held_.trim(saturating_subtract(watermark_, rule_.size()));
    }

    /// The key that held the oldest poll when it was last asked most often still does.
    [[nodiscard]] std::uint64_t oldest_in_windows() const {
        if (holder_ && holder_->value.window.oldest_epoch() == held_by_holder_) return held_by_holder_;
        holder_ = nullptr;
        held_by_holder_ = nothing_held;
        keys_.for_each([&](entry const& each) {
            std::uint64_t const epoch = each.value.window.oldest_epoch();
            if (epoch >= held_by_holder_) return;
            held_by_holder_ = epoch;
            holder_ = &each;
        });
        return held_by_holder_;
    }

    [[no_unique_address]] Key key_;
    Rule rule_;
    late_road<Late> late_;
    [[no_unique_address]] functions_type functions_;
    keys_type keys_;
    std::size_t most_ = 0;     ///< events in a count window
    std::size_t advance_ = 1;  ///< events after which its row comes
    std::size_t kept_ = 0;     ///< events of it that the next window has too
    timestamp watermark_ = beginning_of_time;
    timestamp before_ = beginning_of_time;  ///< the watermark before this one
    timestamp direct_ = beginning_of_time;  ///< an event of this time need not wait
    timestamp next_deadline_ = end_of_time;
    std::uint64_t taken_ = 0;
    std::uint64_t aggregated_ = 0;
    std::uint64_t counted_ = 0;
    std::uint64_t emitted_ = 0;
    std::uint64_t null_keys_ = 0;
    bool poll_over_ = false;
    arena row_memory_;  ///< of rows' states, until the poll is over
    reorder_buffer<waiting_event> waiting_;
    [[no_unique_address]] lifts lifts_;
    fifo<watched_key> watched_;
    series<entry*> touched_;
    held_epochs held_;
    row_lane row_lane_;
    mutable entry const* holder_ = nullptr;
    mutable std::uint64_t held_by_holder_ = nothing_held;
    std::optional<error> failure_;
};

}  // namespace weir::detail
