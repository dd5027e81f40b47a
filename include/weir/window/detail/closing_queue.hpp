// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/time/timestamp.hpp>

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

    [[nodiscard]] bool before(waiting_key const& other) const noexcept {
        return at < other.at || (at == other.at && arrival < other.arrival);
    }
};

/// A binary heap whose first is on top; it gives its memory back when it has become empty.
template <class T>
class first_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] T const& top() const noexcept { return all_[0]; }

    void push(T value) {
        std::size_t at = all_.size();
        all_.push_back(value);
        for (; at != 0 && value.before(all_[(at - 1) / 2]); at = (at - 1) / 2) all_[at] = all_[(at - 1) / 2];
        all_[at] = value;
        if (all_.size() > most_) most_ = all_.size();
    }

    T pop() {
        T const first = all_[0];
        T const last = all_.back();
        all_.pop_back();
        std::size_t const count = all_.size();
        if (count == 0) {
            give_back();
            return first;
        }
        std::size_t at = 0;
        for (std::size_t below = 1; below < count; below = 2 * at + 1) {
            if (below + 1 < count && all_[below + 1].before(all_[below])) ++below;
            if (!all_[below].before(last)) break;
            all_[at] = all_[below];
            at = below;
        }
        all_[at] = last;
        return first;
    }

    /// Takes out everything, in no order.
    [[nodiscard]] series<T> take_all() {
        series<T> all;
        all.swap(all_);
        return all;
    }

private:
    void give_back() {
        if (most_ > 1024) series<T>().swap(all_);
        most_ = 0;
    }

    series<T> all_;
    std::size_t most_ = 0;
};

/// Deadlines that are put off again and again, in the order in which the watermark passes them.
///
/// What waits is put down once, under its deadline of that time, and looked at when that comes up: if the deadline has been
/// put off meanwhile, it is put down anew. So an event that extends a session touches nothing here. Deadlines lie in buckets
/// of equal width, a power of two; only the bucket in which the watermark is has an order (a heap), and what lies beyond the
/// last bucket waits in a heap of its own. Buckets become wider when much is put there. Amortized cost: a few moves.
/// Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987).
class closing_queue {
public:
    /// Notes a deadline; `typical` is how far deadlines usually lie ahead.
    void put(waiting_key each, timestamp watermark, duration typical) {
        if (size_ == 0) begin(each, watermark, typical);
        ++size_;
        put_down(each);
    }

    /// Takes out the first whose deadline the watermark has passed; false when there is none.
    ///
    /// `renew(waiting_key&)` brings what waits up to date and returns true; or returns false, and it is forgotten.
    /// `approach(waiting_key const&)` asks for the memory that `renew` will look at.
    template <class Renew, class Approach>
    [[nodiscard]] bool pop(timestamp watermark, waiting_key& found, Renew&& renew, Approach&& approach) {
        for (;;) {
            while (!now_.empty() && passed(now_.top().at, watermark)) {
                found = now_.pop();
                waiting_key current = found;
                if (!renew(current)) {
                    --size_;
                } else if (current.at == found.at && current.arrival == found.arrival) {
                    --size_;
                    return true;
                } else {
                    put_down(current);
                }
            }
            std::int64_t const last = bucket_of(watermark);
            if (current_ >= last || size_ == 0 || !now_.empty()) return false;
            go_on(last);
            open_bucket(renew, approach);
        }
    }

    /// Up to this time a watermark passes nothing.
    [[nodiscard]] timestamp quiet_until() const noexcept {
        constexpr timestamp never = end_of_time - duration(1);
        if (size_ == 0) return never;
        timestamp const last_of_bucket(duration(static_cast<std::int64_t>(
            ((static_cast<std::uint64_t>(current_) + 1) << shift_) - 1)));
        return min_of(never, now_.empty() ? last_of_bucket : min_of(last_of_bucket, now_.top().at));
    }

    /// Gives what waits other numbers: `number_of(old)`; what has none is forgotten.
    template <class NumberOf>
    void renumber(std::uint64_t none, NumberOf&& number_of) {
        for (waiting_key& each : take_all())
            if ((each.number = number_of(each.number)) != none) {
                ++size_;
                put_down(each);
            }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::int64_t buckets = 1024;

    [[nodiscard]] static bool passed(timestamp at, timestamp watermark) noexcept {
        return at < watermark || watermark == end_of_time;
    }
    [[nodiscard]] std::int64_t bucket_of(timestamp at) const noexcept { return at.time_since_epoch().count() >> shift_; }
    [[nodiscard]] series<waiting_key>& ring(std::int64_t bucket) noexcept {
        return ring_[static_cast<std::size_t>(bucket) & (buckets - 1)];
    }

    void begin(waiting_key const& first, timestamp watermark, duration typical) {
        if (ring_.empty()) {
            ring_.grow_to(buckets);
            auto const width = static_cast<std::uint64_t>(max_of<std::int64_t>(typical.count() / (buckets / 4), 1));
            shift_ = static_cast<int>(std::bit_width(width)) - 1;
        }
        std::int64_t before = 0;
        if (__builtin_sub_overflow(bucket_of(first.at), buckets / 2, &before)) before = bucket_of(first.at);
        current_ = max_of(bucket_of(watermark), before);
    }

    void put_down(waiting_key const& each) { put_down(each.at, each.arrival, each.number); }

    // In parts: read in one piece what was written in parts has to wait until it has reached the cache.
    [[gnu::always_inline]] void put_down(timestamp at, std::uint64_t arrival, std::uint64_t number) {
        std::int64_t const bucket = bucket_of(at);
        waiting_key const each{at, arrival, number};
        if (bucket <= current_) return now_.push(each);
        // The difference may be greater than a signed number holds.
        if (static_cast<std::uint64_t>(bucket) - static_cast<std::uint64_t>(current_) < buckets) {
            ++in_ring_;
            return ring(bucket).push_back(each);
        }
        far_.push(each);
        if (++went_far_ > 2 * size_ + buckets) widen();
    }

    /// To the next bucket that may hold something; not beyond `last`.
    void go_on(std::int64_t last) {
        std::int64_t const next_far = far_.empty() ? last : min_of(last, bucket_of(far_.top().at));
        if (in_ring_ == 0) current_ = max_of(current_ + 1, next_far);
        else ++current_;
    }

    template <class Renew, class Approach>
    void open_bucket(Renew& renew, Approach& approach) {
        series<waiting_key> due;
        due.swap(ring(current_));
        in_ring_ -= due.size();
        while (!far_.empty() && bucket_of(far_.top().at) <= current_) due.push_back(far_.pop());
        constexpr std::size_t ahead = 12;
        for (std::size_t i = 0; i < due.size(); ++i) {
            if (i + ahead < due.size()) approach(due[i + ahead]);
            waiting_key each{due[i].at, due[i].arrival, due[i].number};
            if (renew(each)) put_down(each.at, each.arrival, each.number);
            else --size_;
        }
    }

    [[nodiscard]] series<waiting_key> take_all() {
        series<waiting_key> all = now_.take_all();
        for (waiting_key const& each : far_.take_all()) all.push_back(each);
        for (series<waiting_key>& each : ring_) {
            for (waiting_key const& waiting : each) all.push_back(waiting);
            series<waiting_key>().swap(each);
        }
        size_ = in_ring_ = 0;
        return all;
    }

    void widen() {
        went_far_ = 0;
        if (shift_ > 60) return;
        series<waiting_key> all = take_all();
        shift_ += 2;
        current_ >>= 2;
        size_ = all.size();
        for (waiting_key const& each : all) put_down(each);
        went_far_ = 0;
    }

    first_heap<waiting_key> now_;  ///< of the bucket in which the watermark is, and before it
    first_heap<waiting_key> far_;  ///< beyond the last bucket
    series<series<waiting_key>> ring_;
    std::int64_t current_ = 0;     ///< the bucket in which the watermark is
    int shift_ = 0;
    std::size_t size_ = 0;
    std::size_t in_ring_ = 0;
    std::size_t went_far_ = 0;
};

}  // namespace weir::detail
