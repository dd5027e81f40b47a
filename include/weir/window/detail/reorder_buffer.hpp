// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/fifo.hpp>
#include <weir/window/detail/min_heap.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// Things that come in any order and leave in the order of their times, those of one time in the order in which they came.
///
/// What is no earlier than all that came before it joins a run that is sorted already: it costs two moves, and input in
/// order costs nothing else. Anything else lies in a slot, and a heap of 24-byte handles says which is next: it costs a
/// logarithm of the number of such things that wait.
template <class T>
class reorder_buffer {
public:
    [[nodiscard]] bool empty() const noexcept { return run_.empty() && strays_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return run_.size() + strays_.size(); }

    [[gnu::always_inline]] void push(timestamp time, T value) {
        if (run_.empty() || run_.back().time <= time) [[likely]] run_.push_back({time, pushed_++, std::move(value)});
        else push_stray(time, std::move(value));
    }

    /// The time of what is next; it must not be empty.
    [[nodiscard, gnu::always_inline]] timestamp next_time() const noexcept {
        if (strays_.empty()) [[likely]] return run_.front().time;
        return stray_is_next() ? strays_.top().time : run_.front().time;
    }

    /// Takes out what is next.
    [[nodiscard, gnu::always_inline]] T pop() {
        if (!strays_.empty() && stray_is_next()) [[unlikely]] return pop_stray();
        T next = std::move(run_.front().value);
        run_.pop_front();
        return next;
    }

    /// Calls `visit(time, value)` for each thing, in the order in which they would leave.
    template <class Visit>
    void for_each(Visit&& visit) const {
        auto strays = strays_;
        for (std::size_t i = 0; i < run_.size(); ++i) {
            while (!strays.empty() && strays.top() < handle{run_[i].time, run_[i].number, 0}) visit_stray(strays.pop(), visit);
            visit(run_[i].time, run_[i].value);
        }
        while (!strays.empty()) visit_stray(strays.pop(), visit);
    }

private:
    struct placed {
        timestamp time;
        std::uint64_t number;
        T value;
    };
    struct handle {
        timestamp time;
        std::uint64_t number;
        std::size_t slot;
        friend bool operator<(handle const& a, handle const& b) noexcept {
            return a.time != b.time ? a.time < b.time : a.number < b.number;
        }
    };

    [[nodiscard]] bool stray_is_next() const noexcept {
        return run_.empty() || strays_.top() < handle{run_.front().time, run_.front().number, 0};
    }

    [[gnu::noinline]] void push_stray(timestamp time, T value) {
        std::size_t slot = slots_.size();
        if (free_.empty()) {
            slots_.push_back(std::move(value));
        } else {
            slot = free_.back();
            free_.pop_back();
            slots_[slot] = std::move(value);
        }
        strays_.push({time, pushed_++, slot});
    }

    [[gnu::noinline]] T pop_stray() {
        std::size_t const slot = strays_.pop().slot;
        free_.push_back(slot);
        return std::move(slots_[slot]);
    }

    template <class Visit>
    void visit_stray(handle const& stray, Visit& visit) const {
        visit(stray.time, slots_[stray.slot]);
    }

    fifo<placed> run_;
    min_heap<handle> strays_;
    series<T> slots_;
    series<std::size_t> free_;
    std::uint64_t pushed_ = 0;
};

}  // namespace weir::detail
