// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/change.hpp>
#include <weir/testing/detail/oracle_lanes.hpp>
#include <weir/testing/detail/oracle_view.hpp>
#include <weir/testing/oracle_rule.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/emission.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::testing {

/// An item as the oracle keeps it. `id` is the test's own number for it.
template <class Key, class Value>
struct oracle_item {
    timestamp time{};
    Key key{};
    Value value{};
    std::size_t id = 0;
};

/// A row as it should come: what happens to it, its window, its key, the items that make it up, and the aggregate of them.
///
/// The first row of a window and key is an `insert`, those after it are `update`s, and the row of a session that has grown or
/// was merged is an `erase` before the new one comes; with `discarding` all are `insert`s.
template <class Item, class Key, class Result>
struct oracle_row {
    change_kind kind = change_kind::insert;
    timestamp start{};
    timestamp end{};
    Key key{};
    std::vector<Item> items{};  ///< in order of arrival; of a count window in order of time
    Result result{};

    [[nodiscard]] std::vector<std::size_t> ids() const {
        std::vector<std::size_t> all;
        for (Item const& each : items) all.push_back(each.id);
        return all;
    }
    /// The greatest event time in it; a row without items has none, and says `start`.
    [[nodiscard]] timestamp last_event() const {
        timestamp last = start;
        for (Item const& each : items) last = std::max(last, each.time);
        return last;
    }

    /// The row as one line, for a test's complaint: `insert [0, 10) a: 3 4`, times in microseconds, then the items' ids.
    friend std::string to_string(oracle_row const& row)
        requires requires(std::ostream& text, Key const& any_key) { text << any_key; }
    {
        std::ostringstream text;
        text << (row.kind == change_kind::insert ? "insert" : row.kind == change_kind::update ? "update" : "erase") << " ["
             << row.start.time_since_epoch().count() << ", " << row.end.time_since_epoch().count() << ") " << row.key << ":";
        for (Item const& each : row.items) text << ' ' << each.id;
        return text.str();
    }
};

/// An item's place in a window that was gone when the item came.
struct oracle_late_assignment {
    std::size_t id = 0;
    oracle_span window{};

    friend bool operator==(oracle_late_assignment const&, oracle_late_assignment const&) = default;
};

/// When rows come, for the oracle: made of `emit::on_close`, `emit::on_update`, `emit::every(d)` or `emit::when(trigger)`.
class oracle_emission {
public:
    oracle_emission() = default;
    oracle_emission(emit::on_close_t) {}
    oracle_emission(emit::on_update_t said)
        : final_row_(false), each_item_(said.period <= duration::zero()), period_(said.period) {}
    oracle_emission(emit::every_t said) : period_(said.period) {}
    template <class Trigger>
    oracle_emission(emit::when_t<Trigger> said)
        : fires_([rule = said.rule](trigger_view const& view) { return rule.fires(view); }) {}

    /// Whether a window's row comes when it closes, changed or not.
    [[nodiscard]] bool final_row() const { return final_row_; }
    /// Whether an item that was added brings its row at once.
    [[nodiscard]] bool at_once(trigger_view const& view) const { return each_item_ || (fires_ && fires_(view)); }
    /// Whether what has changed comes at a multiple of the period and not before, also once the window has closed.
    [[nodiscard]] bool waits_for_beats() const { return !final_row_ && !each_item_; }
    /// Whether what has changed comes out when the watermark moves from `before` to `now`: it reached a multiple of the period.
    [[nodiscard]] bool beats(timestamp before, timestamp now) const {
        return period_ > duration::zero() && number_of(before) < number_of(now);
    }

private:
    [[nodiscard]] std::int64_t number_of(timestamp t) const {
        std::int64_t const since = t.time_since_epoch().count();
        return since / period_.count() - (since % period_.count() < 0 ? 1 : 0);
    }

    bool final_row_ = true;
    bool each_item_ = false;
    duration period_{};
    std::function<bool(trigger_view const&)> fires_{};
};

/// The aggregate of an oracle that was given none: how many items there are.
struct oracle_count {
    template <class Item>
    [[nodiscard]] std::size_t operator()(std::vector<Item> const& items) const {
        return items.size();
    }
};

/// Settings of a `window_oracle`.
template <class Value>
struct oracle_settings {
    oracle_rule rule;
    /// How far an item may be behind its lane's latest; none: the watermark moves by `advance_watermark_to` alone.
    std::optional<duration> bound = duration::zero();
    duration lateness{};             ///< how long after its end a window can be corrected
    oracle_emission emission{};      ///< `emit::on_close`, ...
    bool discarding = false;         ///< a row holds what came since the row before it
    bool empty_final_row = true;     ///< discarding: the final row comes, too, when nothing came since the row before it
    std::function<duration(Value const&)> gap_of{};  ///< sessions: an item's own gap; empty: the rule's
    std::optional<duration> max_ahead{};             ///< of the clock; none: no event is in the future
    bool advance_when_idle = false;  ///< when every lane is idle, the clock minus the bound is a watermark
};

/// Windows as the documents define them, in the plainest way: every item is kept, and all windows are recomputed from all
/// items each time something happens. It shares no code with the windows that it judges.
///
/// `Key` needs `==`. `Aggregate` makes a result of a `std::vector<oracle_item<Key, Value>>`. Tell it what happens, in order;
/// `rows`, `late` and the other lists are what should come of it, in order. Source: Akidau et al., "The Dataflow Model" (VLDB
/// 2015). Cost: an item costs time in proportion to all items before it.
template <class Key, class Value, class Aggregate = oracle_count>
class window_oracle {
public:
    using item_type = oracle_item<Key, Value>;
    using result_type = std::remove_cvref_t<std::invoke_result_t<Aggregate const&, std::vector<item_type> const&>>;
    using row_type = oracle_row<item_type, Key, result_type>;

    explicit window_oracle(oracle_settings<Value> settings, Aggregate aggregate = {})
        : settings_(std::move(settings)), aggregate_(std::move(aggregate)) {}

    /// A lane exists: it holds the watermark back until it has proved to be idle, or has ended.
    void opened(std::uint32_t lane) {
        lanes_.opened(lane);
        follow_lanes();
    }
    void idle(std::uint32_t lane) {
        lanes_.left(lane);
        follow_lanes();
    }
    void ended(std::uint32_t lane) { idle(lane); }

    /// The clock that the host gives.
    void clock(timestamp now) {
        now_ = now;
        if (settings_.bound && settings_.advance_when_idle && lanes_.all_idle()) advance_watermark_to(now - *settings_.bound);
    }

    /// An item; without a key it belongs to no group.
    void item(std::uint32_t lane, timestamp time, std::optional<Key> key, Value value, std::size_t id) {
        ++items;
        if (settings_.max_ahead && now_ && time > *now_ + *settings_.max_ahead) {
            future.push_back(id);
            return;
        }
        lanes_.saw(lane, time);
        follow_lanes();
        if (!key) {
            without_key.push_back(id);
            return;
        }
        if (is_count()) take_counted(time, *key, std::move(value), id);
        else take(time, *key, std::move(value), id);
    }

    /// No item before `w` is expected; it never goes back.
    void advance_watermark_to(timestamp w) {
        if (w <= watermark_) return;
        timestamp const before = watermark_;
        watermark_ = w;
        if (is_count()) return count_up();
        bool const beat = settings_.emission.beats(before, w);
        for (view const& each : windows()) {
            bool const closes = closed(each.span.end, w) && !closed(each.span.end, before);
            bool const goes = gone(each.span.end) && closed(each.span.end, before);
            if (closes && settings_.emission.final_row()) put_out(each);
            else if ((closes || goes || beat) && changed(each)) put_out(each);
        }
        forget_what_is_gone();
    }

    /// Nothing follows: the watermark moves to the end of time.
    void end() {
        advance_watermark_to(end_of_time);
        if (is_count()) count_the_rest();
    }

    // What should have come of it all by now, in order.
    std::vector<row_type> rows{};
    std::vector<std::size_t> late{};  ///< items whose windows were all gone
    std::vector<oracle_late_assignment> late_assignments{};  ///< of items late for all their windows, and for some
    std::vector<std::size_t> without_key{};
    std::vector<std::size_t> future{};   ///< items too far ahead of the clock
    std::vector<std::size_t> outside{};  ///< items that no window contains
    std::uint64_t items = 0;             ///< how many came in all

    /// Items that were taken and are in no row yet.
    [[nodiscard]] std::vector<std::size_t> waiting() const {
        std::vector<std::size_t> ids;
        for (kept const& each : kept_)
            if (!each.in_row) ids.push_back(each.item.id);
        return ids;
    }

    /// Items that a row still to come may contain.
    [[nodiscard]] std::vector<std::size_t> held() const {
        std::vector<std::size_t> ids;
        for (std::size_t i = 0; i < kept_.size(); ++i)
            if (is_held(i)) ids.push_back(kept_[i].item.id);
        return ids;
    }

    [[nodiscard]] timestamp watermark() const { return watermark_; }

private:
    using view = detail::viewed_window;

    struct kept {
        item_type item;
        bool in_row = false;
        bool counted = false;
    };
    /// What has been said of a window and key: the items that its rows have held so far.
    struct said {
        oracle_span span{};
        std::size_t key = 0;
        std::vector<std::size_t> items{};
    };
    /// A key of a count window: its items in order of time, and how many of them a row has covered.
    struct sequence {
        std::vector<std::size_t> items{};
        std::size_t covered = 0;
    };

    [[nodiscard]] bool is_count() const { return settings_.rule.what() == oracle_rule::kind::count; }
    [[nodiscard]] bool is_session() const { return settings_.rule.what() == oracle_rule::kind::session; }

    void follow_lanes() {
        if (!settings_.bound) return;
        if (auto const least = lanes_.least()) advance_watermark_to(saturating_subtract(*least, *settings_.bound));
    }

    /// A session's end can still be extended by an event exactly at it; any other window's end is outside it.
    [[nodiscard]] bool closed(timestamp end, timestamp w) const { return is_session() ? w > end : w >= end; }
    [[nodiscard]] bool corrects_at_once(view const& window) const {
        return closed(window.span.end, watermark_) && !settings_.emission.waits_for_beats();
    }
    [[nodiscard]] bool gone(timestamp end) const { return closed(saturating_add(end, settings_.lateness), watermark_); }

    [[nodiscard]] std::vector<view> windows() const { return detail::view_of(settings_.rule.what(), placed_); }

    [[nodiscard]] std::vector<oracle_span> own_windows(timestamp time, Value const& value) const {
        switch (settings_.rule.what()) {
            case oracle_rule::kind::session:
                return {{time, time + (settings_.gap_of ? settings_.gap_of(value) : settings_.rule.length())}};
            case oracle_rule::kind::sliding: return {{time + duration(1) - settings_.rule.length(), time + duration(1)}};
            default: return settings_.rule.spans_of(time);
        }
    }

    void take(timestamp time, Key const& key, Value value, std::size_t id) {
        std::vector<oracle_span> own = own_windows(time, value);
        if (own.empty()) {
            outside.push_back(id);
            return;
        }
        std::size_t const number = kept_.size();
        std::size_t const refused_before = late_assignments.size();
        auto const refuse = [&](oracle_span const& span) {
            bool const is_gone = gone(span.end);
            if (is_gone) late_assignments.push_back({id, span});
            return is_gone;
        };
        placed_.push_back({time, number_of(key), own});
        kept_.push_back({{time, key, std::move(value), id}});
        // A session that the item joins may still be there although one of the item alone would be gone.
        std::vector<view> all = windows();
        if (is_session()) own = {std::find_if(all.begin(), all.end(), [&](view const& each) { return each.holds(number); })->span};
        std::erase_if(own, refuse);
        if (own.empty()) {
            late.push_back(id);
            placed_.pop_back();
            kept_.pop_back();
            return;
        }
        if (late_assignments.size() != refused_before) {
            placed_.back().windows = own;
            all = windows();
        }
        for (view const& each : all)
            if (each.holds(number) && (corrects_at_once(each) || settings_.emission.at_once(look_at(each, time))))
                put_out(each);
    }

    [[nodiscard]] trigger_view look_at(view const& window, timestamp time) const {
        std::size_t const unseen = unsaid(window).size();
        return {window.span.start, window.span.end, time, watermark_, settings_.discarding ? unseen : window.items.size(), unseen};
    }

    /// The rows said of these items before: of this window, or of sessions that are now part of it.
    [[nodiscard]] std::vector<said> said_before(view const& window) const {
        std::vector<said> found;
        for (said const& each : said_) {
            if (each.key != window.key) continue;
            bool const same = each.span == window.span;
            bool const part = is_session() && window.holds(each.items.front());
            if (same || part) found.push_back(each);
        }
        std::sort(found.begin(), found.end(), [](said const& a, said const& b) { return a.span.end < b.span.end; });
        return found;
    }

    [[nodiscard]] std::vector<std::size_t> unsaid(view const& window) const {
        std::vector<std::size_t> fresh = window.items;
        for (said const& each : said_before(window))
            std::erase_if(fresh, [&](std::size_t i) {
                return std::find(each.items.begin(), each.items.end(), i) != each.items.end();
            });
        return fresh;
    }

    /// Whether the last row said of the window is not what its row would be now.
    [[nodiscard]] bool changed(view const& window) const {
        std::vector<said> const before = said_before(window);
        return before.size() != 1 || before.front().span != window.span || before.front().items != window.items;
    }

    void put_out(view const& window) {
        std::vector<said> const before = said_before(window);
        std::vector<std::size_t> const shown = settings_.discarding ? unsaid(window) : window.items;
        auto kind = change_kind::insert;
        for (said const& old : before) {
            if (settings_.discarding) continue;
            if (old.span == window.span) kind = change_kind::update;
            else rows.push_back(row_of(change_kind::erase, old.span, old.key, old.items));
        }
        std::erase_if(said_, [&](said const& each) {
            return std::any_of(before.begin(), before.end(),
                               [&](said const& old) { return each.key == old.key && each.span == old.span; });
        });
        said_.push_back({window.span, window.key, window.items});
        if (shown.empty() && !settings_.empty_final_row) return;
        rows.push_back(row_of(kind, window.span, window.key, shown));
        for (std::size_t i : shown) kept_[i].in_row = true;
    }

    [[nodiscard]] row_type row_of(change_kind kind, oracle_span span, std::size_t key,
                                  std::vector<std::size_t> const& shown) const {
        std::vector<item_type> of;
        for (std::size_t i : shown) of.push_back(kept_[i].item);
        result_type result = aggregate_(of);
        return {kind, span.start, span.end, keys_[key], std::move(of), std::move(result)};
    }

    void forget_what_is_gone() {
        for (view const& each : windows()) {
            if (!gone(each.span.end)) continue;
            for (std::size_t i = 0; i < placed_.size(); ++i) {
                if (is_session() && each.holds(i)) placed_[i].windows.clear();
                if (placed_[i].key == each.key) std::erase(placed_[i].windows, each.span);
            }
            std::erase_if(said_, [&](said const& one) { return one.key == each.key && one.span == each.span; });
        }
    }

    [[nodiscard]] bool is_held(std::size_t i) const {
        if (watermark_ == end_of_time) return false;
        if (is_count()) {
            if (!kept_[i].counted) return true;
            sequence const& mine = sequences_[placed_[i].key];
            std::size_t const next_row = mine.covered + settings_.rule.advance();
            auto const place = static_cast<std::size_t>(std::find(mine.items.begin(), mine.items.end(), i) - mine.items.begin());
            return place + settings_.rule.size() >= next_row;
        }
        if (settings_.rule.what() == oracle_rule::kind::sliding) return !gone(placed_[i].time + settings_.rule.length());
        return !placed_[i].windows.empty();
    }

    void take_counted(timestamp time, Key const& key, Value value, std::size_t id) {
        if (time < watermark_) {
            late.push_back(id);
            return;
        }
        placed_.push_back({time, number_of(key), {}});
        kept_.push_back({{time, key, std::move(value), id}});
        sequences_.resize(keys_.size());
        count_up();
    }

    /// Counts the items whose turn has come, in order of time and then of arrival.
    void count_up() {
        std::vector<std::size_t> next;
        for (std::size_t i = 0; i < kept_.size(); ++i)
            if (!kept_[i].counted && placed_[i].time <= watermark_) next.push_back(i);
        std::sort(next.begin(), next.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(placed_[a].time, a) < std::pair(placed_[b].time, b);
        });
        for (std::size_t i : next) {
            kept_[i].counted = true;
            sequence& mine = sequences_[placed_[i].key];
            mine.items.push_back(i);
            if (mine.items.size() - mine.covered == settings_.rule.advance())
                put_out_last(mine, std::min(settings_.rule.size(), mine.items.size()));
        }
    }

    /// At the end of the stream: one row of each key for what no row has covered, in the order of their last items.
    void count_the_rest() {
        std::vector<sequence*> rest;
        for (sequence& mine : sequences_)
            if (mine.covered < mine.items.size()) rest.push_back(&mine);
        std::sort(rest.begin(), rest.end(), [&](sequence const* a, sequence const* b) {
            std::size_t const last_of_a = a->items.back(), last_of_b = b->items.back();
            return std::pair(placed_[last_of_a].time, last_of_a) < std::pair(placed_[last_of_b].time, last_of_b);
        });
        for (sequence* mine : rest) put_out_last(*mine, mine->items.size() - mine->covered);
    }

    void put_out_last(sequence& of, std::size_t count) {
        std::vector<std::size_t> const shown(of.items.end() - static_cast<std::ptrdiff_t>(count), of.items.end());
        oracle_span const span{placed_[shown.front()].time, placed_[shown.back()].time + duration(1)};
        rows.push_back(row_of(change_kind::insert, span, placed_[shown.front()].key, shown));
        for (std::size_t i : shown) kept_[i].in_row = true;
        of.covered = of.items.size();
    }

    [[nodiscard]] std::size_t number_of(Key const& key) {
        auto const found = std::find(keys_.begin(), keys_.end(), key);
        if (found != keys_.end()) return static_cast<std::size_t>(found - keys_.begin());
        keys_.push_back(key);
        return keys_.size() - 1;
    }

    oracle_settings<Value> settings_;
    Aggregate aggregate_;
    timestamp watermark_ = beginning_of_time;
    std::optional<timestamp> now_{};
    detail::oracle_lanes lanes_{};
    std::vector<Key> keys_{};                    ///< in order of arrival
    std::vector<kept> kept_{};                   ///< what was taken, in order of arrival
    std::vector<detail::placed_item> placed_{};  ///< the same
    std::vector<said> said_{};
    std::vector<sequence> sequences_{};          ///< of each key, for count windows
};

}  // namespace weir::testing
