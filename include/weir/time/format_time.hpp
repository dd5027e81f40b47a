// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// The most characters that `format_time` writes: a year of six digits, its sign, and microseconds.
inline constexpr std::size_t longest_time_text = 30;

namespace detail {

constexpr char* write_two_digits(char* to, unsigned value) noexcept {
    to[0] = static_cast<char>('0' + value / 10);
    to[1] = static_cast<char>('0' + value % 10);
    return to + 2;
}

constexpr char* write_three_digits(char* to, unsigned value) noexcept {
    to[0] = static_cast<char>('0' + value / 100);
    return write_two_digits(to + 1, value % 100);
}

struct civil_date {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

// The calendar repeats every 400 years, and `std::chrono::year` ends at 32767 while a timestamp goes on to 294247.
inline constexpr std::int64_t days_in_400_years = 146097;

constexpr civil_date civil_from_days(std::int64_t days) noexcept {
    std::int64_t const cycle = days >= 0 ? days / days_in_400_years : -((-days - 1) / days_in_400_years) - 1;
    std::chrono::year_month_day const date(
        std::chrono::sys_days(std::chrono::days(static_cast<int>(days - cycle * days_in_400_years))));
    return {static_cast<int>(date.year()) + cycle * 400, static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day())};
}

}  // namespace detail

/// Writes a time as ISO 8601 in UTC: `2015-05-17T10:05:00Z`, with three or six fractional digits only where there is a
/// fraction of a second. Returns the end of what it wrote: at most `longest_time_text` characters, no terminator.
///
/// Exact for every `timestamp`; years outside of 0 to 9999 have a sign and six digits. No locale, no allocation, about
/// 10 ns.
constexpr char* format_time(timestamp time, char* to) noexcept {
    // Division and not `floor`: the first day of all begins before the first microsecond that a timestamp can hold.
    constexpr std::int64_t day = 86400000000;
    std::int64_t days = time.time_since_epoch().count() / day;
    std::int64_t within = time.time_since_epoch().count() % day;
    if (within < 0) {
        within += day;
        --days;
    }
    auto const date = detail::civil_from_days(days);
    if (date.year >= 0 && date.year <= 9999) {
        to = detail::write_two_digits(to, static_cast<unsigned>(date.year / 100));
        to = detail::write_two_digits(to, static_cast<unsigned>(date.year % 100));
    } else {
        auto const year = static_cast<unsigned>(date.year < 0 ? -date.year : date.year);
        *to++ = date.year < 0 ? '-' : '+';
        to = detail::write_three_digits(to, year / 1000);
        to = detail::write_three_digits(to, year % 1000);
    }
    auto const second = static_cast<unsigned>(within / 1000000);
    auto const fraction = static_cast<unsigned>(within % 1000000);
    *to++ = '-';
    to = detail::write_two_digits(to, date.month);
    *to++ = '-';
    to = detail::write_two_digits(to, date.day);
    *to++ = 'T';
    to = detail::write_two_digits(to, second / 3600);
    *to++ = ':';
    to = detail::write_two_digits(to, second / 60 % 60);
    *to++ = ':';
    to = detail::write_two_digits(to, second % 60);
    if (fraction != 0) {
        *to++ = '.';
        to = detail::write_three_digits(to, fraction / 1000);
        if (fraction % 1000 != 0) to = detail::write_three_digits(to, fraction % 1000);
    }
    *to++ = 'Z';
    return to;
}

/// The same as a string of its own.
[[nodiscard]] inline std::string format_time(timestamp time) {
    char text[longest_time_text];
    return std::string(text, format_time(time, text));
}

}  // namespace weir
