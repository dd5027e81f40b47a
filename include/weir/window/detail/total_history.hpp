// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/window/detail/ring.hpp>

#include <cstdint>
#include <new>
#include <utility>

namespace weir::detail {

/// What one key did in the panes that a window can still contain, where functions can subtract: a running total, to which a
/// pane is added when it comes and from which it is taken when it goes.
///
/// One pane is the total itself, and needs no more. Of two the state of the older is kept, and what is left of the total is
/// the newer. Where there are more, records stand in a ring, oldest first: a pane's state, its number (the lower 32 bits)
/// and the least number of arrival in this pane and those behind it, so that the first says when the key was first seen in
/// the window. Every function whose result is a bool says false when a state cannot hold the result.
template <class Functions>
class total_history {
public:
    using state_type = typename Functions::state_type;

private:
    struct record {
        state_type state;
        std::uint32_t pane;
        std::uint32_t arrival;
    };
    using records_type = ring<record>;

public:
    using pool = typename records_type::pool;

    explicit total_history(Functions const& functions) : pair_{functions.init(), 0, 0}, running_(functions.init()) {}
    total_history(total_history&& other) noexcept
        : count_(other.count_), first_pane_(other.first_pane_), first_arrival_(other.first_arrival_), running_(std::move(other.running_)) {
        if (count_ == many) ::new (static_cast<void*>(&records_)) records_type(std::move(other.records_));
        else ::new (static_cast<void*>(&pair_)) two_panes(std::move(other.pair_));
    }
    total_history& operator=(total_history&& other) noexcept {
        if (this == &other) return *this;
        this->~total_history();
        return *::new (static_cast<void*>(this)) total_history(std::move(other));
    }
    ~total_history() {
        if (count_ == many) records_.~records_type();
        else pair_.~two_panes();
    }

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// The least number of arrival of all.
    [[nodiscard]] std::uint32_t arrival() const noexcept { return first_arrival_; }
    /// Asks for what lies elsewhere.
    [[gnu::always_inline]] void approach() const noexcept {
        if (count_ == many) records_.approach();
    }

    /// Whether there is a pane before `first`.
    [[nodiscard, gnu::always_inline]] bool evicts(std::uint32_t first) const noexcept {
        return count_ != 0 && is_before(first_pane_, first);
    }

    /// Forgets the panes before `first`.
    [[nodiscard, gnu::always_inline]] bool evict(Functions const& functions, std::uint32_t first, arena& memory, pool& blocks) {
        return !evicts(first) || evict_some(functions, first, memory, blocks);
    }

    /// Moves to another pool than `before`, which it lies in.
    void move_house(pool& before, pool& blocks) {
        if (count_ == many) records_.move_house(before, blocks);
    }

    /// Adds what the key did in a pane, nearly always the newest. `most`: how many panes a window can contain.
    [[nodiscard]] bool put(Functions const& functions, std::uint32_t pane, state_type state, std::uint32_t arrival, std::uint32_t most,
                           arena& memory, pool& blocks) {
        if (count_ == 0) {
            running_ = std::move(state);
            count_ = 1;
            first_pane_ = pane;
            first_arrival_ = arrival;
            return true;
        }
        if (count_ == 1) return put_second(functions, pane, std::move(state), arrival, memory);
        if (count_ == 2) {
            if (pane == pair_.pane) return functions.merge(running_, state, memory);
            if (pane == first_pane_) return merge_both(functions, pair_.older, state, memory);
            if (!spill(functions, most, blocks)) return false;
        }
        return put_record(functions, pane, std::move(state), arrival, most, memory, blocks);
    }

    /// Calls `use(state)` with what all panes come to, and passes on whether a state could hold it.
    template <class Use>
    [[nodiscard]] bool combine(Functions const&, arena&, Use&& use) const {
        use(running_);
        return true;
    }

    /// Gives every number of arrival to `change`, which may change it, as long as none overtakes another.
    template <class Change>
    void renumber(Change&& change) {
        if (count_ == many) {
            for (std::uint32_t i = 0; i < records_.size(); ++i) change(records_[i].arrival);
            return note_first();
        }
        if (count_ != 0) change(first_arrival_);
        if (count_ == 2) change(pair_.arrival);
    }

private:
    static constexpr std::uint32_t many = 3;

    /// The older of two panes, and what is to be known of the newer.
    struct two_panes {
        state_type older;
        std::uint32_t pane;
        std::uint32_t arrival;
    };

    /// Panes of one window are less than 2^31 apart.
    [[nodiscard]] static bool is_before(std::uint32_t pane, std::uint32_t other) noexcept {
        return static_cast<std::int32_t>(pane - other) < 0;
    }

    void note_first() noexcept {
        first_pane_ = records_[0].pane;
        first_arrival_ = records_[0].arrival;
    }

    [[nodiscard]] bool merge_both(Functions const& functions, state_type& one, state_type const& state, arena& memory) {
        bool const held = functions.merge(one, state, memory);
        return functions.merge(running_, state, memory) && held;
    }

    [[nodiscard]] bool put_second(Functions const& functions, std::uint32_t pane, state_type state, std::uint32_t arrival, arena& memory) {
        if (pane == first_pane_) return functions.merge(running_, state, memory);
        count_ = 2;
        if (is_before(pane, first_pane_)) {
            pair_.pane = std::exchange(first_pane_, pane);
            pair_.arrival = std::exchange(first_arrival_, min_of(arrival, first_arrival_));
            pair_.older = state;
        } else {
            pair_.pane = pane;
            pair_.arrival = arrival;
            first_arrival_ = min_of(first_arrival_, arrival);
            pair_.older = running_;
        }
        return functions.merge(running_, state, memory);
    }

    /// Two panes become records.
    [[nodiscard, gnu::noinline]] bool spill(Functions const& functions, std::uint32_t most, pool& blocks) {
        state_type newer = running_;
        bool const held = functions.subtract(newer, pair_.older);
        two_panes pair = std::move(pair_);
        pair_.~two_panes();
        ::new (static_cast<void*>(&records_)) records_type();
        count_ = many;
        records_.push_back({std::move(pair.older), first_pane_, first_arrival_}, most, blocks);
        records_.push_back({std::move(newer), pair.pane, pair.arrival}, most, blocks);
        return held;
    }

    [[nodiscard]] bool put_record(Functions const& functions, std::uint32_t pane, state_type state, std::uint32_t arrival,
                                  std::uint32_t most, arena& memory, pool& blocks) {
        std::uint32_t at = records_.size();
        while (at != 0 && is_before(pane, records_[at - 1].pane)) --at;
        if (at != 0 && records_[at - 1].pane == pane) return merge_both(functions, records_[at - 1].state, state, memory);
        bool const held = functions.merge(running_, state, memory);
        if (at != records_.size()) arrival = min_of(arrival, records_[at].arrival);
        records_.insert(at, record{std::move(state), pane, arrival}, most, blocks);
        while (at != 0 && records_[at - 1].arrival > arrival) records_[--at].arrival = arrival;
        if (at == 0) note_first();
        return held;
    }

    [[nodiscard]] bool evict_some(Functions const& functions, std::uint32_t first, arena& memory, pool& blocks) {
        if (count_ == many) return evict_records(functions, first, memory, blocks);
        if (count_ == 1 || is_before(pair_.pane, first)) {
            count_ = 0;
            return true;
        }
        count_ = 1;
        first_pane_ = pair_.pane;
        first_arrival_ = pair_.arrival;
        return functions.subtract(running_, pair_.older);
    }

    [[nodiscard]] bool evict_records(Functions const& functions, std::uint32_t first, arena& memory, pool& blocks) {
        std::uint32_t gone = 1;
        while (gone < records_.size() && is_before(records_[gone].pane, first)) ++gone;
        if (gone == records_.size()) {
            records_.clear(blocks);
            records_.~records_type();
            ::new (static_cast<void*>(&pair_)) two_panes{running_, 0, 0};
            count_ = 0;
            return true;
        }
        bool held = true;
        for (std::uint32_t i = 0; i < gone; ++i) held = functions.subtract(running_, records_[i].state) && held;
        records_.pop_front(gone);
        note_first();
        if (held) [[likely]] return true;
        // While several panes go one by one, what is left on the way may not fit where what is left then does.
        running_ = functions.init();
        held = true;
        for (std::uint32_t i = 0; i < records_.size(); ++i) held = functions.merge(running_, records_[i].state, memory) && held;
        return held;
    }

    union {
        two_panes pair_;
        records_type records_;
    };
    std::uint32_t count_ = 0;          ///< of panes, or `many`
    std::uint32_t first_pane_ = 0;     ///< what the first pane says of itself: most looks at a history need no more
    std::uint32_t first_arrival_ = 0;
    state_type running_;
};

}  // namespace weir::detail
