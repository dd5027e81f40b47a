// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/arena.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The latest events of one key, each as its time and a state of its own, and the aggregate of all of them at any time.
///
/// Where the functions can subtract, it keeps a total. Otherwise it is two stacks that lie in one ring: the states of the
/// front part have been merged with all that follow them in it, the back part has its merged state beside it, and once the
/// front part is empty one walk makes the whole ring the front part, in place. For windows of a fixed number of events
/// that is van Herk's scheme. An event costs three merges at the most, over time; the walk costs one an event in the window.
/// With `InArena` states refer to memory: the two parts have an arena each, which is given back at the walk.
///
/// Sources: Tangwongsan, Hirzel, Schneider, "Low-Latency Sliding-Window Aggregation in Worst-Case Constant Time" (DEBS 2017);
/// van Herk, "A fast algorithm for local minimum and maximum filters" (Pattern Recognition Letters 13, 1992); Gil and
/// Werman, "Computing 2-D Min, Median, and Max Filters" (PAMI 15, 1993).
template <class Functions, bool InArena>
class event_window {
    using state_type = typename Functions::state_type;
    static constexpr bool subtracts = Functions::subtractable && !InArena;
    static_assert(alignof(state_type) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

public:
    static constexpr std::uint64_t no_epoch = ~std::uint64_t{0};

    explicit event_window(Functions const& functions) : back_(functions.init()) {}
    event_window(event_window&& other) noexcept
        : states_(std::exchange(other.states_, nullptr)), times_(std::exchange(other.times_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)), head_(other.head_), size_(std::exchange(other.size_, 0)),
          front_(other.front_), front_epoch_(other.front_epoch_), back_epoch_(other.back_epoch_), last_(other.last_),
          first_absorbed_(other.first_absorbed_), back_(std::move(other.back_)), memory_(std::move(other.memory_)) {}
    event_window& operator=(event_window&&) = delete;
    ~event_window() { give_back(); }

    [[nodiscard, gnu::always_inline]] std::size_t size() const noexcept { return size_; }
    [[nodiscard, gnu::always_inline]] timestamp first_time() const noexcept { return times_[head_]; }
    /// Of the event that was put in last, also once it has left.
    [[nodiscard, gnu::always_inline]] timestamp last_time() const noexcept { return last_; }
    /// The time of the first of the last `count` events.
    [[nodiscard]] timestamp first_time_of_last(std::size_t count) const noexcept { return times_[wrapped(head_ + size_ - count)]; }
    /// No event in it was read in an earlier poll. It may be one of an event that has left already.
    [[nodiscard, gnu::always_inline]] std::uint64_t oldest_epoch() const noexcept { return min_of(front_epoch_, back_epoch_); }

    /// Puts an event behind the others; there will never be more than `most`. False when a state cannot hold the result.
    [[nodiscard, gnu::always_inline]] bool push(Functions const& functions, timestamp time, std::uint64_t epoch,
                                                state_type const& lifted, arena& none, std::size_t most) {
        if (size_ == capacity_) [[unlikely]] grow(most);
        std::size_t const at = wrapped(head_ + size_);
        ++size_;
        times_[at] = last_ = time;
        back_epoch_ = min_of(back_epoch_, epoch);
        if constexpr (InArena) {
            state_type& kept = *::new (static_cast<void*>(states_ + at)) state_type(functions.init());
            bool held = functions.merge(kept, lifted, memory_.back);
            held &= functions.merge(back_, lifted, memory_.back);
            return held;
        } else {
            ::new (static_cast<void*>(states_ + at)) state_type(lifted);
            return functions.merge(back_, lifted, none);
        }
    }

    /// Adds an event of the same time to the one that was put in last; nothing has left since.
    [[nodiscard]] bool push_beside(Functions const& functions, std::uint64_t epoch, state_type const& lifted, arena& none) {
        arena& memory = back_memory(none);
        back_epoch_ = min_of(back_epoch_, epoch);
        bool held = functions.merge(states_[wrapped(head_ + size_ - 1)], lifted, memory);
        held &= functions.merge(back_, lifted, memory);
        return held;
    }

    /// Lets the oldest event go. False when a state cannot hold the result.
    [[nodiscard, gnu::always_inline]] bool evict(Functions const& functions, arena& none) {
        bool held = true;
        if (front_ == 0) [[unlikely]] held = turn(functions, none);
        if constexpr (subtracts) held &= functions.subtract(back_, states_[head_]);
        states_[head_].~state_type();
        head_ = wrapped(head_ + 1);
        --front_;
        if (front_ == 0) front_epoch_ = no_epoch;
        if (--size_ == 0) [[unlikely]] clear(functions);
        return held;
    }

    /// Lets all events before `start` go.
    [[nodiscard]] bool evict_before(timestamp start, Functions const& functions, arena& none) {
        bool held = true;
        while (size_ != 0 && times_[head_] < start) held &= evict(functions, none);
        return held || add_up(functions, none);
    }

    /// Lets the oldest events go until so many are left.
    [[nodiscard, gnu::always_inline]] bool evict_to(std::size_t count, Functions const& functions, arena& none) {
        bool held = true;
        while (size_ > count) held &= evict(functions, none);
        return held || add_up(functions, none);
    }

    /// The state of all events together; what it refers to lies in `memory`. `held` becomes false when it cannot hold it.
    [[nodiscard, gnu::always_inline]] state_type aggregate(Functions const& functions, arena& memory, bool& held) const {
        if constexpr (InArena) {
            state_type made = functions.init();
            if (front_ != 0) held &= functions.merge(made, states_[head_], memory);
            held &= functions.merge(made, back_, memory);
            return made;
        } else {
            if (subtracts || front_ == 0) return back_;
            state_type made = states_[head_];
            held &= functions.merge(made, back_, memory);
            return made;
        }
    }

    /// The same of the last `count` events.
    [[nodiscard]] state_type aggregate_of_last(std::size_t count, Functions const& functions, arena& memory, bool& held) const {
        state_type made = functions.init();
        std::size_t i = size_ - count;
        if (!subtracts && i < front_) {
            held &= functions.merge(made, states_[wrapped(head_ + i)], memory);
            i = front_;
        }
        for (; i < size_; ++i) held &= functions.merge(made, states_[wrapped(head_ + i)], memory);
        return made;
    }

    /// How many events could follow one another now, each pushed, shown and the oldest let go, without a turn or a wrap, if
    /// the ring has room for one event more than there are.
    [[nodiscard]] std::size_t smooth_run() const noexcept {
        std::size_t const behind = wrapped(head_ + size_);
        return size_ + 1 != capacity_ ? 0 : min_of(front_, min_of(capacity_ - head_, capacity_ - behind));
    }

    /// Pushes so many events, of which `lift(i)` makes the states; behind each it calls `show(i, start, state)` with the time
    /// of the first and the state of all, and lets the oldest go. At most `smooth_run()` events. It stops, and is false,
    /// where a state cannot hold the result.
    template <class Lift, class Show>
    [[nodiscard, gnu::always_inline]] bool slide(Functions const& functions, timestamp const* times, std::size_t count,
                                                 std::uint64_t epoch, arena& none, Lift&& lift, Show&& show)
        requires(!InArena)
    {
        back_epoch_ = min_of(back_epoch_, epoch);
        std::size_t const behind = wrapped(head_ + size_);
        state_type const* const oldest = states_ + head_;
        timestamp const* const starts = times_ + head_;
        state_type* const newest = states_ + behind;
        timestamp* const ends = times_ + behind;
        state_type back = back_;
        // A turn has so few instructions that those of the counters show; here and in the walk below.
#pragma GCC unroll 2
        for (std::size_t i = 0; i < count; ++i) {
            state_type lifted = functions.init();
            bool held = lift(i, lifted);
            newest[i] = lifted;
            ends[i] = times[i];
            held &= functions.merge(back, lifted, none);
            if constexpr (subtracts) {
                if (!held) [[unlikely]] return false;
                show(i, starts[i], back);
                held = functions.subtract(back, oldest[i]);
            } else {
                state_type made = oldest[i];
                held &= functions.merge(made, back, none);
                if (!held) [[unlikely]] return false;
                show(i, starts[i], made);
            }
            if (!held) [[unlikely]] return false;
        }
        back_ = back;
        last_ = times[count - 1];
        head_ = wrapped(head_ + count);
        front_ -= count;
        if (front_ == 0) front_epoch_ = no_epoch;
        return true;
    }

    /// Adds an event of which only the aggregate is kept; such a window never has `push`.
    [[nodiscard, gnu::always_inline]] bool absorb(Functions const& functions, timestamp time, std::uint64_t epoch,
                                                  state_type const& lifted, arena& none) {
        if (size_++ == 0) first_absorbed_ = time;
        last_ = time;
        back_epoch_ = min_of(back_epoch_, epoch);
        return functions.merge(back_, lifted, back_memory(none));
    }
    [[nodiscard]] timestamp first_absorbed() const noexcept { return first_absorbed_; }

    /// Lets all events go and keeps the memory for the next ones, unless it is much.
    void clear(Functions const& functions) {
        destroy_states();
        if (capacity_ > most_kept) {
            ::operator delete(std::exchange(states_, nullptr));
            ::operator delete(std::exchange(times_, nullptr));
            capacity_ = 0;
        }
        head_ = size_ = front_ = 0;
        front_epoch_ = back_epoch_ = no_epoch;
        back_ = functions.init();
        if constexpr (InArena) {
            memory_.front.clear();
            memory_.back.clear();
        }
    }

private:
    static constexpr std::size_t most_kept = 1024;

    struct two_arenas {
        arena front{};
        arena back{};
    };
    struct no_arena {};

    [[nodiscard, gnu::always_inline]] std::size_t wrapped(std::size_t at) const noexcept { return at < capacity_ ? at : at - capacity_; }

    [[nodiscard, gnu::always_inline]] arena& back_memory([[maybe_unused]] arena& none) noexcept {
        if constexpr (InArena) return memory_.back;
        else return none;
    }

    /// The total anew: while several events go one by one, what is left on the way may not fit where what is left then does.
    [[nodiscard, gnu::noinline]] bool add_up(Functions const& functions, arena& none) {
        if constexpr (!subtracts) return false;
        back_ = functions.init();
        bool held = true;
        for (std::size_t i = 0; i < size_; ++i) held &= functions.merge(back_, states_[wrapped(head_ + i)], none);
        return held;
    }

    /// Makes the whole ring the front part: a walk from the newest event to the oldest.
    [[gnu::noinline]] bool turn(Functions const& functions, [[maybe_unused]] arena& none) {
        front_ = size_;
        front_epoch_ = std::exchange(back_epoch_, no_epoch);
        if constexpr (subtracts) return true;
        bool held = true;
        // What leaves this walk lies in the front part's arena; nothing lived in it, for the front part was empty.
        if constexpr (InArena) {
            memory_.front.clear();
            state_type const* after = nullptr;
            for (std::size_t i = size_; i-- != 0;) {
                state_type made = functions.init();
                state_type& place = states_[wrapped(head_ + i)];
                held &= functions.merge(made, place, memory_.front);
                if (after) held &= functions.merge(made, *after, memory_.front);
                place = std::move(made);
                after = &place;
            }
            back_ = functions.init();
            memory_.back.clear();
        } else {
            std::size_t const to_edge = min_of(size_, capacity_ - head_);
            if (size_ > to_edge) {
                held &= merge_backwards(functions, none, states_, size_ - to_edge);
                held &= functions.merge(states_[capacity_ - 1], states_[0], none);
            }
            held &= merge_backwards(functions, none, states_ + head_, to_edge);
            back_ = functions.init();
        }
        return held;
    }

    static bool merge_backwards(Functions const& functions, arena& none, state_type* first, std::size_t count) {
        bool held = true;
        std::size_t i = count - 1;
        // Two at a time, so that one merge of two does not wait for the one before it: more merges, and less time where a merge is cheap.
        if constexpr (Functions::whole_numbers)
#pragma GCC unroll 4
            for (; i >= 2; i -= 2) {
                state_type pair = first[i - 2];
                held &= functions.merge(pair, first[i - 1], none);
                held &= functions.merge(first[i - 1], first[i], none);
                held &= functions.merge(pair, first[i], none);
                first[i - 2] = pair;
            }
        for (; i >= 1; --i) held &= functions.merge(first[i - 1], first[i], none);
        return held;
    }

    // Moving does not throw here: an element that is moved in two steps would be lost between them.
    [[gnu::noinline]] void grow(std::size_t most) {
        std::size_t const wider = min_of(most, capacity_ == 0 ? std::size_t{4} : capacity_ * 2);
        auto* const states = static_cast<state_type*>(::operator new(wider * sizeof(state_type)));
        auto* const times = static_cast<timestamp*>(::operator new(wider * sizeof(timestamp)));
        for (std::size_t i = 0; i < size_; ++i) {
            std::size_t const at = wrapped(head_ + i);
            ::new (static_cast<void*>(states + i)) state_type(std::move(states_[at]));
            states_[at].~state_type();
            ::new (static_cast<void*>(times + i)) timestamp(times_[at]);
        }
        ::operator delete(std::exchange(states_, states));
        ::operator delete(std::exchange(times_, times));
        capacity_ = wider;
        head_ = 0;
    }

    void destroy_states() noexcept {
        if constexpr (!std::is_trivially_destructible_v<state_type>)
            for (std::size_t i = 0; i < size_ && capacity_ != 0; ++i) states_[wrapped(head_ + i)].~state_type();
    }

    void give_back() noexcept {
        destroy_states();
        ::operator delete(states_);
        ::operator delete(times_);
    }

    state_type* states_ = nullptr;
    timestamp* times_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t head_ = 0;   ///< where the oldest event lies
    std::size_t size_ = 0;
    std::size_t front_ = 0;  ///< how many of the oldest events are in the front part
    std::uint64_t front_epoch_ = no_epoch;
    std::uint64_t back_epoch_ = no_epoch;
    timestamp last_ = beginning_of_time;
    timestamp first_absorbed_{};
    state_type back_;  ///< the back part merged, or the total
    [[no_unique_address]] std::conditional_t<InArena, two_arenas, no_arena> memory_{};
};

}  // namespace weir::detail
