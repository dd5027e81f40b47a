// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/block_pool.hpp>
#include <weir/window/detail/min_heap.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// What waits in a `closing_queue`: whose deadline it is, and what comes first of two of one time.
struct waiting_key {
    timestamp at{};
    std::uint64_t arrival = 0;
    std::uint64_t number = 0;  ///< in 64 bits: a copy of padding would wait for what was written beside it

    [[nodiscard]] bool operator<(waiting_key const& other) const noexcept {
        return at < other.at || (at == other.at && arrival < other.arrival);
    }
};

/// Deadlines that are put off again and again, in the order in which the watermark passes them.
///
/// What waits is put down once, under its deadline of that time, and looked at when that comes up: if the deadline has been
/// put off meanwhile, it is put down anew. So an event that extends a session touches nothing here. Deadlines lie in buckets
/// of equal width, a power of two, where a number is all that is kept of them; only the bucket in which the watermark is has
/// an order, and what lies beyond the last bucket waits in a heap. Buckets become wider when much is put there. Amortized cost:
/// a few moves. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987).
///
/// The owner of what waits is asked for it by number, as `keys`: `keys.noted(number)` is the deadline under which it was put
/// down last, or `beginning_of_time` when it no longer waits; `keys.renew(number)` makes its present deadline the noted one and
/// returns it; `keys.approach(number)` asks for the memory that these two will look at.
class closing_queue {
public:
    /// Puts down what has its deadline noted already; `typical` is how far deadlines usually lie ahead.
    template <class Keys>
    [[gnu::always_inline]] void put(waiting_key const& each, timestamp watermark, duration typical, Keys&& keys) {
        if (size_ == 0) [[unlikely]] begin(each, watermark, typical);
        ++size_;
        put_down(each, keys);
    }

    /// Takes out the first whose deadline the watermark has passed; false when there is none.
    template <class Keys>
    [[nodiscard]] bool pop(timestamp watermark, waiting_key& found, Keys&& keys) {
        for (;;) {
            while (holds_now() && passed(first_now().at, watermark)) {
                found = take_now();
                if (keys.noted(found.number) != found.at) {
                    --size_;
                    continue;
                }
                waiting_key const current = keys.renew(found.number);
                if (current.at == found.at && current.arrival == found.arrival) {
                    --size_;
                    return true;
                }
                put_down(current, keys);
            }
            std::int64_t const last = bucket_of(watermark);
            if (current_ >= last || size_ == 0 || holds_now()) return false;
            go_on(last);
            open_bucket(keys);
        }
    }

    /// Up to this time a watermark passes nothing.
    [[nodiscard]] timestamp quiet_until() const noexcept {
        constexpr timestamp never = end_of_time - duration(1);
        if (size_ == 0) return never;
        timestamp const last_of_bucket(duration(static_cast<std::int64_t>(
            ((static_cast<std::uint64_t>(current_) + 1) << shift_) - 1)));
        return min_of(never, holds_now() ? min_of(last_of_bucket, first_now().at) : last_of_bucket);
    }

    /// Gives what waits other numbers: `number_of(old)`; what has none is forgotten.
    template <class NumberOf>
    void renumber(std::uint64_t none, NumberOf&& number_of) {
        put_sorted_in_heap();
        for (min_heap<waiting_key>* each : {&now_, &far_})
            for (waiting_key waiting : each->take_all()) {
                waiting.number = number_of(waiting.number);
                if (waiting.number != none) each->push(waiting);
                else --size_;
            }
        block_pool<sizeof(block)> const before = std::exchange(blocks_, {});
        series<std::uint32_t> numbers;
        for (bucket& each : ring_) {
            empty(each, numbers, nullptr);
            for (std::uint32_t const old : numbers) {
                std::uint64_t const number = number_of(old);
                if (number != none) add(each, static_cast<std::uint32_t>(number));
                else --size_, --in_ring_;
            }
            numbers.clear();
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Bytes held.
    [[nodiscard]] std::size_t memory() const noexcept {
        return ring_.size() * sizeof(bucket) + blocks_.memory() +
               (sorted_.size() + spare_.size() + now_.size() + far_.size()) * sizeof(waiting_key);
    }

private:
    static constexpr std::int64_t buckets = 512;
    static constexpr std::size_t most_kept = 65'536;  ///< bytes of blocks that are kept when nothing waits
    static constexpr int part_bits = 6;
    static constexpr std::size_t parts = std::size_t{1} << part_bits;  ///< of a bucket, by which it is sorted
    static constexpr std::size_t few = 12;                             ///< no more are sorted without
    static constexpr std::uint32_t many = 16;                          ///< more in one part are better put in a heap

    /// Numbers of one bucket. All its blocks are full but the first, which holds `bucket::in_first`.
    struct block {
        static constexpr std::uint32_t size = 30;
        block* next;
        std::uint32_t numbers[size];
    };
    static_assert(sizeof(block) == 128);
    struct bucket {
        block* first = nullptr;
        std::uint32_t in_first = block::size;
        std::uint32_t full = 0;  ///< blocks behind the first
        [[nodiscard]] std::size_t size() const noexcept { return first ? std::size_t{full} * block::size + in_first : 0; }
    };

    [[nodiscard]] static bool passed(timestamp at, timestamp watermark) noexcept {
        return at < watermark || watermark == end_of_time;
    }
    [[nodiscard]] std::int64_t bucket_of(timestamp at) const noexcept { return at.time_since_epoch().count() >> shift_; }
    [[nodiscard]] bucket& ring(std::int64_t number) noexcept { return ring_[static_cast<std::size_t>(number) & (buckets - 1)]; }

    [[gnu::noinline]] void begin(waiting_key first, timestamp watermark, duration typical) {
        if (ring_.empty()) {
            ring_.grow_to(buckets);
            // Two microseconds at least: so the numbers of any two buckets differ by what a signed number holds.
            auto const width = static_cast<std::uint64_t>(max_of<std::int64_t>(typical.count() / (buckets / 4), 2));
            shift_ = static_cast<int>(std::bit_width(width)) - 1;
        }
        if (blocks_.memory() > most_kept) blocks_ = {};
        current_ = max_of(bucket_of(watermark), bucket_of(first.at) - buckets / 2);
    }

    [[gnu::always_inline]] void add(bucket& to, std::uint32_t number) {
        if (to.in_first == block::size) [[unlikely]] {
            to.full += to.first ? 1 : 0;
            to.first = ::new (blocks_.take()) block{.next = to.first, .numbers = {}};
            to.in_first = 0;
        }
        to.first->numbers[to.in_first++] = number;
    }

    /// Moves the numbers of a bucket to `into`; its blocks go back to `blocks`, if there is one.
    static void empty(bucket& from, series<std::uint32_t>& into, block_pool<sizeof(block)>* blocks) {
        while (from.first) {
            block* const done = std::exchange(from.first, from.first->next);
            for (std::uint32_t i = 0; i < from.in_first; ++i) into.push_back(done->numbers[i]);
            from.in_first = block::size;
            if (blocks) blocks->give_back(done);
        }
        from = {};
    }

    template <class Keys>
    [[gnu::always_inline]] void put_down(waiting_key const& each, Keys& keys) {
        std::int64_t const at = bucket_of(each.at);
        // As a number without a sign the difference of what lies behind is greater than any other.
        if (static_cast<std::uint64_t>(at - current_ - 1) < buckets - 1) [[likely]] {
            ++in_ring_;
            return add(ring(at), static_cast<std::uint32_t>(each.number));
        }
        put_apart(each, keys);
    }

    // By value: what is referred to would have to be in memory before it is known whether it comes to this.
    template <class Keys>
    [[gnu::noinline]] void put_apart(waiting_key each, Keys& keys) {
        if (bucket_of(each.at) <= current_) return now_.push(each);
        far_.push(each);
        if (++went_far_ > 2 * size_ + buckets) widen(keys);
    }

    /// To the next bucket that may hold something; not beyond `last`.
    void go_on(std::int64_t last) {
        std::int64_t const next_far = far_.empty() ? last : min_of(last, bucket_of(far_.top().at));
        if (in_ring_ == 0) current_ = max_of(current_ + 1, next_far);
        else ++current_;
    }

    /// Puts a key of the bucket in which the watermark is where it belongs now, or forgets it.
    template <class Keys>
    [[gnu::always_inline]] void look_after(std::uint32_t number, Keys& keys) {
        timestamp const noted = keys.noted(number);
        if (noted == beginning_of_time || bucket_of(noted) != current_) [[unlikely]] {
            --size_;
            return;
        }
        waiting_key const next = keys.renew(number);
        if (bucket_of(next.at) == current_ && sorted_.size() < parts * many) sorted_.push_back(next);
        else put_down(next, keys);
    }

    [[gnu::always_inline]] static void approach(block const* each) noexcept {
        if (!each) return;
        __builtin_prefetch(each);
        __builtin_prefetch(reinterpret_cast<char const*>(each) + sizeof(block) / 2);
    }

    /// Puts down anew, or forgets, what lies in the bucket in which the watermark is now.
    template <class Keys>
    void open_bucket(Keys& keys) {
        bucket const opened = std::exchange(ring(current_), {});
        if (opened.first) {
            in_ring_ -= opened.size();
            // While the numbers of one block are seen to, the keys of the next come, and the memory of the one behind it.
            std::uint32_t count = opened.in_first;
            for (std::uint32_t i = 0; i < count; ++i) keys.approach(opened.first->numbers[i]);
            approach(opened.first->next);
            for (block* now = opened.first; now;) {
                block* const next = now->next;
                if (next) approach(next->next);
                for (std::uint32_t i = 0; i < count; ++i) {
                    if (next) keys.approach(next->numbers[i]);
                    look_after(now->numbers[i], keys);
                }
                if (next)
                    for (; count < block::size; ++count) keys.approach(next->numbers[count]);
                blocks_.give_back(now);
                now = next;
            }
            sort();
        }
        while (!far_.empty() && bucket_of(far_.top().at) <= current_) {
            waiting_key const each = far_.pop();
            if (keys.noted(each.number) == each.at) put_down(keys.renew(each.number), keys);
            else --size_;
        }
    }

    [[nodiscard]] bool holds_now() const noexcept { return taken_ != sorted_.size() || !now_.empty(); }
    [[nodiscard]] bool is_sorted_first() const noexcept {
        return now_.empty() || (taken_ != sorted_.size() && sorted_[taken_] < now_.top());
    }
    [[nodiscard]] waiting_key const& first_now() const noexcept { return is_sorted_first() ? sorted_[taken_] : now_.top(); }
    [[nodiscard]] waiting_key take_now() {
        if (!is_sorted_first()) return now_.pop();
        waiting_key const first = sorted_[taken_++];
        if (taken_ == sorted_.size()) forget_sorted();
        return first;
    }
    void forget_sorted() noexcept {
        sorted_.clear();
        taken_ = 0;
    }
    void put_sorted_in_heap() {
        for (; taken_ != sorted_.size(); ++taken_) now_.push(sorted_[taken_]);
        forget_sorted();
    }

    /// Puts `sorted_` in order: first by the part of the bucket in which each lies, and then within the parts, where few are
    /// left to be moved. Where some part holds many a heap is better.
    void sort() {
        if (sorted_.size() > few) scatter();
        for (std::size_t i = 1; i < sorted_.size(); ++i) {
            waiting_key const each = sorted_[i];
            std::size_t to = i;
            for (; to != 0 && each < sorted_[to - 1]; --to) sorted_[to] = sorted_[to - 1];
            sorted_[to] = each;
        }
    }
    void scatter() {
        int const narrower = max_of(shift_ - part_bits, 0);
        auto const part_of = [&](waiting_key const& each) {
            return static_cast<std::size_t>(each.at.time_since_epoch().count() >> narrower) & (parts - 1);
        };
        std::array<std::uint32_t, parts> places{};
        std::uint32_t most = 0, before = 0;
        for (waiting_key const& each : sorted_) ++places[part_of(each)];
        for (std::uint32_t& each : places) {
            most = max_of(most, each);
            before += std::exchange(each, before);
        }
        if (most > many) return put_sorted_in_heap();
        spare_.grow_to(sorted_.size());
        for (waiting_key const& each : sorted_) spare_[places[part_of(each)]++] = each;
        spare_.shrink_to(sorted_.size());
        sorted_.swap(spare_);
    }

    template <class Keys>
    [[gnu::noinline]] void widen(Keys& keys) {
        went_far_ = 0;
        if (shift_ > 60) return;
        series<waiting_key> all;
        put_sorted_in_heap();
        for (min_heap<waiting_key>* heap : {&now_, &far_})
            for (waiting_key const& each : heap->take_all()) all.push_back(each);
        series<std::uint32_t> numbers;
        for (std::int64_t at = current_ + 1; at < current_ + buckets; ++at) {
            empty(ring(at), numbers, &blocks_);
            for (std::uint32_t const number : numbers) {
                timestamp const noted = keys.noted(number);
                if (noted != beginning_of_time && bucket_of(noted) == at) all.push_back(keys.renew(number));
                else --size_;
            }
            numbers.clear();
        }
        in_ring_ = 0;
        shift_ += 2;
        current_ >>= 2;
        for (waiting_key const& each : all) put_down(each, keys);
        went_far_ = 0;
    }

    series<waiting_key> sorted_;  ///< what was in the bucket in which the watermark is when that was opened, in order
    std::size_t taken_ = 0;       ///< of these
    min_heap<waiting_key> now_;  ///< what came into that bucket since, or before it
    min_heap<waiting_key> far_;  ///< beyond the last bucket
    series<bucket> ring_;
    block_pool<sizeof(block)> blocks_;
    series<waiting_key> spare_;  ///< room to sort in
    std::int64_t current_ = 0;   ///< the bucket in which the watermark is
    int shift_ = 0;              ///< one at least as soon as anything was put down
    std::size_t size_ = 0;
    std::size_t in_ring_ = 0;
    std::size_t went_far_ = 0;
};

}  // namespace weir::detail
