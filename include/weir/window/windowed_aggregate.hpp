// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/window/detail/delay_line.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/pane.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Groups items by window and key and emits a row for each when the window closes.
///
/// Late items go to `Late`, a flow of items, or are dropped if it is `drop_late_t`. Small tables are updated item by item;
/// once a window's table has outgrown the cache, an item's memory is asked for when it comes and it is added some items
/// later. The outcome is the same. With `Corrects` closed windows can still be corrected, and what comes out are changes.
template <class Item, class Key, class Rule, class Late, bool Corrects, class... Functions>
class windowed_aggregate {
    using key_type = typename Key::type;
    using functions_type = function_set<Functions...>;
    using state_type = typename functions_type::state_type;
    using row_type = aggregate_row<Key, Functions...>;
    using panes_type = pane_set<key_type, state_type, borrows<decltype(row_type::values)>>;
    using pane_type = typename panes_type::pane_type;

public:
    using output = std::conditional_t<Corrects, change<row_type>, row_type>;
    using output_stream = stream<output, timed, unkeyed, unwindowed, std::conditional_t<Corrects, updating, append_only>>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    windowed_aggregate(Key key, Rule rule, duration lateness, Late late, std::tuple<Functions...> functions)
        : key_(std::move(key)), rule_(std::move(rule)), lateness_(lateness), late_(std::move(late)), functions_(std::move(functions)) {
        if (!rule_.valid())
            failure_ = error{.component = "window", .cause = "the window's size is not positive", .advice = "give it a positive size"};
        else if (lateness_.count() < 0)
            failure_ = error{.component = "window", .cause = "allowed_lateness is negative", .advice = "give zero or more"};
    }

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (!key_.has_key(item)) [[unlikely]] {
            ++null_keys_;
            return;
        }
        auto const& near = panes_.near_base(distance_from_base(out.at().time));
        if (!near.entrance) [[unlikely]] {
            if (!near.pane) return add_elsewhere(item, out.apart());
            return delay(item, near);
        }
        key_type const key = key_.of(item);
        std::uint64_t const hash = panes_.hash(key);
        pane_type& target = *near.pane;
        note_item(target, hash);
        add_to_states(target, target.table.find_or_insert(near.entrance, key, hash, target.memory, maker_for(target)), item);
    }

    /// Keys that are looked up together do not wait for each other's memory.
    void on_timed_batch(std::span<Item const> items, std::span<timestamp const> times, auto& out)
        requires(panes_type::table_type::indirect && Key::reads_members)
    {
        drain();
        for (std::size_t first = 0; first < items.size(); first += longest_run)
            add_run(items.subspan(first, min_of(longest_run, items.size() - first)), times.subspan(first), first, out);
    }

    WEIR_INLINE void on_watermark(timestamp w, auto& out) {
        watermark_ = max_of(watermark_, w);
        if (w >= next_deadline_) [[unlikely]] advance(out.apart());
    }

    void on_lane(lane_event event, auto& out) {
        row_lane_.note(event);
        row_lane_.tell(holds_items(), out);
    }

    void settle(auto&) {
        drain();
        panes_.settle();
    }

    void account(tally& count) const {
        count.late = count.late_assignments = late_.items();
        count.null_key = null_keys_;
        for (auto const& each : panes_.all())
            if (!each->fired) count.in_flight += items_in(*each);
        if constexpr (can_delay && !counted_apart) count.in_flight += delayed_.size();
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    void open_windows(auto&& visit) const {
        for (auto const& each : panes_.all())
            visit(open_window{rule_.start_of(each->number), rule_.end_of(each->number), items_in(*each), each->fired});
    }

    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = ~std::uint64_t{0};
        for (auto const& each : panes_.all()) oldest = min_of(oldest, each->epoch);
        return oldest;
    }

    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

private:
    static constexpr std::size_t longest_run = 64;

    /// How an item is given to what is seldom called: a reference would force a small one into memory each time.
    using item_argument = std::conditional_t<std::is_trivially_copyable_v<Item> && sizeof(Item) <= 16, Item, Item const&>;

    static constexpr bool counted_apart = !functions_type::counts;

    WEIR_INLINE static void note_item([[maybe_unused]] pane_type& target, [[maybe_unused]] std::uint64_t hash) {
        if constexpr (counted_apart) target.items.add_one(hash);
    }

    [[nodiscard]] static std::uint64_t items_in(pane_type const& pane) {
        if constexpr (counted_apart) {
            return pane.items.total();
        } else {
            std::uint64_t total = 0;
            pane.table.for_each([&](auto const& entry) { total += std::get<functions_type::counter>(entry.state); });
            return total;
        }
    }

    static constexpr bool reads_items = functions_type::reads_items;
    static constexpr bool can_delay =
        reads_items ? std::is_trivially_copyable_v<Item> && std::is_copy_assignable_v<Item> &&
                          std::is_default_constructible_v<Item> && sizeof(Item) <= 128
                    : std::is_trivially_destructible_v<key_type> && std::is_default_constructible_v<key_type>;

    /// An item on its way into a large table; where no function looks at items, its key is all that is needed of it.
    struct delayed {
        std::conditional_t<reads_items, Item, key_type> what{};
        typename panes_type::table_type::spot spot{};
        pane_type* target = nullptr;
        [[nodiscard]] explicit operator bool() const noexcept { return target; }
    };
    struct nothing {};

    /// Makes the state of a key's entry, once the table has room for it.
    WEIR_INLINE auto maker_for(pane_type& target) {
        return [this, &target] {
            if (target.table.grew()) renew(target);
            return functions_.init();
        };
    }

    [[gnu::noinline]] void renew(pane_type& grown) {
        panes_.renew_entrance(grown);
        if constexpr (can_delay)
            delayed_.for_each([&](delayed& each) {
                if (each.target != &grown) return;
                key_type const key = key_of(each);
                each.spot = panes_type::table_type::approach(grown.table.enter(), key, panes_.hash(key));
            });
    }

    [[nodiscard]] WEIR_INLINE key_type key_of(delayed const& each) const {
        if constexpr (reads_items) return key_.of(each.what);
        else return each.what;
    }

    template <class... Read>
    WEIR_INLINE void add_to_states(pane_type& target, auto& entry, Read const&... item) {
        bool const held = functions_.add(entry.state, target.memory, item...);
        if (!held) [[unlikely]] overflow(entry.key, target);
    }

    [[nodiscard]] WEIR_INLINE std::uint64_t distance_from_base(timestamp t) const noexcept {
        if constexpr (requires { rule_.windows_since(t, base_start_); }) return rule_.windows_since(t, base_start_);
        else return static_cast<std::uint64_t>(rule_.number_of(t)) - static_cast<std::uint64_t>(panes_.base());
    }

    /// An item of a run: where its key is to be looked up.
    struct search {
        pane_type* target;
        std::uint64_t hash;
    };

    WEIR_INLINE void add_run(std::span<Item const> items, std::span<timestamp const> times, std::size_t number, auto& out) {
        std::array<search, longest_run> searches;
        std::size_t begin = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            bool const has_key = key_.has_key(items[i]);
            pane_type* const target = panes_.near_base(distance_from_base(times[i])).pane;
            if (has_key && target) [[likely]] {
                std::uint64_t const hash = panes_.hash(key_.of(items[i]));
                searches[i] = {target, hash};
                target->table.approach(hash);
                continue;
            }
            add_found(items.subspan(begin, i - begin), searches.data() + begin);
            begin = i + 1;
            if (has_key) add_elsewhere(items[i], out.with(stamp_of(items[i], number + i, out.at()).with_time(times[i])));
            else ++null_keys_;
            drain();
        }
        add_found(items.subspan(begin), searches.data() + begin);
    }

    WEIR_INLINE void add_found(std::span<Item const> items, search const* searches) {
        for (std::size_t i = 0; i < items.size(); ++i) searches[i].target->table.approach_entry(searches[i].hash);
        for (std::size_t i = 0; i < items.size(); ++i) {
            auto& [target, hash] = searches[i];
            note_item(*target, hash);
            auto& entry = target->table.find_or_insert(key_.of(items[i]), hash, target->memory, maker_for(*target));
            add_to_states(*target, entry, items[i]);
        }
    }

    // What is seldom called takes `out` by value: a reference to it would force every item's stamp into memory.

    /// An item whose window is not near, not open yet, or closed.
    template <class Out>
    [[gnu::noinline]] void add_elsewhere(item_argument item, Out out) {
        pane_type* const target = find_or_open(out);
        if (!target) return late_.take(item, out.at());
        if constexpr (Corrects)
            if (target->fired) return correct(*target, item, out);
        if (target->table.large()) return delay(item, {target, target->table.enter()});
        add(*target, key_.of(item), item);
    }

    void add(pane_type& target, key_type const& key, Item const& item) {
        add_to_states(target, entry_of(target, key, maker_for(target)), item);
    }

    template <class Make>
    auto& entry_of(pane_type& target, key_type const& key, Make&& make) {
        std::uint64_t const hash = panes_.hash(key);
        note_item(target, hash);
        return target.table.find_or_insert(key, hash, target.memory, make);
    }

    template <class Out>
    pane_type* find_or_open(Out& out) {
        std::int64_t const number = rule_.number_of(out.at().time);
        if (pane_type* found = panes_.find(number)) return found;
        timestamp const end = rule_.end_of(number);
        if (saturating_add(end, lateness_) <= watermark_) return nullptr;
        pane_type& opened = panes_.open(number, out.at().epoch, end <= watermark_);
        next_deadline_ = min_of(next_deadline_, opened.fired ? saturating_add(end, lateness_) : end);
        base_start_ = rule_.start_of(panes_.base());
        return &opened;
    }

    /// An item for a large table: where it can be kept for a while, its memory is asked for first.
    WEIR_INLINE void delay(item_argument item, typename panes_type::near_pane const& near) {
        key_type const key = key_.of(item);
        if constexpr (!can_delay) {
            add(*near.pane, key, item);
        } else {
            std::uint64_t const hash = panes_.hash(key);
            note_item(*near.pane, hash);
            auto const spot = panes_type::table_type::approach(near.entrance, key, hash);
            delayed due;
            if constexpr (reads_items) due = delayed_.put({item, spot, near.pane});
            else due = delayed_.put({key, spot, near.pane});
            if (due) [[likely]] add_delayed(due);
            if (auto const& half_way = delayed_.half_way()) panes_type::table_type::approach_entry(half_way.spot);
        }
    }

    WEIR_INLINE void add_delayed(delayed const& due) {
        pane_type& target = *due.target;
        auto& entry = target.table.find_or_insert(due.spot, key_of(due), target.memory, maker_for(target));
        if constexpr (reads_items) add_to_states(target, entry, due.what);
        else add_to_states(target, entry);
    }

    void drain() {
        if constexpr (can_delay)
            if (delayed_.size() != 0) delayed_.drain([this](delayed const& due) { add_delayed(due); });
    }

    /// Emits what the watermark has closed, oldest first, and lets go of what can no longer be corrected.
    template <class Out>
    [[gnu::noinline]] void advance(Out out) {
        drain();
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
        base_start_ = rule_.start_of(panes_.base());
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
        aggregated_ += items_in(done);
        done.table.for_each([&](auto const& entry) { emit_row(done, entry, out); });
    }

    /// The result of the window is out already but can still be corrected: the row is emitted anew.
    template <class Out>
    void correct(pane_type& target, Item const& item, Out& out) {
        ++aggregated_;
        bool known = true;
        auto& entry = entry_of(target, key_.of(item), [&] {
            known = false;
            return maker_for(target)();
        });
        change<row_type> made;
        if (known) made = {change_kind::update, {}, row_of(target, entry)};
        add_to_states(target, entry, item);
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

    [[gnu::noinline]] void overflow(key_type const& key, pane_type const& in) {
        if (failure_) return;
        failure_ = overflow_error(key, rule_.start_of(in.number));
    }

    [[no_unique_address]] Key key_;
    Rule rule_;
    duration lateness_;
    late_road<Late> late_;
    [[no_unique_address]] functions_type functions_;
    panes_type panes_;
    row_lane row_lane_;
    timestamp base_start_{};
    timestamp watermark_ = beginning_of_time;
    timestamp next_deadline_ = end_of_time;
    std::uint64_t aggregated_ = 0;
    std::uint64_t null_keys_ = 0;
    std::uint64_t emitted_ = 0;
    std::conditional_t<can_delay, delay_line<delayed, 32>, nothing> delayed_{};
    std::optional<error> failure_;
};

}  // namespace weir::detail
