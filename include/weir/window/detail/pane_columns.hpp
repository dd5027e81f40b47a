// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/window/detail/key_rows.hpp>
#include <weir/window/detail/pane_column.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace weir::detail {

/// What keys did in the panes of windows that have few: a row for each key, a column for each pane, and a log of which key
/// was seen when for the first time in which pane.
///
/// An item is one search for its key's row, whatever its pane. A window is the sum of its columns, walked as they lie in
/// memory; its rows come in the order in which the window first saw their keys, and that is the order of the log. A key of
/// which nothing is left loses its row when most have none left. Memory: in each pane a cell for each row from the first to
/// the last that is used there, and room for half as many more; 8 bytes for each pane that a key is in; some 30 bytes a row.
template <class Key, class Functions>
class pane_columns {
public:
    using column = pane_column<Functions>;
    using cell = typename column::cell;
    using state_type = typename Functions::state_type;

    /// So many panes, from a base on, are found by their distance from it.
    static constexpr std::size_t near_panes = 32;
    /// A window may have so many.
    static constexpr std::int64_t most_in_window = 12;
    /// So many columns at once: near ones, and those of a window that begins before the base.
    static constexpr std::size_t most_columns = 64;
    static constexpr std::uint32_t most_rows = ~std::uint32_t{0} / most_columns;

    /// Where the cells of a column lie: nowhere, if it is not open or not near.
    struct alignas(32) near_column {
        cell* cells = nullptr;
        std::uint32_t first = 0;
        std::uint32_t count = 0;
        column* of = nullptr;
    };

    /// The column of the pane so many behind the base.
    [[nodiscard, gnu::always_inline]] near_column const& near_base(std::uint64_t distance) const noexcept {
        if (distance < near_panes) [[likely]] return near_[distance];
        return near_[near_panes];
    }

    /// The cell of a key. Where no item came yet, `arrival()` gives the number of its arrival, greater than those before.
    template <class Arrival>
    [[nodiscard, gnu::always_inline]] cell& at(near_column const& near, Functions const& functions, Key key, Arrival&& arrival) {
        std::uint32_t const row = keys_.likely_row(key);
        if (row == keys_.none) [[unlikely]] return find_further(*near.of, functions, key, arrival);
        if (std::uint32_t const place = row - near.first; place < near.count) [[likely]] {
            cell& found = near.cells[place];
            if (found.is_touched()) [[likely]] return found;
        }
        return touch_cell(*near.of, functions, row, arrival);
    }

    /// The same, whatever the pane.
    template <class Arrival>
    [[nodiscard]] cell& at(column& of, Functions const& functions, Key key, Arrival&& arrival) {
        return find_further(of, functions, key, arrival);
    }

    /// The open column of a pane, or null.
    [[nodiscard]] column* find(std::int64_t number) noexcept {
        for (auto const& each : open_)
            if (each->number == number) return each.get();
        return nullptr;
    }

    /// Opens the column of a pane that has none.
    column& open(std::int64_t number, std::uint64_t epoch) {
        auto fresh = spare_.empty() ? owner<column>(new column) : std::move(spare_.back());
        if (!spare_.empty()) spare_.pop_back();
        fresh->number = number;
        fresh->epoch = epoch;
        fresh->id = static_cast<std::uint32_t>(std::countr_one(ids_));
        ids_ |= std::uint64_t{1} << fresh->id;
        std::size_t at = open_.size();
        while (at != 0 && open_[at - 1]->number > number) --at;
        open_.insert(at, std::move(fresh));
        look_around();
        return *open_[at];
    }

    /// Near is what lies from `base` on.
    void move_base(std::int64_t base) noexcept {
        base_ = base;
        look_around();
    }
    [[nodiscard]] std::int64_t base() const noexcept { return base_; }
    [[nodiscard]] bool is_near(std::int64_t number) const noexcept { return distance_of(number) < near_panes; }
    /// Until a column is opened or closed, none is near.
    void forget_near() noexcept { near_.fill({}); }

    /// The open columns, oldest pane first.
    [[nodiscard]] auto const& all() const noexcept { return open_; }
    [[nodiscard]] bool empty() const noexcept { return open_.empty(); }
    /// More keys came than there are rows for: what the columns hold means nothing any more.
    [[nodiscard]] bool full() const noexcept { return full_; }

    /// Opens the column of a pane that has a table of its own, and puts into it what keys did there, with their numbers of
    /// arrival.
    template <class Pane>
    column& take(Functions const& functions, Pane const& pane, arena& none) {
        column& into = open(pane.number, pane.epoch);
        series<touch> touches;
        pane.table.for_each([&](auto const& entry) {
            std::uint32_t const row = row_of(entry.key);
            touches.push_back({place_of(row, into), static_cast<std::uint32_t>(pane.notes.arrivals[touches.size()])});
            cell& reached = into.reach(functions, row);
            (void)functions.merge(reached.state, entry.state, none);  // into one in which nothing is
            reached.touch();
        });
        into.items = pane.items;
        put_between(touches);
        look_around();
        return into;
    }

    /// Calls `visit(key, state)` for each key that was seen in a pane of which `inside(number)` is true, with what it did in
    /// all of these: the key that was seen first comes first. Forgets the panes of which `stays(number)` is not true.
    /// `settle(column, items)` is called before for each pane inside, and `overflow(key)` where a state cannot hold the result;
    /// then nothing is visited.
    template <class Inside, class Stays, class Settle, class Visit, class Overflow>
    void close(Functions const& functions, arena& none, Inside&& inside, Stays&& stays, Settle&& settle, Visit&& visit,
               Overflow&& overflow) {
        std::array<fate, most_columns> fates{};
        std::uint32_t first = ~std::uint32_t{0}, end = 0;
        for (auto const& each : open_) {
            fate const stay = stays(each->number) ? stays_bit : 0;
            fates[each->id] = stay;
            if (!inside(each->number)) continue;
            fates[each->id] = inside_bit + stay;
            first = min_of(first, each->first());
            end = max_of(end, each->end());
        }
        if (!add_up(functions, none, fates, first, end, settle, overflow)) return;
        std::size_t const seen = walk_log(fates);
        for (std::size_t i = 0; i < seen; ++i) visit(keys_.key(seen_[i]), std::as_const(totals_[seen_[i]]));
        forget([&](column const& each) { return (fates[each.id] & stays_bit) == 0; });
    }

    /// Forgets the pane, and what keys did in it.
    void drop(std::int64_t number) {
        std::size_t kept = 0;
        column const* const gone = find(number);
        for (touch const& each : log_)
            if (!gone || each.column_id() != gone->id) log_[kept++] = each;
        log_.shrink_to(kept);
        forget([&](column const& each) { return &each == gone; });
    }

    /// Forgets everything, and keeps some memory for what comes next.
    void clear() {
        forget([](column const&) { return true; });
        log_.clear();
        let_keys_go();
    }

    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept {
        std::size_t held = keys_.memory() + log_.capacity() * sizeof(touch) + totals_room_ * sizeof(state_type);
        for (auto const& each : open_) held += each->memory();
        for (auto const& each : spare_) held += each->memory();
        return held + (seen_room_ + marks_room_) * sizeof(std::uint32_t);
    }

    /// Gives every number of arrival to `change`, which may change it, as long as none overtakes another.
    template <class Change>
    void renumber(Change&& change) {
        for (touch& each : log_) change(each.arrival);
    }

private:
    /// A key was seen for the first time in a pane.
    struct touch {
        std::uint32_t place;  ///< row and column
        std::uint32_t arrival;
        [[nodiscard]] std::uint32_t row() const noexcept { return place / most_columns; }
        [[nodiscard]] std::uint32_t column_id() const noexcept { return place % most_columns; }
    };
    /// What becomes of a column when a window closes: whether it is inside, and whether it stays.
    using fate = std::uint16_t;
    static constexpr fate stays_bit = 1, inside_bit = 2;

    static constexpr std::size_t most_spares = 2;
    static constexpr std::uint32_t least_rows = 1024;  ///< fewer are never given back

    [[nodiscard]] static std::uint32_t place_of(std::uint32_t row, column const& of) noexcept {
        return row * std::uint32_t{most_columns} + of.id;
    }
    [[nodiscard]] std::uint64_t distance_of(std::int64_t number) const noexcept {
        return static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(base_);
    }
    [[nodiscard]] static near_column see(column& of) noexcept { return {of.cells(), of.first(), of.count(), &of}; }

    void look_around() noexcept {
        near_.fill({});
        for (auto const& each : open_)
            if (is_near(each->number)) near_[distance_of(each->number)] = see(*each);
    }

    [[nodiscard]] std::uint32_t row_of(Key key) {
        if (keys_.end() == most_rows) [[unlikely]] {
            full_ = true;
            return 1;
        }
        return keys_.find_or_insert(key);
    }

    // `arrival` is handed over by value: what it captures would be put into memory for every item if a call might read it.
    template <class Arrival>
    [[gnu::noinline]] cell& find_further(column& of, Functions const& functions, Key key, Arrival arrival) {
        std::uint32_t const row = row_of(key);
        std::uint32_t const place = row - of.first();
        if (place < of.count() && of.cells()[place].is_touched()) return of.cells()[place];
        return touch_now(of, functions, row, arrival);
    }

    template <class Arrival>
    [[gnu::noinline]] cell& touch_cell(column& of, Functions const& functions, std::uint32_t row, Arrival arrival) {
        return touch_now(of, functions, row, arrival);
    }

    template <class Arrival>
    [[gnu::always_inline]] cell& touch_now(column& of, Functions const& functions, std::uint32_t row, Arrival& arrival) {
        log_.push_back({place_of(row, of), arrival()});
        cell& reached = of.reach(functions, row);
        reached.touch();
        if (is_near(of.number))
            if (near_column& seen = near_[distance_of(of.number)]; seen.of) seen = see(of);
        return reached;
    }

    /// Puts touches, in the order of their arrival, between those of the log.
    void put_between(series<touch> const& touches) {
        std::size_t left = log_.size(), more = touches.size();
        for (touch const& each : touches) log_.push_back(each);
        for (std::size_t at = log_.size(); more != 0; --at)
            log_[at - 1] = left != 0 && log_[left - 1].arrival > touches[more - 1].arrival ? log_[--left] : touches[--more];
    }

    /// Makes the totals of the rows from `first` to `end`; false where a state cannot hold one.
    template <class Settle, class Overflow>
    [[nodiscard]] bool add_up(Functions const& functions, arena& none, std::array<fate, most_columns> const& fates,
                              std::uint32_t first, std::uint32_t end, Settle& settle, Overflow& overflow) {
        if (end > totals_room_ || end < totals_room_ / 8) {
            totals_room_ = end + end / 4;
            totals_.reset(new state_type[totals_room_]);
        }
        bool all_held = true;
        state_type const untouched = functions.init();
        state_type* const totals = totals_.get();
        for (std::uint32_t row = first; row < end; ++row) totals[row] = untouched;
        for (auto const& each : open_) {
            if (fates[each->id] < inside_bit) continue;
            cell const* const cells = each->cells();
            state_type* const totals_of = totals + each->first();
            std::uint64_t items = 0;
            for (std::uint32_t i = 0; i < each->count(); ++i) {
                if constexpr (Functions::counts) items += std::get<Functions::counter>(cells[i].state);
                if (merge(functions, totals_of[i], cells[i], none)) [[likely]] continue;
                overflow(keys_.key(each->first() + i));
                all_held = false;
            }
            settle(*each, Functions::counts ? items : each->items.total());
        }
        return all_held;
    }

    [[nodiscard, gnu::always_inline]] static bool merge(Functions const& functions, state_type& into, cell const& from,
                                                        arena& none) {
        // What can be subtracted from a state is added to it without effect where there is nothing.
        if constexpr (!Functions::subtractable)
            if (!from.is_touched()) return true;
        return functions.merge(into, from.state, none);
    }

    /// Notes the rows that were seen inside, in their order, and forgets touches in columns that do not stay. Which is which is
    /// a toss-up for long stretches of the log: branches would be mispredicted.
    [[nodiscard]] std::size_t walk_log(std::array<fate, most_columns> const& fates) {
        if (log_.size() > seen_room_ || log_.size() < seen_room_ / 8) {
            seen_room_ = log_.size() + log_.size() / 4 + 1;
            seen_.reset(new std::uint32_t[seen_room_]);
        }
        if (marks_room_ != keys_.room()) {
            marks_room_ = keys_.room();
            marks_.reset(new std::uint32_t[marks_room_]());
            mark_ = 0;
        }
        if (++mark_ == 0) {
            for (std::size_t row = 0; row < marks_room_; ++row) marks_[row] = 0;
            mark_ = 1;
        }
        std::uint32_t const mark = mark_;
        touch* const log = log_.begin();
        std::uint32_t* const seen = seen_.get();
        std::uint32_t* const marks = marks_.get();
        std::size_t const size = log_.size();
        std::size_t kept = 0, found = 0;
        for (std::size_t i = 0; i < size; ++i) {
            touch const each = log[i];
            log[kept] = each;
            std::uint32_t const bits = fates[each.column_id()];
            kept += bits & stays_bit;
            std::uint32_t const was = marks[each.row()];
            std::uint32_t const change = (was ^ mark) & (0 - (bits / inside_bit));
            seen[found] = each.row();
            found += change != 0 ? 1U : 0U;
            marks[each.row()] = was ^ change;
        }
        log_.shrink_to(kept);
        return found;
    }

    template <class Gone>
    void forget(Gone&& gone) {
        for (std::size_t at = 0; at != open_.size();) {
            if (!gone(*open_[at])) {
                ++at;
                continue;
            }
            auto done = std::move(open_[at]);
            open_.erase(at);
            ids_ &= ~(std::uint64_t{1} << done->id);
            done->clear();
            if (spare_.size() < most_spares) spare_.push_back(std::move(done));
        }
        if (keys_.end() > most_before_ || (keys_.end() > least_rows && log_.size() < keys_.end() / 2)) let_keys_go();
        look_around();
    }

    /// Keys of which nothing is in the log lose their rows; the others move up.
    [[gnu::noinline]] void let_keys_go() {
        owner<std::uint32_t[]> rows(new std::uint32_t[keys_.end() + 1]());
        for (touch const& each : log_) rows[each.row()] = 1;
        keys_.keep(rows.get());
        for (touch& each : log_) each.place = rows[each.row()] * std::uint32_t{most_columns} + each.column_id();
        for (auto const& each : open_) each->move_rows(rows.get());
        most_before_ = min_of(max_of(keys_.end() * 2, least_rows), most_rows / 2);
        if (log_.capacity() > least_rows && log_.size() < log_.capacity() / 8) log_ = series<touch>(std::as_const(log_));
    }

    key_rows<Key> keys_;
    std::array<near_column, near_panes + 1> near_{};  ///< the last is none
    std::int64_t base_ = 0;
    series<touch> log_;                       ///< in the order of arrival
    series<owner<column>> open_;              ///< by number, so that states are merged in the order of the panes
    series<owner<column>> spare_;
    std::uint64_t ids_ = 0;                   ///< that are taken
    std::uint32_t most_before_ = least_rows;  ///< with more rows than that, those of keys that are gone are given back
    bool full_ = false;
    owner<state_type[]> totals_;              ///< of the window that is closing, by row
    std::size_t totals_room_ = 0;
    owner<std::uint32_t[]> seen_;             ///< rows, in the order of the closing window
    std::size_t seen_room_ = 0;
    owner<std::uint32_t[]> marks_;            ///< by row: in which closing it was seen last
    std::size_t marks_room_ = 0;
    std::uint32_t mark_ = 0;
};

/// The columns of an operator, or nothing where its panes never are columns.
template <class Key, class Functions, bool Has>
struct columns_choice {
    using type = pane_columns<Key, Functions>;
};
template <class Key, class Functions>
struct columns_choice<Key, Functions, false> {
    struct type {};
};

}  // namespace weir::detail
