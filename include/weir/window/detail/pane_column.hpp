// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/window/pane.hpp>

#include <cstdint>
#include <new>
#include <tuple>
#include <type_traits>

namespace weir::detail {

/// A key's state in one pane. Whether an item came is seen from the count where one is kept.
template <class Functions, bool Counts = Functions::counts>
struct pane_cell {
    typename Functions::state_type state;
    bool touched;
    [[nodiscard, gnu::always_inline]] bool is_touched() const noexcept { return touched; }
    [[gnu::always_inline]] void touch() noexcept { touched = true; }
};
template <class Functions>
struct pane_cell<Functions, true> {
    typename Functions::state_type state;
    [[nodiscard, gnu::always_inline]] bool is_touched() const noexcept { return std::get<Functions::counter>(state) != 0; }
    [[gnu::always_inline]] void touch() noexcept {}
};

/// What keys did in one pane: a cell for each row of a range, outside of which no key did anything.
template <class Functions>
class pane_column {
public:
    using cell = pane_cell<Functions>;
    static_assert(std::is_trivially_destructible_v<cell> && alignof(cell) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

    std::int64_t number = 0;
    std::uint32_t id = 0;
    std::uint64_t epoch = 0;    ///< of the oldest poll in which an item of it was read
    std::uint64_t missed = 0;   ///< windows that contain it and are closed
    std::uint64_t settled = 0;  ///< items that were counted as aggregated
    spread_count items{};       ///< where no function counts them

    [[nodiscard]] std::uint32_t first() const noexcept { return first_; }
    [[nodiscard]] std::uint32_t end() const noexcept { return first_ + count_; }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    /// The cells from the first to the last row of the range.
    [[nodiscard]] cell* cells() const noexcept { return cells_.get() + (first_ - begin_); }

    /// All items that came.
    [[nodiscard]] std::uint64_t item_count() const {
        if constexpr (Functions::counts) {
            std::uint64_t total = 0;
            for (std::uint32_t i = 0; i < count_; ++i) total += std::get<Functions::counter>(cells()[i].state);
            return total;
        } else {
            return items.total();
        }
    }

    /// The cell of a row, which comes into the range.
    [[nodiscard]] cell& reach(Functions const& functions, std::uint32_t row) {
        if (count_ == 0) first_ = row;
        if (row - begin_ >= room_) [[unlikely]] make_room(row);
        if (row == end()) {
            // The newest key, nearly always.
            make(functions, row, row + 1);
            ++count_;
        } else if (row < first_) {
            make(functions, row, first_);
            count_ += first_ - row;
            first_ = row;
        } else if (row > end()) {
            make(functions, end(), row + 1);
            count_ = row + 1 - first_;
        }
        return cells_.get()[row - begin_];
    }

    /// Rows moved: `rows[row]` says where each is now, also for the one behind the last of the range.
    void move_rows(std::uint32_t const* rows) noexcept {
        if (count_ == 0) return;
        std::uint32_t const first = rows[first_], before = min_of(first_ - begin_, first);
        cell* const cells = cells_.get();
        // A row that is gone leaves its cell where the next one's will be.
        for (std::uint32_t row = first_; row < end(); ++row) cells[rows[row] - first + before] = cells[row - begin_];
        count_ = rows[end()] - first;
        first_ = first;
        begin_ = first - before;
    }

    /// Forgets all cells and keeps some memory.
    void clear() noexcept {
        if (count_ < room_ / 8) {
            cells_.reset();
            begin_ = room_ = 0;
        }
        first_ = begin_;
        count_ = 0;
        items = {};
        missed = settled = 0;
    }

    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept { return std::size_t{room_} * sizeof(cell); }

private:
    struct give_back {
        void operator()(cell* cells) const noexcept { ::operator delete(cells); }
    };

    void make(Functions const& functions, std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t row = from; row < to; ++row) {
            cell* const made = ::new (static_cast<void*>(cells_.get() + (row - begin_))) cell{};
            made->state = functions.init();
        }
    }

    /// Memory for a row outside of what there is, and for more of them on its side.
    [[gnu::noinline]] void make_room(std::uint32_t row) {
        std::uint32_t const from = min_of(first_, row), to = max_of(end(), row + 1), more = (to - from) / 2 + 64;
        std::uint32_t const begin = row < begin_ ? from - min_of(from, more) : from;
        std::uint32_t const room = (row < begin_ ? to : to + more) - begin;
        cell* const other = static_cast<cell*>(::operator new(std::size_t{room} * sizeof(cell)));
        for (std::uint32_t i = 0; i < count_; ++i) ::new (static_cast<void*>(other + (first_ - begin) + i)) cell(cells()[i]);
        cells_.reset(other);
        begin_ = begin;
        room_ = room;
    }

    owner<cell, give_back> cells_;
    std::uint32_t begin_ = 0;  ///< the row that memory begins with
    std::uint32_t room_ = 0;   ///< rows that there is memory for
    std::uint32_t first_ = 0;  ///< the first row of the range
    std::uint32_t count_ = 0;
};

}  // namespace weir::detail
