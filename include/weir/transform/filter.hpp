// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/invoke.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/prefetch.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Whether answers come in streaks. Where they do not, a branch on each is mispredicted time and again, and it is cheaper
/// to sort the items first. So now and then a block of items is sorted and its changes of answer are counted; what was
/// found is taken to hold for the blocks that follow.
class streak_watch {
public:
    static constexpr std::size_t block = 256;

    [[nodiscard]] bool wants_counting() const noexcept { return blocks_left_ == 0; }
    [[nodiscard]] bool wants_sorting() const noexcept { return no_streaks_ || wants_counting(); }

    void counted(std::size_t changes) noexcept {
        no_streaks_ = changes > block / 16;
        blocks_left_ = 31;
    }
    void passed() noexcept { blocks_left_ -= blocks_left_ != 0 ? 1 : 0; }

private:
    std::size_t blocks_left_ = 0;
    bool no_streaks_ = false;
};

template <class Item, class Predicate>
class filter_stage {
public:
    using output = Item;
    static constexpr std::string_view name = "filter";
    static constexpr bool light = true;

    explicit filter_stage(Predicate keep) : keep_(std::move(keep)) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        if (detail::invoke(keep_, item)) out.emit(item);
    }

    void note_emitted(std::size_t items) noexcept { kept_ += items; }

    WEIR_INLINE void on_batch(std::span<Item const> items, auto& out) {
        stamp at = out.at();
        while (!items.empty()) {
            auto const some = items.first(min_of(items.size(), streak_watch::block));
            if (some.size() == streak_watch::block && streaks_.wants_sorting()) pass_sorted(some, at, out);
            else pass_one_by_one(some, at, out);
            items = items.subspan(some.size());
            at.position += some.size();
        }
    }

    void account(tally& count) const {
        count.filtered = count.in - kept_;
        count.passed = count.emitted = kept_;
    }

private:
    /// Numbers of items in a block.
    using numbers = std::array<std::uint8_t, streak_watch::block>;
    static_assert(streak_watch::block == 256);

    WEIR_INLINE void pass_sorted(std::span<Item const> items, stamp const& at, auto& out) {
        numbers kept;
        std::size_t const count = streaks_.wants_counting() ? sort<true>(items, kept) : sort<false>(items, kept);
        // What the next block lies in is asked for bit by bit, so that memory has something to do meanwhile.
        constexpr std::size_t lines = streak_watch::block * sizeof(Item) / cache_line;
        std::size_t const lines_an_item = min_of<std::size_t>(4, count == 0 ? 1 : (lines + count - 1) / count);
        std::size_t ahead = items.size_bytes();
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t line = 0; line < lines_an_item; ++line, ahead += cache_line) prefetch_behind(items.data(), ahead);
            out.emit(items[kept[i]], stamp_of(items[kept[i]], kept[i], at));
        }
    }

    /// How many are kept. No branch on the answers: each item's number is put down, and the next one takes its place unless
    /// it is kept.
    template <bool CountChanges>
    WEIR_INLINE std::size_t sort(std::span<Item const> items, numbers& kept) {
        std::size_t count = 0, changes = 0;
        bool before = false;
        for (std::size_t i = 0; i < items.size(); ++i) {
            kept[count] = static_cast<std::uint8_t>(i);
            bool const keep = detail::invoke(keep_, items[i]);
            count += keep ? 1U : 0U;
            if constexpr (CountChanges) changes += keep != std::exchange(before, keep) ? 1U : 0U;
        }
        if constexpr (CountChanges) streaks_.counted(changes);
        else streaks_.passed();
        return count;
    }

    WEIR_INLINE void pass_one_by_one(std::span<Item const> items, stamp at, auto& out) {
        for (Item const& item : items) {
            if (detail::invoke(keep_, item)) out.emit(item, stamp_of(item, 0, at));
            ++at.position;
        }
        streaks_.passed();
    }

    Predicate keep_;
    // A type of which the host's own counters seldom are: the compiler then knows that writing it changes none of them.
    unsigned long long kept_ = 0;
    streak_watch streaks_;
};

/// A filter of rows that may come anew or be taken back: a row that no longer passes is erased, one that passes for the
/// first time is inserted. What an update replaces says whether it had passed, so nothing need be remembered.
template <class Item, class Row, class Stream, class Predicate>
class filter_changes_stage {
public:
    using output = Item;
    using output_stream = stream<Item, typename Stream::time, unkeyed, unwindowed, erasing>;
    static constexpr std::string_view name = "filter";

    explicit filter_changes_stage(Predicate keep) : keep_(std::move(keep)) {}

    WEIR_INLINE void on_item(Item const& item, auto& out) {
        bool const passes = detail::invoke(keep_, item.row);
        if (item.kind != change_kind::update) {
            if (passes) pass(item, out);
        } else if (bool const passed = detail::invoke(keep_, item.before); passed && passes) {
            pass(item, out);
        } else if (passes) {
            pass(Item{change_kind::insert, item.row, {}}, out);
        } else if (passed) {
            pass(Item{change_kind::erase, item.before, {}}, out);
        }
    }

    void account(tally& count) const {
        count.filtered = count.in - kept_;
        count.passed = count.emitted = kept_;
    }

private:
    void pass(Item const& item, auto& out) {
        ++kept_;
        out.emit(item);
    }

    Predicate keep_;
    std::uint64_t kept_ = 0;
};

template <class Predicate>
struct filter_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    Predicate keep;

    template <class Stream>
    constexpr auto bind(Stream&) && {
        using item = plain_item<Stream>;
        if constexpr (!std::is_invocable_r_v<bool, Predicate&, item const&>) {
            static_assert(never<Stream>, "weir: the predicate given to `filter` cannot be called with the item that comes before "
                                         "it, or does not return bool.");
            return broken{};
        } else if constexpr (changing<Stream>) {
            return filter_changes_stage<typename Stream::item, item, Stream, Predicate>(std::move(keep));
        } else {
            return filter_stage<item, Predicate>(std::move(keep));
        }
    }
};

}  // namespace detail

/// Lets pass the items for which `keep(item)` is true; the others are counted as filtered. Key and window choices stay.
///
/// Behind an aggregate it is SQL's HAVING: `keep` takes the row. Where rows may come anew, one that passed and no longer
/// does is taken back (`change_kind::erase`), so that only sinks which can delete may follow.
template <class Predicate>
[[nodiscard]] constexpr auto filter(Predicate keep) {
    return detail::filter_blueprint<Predicate>{std::move(keep)};
}

}  // namespace weir
