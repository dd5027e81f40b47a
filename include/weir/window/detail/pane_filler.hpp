// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/window/detail/delay_line.hpp>
#include <weir/window/detail/function_set.hpp>
#include <weir/window/pane.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The part of an operator that puts items into panes: it finds an item's pane and adds it to the state of its key there.
///
/// Small tables are updated item by item; once a pane's table has outgrown the cache, an item's memory is asked for when it
/// comes and it is added some items later. The outcome is the same. `Self`, the operator made of this, says what becomes of
/// an item whose pane is not near (`add_elsewhere`), and where an overflow happened (`overflow_place`).
template <class Self, class Item, class Key, class Rule, class Functions, class Panes>
class pane_filler {
public:
    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (!key_.has_key(item)) [[unlikely]] {
            ++null_keys_;
            return;
        }
        if (out.at().epoch < latest_epoch_) [[unlikely]] note_epoch(out.at().time, out.at().epoch);
        auto const& near = panes_.near_base(distance_from_base(out.at().time));
        if (!near.entrance) [[unlikely]] {
            if (!near.pane) return self().add_elsewhere(item, out.apart());
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
        requires(Panes::table_type::indirect && Key::reads_members)
    {
        drain();
        if (out.at().epoch < latest_epoch_) [[unlikely]]
            for (timestamp const time : times) note_epoch(time, out.at().epoch);
        for (std::size_t first = 0; first < items.size(); first += longest_run)
            add_run(items.subspan(first, min_of(longest_run, items.size() - first)), times.subspan(first), first, out);
    }

    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

protected:
    using key_type = typename Key::type;
    using pane_type = typename Panes::pane_type;
    using notes_type = decltype(pane_type::notes);

    /// How an item is given to what is seldom called: a reference would force a small one into memory each time.
    using item_argument = std::conditional_t<std::is_trivially_copyable_v<Item> && sizeof(Item) <= 16, Item, Item const&>;

    pane_filler(Key key, Rule rule, Functions functions) : key_(std::move(key)), rule_(std::move(rule)), functions_(std::move(functions)) {}

    [[nodiscard]] static std::uint64_t items_in(pane_type const& pane) {
        if constexpr (counted_apart) {
            return pane.items.total();
        } else {
            std::uint64_t total = 0;
            pane.table.for_each([&](auto const& entry) { total += std::get<Functions::counter>(entry.state); });
            return total;
        }
    }

    /// Calls `visit(pane)` for each item that is on its way into a table and that its pane does not count yet.
    template <class Visit>
    void for_each_uncounted([[maybe_unused]] Visit&& visit) const {
        if constexpr (can_delay && !counted_apart) delayed_.for_each([&](delayed const& each) { visit(*each.target); });
    }

    /// Opens a pane that an item belongs to.
    pane_type& open_pane(std::int64_t number, std::uint64_t epoch, bool apart) {
        pane_type& opened = panes_.open(number, epoch, apart);
        latest_epoch_ = max_of(latest_epoch_, epoch);
        panes_moved();
        return opened;
    }

    /// To be called when panes were opened or closed: the base may be another.
    void panes_moved() {
        base_start_ = rule_.start_of(panes_.base());
        // One that begins before all time gives nothing to count from.
        if constexpr (counts_from_start)
            if (base_start_ == beginning_of_time) [[unlikely]] panes_.forget_near();
    }

    /// An item that is not near: into a pane that is known to be the one.
    WEIR_INLINE void add_to_pane(pane_type& target, item_argument item) {
        if (target.table.large()) return delay(item, {&target, target.table.enter()});
        add(target, key_.of(item), item);
    }

    /// The entry of a key; `make` makes the state of a new one.
    template <class Make>
    auto& entry_of(pane_type& target, key_type const& key, Make&& make) {
        std::uint64_t const hash = panes_.hash(key);
        note_item(target, hash);
        return target.table.find_or_insert(key, hash, target.memory, make);
    }

    /// Makes the state of a key's entry, once the table has room for it.
    WEIR_INLINE auto maker_for(pane_type& target) {
        return [this, &target]() __attribute__((always_inline)) {
            note_new_key(target);
            return functions_.init();
        };
    }

    template <class... Read>
    WEIR_INLINE void add_to_states(pane_type& target, auto& entry, Read const&... item) {
        bool const held = functions_.add(entry.state, target.memory, item...);
        if (!held) [[unlikely]] overflow(entry.key, self().overflow_place(target));
    }

    void drain() {
        if constexpr (can_delay)
            if (delayed_.size() != 0) delayed_.drain([this](delayed const& due) { add_delayed(due); });
    }

    /// An item was read before one that opened a pane, as rows of windows and items that had to wait may be: its pane, if it is
    /// open, needs that poll too.
    [[gnu::noinline]] void note_epoch(timestamp time, std::uint64_t epoch) {
        if (pane_type* const open = panes_.find(rule_.number_of(time))) open->epoch = min_of(open->epoch, epoch);
    }

    static constexpr bool counts_from_start = requires(Rule const& rule, timestamp t) { rule.windows_since(t, t); };

    /// How many panes `t` lies behind pane `base`, which begins at `start`; very many where it lies before it.
    [[nodiscard]] WEIR_INLINE std::uint64_t distance(timestamp t, [[maybe_unused]] std::int64_t base,
                                                     [[maybe_unused]] timestamp start) const noexcept {
        if constexpr (counts_from_start) return rule_.windows_since(t, start);
        else return static_cast<std::uint64_t>(rule_.number_of(t)) - static_cast<std::uint64_t>(base);
    }

    /// A state cannot hold the result: the job fails with the first such.
    [[gnu::noinline]] void overflow(key_type const& key, timestamp window_start) {
        if (!failure_) failure_ = overflow_error(key, window_start);
    }

private:
    static constexpr std::size_t longest_run = 64;
    static constexpr bool counted_apart = !Functions::counts;
    static constexpr bool reads_items = Functions::reads_items;
    static constexpr bool numbers_arrivals = requires(notes_type& notes) { notes.note(std::uint64_t{}); };
    /// An item that owns the text which its key refers to may be gone when the call is over.
    static constexpr bool keys_last = !borrows<key_type> || (borrows<Item> && std::is_trivially_destructible_v<Item>);
    static constexpr bool can_delay =
        reads_items ? std::is_trivially_copyable_v<Item> && std::is_copy_assignable_v<Item> &&
                          std::is_default_constructible_v<Item> && sizeof(Item) <= 128
                    : std::is_trivially_destructible_v<key_type> && std::is_default_constructible_v<key_type> && keys_last;

    struct nothing {};
    using arrival_type = std::conditional_t<numbers_arrivals, std::uint64_t, nothing>;

    /// An item on its way into a large table; where no function looks at items, its key is all that is needed of it.
    struct delayed {
        std::conditional_t<reads_items, Item, key_type> what{};
        typename Panes::table_type::spot spot{};
        pane_type* target = nullptr;
        [[nodiscard]] explicit operator bool() const noexcept { return target; }
    };

    [[nodiscard]] WEIR_INLINE Self& self() noexcept { return static_cast<Self&>(*this); }

    WEIR_INLINE static void note_item([[maybe_unused]] pane_type& target, [[maybe_unused]] std::uint64_t hash) {
        if constexpr (counted_apart) target.items.add_one(hash);
    }

    /// What waits came before an item that need not: new keys there are numbered first. It waits for large tables only, and
    /// the item's is none, so that the item's place in its table stays.
    [[gnu::noinline]] void catch_up() { drain(); }

    // Not where it is called: what leads to it would stand in memory, written anew for every item.
    [[gnu::noinline]] void note_new_key(pane_type& target) {
        if (target.table.grew()) renew(target);
        if constexpr (numbers_arrivals) {
            if constexpr (can_delay)
                if (delayed_.size() != 0) [[unlikely]] catch_up();
            target.notes.note(next_arrival_++);
        }
    }
    [[gnu::noinline]] void note_new_delayed_key(pane_type& target) {
        if (target.table.grew()) renew(target);
        if constexpr (numbers_arrivals) target.notes.note(next_arrival_++);
    }

    [[gnu::noinline]] void renew(pane_type& grown) {
        panes_.renew_entrance(grown);
        if constexpr (can_delay)
            delayed_.for_each([&](delayed& each) {
                if (each.target != &grown) return;
                key_type const key = key_of(each);
                each.spot = Panes::table_type::approach(grown.table.enter(), key, panes_.hash(key));
            });
    }

    [[nodiscard]] WEIR_INLINE key_type key_of(delayed const& each) const {
        if constexpr (reads_items) return key_.of(each.what);
        else return each.what;
    }

    [[nodiscard]] WEIR_INLINE std::uint64_t distance_from_base(timestamp t) const noexcept {
        return distance(t, panes_.base(), base_start_);
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
            if (has_key) self().add_elsewhere(items[i], out.with(stamp_of(items[i], number + i, out.at()).with_time(times[i])));
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

    void add(pane_type& target, key_type const& key, Item const& item) {
        add_to_states(target, entry_of(target, key, maker_for(target)), item);
    }

    /// An item for a large table: where it can be kept for a while, its memory is asked for first.
    WEIR_INLINE void delay(item_argument item, typename Panes::near_pane const& near) {
        key_type const key = key_.of(item);
        if constexpr (!can_delay) {
            add(*near.pane, key, item);
        } else {
            std::uint64_t const hash = panes_.hash(key);
            note_item(*near.pane, hash);
            auto const spot = Panes::table_type::approach(near.entrance, key, hash);
            delayed due;
            if constexpr (reads_items) due = delayed_.put({item, spot, near.pane});
            else due = delayed_.put({key, spot, near.pane});
            if (due) [[likely]] add_delayed(due);
            if (auto const& half_way = delayed_.half_way()) Panes::table_type::approach_entry(half_way.spot);
        }
    }

    WEIR_INLINE void add_delayed(delayed const& due) {
        pane_type& target = *due.target;
        auto& entry = target.table.find_or_insert(due.spot, key_of(due), target.memory, [&]() __attribute__((always_inline)) {
            note_new_delayed_key(target);
            return functions_.init();
        });
        if constexpr (reads_items) add_to_states(target, entry, due.what);
        else add_to_states(target, entry);
    }

protected:
    [[no_unique_address]] Key key_;
    Rule rule_;
    [[no_unique_address]] Functions functions_;
    Panes panes_;
    timestamp base_start_{};
    timestamp watermark_ = beginning_of_time;
    std::uint64_t null_keys_ = 0;
    std::uint64_t latest_epoch_ = 0;  ///< in which a pane was opened
    [[no_unique_address]] arrival_type next_arrival_{};
    std::conditional_t<can_delay, delay_line<delayed, 32>, nothing> delayed_{};
    std::optional<error> failure_;
};

}  // namespace weir::detail
