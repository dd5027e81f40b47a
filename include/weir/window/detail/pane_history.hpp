// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/window/detail/ring.hpp>

#include <cstdint>
#include <utility>

namespace weir::detail {

/// How the states of a window's panes become one.
enum class combining {
    subtract,  ///< a running total (`total_history`): a pane is merged when it comes and subtracted when it goes
    stacks,    ///< two stacks: a pane is merged at most twice, whatever the number of panes
    walk,      ///< all panes are merged anew for each row: states that live in arenas go with their panes
};

template <class Item, class Functions>
inline constexpr combining combining_of = !Functions::template owns_states<Item> ? combining::walk
                                          : Functions::subtractable              ? combining::subtract
                                                                                 : combining::stacks;

/// What one key did in the panes that a window can still contain, oldest first, and what they come to together, where
/// functions cannot subtract.
///
/// A record holds a pane's state, the pane's number (its lower 32 bits) and the least number of arrival in this pane and
/// those behind it, so that the first record says when the key was first seen in the window. With `stacks` the first
/// records are the front stack: each holds what it and those of the front behind it come to; what the others come to runs
/// along. Every function whose result is a bool says false when a state cannot hold the result.
///
/// Source: Tangwongsan, Hirzel, Schneider, "Low-Latency Sliding-Window Aggregation in Worst-Case Constant Time" (DEBS 2017),
/// of which this is the simpler algorithm, two stacks in one ring: constant on average.
template <class Functions, combining How>
class pane_history {
    static_assert(How != combining::subtract);

public:
    using state_type = typename Functions::state_type;

private:
    struct record {
        state_type state;
        std::uint32_t pane;
        std::uint32_t arrival;
    };

public:
    using pool = typename ring<record>::pool;

    explicit pane_history(Functions const& functions) : running_(functions.init()) {}

    [[nodiscard]] bool empty() const noexcept { return records_.empty(); }
    /// The least number of arrival of all.
    [[nodiscard]] std::uint32_t arrival() const noexcept { return first_arrival_; }
    [[gnu::always_inline]] void approach() const noexcept { records_.approach(); }

    /// Whether there is a pane before `first`.
    [[nodiscard, gnu::always_inline]] bool evicts(std::uint32_t first) const noexcept {
        return !records_.empty() && is_before(first_pane_, first);
    }

    /// Forgets the panes before `first`.
    [[nodiscard, gnu::always_inline]] bool evict(Functions const& functions, std::uint32_t first, arena& memory, pool& blocks) {
        return !evicts(first) || evict_some(functions, first, memory, blocks);
    }

    /// Moves to another pool than `before`, which it lies in.
    void move_house(pool& before, pool& blocks) { records_.move_house(before, blocks); }

    /// Adds what the key did in a pane, nearly always the newest. `most`: how many panes a window can contain.
    [[nodiscard]] bool put(Functions const& functions, std::uint32_t pane, state_type state, std::uint32_t arrival, std::uint32_t most,
                           arena& memory, pool& blocks) {
        std::uint32_t at = records_.size();
        while (at != 0 && is_before(pane, records_[at - 1].pane)) --at;
        if (at != 0 && records_[at - 1].pane == pane) return merge_at(functions, at - 1, state, memory);
        bool held = true;
        if (at < front_) {
            held = merge_into_front(functions, at, state, memory);
            held = functions.merge(state, records_[at].state, memory) && held;
            ++front_;
        } else if constexpr (How != combining::walk) {
            held = functions.merge(running_, state, memory);
        }
        if (at != records_.size()) arrival = min_of(arrival, records_[at].arrival);
        records_.insert(at, record{std::move(state), pane, arrival}, most, blocks);
        while (at != 0 && records_[at - 1].arrival > arrival) records_[--at].arrival = arrival;
        if (at == 0) note_first();
        return held;
    }

    /// Calls `use(state)` with what all panes come to, and passes on whether a state could hold it.
    template <class Use>
    [[nodiscard]] bool combine(Functions const& functions, arena& memory, Use&& use) const {
        if constexpr (How == combining::stacks) {
            if (front_ == 0) return use(running_), true;
            if (front_ == records_.size()) return use(records_[0].state), true;
            state_type both = records_[0].state;
            bool const held = functions.merge(both, running_, memory);
            if (held) use(both);
            return held;
        } else {
            if (records_.size() == 1) return use(records_[0].state), true;
            state_type all = functions.init();
            bool held = true;
            for (std::uint32_t i = 0; i < records_.size(); ++i) held = functions.merge(all, records_[i].state, memory) && held;
            if (held) use(all);
            return held;
        }
    }

    /// Gives every number of arrival to `change`, which may change it, as long as none overtakes another.
    template <class Change>
    void renumber(Change&& change) {
        for (std::uint32_t i = 0; i < records_.size(); ++i) change(records_[i].arrival);
        if (!records_.empty()) note_first();
    }

private:
    /// Panes of one window are less than 2^31 apart.
    [[nodiscard]] static bool is_before(std::uint32_t pane, std::uint32_t other) noexcept {
        return static_cast<std::int32_t>(pane - other) < 0;
    }

    void note_first() noexcept {
        first_pane_ = records_[0].pane;
        first_arrival_ = records_[0].arrival;
    }

    [[nodiscard]] bool evict_some(Functions const& functions, std::uint32_t first, arena& memory, pool& blocks) {
        std::uint32_t gone = 1;
        while (gone < records_.size() && is_before(records_[gone].pane, first)) ++gone;
        if (gone == records_.size()) {
            records_.clear(blocks);
            front_ = 0;
            running_ = functions.init();
            return true;
        }
        bool held = true;
        records_.pop_front(gone);
        note_first();
        if constexpr (How == combining::stacks) {
            front_ -= min_of(gone, front_);
            if (front_ == 0) held = flip(functions, memory);
        }
        return held;
    }

    /// The running back becomes the front.
    [[nodiscard]] bool flip(Functions const& functions, arena& memory) {
        bool held = true;
        front_ = records_.size();
        for (std::uint32_t i = front_ - 1; i != 0; --i)
            held = functions.merge(records_[i - 1].state, records_[i].state, memory) && held;
        running_ = functions.init();
        return held;
    }

    /// More of a pane that is here already: its items came after it was sealed.
    [[nodiscard]] bool merge_at(Functions const& functions, std::uint32_t at, state_type const& state, arena& memory) {
        if (at < front_) return merge_into_front(functions, at + 1, state, memory);
        bool held = functions.merge(records_[at].state, state, memory);
        if constexpr (How != combining::walk) held = functions.merge(running_, state, memory) && held;
        return held;
    }

    [[nodiscard]] bool merge_into_front(Functions const& functions, std::uint32_t count, state_type const& state, arena& memory) {
        bool held = true;
        for (std::uint32_t i = 0; i < count; ++i) held = functions.merge(records_[i].state, state, memory) && held;
        return held;
    }

    ring<record> records_;
    std::uint32_t front_ = 0;          ///< records that are the front stack
    std::uint32_t first_pane_ = 0;     ///< what the first record says of itself: most looks at a history need no more
    std::uint32_t first_arrival_ = 0;
    state_type running_;       ///< what all come to, or those behind the front
};

}  // namespace weir::detail
