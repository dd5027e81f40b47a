// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/int128.hpp>
#include <weir/time/time_zone.hpp>
#include <weir/window/tumbling.hpp>

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Windows of whole days, weeks, months or years of a time zone: `tumbling(std::chrono::days{1}, time_zone("Europe/Paris"))`.
///
/// A window begins at the first instant of its first local day, so a day may have 23 or 25 hours. Weeks begin on Monday,
/// months on the first. Several together are counted from 1970-01-01, weeks from Monday 1969-12-29, months and years
/// from January 1970: `months{3}` is quarters. A date that a zone left out is an empty window.
///
/// A number that is not positive, or a zone that could not be read, makes the job fail with a clear error at its first
/// step. Cost: a table of the zone is looked up, a few nanoseconds an item; months cost a few more.
template <>
class tumbling<time_zone> {
    enum class unit : std::uint8_t { day, week, month };

public:
    static constexpr std::string_view name = "tumbling";

    template <class Number, class Period>
    explicit tumbling(std::chrono::duration<Number, Period> size, time_zone zone) : zone_(std::move(zone)) {
        using period = typename Period::type;
        constexpr bool days = std::is_same_v<period, std::chrono::days::period>;
        constexpr bool weeks = std::is_same_v<period, std::chrono::weeks::period>;
        constexpr bool months = std::is_same_v<period, std::chrono::months::period>;
        constexpr bool years = std::is_same_v<period, std::chrono::years::period>;
        static_assert((days || weeks || months || years) && std::is_integral_v<Number>,
                      "weir: windows in a time zone are of whole days, weeks, months or years, as in "
                      "`tumbling(std::chrono::days{1}, zone)`. An hour is an hour in every zone: `tumbling(1h)`.");
        constexpr std::int64_t most = 1'000'000'000;  // more than all days that a timestamp can hold
        auto const wanted = static_cast<std::int64_t>(size.count());
        std::int64_t const count = detail::max_of<std::int64_t>(0, detail::min_of(wanted, most));
        unit_ = days ? unit::day : weeks ? unit::week : unit::month;
        valid_ = count > 0;
        count_ = valid_ ? count * (weeks ? 7 : years ? 12 : 1) : 1;
    }

    /// The number of the window that contains `t`.
    [[nodiscard]] std::int64_t number_of(timestamp t) const noexcept {
        std::int64_t const day = zone_.day_of(t);
        if (unit_ == unit::month) return detail::floor_divide(month_of(day), count_);
        if (count_ == 1) return day;
        return detail::floor_divide(day + (unit_ == unit::week ? days_from_monday : 0), count_);
    }

    /// The first instant of a window; that of the next where the zone left out all its days.
    [[nodiscard]] timestamp start_of(std::int64_t number) const noexcept { return boundary(number); }

    /// The first instant behind a window.
    [[nodiscard]] timestamp end_of(std::int64_t number) const noexcept { return boundary(static_cast<int128>(number) + 1); }

    [[nodiscard]] time_zone const& zone() const noexcept { return zone_; }
    [[nodiscard]] bool valid() const noexcept { return valid_ && !zone_.failure(); }
    /// Why the zone could not be read, or null.
    [[nodiscard]] error const* failure() const noexcept { return zone_.failure(); }

private:
    static constexpr std::int64_t days_from_monday = 3;  ///< 1970-01-01 was a Thursday

    /// Months since January 1970.
    [[nodiscard]] static std::int64_t month_of(std::int64_t day) noexcept {
        auto const date = detail::civil_from_days(day);
        return (date.year - 1970) * 12 + static_cast<std::int64_t>(date.month) - 1;
    }

    [[nodiscard]] timestamp boundary(int128 number) const noexcept {
        constexpr int128 farthest = 1'000'000'000;  // no timestamp is so many days or months away
        int128 const wanted = detail::max_of(-farthest, detail::min_of(farthest, number * count_));
        auto day = static_cast<std::int64_t>(wanted);
        if (unit_ == unit::week) day -= days_from_monday;
        if (unit_ == unit::month) {
            std::int64_t const year = detail::floor_divide(day, 12);
            (void)detail::days_from_civil(1970 + year, static_cast<int>(day - year * 12) + 1, 1, day);
        }
        return zone_.start_of_day(day);
    }

    time_zone zone_;
    std::int64_t count_ = 1;  ///< days or months
    unit unit_ = unit::day;
    bool valid_ = false;
};

template <class Number, class Period>
explicit tumbling(std::chrono::duration<Number, Period>, time_zone) -> tumbling<time_zone>;

}  // namespace weir
