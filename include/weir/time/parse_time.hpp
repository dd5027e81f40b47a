// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/epoch.hpp>
#include <weir/base/result.hpp>
#include <weir/time/detail/epoch_count.hpp>
#include <weir/time/detail/iso8601.hpp>
#include <weir/time/format_time.hpp>
#include <weir/time/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// The times that input may hold, both ends included. What lies outside is taken for a mistake, mostly of the unit.
struct time_range {
    timestamp earliest = std::chrono::sys_days(std::chrono::year(1990) / 1 / 1);
    timestamp latest = timestamp(std::chrono::sys_days(std::chrono::year(2101) / 1 / 1)) - duration(1);

    [[nodiscard]] constexpr bool contains(timestamp time) const noexcept { return earliest <= time && time <= latest; }
    friend bool operator==(time_range const&, time_range const&) = default;
};

/// Every time that a `timestamp` can hold.
inline constexpr time_range any_time{beginning_of_time, end_of_time};

/// What a unit is called in an error: `seconds`, `milliseconds` …, `ISO 8601`.
[[nodiscard]] constexpr std::string_view epoch_name(epoch unit) noexcept {
    switch (unit) {
        case epoch::seconds: return "seconds";
        case epoch::milliseconds: return "milliseconds";
        case epoch::microseconds: return "microseconds";
        case epoch::nanoseconds: return "nanoseconds";
        case epoch::iso8601: return "ISO 8601";
    }
    return {};
}

namespace detail {

inline constexpr epoch counting_units[] = {epoch::seconds, epoch::milliseconds, epoch::microseconds,
                                           epoch::nanoseconds};

/// Which unit would make a plausible time of this text.
[[nodiscard]] inline std::string advise_unit(std::string_view text, time_range const& plausible) {
    for (epoch unit : counting_units) {
        auto const reading = read_epoch_count(text, unit);
        if (reading.fault != nullptr || !plausible.contains(reading.time)) continue;
        std::string advice("as ");
        advice.append(epoch_name(unit)).append(" it would be ").append(format_time(reading.time));
        return advice.append(": declare that unit");
    }
    if (auto const reading = read_iso8601(text); reading.fault == nullptr && plausible.contains(reading.time))
        return "it is an ISO 8601 time: declare that";
    return "no unit would fit";
}

[[gnu::noinline]] inline error refuse_time(std::string_view text, epoch unit, time_range const& plausible,
                                           time_reading const& reading) {
    error why{.component = "time"};
    why.cause = "\"" + shown_text(text) + "\" ";
    if (reading.fault != nullptr) {
        why.cause.append("is no time in ").append(epoch_name(unit)).append(": ").append(reading.fault);
    } else {
        why.cause.append("as ").append(epoch_name(unit)).append(" is ").append(format_time(reading.time));
        why.cause.append(", outside of ")
            .append(format_time(plausible.earliest))
            .append(" to ")
            .append(format_time(plausible.latest));
    }
    why.advice = advise_unit(text, plausible);
    if (reading.fault != nullptr && why.advice == "no unit would fit") why.advice.clear();
    return why;
}

}  // namespace detail

/// Reads a time that is written in the declared unit; the unit is never guessed.
///
/// A count may have a sign, a fraction and an exponent (`1431857103.25`, `1.431857103E9`). A fraction of a microsecond
/// is rounded to the nearest, since it is mostly the trace of a binary fraction; a whole count of nanoseconds is cut
/// off to the microsecond that it lies in. ISO 8601 needs a date, a time of day and `Z` or an offset:
/// `2015-05-17T12:05:00.25+02:00`; the short forms `20150517T100500Z` and `…T10:05Z`, a blank for the `T`, a comma
/// before the fraction, and the leap second `23:59:60`, which counts as the second after it, are understood. More than
/// six digits of its fraction are cut off.
///
/// A value outside of `plausible` is an error whose advice says which unit would fit. Allocates only for errors.
[[nodiscard]] inline result<timestamp> parse_time(std::string_view text, epoch unit, time_range plausible = {}) {
    detail::time_reading const reading =
        unit == epoch::iso8601 ? detail::read_iso8601(text) : detail::read_epoch_count(text, unit);
    if (reading.fault != nullptr || !plausible.contains(reading.time)) [[unlikely]]
        return detail::refuse_time(text, unit, plausible, reading);
    return reading.time;
}

/// Makes a time of a whole count of the declared unit, which is not `epoch::iso8601`; else as `parse_time`. About 2 ns.
[[nodiscard]] inline result<timestamp> parse_time(std::int64_t count, epoch unit, time_range plausible = {}) {
    timestamp time;
    if (!detail::time_of_count(count, unit, time) || !plausible.contains(time)) [[unlikely]]
        return parse_time(std::to_string(count), unit, plausible);
    return time;
}

}  // namespace weir
