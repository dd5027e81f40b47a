// SPDX-License-Identifier: Apache-2.0
#include <weir/time/format_time.hpp>

#include <catch.hpp>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

namespace weir_test::time_format_time {

using namespace std::chrono_literals;

constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

/// The same by a walk from year to year and month to month: slow, and obviously right.
std::string naive(std::int64_t micros) {
    std::int64_t second = micros / 1000000;
    std::int64_t fraction = micros % 1000000;
    if (fraction < 0) {
        fraction += 1000000;
        --second;
    }
    std::int64_t day = second / 86400;
    std::int64_t within = second % 86400;
    if (within < 0) {
        within += 86400;
        --day;
    }
    auto const leap = [](int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; };
    int year = 1970;
    while (day < 0) day += leap(--year) ? 366 : 365;
    while (day >= (leap(year) ? 366 : 365)) day -= leap(year++) ? 366 : 365;
    int month = 1;
    auto const days_in = [&] {
        return month == 2 ? (leap(year) ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    };
    for (; day >= days_in(); ++month) day -= days_in();
    char text[64];
    int const length = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", year, month,
                                     static_cast<int>(day) + 1, static_cast<int>(within / 3600),
                                     static_cast<int>(within / 60 % 60), static_cast<int>(within % 60));
    std::string result(text, static_cast<std::size_t>(length));
    if (fraction % 1000 != 0) {
        std::snprintf(text, sizeof text, ".%06d", static_cast<int>(fraction));
        result += text;
    } else if (fraction != 0) {
        std::snprintf(text, sizeof text, ".%03d", static_cast<int>(fraction / 1000));
        result += text;
    }
    return result + "Z";
}

TEST_CASE("a time is ISO 8601 in UTC, with a fraction only where there is one") {
    CHECK(weir::format_time(at(0)) == "1970-01-01T00:00:00Z");
    CHECK(weir::format_time(at(1431857100000000)) == "2015-05-17T10:05:00Z");
    CHECK(weir::format_time(at(1431857100250000)) == "2015-05-17T10:05:00.250Z");
    CHECK(weir::format_time(at(1431857100000001)) == "2015-05-17T10:05:00.000001Z");
    CHECK(weir::format_time(at(1431857100120000)) == "2015-05-17T10:05:00.120Z");
    CHECK(weir::format_time(at(951782400000000)) == "2000-02-29T00:00:00Z");
    CHECK(weir::format_time(at(4107542399999999)) == "2100-02-28T23:59:59.999999Z");
    CHECK(weir::format_time(at(4107542400000000)) == "2100-03-01T00:00:00Z");
}

TEST_CASE("times before 1970 are exact") {
    CHECK(weir::format_time(at(-1)) == "1969-12-31T23:59:59.999999Z");
    CHECK(weir::format_time(at(-1000000)) == "1969-12-31T23:59:59Z");
    CHECK(weir::format_time(at(-86400000000)) == "1969-12-31T00:00:00Z");
    CHECK(weir::format_time(at(-86400000001)) == "1969-12-30T23:59:59.999999Z");
    CHECK(weir::format_time(at(-62167219200000000)) == "0000-01-01T00:00:00Z");
}

TEST_CASE("years beyond four digits have a sign and six digits, to both ends of time") {
    CHECK(weir::format_time(at(-62167219200000001)) == "-000001-12-31T23:59:59.999999Z");
    CHECK(weir::format_time(at(253402300799999999)) == "9999-12-31T23:59:59.999999Z");
    CHECK(weir::format_time(at(253402300800000000)) == "+010000-01-01T00:00:00Z");
    CHECK(weir::format_time(weir::end_of_time) == "+294247-01-10T04:00:54.775807Z");
    CHECK(weir::format_time(weir::beginning_of_time) == "-290308-12-21T19:59:05.224192Z");
    CHECK(weir::format_time(weir::end_of_time).size() == weir::longest_time_text);
}

TEST_CASE("what is written agrees with a walk over the calendar") {
    std::mt19937_64 random(20150517);
    for (int i = 0; i < 4000; ++i) {
        // 0001 to 9998; every other one on a whole millisecond, second or day
        std::int64_t micros = static_cast<std::int64_t>(random() % 315504000000000000ULL) - 62135596800000000;
        std::int64_t const grain[] = {1, 1000, 1000000, 86400000000};
        micros -= micros % grain[i % 4];
        INFO(micros);
        CHECK(weir::format_time(at(micros)) == naive(micros));
    }
}

TEST_CASE("formatting works at compile time") {
    constexpr bool right = [] {
        char text[weir::longest_time_text]{};
        char* const end = weir::format_time(at(1431857100000000), text);
        return std::string_view(text, static_cast<std::size_t>(end - text)) == "2015-05-17T10:05:00Z";
    }();
    STATIC_REQUIRE(right);
}

}  // namespace weir_test::time_format_time
