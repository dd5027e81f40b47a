// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/epoch.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace weir::detail {

/// A time that was read, or what is wrong with its text: a sentence that lives as long as the program.
struct time_reading {
    timestamp time{};
    char const* fault = nullptr;
};

inline constexpr char const* time_too_large = "it lies beyond what a timestamp can hold";

/// A whole count of a unit as a time; false when it lies beyond what a timestamp can hold.
[[nodiscard]] constexpr bool time_of_count(std::int64_t count, epoch unit, timestamp& into) noexcept {
    std::int64_t micros = count;
    if (unit == epoch::nanoseconds) {
        micros = count / 1000 - (count % 1000 < 0 ? 1 : 0);
    } else if (unit != epoch::microseconds) {
        if (__builtin_mul_overflow(count, unit == epoch::seconds ? 1000000 : 1000, &micros)) return false;
    }
    into = timestamp(duration(micros));
    return true;
}

/// A decimal number in parts: `digits * 10^power`, negative or not; `inexact` when it had further digits that are not
/// zero.
struct decimal {
    std::uint64_t digits = 0;
    int power = 0;
    bool negative = false;
    bool inexact = false;
    bool fraction = false;
};

/// Takes a decimal number apart: an optional minus, digits with an optional point among or before the last, an optional
/// exponent. False when `text` is anything else.
[[nodiscard]] constexpr bool read_decimal(std::string_view text, decimal& into) noexcept {
    constexpr int furthest = 100000;
    char const* at = text.data();
    char const* const end = at + text.size();
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (at != end && *at == '-') {
        into.negative = true;
        ++at;
    }
    if (at == end || !is_digit(*at)) return false;
    bool behind_point = false;
    for (; at != end; ++at) {
        if (*at == '.' && !behind_point && at + 1 != end && is_digit(at[1])) {
            behind_point = into.fraction = true;
            continue;
        }
        if (!is_digit(*at)) break;
        auto const digit = static_cast<std::uint64_t>(*at - '0');
        if (into.digits < std::numeric_limits<std::uint64_t>::max() / 10) {
            into.digits = into.digits * 10 + digit;
            if (behind_point) --into.power;
        } else {
            into.inexact = into.inexact || digit != 0;
            if (!behind_point && into.power < furthest) ++into.power;
        }
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        bool const down = at != end && *at == '-';
        if (at != end && (*at == '-' || *at == '+')) ++at;
        if (at == end || !is_digit(*at)) return false;
        int exponent = 0;
        for (; at != end && is_digit(*at); ++at)
            if (exponent < furthest) exponent = exponent * 10 + (*at - '0');
        into.power += down ? -exponent : exponent;
    }
    return at == end;
}

/// A count of a unit as text, with a fraction and an exponent where it has them; how it is rounded stands at
/// `parse_time`.
[[nodiscard]] constexpr time_reading read_epoch_count(std::string_view text, epoch unit) noexcept {
    decimal number;
    if (!read_decimal(text, number)) return {.fault = "it is not a number"};
    int const scale = unit == epoch::seconds        ? 6
                      : unit == epoch::milliseconds ? 3
                      : unit == epoch::microseconds ? 0
                                                    : -3;
    bool const cut_off = unit == epoch::nanoseconds && number.power >= 0;
    int power = number.power + scale;
    std::uint64_t micros = number.digits;
    if (micros == 0) return {};
    for (; power > 0; --power)
        if (__builtin_mul_overflow(micros, std::uint64_t{10}, &micros)) return {.fault = time_too_large};
    if (power < 0) {
        std::uint64_t rest = micros;
        std::uint64_t divisor = 1;
        if (power >= -19) {
            for (int i = power; i < 0; ++i) divisor *= 10;
            rest = micros % divisor;
            micros /= divisor;
        } else {
            // Less than a fifth of a microsecond.
            divisor = std::numeric_limits<std::uint64_t>::max();
            rest = 1;
            micros = 0;
        }
        bool const beyond_half =
            rest > divisor - rest || (rest == divisor - rest && (!number.negative || number.inexact));
        bool const away = cut_off ? number.negative && (rest != 0 || number.inexact) : beyond_half;
        micros += away ? 1 : 0;
    }
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (micros > most + (number.negative ? 1 : 0)) return {.fault = time_too_large};
    return {.time = timestamp(duration(static_cast<std::int64_t>(number.negative ? 0 - micros : micros)))};
}

}  // namespace weir::detail
