// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/pane_filler.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/pane.hpp>
#include <weir/window/rule.hpp>

#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Groups items by window and key and emits a row for each when the window closes.
///
/// Late items go to `Late`, a flow of items, or are dropped if it is `drop_late_t`. How items get into the tables is
/// `pane_filler`'s. With `Corrects` closed windows can still be corrected, and what comes out are changes.
template <class Item, class Key, class Rule, class Late, bool Corrects, class... Functions>
class windowed_aggregate
    : public pane_filler<windowed_aggregate<Item, Key, Rule, Late, Corrects, Functions...>, Item, Key, Rule, function_set<Functions...>,
                         pane_set<typename Key::type, typename function_set<Functions...>::state_type,
                                  borrows<decltype(aggregate_row<Key, Functions...>::values)>>> {
    using row_type = aggregate_row<Key, Functions...>;
    using functions_type = function_set<Functions...>;
    using panes_type = pane_set<typename Key::type, typename functions_type::state_type, borrows<decltype(row_type::values)>>;
    using filler = pane_filler<windowed_aggregate, Item, Key, Rule, functions_type, panes_type>;
    using typename filler::item_argument;
    using typename filler::pane_type;
    using filler::failure_;
    using filler::functions_;
    using filler::panes_;
    using filler::rule_;
    using filler::watermark_;
    friend filler;

public:
    using output = std::conditional_t<Corrects, change<row_type>, row_type>;
    using output_stream = stream<output, timed, unkeyed, unwindowed, std::conditional_t<Corrects, updating, append_only>>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    windowed_aggregate(Key key, Rule rule, duration lateness, Late late, std::tuple<Functions...> functions)
        : filler(std::move(key), std::move(rule), functions_type(std::move(functions))), lateness_(lateness), late_(std::move(late)) {
        if (!rule_.valid())
            failure_ = invalid_rule(rule_);
        else if (lateness_.count() < 0)
            failure_ = error{.component = "window", .cause = "allowed_lateness is negative", .advice = "give zero or more"};
    }

    WEIR_INLINE void on_watermark(timestamp w, auto& out) {
        watermark_ = max_of(watermark_, w);
        if (w >= next_deadline_) [[unlikely]] advance(out.apart());
    }

    void on_lane(lane_event event, auto& out) {
        row_lane_.note(event);
        row_lane_.tell(holds_items(), out);
    }

    void settle(auto& out) {
        this->drain();
        panes_.settle();
        row_lane_.tell(holds_items(), out);
    }

    void account(tally& count) const {
        count.late = count.late_assignments = late_.items();
        count.null_key = this->null_keys_;
        for (auto const& each : panes_.all())
            if (!each->fired) count.in_flight += this->items_in(*each);
        this->for_each_uncounted([&](pane_type const&) { ++count.in_flight; });
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    void open_windows(auto&& visit) const {
        for (auto const& each : panes_.all())
            visit(open_window{rule_.start_of(each->number), rule_.end_of(each->number), this->items_in(*each), each->fired});
    }

    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = ~std::uint64_t{0};
        for (auto const& each : panes_.all()) oldest = min_of(oldest, each->epoch);
        return oldest;
    }

private:
    // What is seldom called takes `out` by value: a reference to it would force every item's stamp into memory.

    /// An item whose window is not near, not open yet, or closed.
    template <class Out>
    [[gnu::noinline]] void add_elsewhere(item_argument item, Out out) {
        pane_type* const target = find_or_open(out);
        if (!target) return late_.take(item, out.at());
        if constexpr (Corrects)
            if (target->fired) return correct(*target, item, out);
        this->add_to_pane(*target, item);
    }

    template <class Out>
    pane_type* find_or_open(Out& out) {
        std::int64_t const number = rule_.number_of(out.at().time);
        if (pane_type* found = panes_.find(number)) return found;
        timestamp const end = rule_.end_of(number);
        if (saturating_add(end, lateness_) <= watermark_) return nullptr;
        pane_type& opened = this->open_pane(number, out.at().epoch, end <= watermark_);
        next_deadline_ = min_of(next_deadline_, opened.fired ? saturating_add(end, lateness_) : end);
        return &opened;
    }

    /// Emits what the watermark has closed, oldest first, and lets go of what can no longer be corrected.
    template <class Out>
    [[gnu::noinline]] void advance(Out out) {
        this->drain();
        if (failure_) return;  // a state that overflowed must not be seen
        for (auto const& each : panes_.all()) {
            if (rule_.end_of(each->number) > watermark_) break;
            if (!each->fired) fire(*each, out);
        }
        while (!panes_.empty()) {
            timestamp const last_chance = saturating_add(rule_.end_of(panes_.all().front()->number), lateness_);
            if (last_chance > watermark_) break;
            panes_.close_oldest();
        }
        this->panes_moved();
        next_deadline_ = end_of_time;
        for (auto const& each : panes_.all()) {
            timestamp const end = rule_.end_of(each->number);
            next_deadline_ = min_of(next_deadline_, each->fired ? saturating_add(end, lateness_) : end);
        }
        row_lane_.tell(holds_items(), out);
    }

    [[nodiscard]] bool holds_items() const {
        return holds_for_any(panes_.all(), [](auto const& each) { return !each->fired; });
    }

    template <class Out>
    void fire(pane_type& done, Out& out) {
        panes_.fired(done);
        aggregated_ += this->items_in(done);
        done.table.for_each([&](auto const& entry) { emit_row(done, entry, out); });
    }

    /// The result of the window is out already but can still be corrected: the row is emitted anew.
    template <class Out>
    void correct(pane_type& target, Item const& item, Out& out) {
        ++aggregated_;
        bool known = true;
        auto& entry = this->entry_of(target, this->key_.of(item), [&] {
            known = false;
            return this->maker_for(target)();
        });
        change<row_type> made;
        if (known) made = {change_kind::update, {}, row_of(target, entry)};
        this->add_to_states(target, entry, item);
        if (failure_) return;
        made.row = row_of(target, entry);
        pass_on(target, made, out);
    }

    [[nodiscard]] WEIR_INLINE row_type row_of(pane_type const& from, auto const& entry) const {
        return functions_.template row_of<Key>(rule_.start_of(from.number), rule_.end_of(from.number), entry.key, entry.state);
    }

    template <class Out>
    WEIR_INLINE void emit_row(pane_type const& from, auto const& entry, Out& out) {
        if constexpr (Corrects) pass_on(from, output{change_kind::insert, row_of(from, entry), {}}, out);
        else pass_on(from, row_of(from, entry), out);
    }

    template <class Out>
    WEIR_INLINE void pass_on(pane_type const& from, output const& made, Out& out) {
        out.emit(made, stamp{.time = rule_.end_of(from.number) - duration(1), .position = emitted_++, .epoch = from.epoch});
    }

    [[nodiscard]] timestamp overflow_place(pane_type const& in) const { return rule_.start_of(in.number); }

    duration lateness_;
    late_road<Late> late_;
    row_lane row_lane_;
    timestamp next_deadline_ = end_of_time;
    std::uint64_t aggregated_ = 0;
    std::uint64_t emitted_ = 0;
};

}  // namespace weir::detail
