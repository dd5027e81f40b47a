// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/detail/iso8601.hpp>

#include <cstdint>
#include <string_view>

namespace weir::detail {

/// The day of a year, and the second of it, on which the clocks of a zone change.
struct zone_change {
    enum class day_kind {
        weekday_of_month,   ///< `Mm.w.d`: the w-th weekday d of month m; week 5 is the last
        day_without_leap,   ///< `Jn`: day 1 to 365, February 29 not counted
        day_of_year,        ///< `n`: day 0 to 365
    };
    day_kind kind = day_kind::day_of_year;
    int month = 0;
    int week = 0;
    int day = 0;
    std::int64_t second = 7200;  ///< of the local day as it was before; may be negative, or lie days later

    /// Seconds from 1970-01-01T00:00:00 to the change, both in the local time before it.
    [[nodiscard]] constexpr std::int64_t in_year(std::int64_t year) const noexcept {
        std::int64_t first = 0;
        if (kind != day_kind::weekday_of_month) {
            (void)days_from_civil(year, 1, 1, first);
            std::int64_t next = 0;
            (void)days_from_civil(year + 1, 1, 1, next);
            bool const past_leap_day = kind == day_kind::day_without_leap && day >= 60 && next - first == 366;
            std::int64_t const skipped = kind == day_kind::day_without_leap ? 1 : 0;
            return (first + day - skipped + (past_leap_day ? 1 : 0)) * 86400 + second;
        }
        (void)days_from_civil(year, month, 1, first);
        std::int64_t end = 0;
        (void)days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, end);
        std::int64_t const weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday, and Sunday is 0
        std::int64_t at = first + (day - weekday + 7) % 7 + (week - 1) * 7;
        if (at >= end) at -= 7;
        return at * 86400 + second;
    }
};

/// What a POSIX `TZ` text says: `CET-1CEST,M3.5.0,M10.5.0/3`, with the hours from -167 to 167 of RFC 8536.
struct zone_rule {
    std::int64_t standard = 0;  ///< seconds to add to UTC
    std::int64_t daylight = 0;
    bool changes = false;  ///< else it is standard time all year
    zone_change to_daylight{};
    zone_change to_standard{};
};

/// Reads a `TZ` text of POSIX. Both rules must be written out where there is a daylight-saving time.
class zone_rule_reader {
public:
    explicit constexpr zone_rule_reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] constexpr bool read(zone_rule& into) {
        if (!name() || !hours(into.standard, 24)) return false;
        into.standard = -into.standard;  // POSIX counts towards the west
        if (rest_.empty()) return true;
        into.changes = true;
        into.daylight = into.standard + 3600;
        if (!name()) return false;
        if (!rest_.empty() && rest_.front() != ',') {
            if (!hours(into.daylight, 24)) return false;
            into.daylight = -into.daylight;
        }
        return change(into.to_daylight) && change(into.to_standard) && rest_.empty();
    }

private:
    [[nodiscard]] constexpr bool skip(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] constexpr bool name() {
        bool const quoted = skip('<');
        std::size_t length = 0;
        for (; length < rest_.size(); ++length) {
            char const c = rest_[length];
            bool const letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            bool const other = (c >= '0' && c <= '9') || c == '+' || c == '-';
            if (!letter && !(quoted && other)) break;
        }
        rest_.remove_prefix(length);
        return length >= 3 && (!quoted || skip('>'));
    }

    [[nodiscard]] constexpr bool number(int least, int most, int& into) {
        into = 0;
        std::size_t length = 0;
        for (; length < rest_.size() && length < 3 && rest_[length] >= '0' && rest_[length] <= '9'; ++length)
            into = into * 10 + (rest_[length] - '0');
        rest_.remove_prefix(length);
        return length != 0 && least <= into && into <= most;
    }

    [[nodiscard]] constexpr bool hours(std::int64_t& seconds, int most) {
        bool const negative = skip('-');
        if (!negative) (void)skip('+');
        int part = 0;
        if (!number(0, most, part)) return false;
        seconds = part * std::int64_t{3600};
        for (std::int64_t unit = 60; unit != 0 && skip(':'); unit /= 60) {
            if (!number(0, 59, part)) return false;
            seconds += part * unit;
        }
        if (negative) seconds = -seconds;
        return true;
    }

    [[nodiscard]] constexpr bool change(zone_change& into) {
        if (!skip(',')) return false;
        if (skip('M')) {
            into.kind = zone_change::day_kind::weekday_of_month;
            if (!number(1, 12, into.month) || !skip('.') || !number(1, 5, into.week) || !skip('.') || !number(0, 6, into.day))
                return false;
        } else if (skip('J')) {
            into.kind = zone_change::day_kind::day_without_leap;
            if (!number(1, 365, into.day)) return false;
        } else if (!number(0, 365, into.day)) {
            return false;
        }
        return !skip('/') || hours(into.second, 167);
    }

    std::string_view rest_;
};

}  // namespace weir::detail
