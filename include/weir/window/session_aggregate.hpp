// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/stream.hpp>
#include <weir/window/detail/closing_queue.hpp>
#include <weir/window/detail/due_session.hpp>
#include <weir/window/detail/emission_plan.hpp>
#include <weir/window/detail/epoch_counts.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/detail/key_sessions.hpp>
#include <weir/window/detail/min_heap.hpp>
#include <weir/window/detail/row_lane.hpp>
#include <weir/window/detail/session_look_ups.hpp>
#include <weir/window/detail/session_state.hpp>
#include <weir/window/detail/session_table.hpp>
#include <weir/window/late.hpp>
#include <weir/window/open_window.hpp>
#include <weir/window/session.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Groups items by key and session and emits a row for each session: when it closes, or whenever the emission says so.
///
/// Where rows come once, when a session closes, an item that falls into the one session of its key costs a look-up, two
/// comparisons and what the functions do. With `allowed_lateness`, or early rows, what comes out are changes: rows whose
/// sessions have grown or were merged are erased before the new row comes.
template <class Item, class Key, class Settings, class Late, class... Functions>
class session_aggregate {
    using rule_type = typename Settings::rule_type;
    using emission_type = typename Settings::emission_type;
    using key_type = typename Key::type;
    using functions_type = function_set<Functions...>;
    using row_type = session_row<Key, Functions...>;
    /// One final row a session.
    static constexpr bool lean = !Settings::corrects && std::is_same_v<emission_type, emit::on_close_t>;
    static constexpr bool fixed_gap = rule_type::fixed_gap;
    /// Whether sessions are closed once a run of items, and not between them.
    static constexpr bool by_run = lean && fixed_gap;
    static constexpr bool has_period =
        std::is_same_v<emission_type, emit::on_update_t> || std::is_same_v<emission_type, emit::every_t>;
    using plan_type = emission_plan<emission_type>;
    static constexpr bool lends = borrows<decltype(row_type::values)>;
    using session_type = session_state<functions_type, Item, fixed_gap, lean, lends>;
    using sessions_type = key_sessions<session_type, lends>;
    using table_type = session_table<key_type, sessions_type>;
    using entry_type = typename table_type::entry;
    using place_type = typename table_type::place;
    using look_ups_type = session_look_ups<Key, table_type>;
    using due_type = due_session<session_type>;

public:
    using output = std::conditional_t<lean, row_type, change<row_type>>;
    using output_stream = stream<output, timed, unkeyed, unwindowed, std::conditional_t<lean, append_only, erasing>>;
    static constexpr std::string_view name = "window";
    static constexpr bool makes_lanes = true;

    session_aggregate(Key key, Settings settings, Late late, std::tuple<Functions...> functions)
        : key_(std::move(key)), rule_(std::move(settings.rule)), lateness_(settings.lateness), plan_(std::move(settings.emission)),
          late_(std::move(late)), functions_(std::move(functions)) {
        if (!rule_.valid())
            failure_ = error{.component = "window", .cause = "the session's gap is not positive", .advice = "give it a positive gap"};
        else if (lateness_.count() < 0)
            failure_ = error{.component = "window", .cause = "allowed_lateness is negative", .advice = "give zero or more"};
        else if (!plan_.valid())
            failure_ = error{
                .component = "window", .cause = "the period of the emission is not positive", .advice = "give it a positive period"};
    }

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (!key_.has_key(item)) [[unlikely]] {
            ++null_keys_;
            return;
        }
        key_type const key = key_.of(item);
        std::uint64_t const hash = table_type::hash(key);
        place_type const place = keys_.find(key, hash);
        // An item may have been read before others that came first, as rows of windows and items that had to wait may be.
        if (lies_in_latest(place.at, key, out.at().time, watermark_) && out.at().epoch >= epochs_.newest()) [[likely]] {
            ++taken_;
            put_in_latest(*place.at, item, out.at().time);
        } else take_elsewhere(item, key, hash, place, out.at().time, out.apart());
    }

    /// Keys that are looked up together do not wait for each other's memory. Items side by side are of the poll that is being read.
    void on_timed_batch(std::span<Item const> items, std::span<timestamp const> times, auto& out)
        requires(Key::reads_members)
    {
        for (std::size_t first = 0; first < items.size(); first += longest_run) {
            std::size_t const count = min_of(longest_run, items.size() - first);
            add_run(items.subspan(first, count), times.subspan(first, count), {}, first, out);
        }
    }

    /// The same, where watermarks come between the items, if they mean nothing to the stages behind: these are told of them
    /// when rows have come, and at the end of the batch. Where a session has one row and all items one gap, sessions
    /// are closed run by run, or before an item that would show the difference.
    void on_paced_batch(std::span<Item const> items, std::span<timestamp const> times, std::span<timestamp const> watermarks,
                        auto& out)
        requires(Key::reads_members && !late_road<Late>::hears_watermarks() && !std::remove_cvref_t<decltype(out)>::watermarks_are_heard())
    {
        for (std::size_t first = 0; first < items.size(); first += longest_run) {
            std::size_t const count = min_of(longest_run, items.size() - first);
            add_run(items.subspan(first, count), times.subspan(first, count), watermarks.subspan(first, count), first, out);
        }
        out.watermark(watermark_);
    }

    WEIR_INLINE void on_watermark(timestamp w, auto& out) {
        watermark_ = max_of(watermark_, w);
        if (w > next_deadline_ || plan_.due(w)) [[unlikely]] advance(out.apart());
    }

    void on_lane(lane_event event, auto& out) {
        row_lane_.note(event);
        row_lane_.tell(in_flight() != 0, out);
    }

    void settle(auto& out) {
        resting_.clear();
        resting_.swap(gone_);
        resting_memory_.clear();
        resting_memory_.swap(gone_memory_);
        keys_.settle(in_use_, renumbered());
        row_lane_.tell(in_flight() != 0, out);
    }

    void account(tally& count) const {
        count.late = count.late_assignments = late_.items();
        count.null_key = null_keys_;
        count.dead_lettered = without_gap_;
        count.in_flight = in_flight();
        count.aggregated = aggregated_;
        count.emitted = emitted_;
    }

    void account_branches(auto& visit, int depth) { late_.account_branches(visit, depth); }
    void branches(auto&& visit) { late_.branches(visit); }

    void open_windows(auto&& visit) const {
        keys_.for_each([&](entry_type const& each, std::uint32_t) {
            for (std::size_t i = 0; i < each.value.size(); ++i) {
                session_type const& session = each.value[i];
                visit(open_window{session.start, end_of(session), session.items(), session.has_fired()});
            }
        });
    }

    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return epochs_.oldest(); }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

    /// Bytes held for sessions, without what their states refer to and those of keys that have several.
    [[nodiscard]] std::size_t memory() const noexcept { return keys_.memory() + queue_.memory() + lists_.memory(); }

private:
    static constexpr std::size_t longest_run = look_ups_type::longest_run;
    static constexpr std::size_t part = 16;

    [[nodiscard]] std::uint64_t in_flight() const noexcept { return taken_ - aggregated_; }

    [[nodiscard]] WEIR_INLINE timestamp end_of(session_type const& session) const noexcept {
        if constexpr (fixed_gap) return saturating_add(session.last, rule_.gap());
        else return session.end;
    }

    /// No event on time could extend what ends then.
    [[nodiscard]] bool is_closed(timestamp end) const noexcept { return watermark_ > end || watermark_ == end_of_time; }
    [[nodiscard]] timestamp last_chance(timestamp end) const noexcept {
        if constexpr (lean) return end;
        else return saturating_add(end, lateness_);
    }

    /// What refers to keys by their numbers follows when these change.
    [[nodiscard]] auto renumbered() {
        return [this](auto&& number_of) {
            queue_.renumber(table_type::none, number_of);
            series<std::uint64_t> changed;
            for (std::uint64_t each : changed_)
                if (number_of(each) != table_type::none) changed.push_back(number_of(each));
            changed_.swap(changed);
        };
    }

    // In parts, each of which takes three loops that are short enough to have all they need in registers.
    template <class Out>
    WEIR_INLINE void add_run(std::span<Item const> items, std::span<timestamp const> times, std::span<timestamp const> watermarks,
                             std::size_t number, Out& out) {
        look_ups_type run;
        for (std::size_t first = 0, end = 0; first < items.size(); first = end) {
            end = min_of(first + part, items.size());
            run.come_to(end, key_, keys_, items);
            add_part(items, times, watermarks, run, first, end, number, out);
        }
        if constexpr (by_run)
            if (watermark_ > next_deadline_) close(watermarks, out);
    }

    template <class Out>
    WEIR_INLINE void add_part(std::span<Item const> items, std::span<timestamp const> times, std::span<timestamp const> watermarks,
                              look_ups_type& run, std::size_t first, std::size_t end, std::size_t number, Out& out) {
        bool const paced = !watermarks.empty();
        timestamp w = watermark_;
        std::size_t counted = first;  // those from it on are in a session, but not yet in `taken_`
        for (std::size_t i = first; i < end; ++i) {
            if constexpr (by_run) {
                if (paced) w = max_of(w, watermarks[i]);
                if (key_.has_key(items[i]) && lies_in_latest(run.likely(i), key_.of(items[i]), times[i], w)) [[likely]] {
                    put_in_latest(*run.likely(i), items[i], times[i]);
                    continue;
                }
                watermark_ = w;
                taken_ += i - counted;
                counted = i + 1;
            } else if (paced) {
                pace(watermarks[i], out);
            }
            if (!key_.has_key(items[i])) [[unlikely]] ++null_keys_;
            else add_apart(items, times, watermarks, run, i, number, out);
        }
        if constexpr (by_run) {
            watermark_ = w;
            taken_ += end - counted;
        }
    }

    /// Adds an item that may not simply lie in the latest session of its key.
    template <class Out>
    [[gnu::noinline]] void add_apart(std::span<Item const> items, std::span<timestamp const> times, std::span<timestamp const> watermarks,
                                     look_ups_type& run, std::size_t i, std::size_t number, Out& out) {
        key_type const key = key_.of(items[i]);
        place_type const place = keys_.find(key, run.hash(i), run.likely_place(i));
        if constexpr (by_run)
            if (!watermarks.empty() && must_close_first(place, times[i])) close(watermarks.first(i + 1), out);
        std::uint64_t const before = keys_.renewals();
        take_elsewhere(items[i], key, run.hash(i), place, times[i],
                       out.with(stamp_of(items[i], number + i, out.at()).with_time(times[i])));
        if (keys_.renewals() != before) [[unlikely]] run.lead(i + 1, key_, keys_, items);
    }

    template <class Out>
    WEIR_INLINE void pace(timestamp w, Out& out) {
        if (w <= watermark_) return;
        watermark_ = w;
        if (w > next_deadline_ || plan_.due(w)) [[unlikely]] {
            std::uint64_t const before = emitted_;
            advance(out.with(stamp{.time = w, .epoch = out.epoch()}));
            if (emitted_ != before) out.watermark(w);
        }
    }

    /// Whether an item belongs to the latest session of its key, which is open at watermark `w`, and moves nothing but its end.
    /// Where an end is at the end of time that is left open.
    [[nodiscard]] WEIR_INLINE bool lies_in_latest(entry_type const* likely, key_type const& key, timestamp time, timestamp w) const {
        if constexpr (by_run) {
            if (!likely || !kept_key<key_type>::same(likely->key, key)) [[unlikely]] return false;
            session_type const& latest = likely->value.latest;
            std::int64_t beyond = 0;
            if (__builtin_add_overflow(latest.last.time_since_epoch().count(), reach(), &beyond)) [[unlikely]] return false;
            return time >= latest.start && max_of(time, w) < timestamp(duration(beyond));
        } else {
            return false;
        }
    }
    /// The first distance from a session's last event that is too far.
    [[nodiscard]] WEIR_INLINE std::int64_t reach() const noexcept {
        return saturating_add(timestamp(rule_.gap()), duration(1)).time_since_epoch().count();
    }
    WEIR_INLINE void put_in_latest(entry_type& entry, Item const& item, timestamp time) {
        session_type& latest = entry.value.latest;
        latest.last = max_of(latest.last, time);
        add(entry, latest, item);
    }

    /// Whether what has closed in this run must come out before this item is looked at: it would else find a session of its key
    /// that has closed, or, being late itself, come before rows that it is to follow.
    [[nodiscard]] bool must_close_first(place_type const& place, timestamp time) const {
        return is_closed(saturating_add(time, rule_.gap())) ||
               (place.at && place.at->value.size() != 0 && is_closed(end_of(place.at->value.front())));
    }

    /// An item that does not simply lie in the latest session of its key, or after which rows may come.
    template <class Out>
    [[gnu::noinline]] void take_elsewhere(Item const& item, key_type const& key, std::uint64_t hash, place_type place, timestamp time,
                                          Out&& out) {
        duration const gap = rule_.gap_of(item);
        if (gap.count() <= 0) [[unlikely]] return refuse(key, out);
        timestamp const until = saturating_add(time, gap);
        bool const over = is_closed(last_chance(until));
        std::size_t first = 0, end = 0;
        if (place.at) {
            sessions_type const& mine = place.at->value;
            first = mine.count_before([&](session_type const& each) { return end_of(each) >= time; });
            end = mine.count_before([&](session_type const& each) { return each.start > until; });
        }
        if (first == end && over) return late_.take(item, out.at());
        bool const is_new = !place.at || place.at->value.size() == 0;
        session_type* into = nullptr;
        if (is_new) {
            if (place.at) place.at->value.latest = open(time, until, out);
            else place = keys_.insert(key, hash, [&] { return sessions_type(open(time, until, out)); }, renumbered());
            ++in_use_;
            into = &place.at->value.latest;
        } else if (first == end) {
            into = &place.at->value.insert(first, open(time, until, out), lists_);
        } else {
            into = &join(*place.at, first, end);
            into->extend(time, until);
            if (std::uint64_t const epoch = out.at().epoch; epoch < into->epoch) epochs_.move(std::exchange(into->epoch, epoch), epoch);
        }
        ++taken_;
        add(*place.at, *into, item);
        if constexpr (!lean) changed(place, *into, time, out);
        put_in_queue(place, is_new, gap);
    }

    template <class Out>
    [[gnu::noinline]] void refuse(key_type const& key, Out& out) {
        ++without_gap_;
        out.dead_letter(error{.component = "window",
                              .place = "key " + key_text(key),
                              .cause = "the item's session gap is not positive",
                              .advice = "let the function given to `session` return a positive span of time"},
                        {});
    }

    [[nodiscard]] session_type open(timestamp time, timestamp until, auto const& out) {
        epochs_.add(out.at().epoch);
        return session_type(time, until, arrivals_++, out.at().epoch, functions_.init());
    }

    WEIR_INLINE void add(entry_type& entry, session_type& session, Item const& item) {
        session.count_item();
        bool const held = functions_.add(session.state, session.memory(no_memory_), item);
        if (!held) [[unlikely]] overflow(entry, session);
    }

    /// Puts the sessions from `first` to before `end` together: all become part of the last of them.
    session_type& join(entry_type& entry, std::size_t first, std::size_t end) {
        sessions_type& mine = entry.value;
        session_type& into = mine[end - 1];
        for (std::size_t i = first; i < end - 1; ++i) {
            session_type& from = mine[i];
            epochs_.remove(max_of(into.epoch, from.epoch));
            if (!functions_.merge(into.state, from.state, into.memory(no_memory_))) overflow(entry, into);
            into.absorb(from);
        }
        take_out(mine, first, end - 1);
        return mine[first];
    }

    /// What was emitted of a session may be looked at until the stages behind this one have settled.
    void take_out(sessions_type& mine, std::size_t first, std::size_t end) {
        mine.take_out(first, end, lists_, [&gone = gone_](auto&& each) {
            if constexpr (lends) gone.push_back(std::move(each));
            else (void)gone, (void)each;
        });
    }

    /// Sees to it that what happens next to a key is in the queue.
    void put_in_queue(place_type const& place, bool is_new, duration gap) {
        auto const next = next_of(place.at->value, place.number);
        timestamp& queued = place.at->deadline;
        if (!is_new && next.at >= queued) return;
        queued = next.at;
        queue_.put(next, watermark_, gap, queued_keys{*this});
        next_deadline_ = queue_.quiet_until();
    }

    /// When something happens to a key next: its oldest session that has not fired closes, or its oldest one is over.
    [[nodiscard]] WEIR_INLINE waiting_key next_of(sessions_type const& mine, std::uint64_t number) const {
        session_type const& oldest = mine.front();
        if constexpr (!lean) {
            if (oldest.has_fired()) {
                std::size_t const open = mine.count_before([](session_type const& each) { return !each.has_fired(); });
                timestamp const over = last_chance(end_of(oldest));
                return {open == mine.size() ? over : min_of(over, end_of(mine[open])), oldest.arrival, number};
            }
        }
        return {end_of(oldest), oldest.arrival, number};
    }

    /// What the queue asks of the keys that wait in it.
    struct queued_keys {
        session_aggregate& of;

        [[nodiscard]] WEIR_INLINE timestamp noted(std::uint64_t number) const noexcept { return of.keys_.at(number).deadline; }
        [[nodiscard]] WEIR_INLINE waiting_key renew(std::uint64_t number) const {
            entry_type& each = of.keys_.at(number);
            waiting_key const next = of.next_of(each.value, number);
            each.deadline = next.at;
            return next;
        }
        WEIR_INLINE void approach(std::uint64_t number) const noexcept { of.keys_.approach_number(number); }
    };

    [[nodiscard]] WEIR_INLINE bool pop(waiting_key& next) { return queue_.pop(watermark_, next, queued_keys{*this}); }

    /// Emits the sessions that the watermark has closed, in the order of their ends. Where it came to be what it is in steps,
    /// `watermarks`, the stages behind are told of each step that closed any.
    template <class Out>
    [[gnu::noinline]] void close(std::span<timestamp const> watermarks, Out out) {
        if (failure_) return;  // a state that overflowed must not be seen
        std::size_t step = 0;
        std::uint64_t const before = emitted_;
        for (waiting_key next; pop(next);) {
            entry_type& entry = keys_.at(next.number);
            session_type const& done = entry.value.front();
            std::size_t const closed_by = step;
            while (step + 1 < watermarks.size() && watermarks[step] <= end_of(done)) ++step;
            if (step != closed_by && emitted_ != before) out.watermark(watermarks[closed_by]);
            aggregated_ += done.items();
            out.emit(row_of(entry, done), stamp_of_row(done));
            let_go({&entry, next.number}, 1);
        }
        if (!watermarks.empty() && emitted_ != before) out.watermark(watermarks[step]);
        next_deadline_ = queue_.quiet_until();
        row_lane_.tell(in_flight() != 0, out);
    }

    /// Emits what the watermark has closed, in the order of the sessions' ends, and lets go of what can no longer be corrected.
    template <class Out>
    WEIR_INLINE void advance(Out out) {
        if constexpr (lean) close({}, out);
        else emit_and_let_go(out);
    }

    template <class Out>
    [[gnu::noinline]] void emit_and_let_go(Out out) {
        if (failure_) return;
        min_heap<due_type> due;
        series<std::uint64_t> touched;
        if (plan_.take_due(watermark_)) collect_changed(due);
        for (waiting_key next; pop(next);) {
            touched.push_back(next.number);
            keys_.at(next.number).deadline = beginning_of_time;  // it does not come up twice
            sessions_type& mine = keys_.at(next.number).value;
            for (std::size_t i = 0; i < mine.size() && is_closed(end_of(mine[i])); ++i)
                if (!mine[i].has_fired() || is_closed(last_chance(end_of(mine[i])))) put_due(due, next.number, mine[i]);
        }
        while (!due.empty()) emit_due(due.pop(), out);
        for (std::uint64_t number : touched) {
            entry_type& entry = keys_.at(number);
            std::size_t const gone = entry.value.count_before(
                [&](session_type const& each) { return !is_closed(last_chance(end_of(each))); });
            let_go({&entry, number}, gone);
        }
        next_deadline_ = queue_.quiet_until();
        row_lane_.tell(in_flight() != 0, out);
    }

    /// Takes out the oldest sessions of a key, and the key when none is left.
    void let_go(place_type const& place, std::size_t count) {
        sessions_type& mine = place.at->value;
        for (std::size_t i = 0; i < count; ++i) epochs_.remove(mine[i].epoch);
        bool const all = count == mine.size();
        take_out(mine, 0, all ? count - 1 : count);
        if (all) {
            if constexpr (session_type::has_memory && lends) gone_.push_back(owner<session_type>(new session_type(std::move(mine.latest))));
            else if constexpr (session_type::has_memory) session_type const gone(std::move(mine.latest));
            mine.latest.set_closed();
            place.at->deadline = beginning_of_time;
            --in_use_;
            return;
        }
        auto const next = next_of(mine, place.number);
        place.at->deadline = next.at;
        queue_.put(next, watermark_, duration(1), queued_keys{*this});
    }

    // What follows is of sessions whose rows may change.

    void put_due(min_heap<due_type>& due, std::uint64_t number, session_type& session) {
        due.push({end_of(session), session.arrival, number, &session});
    }

    void collect_changed(min_heap<due_type>& due) {
        for (std::uint64_t number : changed_) {
            if (keys_.at(number).deadline == beginning_of_time) continue;  // the key has gone
            sessions_type& mine = keys_.at(number).value;
            for (std::size_t i = 0; i < mine.size(); ++i)
                if (mine[i].more.unseen != 0) put_due(due, number, mine[i]);
        }
        changed_.clear();
    }

    /// Notes that a key has changes that wait. Those that no longer do are left out when they have become many.
    void note_changed(std::uint64_t number) {
        changed_.push_back(number);
        if (changed_.size() < 2 * in_use_ + 1024) return;
        series<std::uint64_t> still;
        keys_.for_each([&](entry_type const& each, std::uint32_t its) {
            for (std::size_t i = 0; i < each.value.size(); ++i)
                if (each.value[i].more.unseen != 0) return still.push_back(its);
        });
        changed_.swap(still);
    }

    template <class Out>
    void emit_due(due_type const& due, Out& out) {
        auto& more = due.session->more;
        bool const closes = !more.fired && is_closed(due.end);
        if (closes) more.fired = true;
        if (more.unseen != 0 || (closes && plan_.always_final)) emit_change(keys_.at(due.number), *due.session, out);
    }

    /// An item was added to a session, which may have grown, or be several that were put together.
    template <class Out>
    void changed(place_type const& place, session_type& session, timestamp time, Out& out) {
        auto& more = session.more;
        ++more.unseen;
        timestamp const end = end_of(session);
        more.fired = is_closed(end);
        trigger_view const view{session.start, end, time, watermark_, session.items(), more.unseen};
        if (plan_.fires_at_once(view, more.fired)) return emit_change(*place.at, session, out);
        if constexpr (has_period)
            if (more.unseen == 1) note_changed(place.number);
    }

    /// Takes back the rows of what the session has grown out of, and emits the row as it is now.
    template <class Out>
    void emit_change(entry_type& entry, session_type& session, Out& out) {
        if (failure_) return;
        auto& more = session.more;
        timestamp const end = end_of(session);
        output made{change_kind::insert, row_of(entry, session), {}};
        for (auto const& old : more.said) {
            row_type before = session_row_with<Key, Functions...>(old.start, old.end, old.last, entry.key, old.results);
            if (old.start == session.start && old.end == end) {
                made.kind = change_kind::update;
                made.before = std::move(before);
            } else {
                out.emit(output{change_kind::erase, std::move(before), {}}, stamp_of_row(session));
            }
        }
        aggregated_ += std::exchange(more.unseen, 0);
        out.emit(made, stamp_of_row(session));
        more.said.clear();
        more.said.push_back({session.start, end, session.last, functions_.results_of(session.state)});
        for (arena& each : more.kept) gone_memory_.push_back(std::move(each));
        more.kept.clear();
    }

    [[nodiscard]] WEIR_INLINE row_type row_of(entry_type const& entry, session_type const& session) const {
        return session_row_with<Key, Functions...>(session.start, end_of(session), session.last, entry.key,
                                                   functions_.results_of(session.state));
    }

    /// The next row's. Its time is the end: the stages behind have been told of no watermark beyond it.
    [[nodiscard]] WEIR_INLINE stamp stamp_of_row(session_type const& session) {
        return {.time = end_of(session), .position = emitted_++, .epoch = session.epoch};
    }

    [[gnu::noinline]] void overflow(entry_type const& entry, session_type const& in) {
        if (!failure_) failure_ = overflow_error(static_cast<key_type>(entry.key), in.start);
    }

    [[no_unique_address]] Key key_;
    [[no_unique_address]] rule_type rule_;
    duration lateness_;
    [[no_unique_address]] plan_type plan_;
    late_road<Late> late_;
    [[no_unique_address]] functions_type functions_;
    table_type keys_;
    closing_queue queue_;
    typename sessions_type::pool_type lists_;
    epoch_counts epochs_;
    row_lane row_lane_;
    timestamp watermark_ = beginning_of_time;
    timestamp next_deadline_ = end_of_time - duration(1);  ///< up to this watermark nothing closes
    std::size_t in_use_ = 0;                               ///< keys that have sessions
    std::uint64_t arrivals_ = 0;                           ///< sessions opened
    std::uint64_t taken_ = 0;
    std::uint64_t aggregated_ = 0;
    std::uint64_t null_keys_ = 0;
    std::uint64_t without_gap_ = 0;
    std::uint64_t emitted_ = 0;
    series<std::uint64_t> changed_;        ///< keys whose changes wait
    series<owner<session_type>> gone_;     ///< in this poll: what rows may still borrow from
    series<owner<session_type>> resting_;  ///< in the poll before
    series<arena> gone_memory_;
    series<arena> resting_memory_;
    arena no_memory_;
    std::optional<error> failure_;
};

}  // namespace weir::detail
