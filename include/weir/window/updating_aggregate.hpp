// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/window/detail/emission_plan.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/pane.hpp>
#include <weir/window/rule.hpp>
#include <weir/window/state_limit.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// When a key's events were and when they were read, as far as it takes to forget keys.
template <bool Expires>
struct cell_age {
    timestamp latest = beginning_of_time;  ///< event time
    std::uint64_t epoch = nothing_held;    ///< of the oldest poll

    void note(stamp const& at) noexcept {
        latest = max_of(latest, at.time);
        epoch = min_of(epoch, at.epoch);
    }
};
template <>
struct cell_age<false> {
    static void note(stamp const&) noexcept {}
};

/// Of a row whose place no other takes, nothing needs to be kept.
struct nothing_kept {};

/// What is known of one window and key: the state, and how much of it was emitted.
///
/// It has no default constructor, which keeps it out of the tables that make states ahead of time.
template <class State, class Emitted, bool Expires>
struct updated_cell {
    State state;
    [[no_unique_address]] Emitted emitted{};  ///< the results as they were emitted last
    std::uint64_t items = 0;
    std::uint64_t unseen = 0;  ///< items since the row was emitted last
    std::uint64_t owned = 0;   ///< of them, those that the ledger counts here and in no other window
    [[no_unique_address]] cell_age<Expires> age{};

    explicit updated_cell(State initial) : state(std::move(initial)) {}
};

/// Panes that know how many of their rows have changed since they were emitted: of those that are held for a day in case a
/// late item comes, nearly all have none. Where there is a limit, none keeps memory that would count for the next.
template <bool Limited>
struct updated_panes : plain_panes {
    static constexpr std::size_t spares = Limited ? 0 : plain_panes::spares;
    static constexpr std::size_t little_memory = std::size_t{1} << 14;  ///< bytes that are not worth tidying
    struct notes {
        std::uint64_t unseen = 0;  ///< cells with unseen items
        std::size_t shown = 0;     ///< rows emitted since it was looked at how much memory it holds
        std::size_t tidy_memory = little_memory;  ///< what it may hold without moving on
        void clear() noexcept { *this = {}; }
    };
};

/// `kept_in` copies all that such a result borrows.
template <class Result>
inline constexpr bool can_be_kept =
    !borrows<Result> || std::is_same_v<Result, std::string_view> || std::is_same_v<Result, std::optional<std::string_view>>;

/// A result with the text that it borrows, if it is one, copied into other memory.
template <class Result>
[[nodiscard]] Result kept_in(arena& memory, Result const& result) {
    if constexpr (std::is_same_v<Result, std::string_view>) return memory.intern(result);
    else if constexpr (std::is_same_v<Result, std::optional<std::string_view>>)
        return result ? Result(memory.intern(*result)) : std::nullopt;
    else return result;
}

/// Groups items by window and key and emits a row whenever the window's emission says so: each item is added to every window
/// that contains it.
///
/// Rows that may come anew are changes: an update says what it replaces. Rows that discard, and those of `on_close` that
/// nothing corrects, are plain. An item that several windows contain costs a look-up in each.
template <class Item, class Key, class Settings, class Late, class... Functions>
class updating_aggregate {
    using key_type = typename Key::type;
    using functions_type = function_set<Functions...>;
    using row_type = aggregate_row<Key, Functions...>;
    using results_type = typename functions_type::results_type;
    static constexpr bool discards = Settings::discards;
    static constexpr bool plain = Settings::plain_rows;
    using emitted_type = std::conditional_t<plain, nothing_kept, std::optional<results_type>>;
    using cell_type = updated_cell<typename functions_type::state_type, emitted_type, Settings::expires>;
    using shape = updated_panes<Settings::limited>;
    using windows_type = pane_set<key_type, cell_type, borrows<decltype(row_type::values)>, shape>;
    using window_type = typename windows_type::pane_type;
    using entry_type = typename windows_type::table_type::entry;

public:
    using output = std::conditional_t<plain, row_type, change<row_type>>;
    using output_stream = stream<output, timed, unkeyed, unwindowed, std::conditional_t<plain, append_only, updating>>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    updating_aggregate(Key key, Settings settings, Late late, std::tuple<Functions...> functions)
        : key_(std::move(key)), rule_(std::move(settings.rule)), lateness_(settings.lateness), plan_(std::move(settings.emission)),
          late_(std::move(late)), functions_(std::move(functions)), room_(std::move(settings.limit)), expiry_(settings.expiry) {
        if (!rule_.valid())
            failure_ = invalid_rule(rule_);
        else if (lateness_.count() < 0)
            failure_ = error{.component = "window", .cause = "allowed_lateness is negative", .advice = "give zero or more"};
        else if (!plan_.valid())
            failure_ = error{.component = "window",
                             .cause = "the period of the emission is not positive",
                             .advice = "give it a positive period"};
        else if (Settings::expires && settings.expiry.count() <= 0)
            failure_ =
                error{.component = "window", .cause = "expire_after is not positive", .advice = "give it a positive duration"};
    }

    void on_item(Item const& item, auto& out) {
        if (!key_.has_key(item)) {
            ++null_keys_;
            return;
        }
        auto const [first, last] = windows_with(rule_, out.at().time);
        if (first > last) {
            ++outside_;
            return;
        }
        key_type const key = key_.of(item);
        bool taken = false;
        for (std::int64_t number = first;; ++number) {
            window_type* window = find_or_open(number, out.at().epoch);
            key_type const under = window ? room_for(key, window, out) : key;
            if (!window) ++late_assignments_;
            else add(*window, under, item, !std::exchange(taken, true), out);
            if (number == last) break;  // at the end of time numbers end too
        }
        if (!taken) late_.take(item, out.at());
    }

    void on_watermark(timestamp w, auto& out) {
        watermark_ = max_of(watermark_, w);
        if (w >= next_deadline_ || plan_.due(w) || expiry_.due(w)) advance(out);
    }

    void on_lane(lane_event event, auto& out) {
        row_lane_.note(event);
        row_lane_.tell(in_flight_ != 0, out);
    }

    void settle(auto& out) {
        windows_.settle();
        resting_.clear();
        resting_.swap(outgrown_);
        row_lane_.tell(in_flight_ != 0, out);
    }

    void account(tally& count) const {
        count.late = late_.items();
        count.late_assignments = late_assignments_;
        count.null_key = null_keys_;
        count.filtered = outside_;
        count.in_flight = in_flight_;
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    void open_windows(auto&& visit) const {
        for (auto const& each : windows_.all())
            visit(open_window{start_of(*each), end_of(*each), each->items.total(), each->fired});
    }

    [[nodiscard]] std::uint64_t oldest_held() const {
        std::uint64_t oldest = nothing_held;
        for (auto const& each : windows_.all()) oldest = min_of(oldest, each->epoch);
        return oldest;
    }

    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

private:
    [[nodiscard]] timestamp start_of(window_type const& window) const { return rule_.start_of(window.number); }
    [[nodiscard]] timestamp end_of(window_type const& window) const { return rule_.end_of(window.number); }

    /// Null: the window is over.
    window_type* find_or_open(std::int64_t number, std::uint64_t epoch) {
        if (window_type* const found = windows_.find(number)) return found;
        timestamp const end = rule_.end_of(number);
        if (saturating_add(end, lateness_) <= watermark_ || number <= closed_early_) return nullptr;
        window_type& opened = windows_.open(number, epoch, end <= watermark_);
        windows_.lend(opened);  // its rows are looked at while it still grows
        next_deadline_ = min_of(next_deadline_, opened.fired ? saturating_add(end, lateness_) : end);
        return &opened;
    }

    /// The key under which an item goes into the window, which is null when the state is full and it goes nowhere.
    template <class Out>
    key_type room_for(key_type const& key, [[maybe_unused]] window_type*& window, [[maybe_unused]] Out& out) {
        if constexpr (Settings::limited) {
            using policy = decltype(room_.when_full);
            if (window->table.find(key, windows_.hash(key)) || has_room(*window)) return key;
            if constexpr (std::is_same_v<policy, stop_when_full_t>) {
                if (!failure_) failure_ = full_error(key, *window);
            } else if constexpr (std::is_same_v<policy, close_oldest_t>) {
                while (window && !has_room(*window)) close_early(window, out);
            } else {
                return std::apply([](auto const&... part) { return key_type(part...); }, room_.when_full.parts);
            }
        }
        return key;
    }

    /// Whether a further key fits. A table that has to grow holds old and new entries side by side.
    [[nodiscard]] bool has_room(window_type const& window) const {
        std::size_t held = 0;
        for (auto const& each : windows_.all()) held += each->table.memory() + each->memory.capacity();
        return held + window.table.growth() <= room_.bytes;
    }

    /// Closes the oldest window before its time; `wanted` becomes null when it was that one.
    template <class Out>
    void close_early(window_type*& wanted, Out& out) {
        window_type& oldest = *windows_.all().front();
        if (oldest.fired) emit_unseen(oldest, out);
        else close(oldest, out);
        closed_early_ = oldest.number;
        if (wanted == &oldest) wanted = nullptr;
        windows_.close_oldest();
    }

    template <class Out>
    void add(window_type& window, key_type const& key, Item const& item, bool owner, Out& out) {
        std::uint64_t const hash = windows_.hash(key);
        window.items.add_one(hash);
        window.epoch = min_of(window.epoch, out.at().epoch);
        entry_type& entry = window.table.find_or_insert(key, hash, window.memory, [&] { return cell_type(functions_.init()); });
        cell_type& cell = entry.state;
        if (!functions_.add(cell.state, window.memory, item)) overflow(entry.key, window);
        ++cell.items;
        if (cell.unseen++ == 0) ++window.notes.unseen;
        cell.age.note(out.at());
        if (owner) {
            ++cell.owned;
            ++in_flight_;
        }
        std::uint64_t const in_row = discards ? cell.unseen : cell.items;
        trigger_view const view{start_of(window), end_of(window), out.at().time, watermark_, in_row, cell.unseen};
        if (!plan_.fires_at_once(view, window.fired)) return;
        emit_row(window, entry, out);
        tidy(window);
    }

    /// Emits what the watermark has closed and what is due of the others, the oldest window first, and lets go of what can no
    /// longer be corrected.
    template <class Out>
    void advance(Out& out) {
        bool const due = plan_.take_due(watermark_);
        if constexpr (Settings::expires)
            if (expiry_.take_due(watermark_)) forget_expired(out);
        next_deadline_ = end_of_time;
        for (auto const& each : windows_.all()) {
            if (failure_) return;
            window_type& window = *each;
            timestamp const end = end_of(window), last_chance = saturating_add(end, lateness_);
            if (end <= watermark_ && !window.fired) close(window, out);
            else if (due || last_chance <= watermark_) emit_unseen(window, out);
            if (last_chance > watermark_) next_deadline_ = min_of(next_deadline_, window.fired ? last_chance : end);
        }
        while (!windows_.empty() && saturating_add(end_of(*windows_.all().front()), lateness_) <= watermark_)
            windows_.close_oldest();
        row_lane_.tell(in_flight_ != 0, out);
    }

    template <class Out>
    void close(window_type& window, Out& out) {
        windows_.fired(window);
        window.table.for_each([&](entry_type& entry) {
            if (comes_at_end(entry.state)) emit_row(window, entry, out);
        });
    }

    /// Whether a row comes of it when its window closes, however little is new.
    [[nodiscard]] bool comes_at_end(cell_type const& cell) const { return cell.unseen != 0 || (plan_.always_final && !discards); }

    template <class Out>
    void emit_unseen(window_type& window, Out& out) {
        if (window.notes.unseen == 0) return;
        window.table.for_each([&](entry_type& entry) {
            if (entry.state.unseen != 0) emit_row(window, entry, out);
        });
        tidy(window);
    }

    /// Moves what has not expired into a new table: entries of a table stay in their order, and their texts in its arena.
    template <class Out>
    void forget_expired(Out& out) {
        for (auto const& each : windows_.all()) {
            window_type& window = *each;
            auto const expired = [&](cell_type const& cell) {
                return saturating_add(cell.age.latest, expiry_.period()) <= watermark_;
            };
            std::size_t gone = 0;
            window.table.for_each([&](entry_type& entry) {
                if (!expired(entry.state)) return;
                ++gone;
                if (entry.state.unseen != 0 || (!window.fired && comes_at_end(entry.state))) emit_row(window, entry, out);
            });
            if (gone == 0) continue;
            window.epoch = nothing_held;
            move_on(window, [&](cell_type const& cell) {
                if (expired(cell)) return false;
                window.epoch = min_of(window.epoch, cell.age.epoch);
                return true;
            });
        }
    }

    /// What rows that discard have shown is no longer needed: once the window's memory may be mostly that, the rest moves on.
    void tidy(window_type& window) {
        if constexpr (discards && functions_type::template grows<Item> && functions_type::mergeable) {
            if (window.notes.shown < max_of<std::size_t>(64, window.table.size())) return;
            window.notes.shown = 0;
            if (window.memory.capacity() <= window.notes.tidy_memory) return;
            move_on(window, [](cell_type const&) { return true; });
            window.notes.tidy_memory = max_of(shape::little_memory, window.memory.capacity() * 2);
        }
    }

    /// Moves the cells that are kept into a new table.
    template <class Keep>
    void move_on(window_type& window, Keep&& keep) {
        outgrown_.push_back({std::exchange(window.table, typename windows_type::table_type(process_seed)),
                             std::exchange(window.memory, arena())});
        windows_.lend(window);
        outgrown_.back().table.for_each([&](entry_type& entry) {
            if (!keep(entry.state)) return;
            key_type const key = entry.key;
            window.table.find_or_insert(key, windows_.hash(key), window.memory, [&] { return moved(entry.state, window.memory); });
        });
    }

    /// The cell with all that it borrows in other memory.
    [[nodiscard]] cell_type moved(cell_type& cell, arena& memory) const {
        cell_type fresh(functions_.init());
        if constexpr (functions_type::template grows<Item>) (void)functions_.merge(fresh.state, cell.state, memory);
        else fresh.state = std::move(cell.state);
        if constexpr (!plain) {
            auto const keep = [&](auto const&... result) { return results_type(kept_in(memory, result)...); };
            if (cell.emitted) fresh.emitted = std::apply(keep, *cell.emitted);
        }
        fresh.items = cell.items;
        fresh.unseen = cell.unseen;
        fresh.owned = cell.owned;
        fresh.age = cell.age;
        return fresh;
    }

    template <class Out>
    void emit_row(window_type& window, entry_type& entry, Out& out) {
        if (failure_) return;
        cell_type& cell = entry.state;
        timestamp const end = end_of(window);
        stamp const at{.time = end - duration(1), .position = emitted_++, .epoch = window.epoch};
        auto results = functions_.results_of(cell.state);
        auto const row_with = [&](auto const& values) {
            return functions_type::template row_with<Key>(start_of(window), end, entry.key, values);
        };
        aggregated_ += cell.owned;
        in_flight_ -= std::exchange(cell.owned, 0);
        if (std::exchange(cell.unseen, 0) != 0) --window.notes.unseen;
        if constexpr (plain) {
            out.emit(row_with(results), at);
            if constexpr (discards) {
                cell.state = functions_.init();
                ++window.notes.shown;
            }
        } else {
            output const made = cell.emitted ? output{change_kind::update, row_with(results), row_with(*cell.emitted)}
                                             : output{change_kind::insert, row_with(results), {}};
            cell.emitted = std::move(results);
            out.emit(made, at);
        }
    }

    void overflow(auto const& key, window_type const& in) {
        if (!failure_) failure_ = overflow_error(static_cast<key_type>(key), start_of(in));
    }

    [[nodiscard]] error full_error(key_type const& key, window_type const& in) const
        requires(Settings::limited)
    {
        return error{.component = "window",
                     .place = "key " + key_text(key) + ", window " + format_time(start_of(in)),
                     .cause = "the state is full: its limit is " + std::to_string(room_.bytes) + " bytes",
                     .advice = "raise state_limit, or say what happens then: state_limit(bytes, close_oldest) or "
                               "state_limit(bytes, overflow_key(...))"};
    }

    /// A table that was replaced, for as long as its rows are looked at.
    struct outgrown {
        typename windows_type::table_type table;
        arena memory;
    };

    [[no_unique_address]] Key key_;
    typename Settings::rule_type rule_;
    duration lateness_;
    emission_plan<typename Settings::emission_type> plan_;
    late_road<Late> late_;
    [[no_unique_address]] functions_type functions_;
    windows_type windows_;
    row_lane row_lane_;
    timestamp watermark_ = beginning_of_time;
    timestamp next_deadline_ = end_of_time;
    [[no_unique_address]] typename Settings::limit_type room_;
    period_marks expiry_;
    std::int64_t closed_early_ = std::numeric_limits<std::int64_t>::min();
    series<outgrown> outgrown_;  ///< in this poll
    series<outgrown> resting_;   ///< in the one before: the stages behind settle later
    std::uint64_t in_flight_ = 0;
    std::uint64_t aggregated_ = 0;
    std::uint64_t outside_ = 0;
    std::uint64_t late_assignments_ = 0;
    std::uint64_t null_keys_ = 0;
    std::uint64_t emitted_ = 0;
    std::optional<error> failure_;
};

}  // namespace weir::detail
