// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/base/int128.hpp>
#include <weir/time/detail/zone_rule.hpp>

#include <cstdint>
#include <limits>

namespace weir::detail {

inline constexpr std::int64_t microseconds_a_second = 1'000'000;
inline constexpr std::int64_t microseconds_a_day = 86400 * microseconds_a_second;
inline constexpr std::int64_t first_microsecond = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t last_microsecond = std::numeric_limits<std::int64_t>::max();

template <class Integer>
[[nodiscard]] constexpr Integer floor_divide(Integer value, std::int64_t by) noexcept {
    return value / by - (value % by < 0 ? 1 : 0);
}

/// A time zone for asking: which local day an instant belongs to, and when a local day begins.
///
/// Days are days since 1970-01-01. A day begins at the first instant whose local date is that date or a later one, so days
/// are contiguous and in order also where clocks are set back over midnight, or a date is left out. All times are
/// microseconds since the epoch.
class zone_table {
public:
    zone_table() { segments_.push_back({first_microsecond, 0, first_microsecond}); }

    // Building it: the local time before all, the changes in order, what is repeated for ever, and then `finish`.

    void begin_with(std::int64_t offset_seconds) { segments_.front().offset = offset_seconds * microseconds_a_second; }

    /// From this instant on the local time is that far ahead of UTC.
    void change(std::int64_t at, std::int64_t offset_seconds) {
        std::int64_t const offset = offset_seconds * microseconds_a_second;
        while (segments_.size() > 1 && segments_.back().begin >= at) segments_.pop_back();
        if (segments_.back().begin >= at) segments_.back().offset = offset;
        else if (segments_.back().offset != offset) segments_.push_back({at, offset, first_microsecond});
    }

    /// The changes of the years from `first_year` on that lie after `after`. A calendar repeats itself after 400 years, and
    /// so does this table from there on; if it `always` holds, before those years too.
    void repeat(zone_rule const& rule, std::int64_t first_year, std::int64_t after, bool always) {
        if (!rule.changes) return;
        for (std::int64_t year = first_year; year < first_year + 403; ++year) {
            std::int64_t const daylight = (rule.to_daylight.in_year(year) - rule.standard) * microseconds_a_second;
            std::int64_t const standard = (rule.to_standard.in_year(year) - rule.daylight) * microseconds_a_second;
            if (daylight <= standard && daylight > after) change(daylight, rule.daylight);
            if (standard > after) change(standard, rule.standard);
            if (daylight > standard && daylight > after) change(daylight, rule.daylight);
        }
        std::int64_t day = 0;
        (void)days_from_civil(first_year + 402, 1, 1, day);
        repeat_end_ = day * microseconds_a_day;
        repeat_end_day_ = day - 2;  // whatever the offset, this day begins before the end
        if (always) repeat_begin_ = repeat_end_ - cycle;
    }

    void finish() {
        for (std::size_t i = 1; i < segments_.size(); ++i) {
            segment const& before = segments_[i - 1];
            segments_[i].reached = max_of(before.reached, local_day(segments_[i].begin - 1, before.offset));
        }
        if (segments_.size() == 1) return;
        first_ = segments_[1].begin;
        span_ = static_cast<std::uint64_t>(segments_.back().begin) - static_cast<std::uint64_t>(first_);
        while (span_ >> shift_ >= most_guesses) ++shift_;
        std::size_t at = 0;
        for (std::uint64_t since = 0; since < span_; since += std::uint64_t{1} << shift_) {
            while (static_cast<std::uint64_t>(segments_[at + 1].begin) - static_cast<std::uint64_t>(first_) <= since) ++at;
            guesses_.push_back(static_cast<std::uint16_t>(at));
        }
    }

    /// The local day of an instant; never less than that of an earlier one.
    [[nodiscard]] std::int64_t day_of(std::int64_t t) const noexcept {
        if (t < repeat_begin_ || t >= repeat_end_) [[unlikely]] return day_far_off(t);
        segment const& in = segment_at(t);
        std::int64_t local = 0;
        if (__builtin_add_overflow(t, in.offset, &local)) [[unlikely]] return local_day(t, in.offset);
        return max_of(floor_divide(local, microseconds_a_day), in.reached);
    }

    /// The first instant of a local day, or of the next that there is; held within the range of a timestamp.
    [[nodiscard]] std::int64_t start_of_day(std::int64_t day) const noexcept {
        constexpr std::int64_t farthest = 200'000'000;  // no timestamp is so many days away
        day = max_of(-farthest, min_of(day, farthest));
        std::int64_t cycles = 0;
        bool const before = repeat_begin_ != first_microsecond && day < repeat_end_day_ - days_in_400_years;
        if (repeat_end_ != last_microsecond && (day >= repeat_end_day_ || before))
            cycles = floor_divide(day - (repeat_end_day_ - days_in_400_years), days_in_400_years);
        int128 const midnight = static_cast<int128>(day - cycles * days_in_400_years) * microseconds_a_day;
        // No clock is two days ahead of UTC.
        segment const* in = &segment_at(clamped(midnight - 2 * microseconds_a_day));
        int128 start = first_in(*in, midnight);
        for (; in != segments_.end() - 1 && start >= in[1].begin; start = first_in(*in, midnight)) ++in;
        return clamped(start + static_cast<int128>(cycles) * cycle);
    }

    /// How far local time is ahead of UTC.
    [[nodiscard]] std::int64_t offset_at(std::int64_t t) const noexcept {
        bool const far_off = t < repeat_begin_ || t >= repeat_end_;
        return segment_at(far_off ? moved(t, cycles_off(t)) : t).offset;
    }

private:
    struct segment {
        std::int64_t begin;
        std::int64_t offset;
        std::int64_t reached;  ///< the greatest local day before it
    };

    static constexpr std::int64_t cycle = days_in_400_years * microseconds_a_day;
    static constexpr std::uint64_t most_guesses = 4096;

    [[nodiscard]] static constexpr std::int64_t clamped(int128 t) noexcept {
        return t > last_microsecond ? last_microsecond : t < first_microsecond ? first_microsecond : static_cast<std::int64_t>(t);
    }
    [[nodiscard]] static constexpr std::int64_t local_day(std::int64_t t, std::int64_t offset) noexcept {
        return static_cast<std::int64_t>(floor_divide(static_cast<int128>(t) + offset, microseconds_a_day));
    }
    [[nodiscard]] static constexpr int128 first_in(segment const& in, int128 midnight) noexcept {
        return max_of(static_cast<int128>(in.begin), midnight - in.offset);
    }

    /// The segment that holds an instant: changes lie months apart, so a guess by the time alone is nearly always right.
    [[nodiscard, gnu::always_inline]] segment const& segment_at(std::int64_t t) const noexcept {
        std::uint64_t const since = static_cast<std::uint64_t>(t) - static_cast<std::uint64_t>(first_);
        if (since >= span_) return t < first_ ? segments_.front() : segments_.back();
        segment const* in = segments_.begin() + guesses_[since >> shift_];
        while (in[1].begin <= t) ++in;
        return *in;
    }

    /// How many times 400 years an instant lies behind the years that stand for all, or before them if that is negative.
    [[nodiscard]] std::int64_t cycles_off(std::int64_t t) const noexcept {
        if (repeat_end_ == last_microsecond) return 0;
        return static_cast<std::int64_t>(floor_divide(static_cast<int128>(t) - (repeat_end_ - cycle), cycle));
    }
    [[nodiscard]] static std::int64_t moved(std::int64_t t, std::int64_t cycles) noexcept {
        return static_cast<std::int64_t>(static_cast<int128>(t) - static_cast<int128>(cycles) * cycle);
    }
    [[gnu::noinline]] std::int64_t day_far_off(std::int64_t t) const noexcept {
        std::int64_t const cycles = cycles_off(t);
        std::int64_t const within = moved(t, cycles);
        segment const& in = segment_at(within);
        return max_of(local_day(within, in.offset), in.reached) + cycles * days_in_400_years;
    }

    series<segment> segments_;           ///< in order; the first begins before all time
    series<std::uint16_t> guesses_;      ///< for each stretch of time, the segment at its beginning
    std::int64_t first_ = 0;             ///< where the guesses begin: at the second segment
    std::uint64_t span_ = 0;             ///< from there to the last segment
    unsigned shift_ = 0;                 ///< the length of a stretch, as a power of two
    std::int64_t repeat_begin_ = first_microsecond;
    std::int64_t repeat_end_ = last_microsecond;
    std::int64_t repeat_end_day_ = 0;
};

}  // namespace weir::detail
