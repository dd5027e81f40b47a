// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/detail/epoch_count.hpp>
#include <weir/time/format_time.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::detail {

/// Reads a text from its front, digit group by digit group.
struct digit_reader {
    char const* at;
    char const* end;

    /// The number that the next `count` characters make; -1 when they are not all digits, and then none is taken.
    [[nodiscard]] constexpr int take(int count) noexcept {
        if (end - at < count) return -1;
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (at[i] < '0' || at[i] > '9') return -1;
            value = value * 10 + (at[i] - '0');
        }
        at += count;
        return value;
    }
    [[nodiscard]] constexpr bool take_one_of(char a, char b) noexcept {
        if (at == end || (*at != a && *at != b)) return false;
        ++at;
        return true;
    }
    [[nodiscard]] constexpr bool take_one(char c) noexcept { return take_one_of(c, c); }
    [[nodiscard]] constexpr bool next_is_digit() const noexcept { return at != end && *at >= '0' && *at <= '9'; }
};

/// Days since 1970-01-01, or false for a date that no calendar has.
[[nodiscard]] constexpr bool days_from_civil(std::int64_t year, int month, int day, std::int64_t& days) noexcept {
    std::int64_t const cycle = (year >= 0 ? year : year - 399) / 400;
    std::chrono::year_month_day const date(std::chrono::year(static_cast<int>(year - cycle * 400)),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) return false;
    days = std::chrono::sys_days(date).time_since_epoch().count() + cycle * days_in_400_years;
    return true;
}

/// `±HH:MM`, `±HHMM`, `±HH` or `Z` as minutes ahead of UTC.
[[nodiscard]] constexpr bool read_zone(digit_reader& text, int& minutes) noexcept {
    minutes = 0;
    if (text.take_one_of('Z', 'z')) return true;
    bool const behind = text.at != text.end && *text.at == '-';
    if (!text.take_one_of('+', '-')) return false;
    int const hour = text.take(2);
    if (hour < 0 || hour > 23) return false;
    int minute = 0;
    if (text.take_one(':') || text.next_is_digit()) minute = text.take(2);
    if (minute < 0 || minute > 59) return false;
    minutes = (hour * 60 + minute) * (behind ? -1 : 1);
    return true;
}

/// An ISO 8601 date and time with `Z` or an offset; what is understood stands at `parse_time`.
[[nodiscard]] constexpr time_reading read_iso8601(std::string_view text) noexcept {
    constexpr char const* no_date = "it does not begin with a date like 2015-05-17";
    digit_reader rest{text.data(), text.data() + text.size()};
    std::int64_t year = 0;
    if (rest.at != rest.end && (*rest.at == '+' || *rest.at == '-')) {
        bool const before = *rest.at++ == '-';
        year = rest.take(6);
        if (year < 0) return {.fault = no_date};
        if (before) year = -year;
    } else {
        year = rest.take(4);
        if (year < 0) return {.fault = no_date};
    }
    bool const dashes = rest.take_one('-');
    int const month = rest.take(2);
    if (month < 0 || rest.take_one('-') != dashes) return {.fault = no_date};
    int const day = rest.take(2);
    if (day < 0) return {.fault = no_date};
    std::int64_t days = 0;
    if (!days_from_civil(year, month, day, days)) return {.fault = "there is no such date"};

    constexpr char const* no_time = "its date is not followed by a time of day like T10:05:00";
    if (!rest.take_one_of('T', 't') && !rest.take_one(' ')) return {.fault = no_time};
    int const hour = rest.take(2);
    bool const colons = rest.take_one(':');
    int const minute = rest.take(2);
    if (hour < 0 || minute < 0) return {.fault = no_time};
    int second = 0;
    int micros = 0;
    if (colons ? rest.take_one(':') : rest.next_is_digit()) {
        second = rest.take(2);
        if (second < 0) return {.fault = no_time};
        if (rest.take_one_of('.', ',')) {
            if (!rest.next_is_digit()) return {.fault = "its fraction has no digits"};
            for (int unit = 100000; rest.next_is_digit(); unit /= 10) micros += (*rest.at++ - '0') * unit;
        }
    }
    if (hour > 23 || minute > 59 || second > 60) return {.fault = "there is no such time of day"};
    int zone = 0;
    if (!read_zone(rest, zone)) return {.fault = "it has no zone: Z or an offset like +02:00"};
    if (rest.at != rest.end) return {.fault = "something follows its end"};

    std::int64_t const minutes = days * 1440 + hour * 60 + minute - zone;
    // Leap seconds are put in at the end of a day in UTC.
    if (second == 60 && (minutes % 1440 + 1440) % 1440 != 1439) return {.fault = "there is no such time of day"};
    std::int64_t seconds = minutes * 60 + second;
    if (seconds < 0 && micros > 0) {
        // Towards zero, so that the very first microseconds do not overflow on the way.
        ++seconds;
        micros -= 1000000;
    }
    std::int64_t count = 0;
    if (__builtin_mul_overflow(seconds, std::int64_t{1000000}, &count) || __builtin_add_overflow(count, micros, &count))
        return {.fault = time_too_large};
    return {.time = timestamp(duration(count))};
}

}  // namespace weir::detail
