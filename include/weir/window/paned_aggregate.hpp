// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/live_keys.hpp>
#include <weir/window/detail/pane_columns.hpp>
#include <weir/window/detail/pane_filler.hpp>
#include <weir/window/detail/pane_history.hpp>
#include <weir/window/detail/renumbering.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/pane.hpp>
#include <weir/window/rule.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// How an operator whose windows share panes keeps them.
struct shared_panes {
    static constexpr std::size_t near = 64;
    static constexpr std::int64_t multiple = 2;
    // Out of order, items fall into several panes by turns, each with many new keys: the tables share the near caches.
    static constexpr std::size_t table_near = std::size_t{1} << 18;
    static constexpr std::size_t spares = plain_panes::spares;
    /// When the keys of a pane were seen first there, in the order of its table, and what the pane came too late for.
    struct notes {
        series<std::uint64_t> arrivals{};
        std::uint64_t missed = 0;  ///< windows that contain it and were closed when it was opened

        [[gnu::always_inline]] void note(std::uint64_t arrival) { arrivals.push_back(arrival); }
        void clear() noexcept {
            arrivals.clear();
            missed = 0;
        }
    };
};

template <class Key, class... Functions>
using shared_pane_set = pane_set<typename Key::type, typename function_set<Functions...>::state_type, false, shared_panes>;

/// Groups items by window and key where windows overlap, and emits a row for each when the window closes.
///
/// An item is added once, to the pane it happened in, whatever the number of windows that contain it. When the first window
/// that has a pane closes, the pane is sealed: what each key did in it goes into the history of that key, from which every
/// window's row is made. A pane whose items come after that is opened again, and sealed into the histories when the next
/// window closes. Where keys are numbers, states small and the windows have few panes, panes are columns of one table
/// instead, and what they hold stays where it is. Late items go to `Late`, a flow of items, or are dropped if it is `drop_late_t`.
template <class Item, class Key, class Windows, class Late, class... Functions>
class paned_aggregate
    : public pane_filler<paned_aggregate<Item, Key, Windows, Late, Functions...>, Item, Key,
                         std::remove_cvref_t<decltype(std::declval<Windows const&>().panes())>, function_set<Functions...>,
                         shared_pane_set<Key, Functions...>> {
    using functions_type = function_set<Functions...>;
    using row_type = aggregate_row<Key, Functions...>;
    using filler = pane_filler<paned_aggregate, Item, Key, std::remove_cvref_t<decltype(std::declval<Windows const&>().panes())>,
                               functions_type, shared_pane_set<Key, Functions...>>;
    using typename filler::item_argument;
    using typename filler::key_type;
    using typename filler::pane_type;
    using filler::failure_;
    using filler::functions_;
    using filler::key_;
    using filler::latest_epoch_;
    using filler::next_arrival_;
    using filler::panes_;
    using filler::watermark_;
    friend filler;

    static constexpr combining how = combining_of<Item, functions_type>;
    static constexpr bool lends = borrows<decltype(row_type::values)>;
    static constexpr bool lends_results = borrows<typename functions_type::results_type>;
    using keys_type = live_keys<key_type, functions_type, how, lends>;
    using state_type = typename functions_type::state_type;

    /// Whether panes are columns where the windows have few.
    static constexpr bool has_columns = lies_in_slot<key_type, state_type> && how != combining::walk && !lends;
    using columns_type = typename columns_choice<key_type, functions_type, has_columns>::type;

public:
    using output = row_type;
    using output_stream = stream<output, timed, unkeyed, unwindowed, append_only>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    paned_aggregate(Key key, Windows windows, Late late, std::tuple<Functions...> functions)
        : filler(std::move(key), windows.panes(), functions_type(std::move(functions))), windows_(std::move(windows)),
          late_(std::move(late)) {
        if (!windows_.valid()) failure_ = windows_.complaint();
        if constexpr (has_columns) {
            in_columns_ = windows_.most_panes() <= columns_type::most_in_window;
            columns_epoch_ = in_columns_ ? 0 : never;
        }
    }

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if constexpr (has_columns) {
            // One question instead of two: where panes are columns, was it read before the pane that was opened last?
            if (out.at().epoch >= columns_epoch_) [[likely]] return add_to_near_column(item, out);
            if (in_columns_) return add_of_older_poll(item, out.apart());
        }
        filler::on_item(item, out);
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
        if constexpr (has_columns)
            if (columns_.full() && !failure_) [[unlikely]] failure_ = too_many_keys();
        keys_.settle();
        scratch_rests_ = true;
        for (arena& each : retired_) resting_.push_back(std::move(each));
        retired_.clear();
        row_lane_.tell(holds_items(), out);
    }

    void account(tally& count) const {
        count.late = late_.items();
        count.late_assignments = late_assignments_;
        count.null_key = this->null_keys_;
        count.filtered = outside_;
        for (auto const& each : panes_.all()) {
            std::uint64_t const items = this->items_in(*each);
            count.in_flight += items;
            count.late_assignments += each->notes.missed * items;
        }
        this->for_each_uncounted([&](pane_type const& target) {
            ++count.in_flight;
            count.late_assignments += target.notes.missed;
        });
        for_each_column([&](auto const& each) {
            std::uint64_t const items = each.item_count() - each.settled;
            count.in_flight += items;
            count.late_assignments += each.missed * items;
        });
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    void open_windows(auto&& visit) const {
        if (!holds_items()) return;
        std::int64_t window = max_of(max_of(next_window_, windows_.first_window_ending_after(watermark_)),
                                     windows_.first_window_with(oldest_pane()));
        while (true) {
            std::int64_t const first = windows_.first_pane_of(window), end = windows_.end_pane_of(window);
            std::uint64_t items = 0;
            std::int64_t next = std::numeric_limits<std::int64_t>::max();  // pane behind the window
            auto const see = [&](std::int64_t number, std::uint64_t count) {
                if (number < first) return;
                if (is_before_end(number, end)) items += count;
                else next = min_of(next, number);
            };
            for (auto const& each : sealed_) see(each.number, each.items);
            for (auto const& each : panes_.all()) see(each->number, this->items_in(*each));
            for_each_column([&](auto const& each) { see(each.number, each.item_count()); });
            if (items != 0) visit(open_window{windows_.start_of(window), windows_.end_of(window), items, false});
            if (items == 0 && next == std::numeric_limits<std::int64_t>::max()) return;
            if (next_of(window) == window) return;
            window = items != 0 ? next_of(window) : max_of(next_of(window), windows_.first_window_with(next));
        }
    }

    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = ~std::uint64_t{0};
        for (auto const& each : panes_.all()) oldest = min_of(oldest, each->epoch);
        for (auto const& each : sealed_) oldest = min_of(oldest, each.epoch);
        for_each_column([&](auto const& each) { oldest = min_of(oldest, each.epoch); });
        return oldest;
    }

private:
    /// A pane whose items are in the histories.
    struct sealed_pane {
        std::int64_t number = 0;
        std::uint64_t epoch = 0;  ///< of the oldest poll in which an item of it was read
        std::uint64_t items = 0;
        arena memory{};           ///< where its states live, if they live in an arena
    };

    static constexpr std::uint64_t never = ~std::uint64_t{0};
    static constexpr std::uint64_t most_arrivals = [] {
        if constexpr (requires { Windows::most_arrivals; }) return std::uint64_t{Windows::most_arrivals};
        else return std::uint64_t{std::numeric_limits<std::uint32_t>::max()};
    }();

    // What is seldom called takes `out` by value: a reference to it would force every item's stamp into memory.

    /// An item whose pane is not near, not open, or not in any open window.
    template <class Out>
    [[gnu::noinline]] void add_elsewhere(item_argument item, Out out) {
        std::int64_t const number = this->rule_.number_of(out.at().time);
        if constexpr (has_columns)
            if (auto* const found = columns_.find(number)) return add_to_column(*found, item);
        if (pane_type* const found = panes_.find(number)) return this->add_to_pane(*found, item);
        std::int64_t const first = windows_.first_window_with(number), last = windows_.last_window_with(number);
        if (first > last) {
            ++outside_;
            return;
        }
        next_window_ = max_of(next_window_, windows_.first_window_ending_after(watermark_));
        if (next_window_ > last) {
            late_assignments_ += static_cast<std::uint64_t>(last - first) + 1;
            return late_.take(item, out.at());
        }
        next_deadline_ = min_of(next_deadline_, windows_.end_of(max_of(first, next_window_)));
        if constexpr (has_columns)
            if (in_columns_)
                if (auto* const opened = open_column(number, out.at().epoch)) return add_to_column(*opened, item);
        pane_type& opened = this->open_pane(number, out.at().epoch, number < sealed_end_);
        if constexpr (has_columns)
            if (in_columns_) columns_epoch_ = latest_epoch_;
        opened.notes.missed = windows_missed_by(number);
        this->add_to_pane(opened, item);
    }

    /// Windows that contain a pane and are closed.
    [[nodiscard]] std::uint64_t windows_missed_by(std::int64_t pane) const {
        std::int64_t const first = windows_.first_window_with(pane);
        return next_window_ > first ? static_cast<std::uint64_t>(next_window_ - first) : 0;
    }

    [[nodiscard]] bool holds_items() const {
        if constexpr (has_columns)
            if (!columns_.empty()) return true;
        return !panes_.empty() || !sealed_.empty();
    }

    [[nodiscard]] std::int64_t oldest_pane() const {
        std::int64_t oldest = std::numeric_limits<std::int64_t>::max();
        if (!panes_.empty()) oldest = panes_.all().front()->number;
        if (!sealed_.empty()) oldest = min_of(oldest, sealed_.front().number);
        for_each_column([&](auto const& each) { oldest = min_of(oldest, each.number); });
        return oldest;
    }

    /// Emits the windows that the watermark has closed, in their order, and lets go of what no window will contain.
    template <class Out>
    [[gnu::noinline]] void advance(Out out) {
        this->drain();
        keys_.let_go();
        resting_.clear();
        if (std::exchange(scratch_rests_, false)) scratch_.clear();
        next_deadline_ = end_of_time;
        while (!failure_ && holds_items()) {
            std::int64_t const pane = oldest_pane();
            std::int64_t const window = max_of(next_window_, windows_.first_window_with(pane));
            if (window > windows_.last_window_with(pane)) {
                drop(pane);
                continue;
            }
            if (windows_.end_of(window) > watermark_) {
                next_deadline_ = windows_.end_of(window);
                break;
            }
            close(window, out);
            next_window_ = next_of(window);
            if (next_window_ == window) sealed_.clear();
            if constexpr (has_columns) after_closing(window);
        }
        if (sealed_.empty()) keys_.clear();
        this->panes_moved();
        row_lane_.tell(holds_items(), out);
    }

    // At the end of time numbers end too: the last pane belongs to every window that reaches it, the last window is closed once.
    [[nodiscard]] static bool is_before_end(std::int64_t number, std::int64_t end) noexcept {
        return number < end || end == std::numeric_limits<std::int64_t>::max();
    }
    [[nodiscard]] static std::int64_t next_of(std::int64_t window) noexcept {
        return window == std::numeric_limits<std::int64_t>::max() ? window : window + 1;
    }

    /// No window will contain that pane, the oldest.
    void drop([[maybe_unused]] std::int64_t pane) {
        if constexpr (has_columns)
            if (in_columns_) {
                columns_.drop(pane);
                return columns_moved();
            }
        if constexpr (how == combining::walk && lends_results) retired_.push_back(std::move(sealed_.front().memory));
        sealed_.erase(0);
        // Histories know the lower half of a pane's number: one that lies far enough behind these would seem to lie before them.
        if (sealed_.empty()) keys_.clear();
    }

    template <class Out>
    void close(std::int64_t window, Out& out) {
        std::int64_t const first = windows_.first_pane_of(window), end = windows_.end_pane_of(window);
        timestamp const start_time = windows_.start_of(window), end_time = windows_.end_of(window);
        auto const overflow = [&](key_type const& key) { this->overflow(key, start_time); };
        stamp at{.time = end_time - duration(1), .epoch = ~std::uint64_t{0}};
        auto const emit = [&](key_type const& key, state_type const& state) {
            at.position = emitted_++;
            out.emit(functions_.template row_of<Key>(start_time, end_time, key, state), at);
        };
        if constexpr (has_columns)
            if (in_columns_) return close_columns(window, first, end, at, emit, overflow);
        auto const first_pane = static_cast<std::uint32_t>(first);
        sealed_end_ = max_of(sealed_end_, end);
        while (!panes_.empty() && is_before_end(panes_.all().front()->number, end)) {
            pane_type& pane = *panes_.all().front();
            if (next_arrival_ >= most_arrivals) renumber();
            arena& memory = note_sealed(pane).memory;
            if constexpr (how == combining::walk) std::swap(memory, pane.memory);
            keys_.take(functions_, pane, first_pane, most_panes(), memory, overflow);
            panes_.close_oldest();
        }
        if (failure_) return;
        for (sealed_pane const& each : sealed_)
            if (each.number >= first) at.epoch = min_of(at.epoch, each.epoch);
        keys_.close(functions_, first_pane, scratch_, [&](auto const& entry) {
            bool const held = entry.state.combine(functions_, scratch_, [&](auto const& state) { emit(entry.key, state); });
            if (!held) [[unlikely]] overflow(entry.key);
            if constexpr (how == combining::walk && !lends_results) scratch_.clear();
        }, overflow);
    }

    /// Notes a pane among those that are sealed, in the order of their numbers.
    sealed_pane& note_sealed(pane_type const& pane) {
        std::uint64_t const items = this->items_in(pane);
        aggregated_ += items;
        late_assignments_ += pane.notes.missed * items;
        std::size_t at = sealed_.size();
        while (at != 0 && sealed_[at - 1].number > pane.number) --at;
        sealed_.insert(at, sealed_pane{pane.number, pane.epoch, items});
        return sealed_[at];
    }

    [[nodiscard]] std::uint32_t most_panes() const { return static_cast<std::uint32_t>(windows_.most_panes()); }

    void renumber() {
        renumbering numbers;
        auto const each_number = [&](auto&& use) {
            keys_.renumber(use);
            if constexpr (has_columns) columns_.renumber(use);
            for (auto const& pane : panes_.all())
                for (std::uint64_t& arrival : pane->notes.arrivals) use(arrival);
        };
        each_number([&](auto const& arrival) { numbers.add(arrival); });
        numbers.settle();
        each_number([&](auto& arrival) { numbers.apply(arrival); });
        next_arrival_ = numbers.count();
    }

    template <class Pane>
    [[nodiscard]] timestamp overflow_place(Pane const& in) const {
        return windows_.start_of(max_of(next_window_, windows_.first_window_with(in.number)));
    }

    // Panes that are columns.

    WEIR_INLINE void add_to_near_column(Item const& item, auto& out) {
        if (!key_.has_key(item)) [[unlikely]] {
            ++this->null_keys_;
            return;
        }
        auto const& near = columns_.near_base(this->distance(out.at().time, columns_.base(), columns_start_));
        if (!near.of) [[unlikely]] return add_elsewhere(item, out.apart());
        auto& target = *near.of;
        key_type const key = key_.of(item);
        add_to_cell(target, key, columns_.at(near, functions_, key, arrivals()), item);
    }

    template <class Column>
    WEIR_INLINE void add_to_column(Column& target, Item const& item) {
        key_type const key = key_.of(item);
        add_to_cell(target, key, columns_.at(target, functions_, key, arrivals()), item);
    }

    template <class Column>
    WEIR_INLINE void add_to_cell(Column& target, key_type const& key, typename Column::cell& cell, Item const& item) {
        if constexpr (!functions_type::counts) target.items.add_one(panes_.hash(key));
        if (!functions_.add(cell.state, scratch_, item)) [[unlikely]] this->overflow(key, overflow_place(target));
    }

    /// Gives a key that is new in a column its number of arrival.
    [[nodiscard]] auto arrivals() {
        return [this] {
            this->drain();  // what waits for a table came before
            if (next_arrival_ >= most_arrivals) renumber();
            return static_cast<std::uint32_t>(next_arrival_++);
        };
    }

    template <class Out>
    [[gnu::noinline]] void add_of_older_poll(item_argument item, Out out) {
        if (key_.has_key(item)) {
            if (auto* const found = columns_.find(this->rule_.number_of(out.at().time))) found->epoch = min_of(found->epoch, out.at().epoch);
            else this->note_epoch(out.at().time, out.at().epoch);
        }
        add_to_near_column(item, out);
    }

    /// Opens a column, or gives null for a pane that is not near: too far ahead, or before the base.
    [[nodiscard]] auto* open_column(std::int64_t number, std::uint64_t epoch) {
        // Distances are counted from a whole period, and a window begins with one.
        if (columns_.empty()) columns_.move_base(windows_.first_pane_of(max_of(next_window_, windows_.first_window_with(number))));
        else columns_.move_base(max_of(columns_.base(), windows_.first_pane_of(next_window_)));
        decltype(columns_.find(number)) opened = nullptr;
        if (columns_.is_near(number)) {
            opened = &columns_.open(number, epoch);
            opened->missed = windows_missed_by(number);
            columns_epoch_ = latest_epoch_ = max_of(latest_epoch_, epoch);
        }
        columns_moved();
        return opened;
    }

    /// To be called when columns were opened or closed, or the base is another.
    void columns_moved() {
        columns_start_ = this->rule_.start_of(columns_.base());
        if (columns_start_ == beginning_of_time) [[unlikely]] columns_.forget_near();
    }

    template <class Emit, class Overflow>
    void close_columns(std::int64_t window, std::int64_t first, std::int64_t end, stamp& at, Emit& emit, Overflow& overflow) {
        while (!panes_.empty() && is_before_end(panes_.all().front()->number, end)) {
            pane_type& pane = *panes_.all().front();
            if (next_arrival_ >= most_arrivals) renumber();
            columns_.take(functions_, pane, scratch_).missed = pane.notes.missed;
            panes_.close_oldest();
        }
        if (columns_.full() && !failure_) [[unlikely]] failure_ = too_many_keys();
        if (failure_) return;
        auto const inside = [&](std::int64_t number) { return number >= first && is_before_end(number, end); };
        auto const settle = [&](auto& each, std::uint64_t items) {
            std::uint64_t const more = items - std::exchange(each.settled, items);
            aggregated_ += more;
            late_assignments_ += each.missed * more;
            at.epoch = min_of(at.epoch, each.epoch);
        };
        auto const stays = [&](std::int64_t number) { return windows_.last_window_with(number) > window; };
        columns_.close(functions_, scratch_, inside, stays, settle, emit, overflow);
    }

    /// The window was closed, and `next_window_` is the one behind it.
    void after_closing(std::int64_t window) {
        if (!in_columns_) return;
        if (next_window_ == window) columns_.clear();
        for (auto const& each : columns_.all()) each->missed = windows_missed_by(each->number);
        columns_moved();
    }

    template <class Visit>
    void for_each_column([[maybe_unused]] Visit&& visit) const {
        if constexpr (has_columns)
            for (auto const& each : columns_.all()) visit(*each);
    }

    [[nodiscard]] static error too_many_keys() {
        return {.component = "window",
                .cause = "more than " + std::to_string(columns_type::most_rows) + " keys in the windows that are open at once",
                .advice = "key by less, or make the windows shorter"};
    }

    Windows windows_;
    late_road<Late> late_;
    keys_type keys_;
    [[no_unique_address]] columns_type columns_;
    bool in_columns_ = false;              ///< panes are columns, but for those that are not near
    std::uint64_t columns_epoch_ = never;  ///< in which a pane was opened last, if they are
    timestamp columns_start_{};            ///< where their base begins
    series<sealed_pane> sealed_;  ///< by number; two of one number where items came after it was sealed
    row_lane row_lane_;
    arena scratch_{};             ///< where states are combined that live in arenas
    bool scratch_rests_ = false;  ///< what was lent of it is no longer looked at
    series<arena> retired_;       ///< of panes that were dropped in this poll
    series<arena> resting_;       ///< of panes that were dropped in polls that are over
    timestamp next_deadline_ = end_of_time;
    std::int64_t next_window_ = std::numeric_limits<std::int64_t>::min();  ///< those before it are closed
    std::int64_t sealed_end_ = std::numeric_limits<std::int64_t>::min();   ///< behind the last pane of a closed window
    std::uint64_t outside_ = 0;  ///< items between windows
    std::uint64_t late_assignments_ = 0;
    std::uint64_t aggregated_ = 0;
    std::uint64_t emitted_ = 0;
};

}  // namespace weir::detail
