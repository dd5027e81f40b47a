// SPDX-License-Identifier: Apache-2.0
#include <weir/time/parse_time.hpp>

#include <catch.hpp>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

namespace weir_test::time_parse_time {

using weir::epoch;

constexpr weir::timestamp at(std::int64_t micros) { return weir::timestamp(weir::duration(micros)); }

constexpr std::int64_t noon = 1431857103000000;  // 2015-05-17T10:05:03Z

std::int64_t read(std::string_view text, epoch unit, weir::time_range plausible = {}) {
    auto const time = weir::parse_time(text, unit, plausible);
    INFO(text << ": " << (time ? "" : to_string(time.problem())));
    REQUIRE(time.has_value());
    return time->time_since_epoch().count();
}

std::string refusal(std::string_view text, epoch unit, weir::time_range plausible = {}) {
    auto const time = weir::parse_time(text, unit, plausible);
    INFO(text);
    REQUIRE_FALSE(time.has_value());
    CHECK(time.problem().component == "time");
    return to_string(time.problem());
}

using Catch::Matchers::ContainsSubstring;

TEST_CASE("seconds, milliseconds, microseconds and nanoseconds since 1970") {
    CHECK(read("1431857103", epoch::seconds) == noon);
    CHECK(read("1431857103000", epoch::milliseconds) == noon);
    CHECK(read("1431857103000000", epoch::microseconds) == noon);
    CHECK(read("1431857103000000000", epoch::nanoseconds) == noon);
    CHECK(*weir::parse_time(1431857103, epoch::seconds) == at(noon));
    CHECK(*weir::parse_time(1431857103000, epoch::milliseconds) == at(noon));
    CHECK(*weir::parse_time(1431857103000000, epoch::microseconds) == at(noon));
    CHECK(*weir::parse_time(1431857103000000999, epoch::nanoseconds) == at(noon));
}

TEST_CASE("seconds may have a fraction, rounded to the nearest microsecond") {
    CHECK(read("1431857103.5", epoch::seconds) == noon + 500000);
    CHECK(read("1431857103.000001", epoch::seconds) == noon + 1);
    CHECK(read("1431857103.1234564", epoch::seconds) == noon + 123456);
    CHECK(read("1431857103.1234565", epoch::seconds) == noon + 123457);
    CHECK(read("1431857103.1229999065399169921875", epoch::seconds) == noon + 123000);
    CHECK(read("1431857103.0", epoch::seconds) == noon);
    CHECK(read("1431857103250.75", epoch::milliseconds) == noon + 250750);
    CHECK(read("-0.0000005", epoch::seconds, weir::any_time) == 0);
    CHECK(read("-0.00000051", epoch::seconds, weir::any_time) == -1);
    CHECK(read("-0.000000500000000000000000000001", epoch::seconds, weir::any_time) == -1);
    CHECK(read("0.0000005", epoch::seconds, weir::any_time) == 1);
    CHECK(read("0.000000499999999999999999999999999999999", epoch::seconds, weir::any_time) == 0);
    CHECK(read("1e-999999999999", epoch::seconds, weir::any_time) == 0);
}

TEST_CASE("a count may have an exponent, as other languages print doubles") {
    CHECK(read("1.431857103E9", epoch::seconds) == noon);
    CHECK(read("1.43185710325e+9", epoch::seconds) == noon + 250000);
    CHECK(read("14318571030000e-1", epoch::milliseconds) == noon);
    CHECK(read("1.431857103e12", epoch::milliseconds) == noon);
}

TEST_CASE("nanoseconds are cut off to the microsecond that they lie in, before 1970 too") {
    CHECK(read("1431857103000000999", epoch::nanoseconds) == noon);
    CHECK(read("1431857102999999999", epoch::nanoseconds) == noon - 1);
    CHECK(read("-1", epoch::nanoseconds, weir::any_time) == -1);
    CHECK(read("-1000", epoch::nanoseconds, weir::any_time) == -1);
    CHECK(read("-1001", epoch::nanoseconds, weir::any_time) == -2);
    for (std::int64_t nanos : {-2001L, -2000L, -1999L, -1L, 0L, 1L, 999L, 1000L}) {
        CHECK(weir::parse_time(nanos, epoch::nanoseconds, weir::any_time)->time_since_epoch().count() ==
              read(std::to_string(nanos), epoch::nanoseconds, weir::any_time));
    }
}

TEST_CASE("ISO 8601 with Z or an offset, with and without a fraction") {
    CHECK(read("2015-05-17T10:05:03Z", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T10:05:03.25Z", epoch::iso8601) == noon + 250000);
    CHECK(read("2015-05-17T10:05:03,250000Z", epoch::iso8601) == noon + 250000);
    CHECK(read("2015-05-17T10:05:03.000000999Z", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T12:05:03+02:00", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T12:05:03+0200", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T12:05:03+02", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T04:35:03-05:30", epoch::iso8601) == noon);
    CHECK(read("2015-05-18T00:05:03+14:00", epoch::iso8601) == noon);
    CHECK(read("2015-05-17t10:05:03z", epoch::iso8601) == noon);
    CHECK(read("2015-05-17 10:05:03Z", epoch::iso8601) == noon);
    CHECK(read("20150517T100503Z", epoch::iso8601) == noon);
    CHECK(read("2015-05-17T10:05Z", epoch::iso8601) == noon - 3000000);
    CHECK(read("20150517T1005Z", epoch::iso8601) == noon - 3000000);
    CHECK(read("2016-12-31T23:59:60Z", epoch::iso8601) == read("2017-01-01T00:00:00Z", epoch::iso8601));
    CHECK(read("2017-01-01T05:29:60+05:30", epoch::iso8601) == read("2017-01-01T00:00:00Z", epoch::iso8601));
    CHECK(read("+002015-05-17T10:05:03Z", epoch::iso8601) == noon);
}

TEST_CASE("what is no ISO 8601 time with a zone is refused, with the reason") {
    CHECK_THAT(refusal("2015-05-17T10:05:03", epoch::iso8601), ContainsSubstring("no zone"));
    CHECK_THAT(refusal("2015-05-17", epoch::iso8601), ContainsSubstring("time of day"));
    CHECK_THAT(refusal("2015-02-29T10:05:03Z", epoch::iso8601), ContainsSubstring("no such date"));
    CHECK_THAT(refusal("2015-13-01T10:05:03Z", epoch::iso8601), ContainsSubstring("no such date"));
    CHECK_THAT(refusal("2015-05-17T24:00:00Z", epoch::iso8601), ContainsSubstring("no such time of day"));
    CHECK_THAT(refusal("2015-05-17T10:60:00Z", epoch::iso8601), ContainsSubstring("no such time of day"));
    CHECK_THAT(refusal("2015-05-17T10:05:60Z", epoch::iso8601), ContainsSubstring("no such time of day"));
    CHECK_THAT(refusal("2015-05-17T10:05:03.Z", epoch::iso8601), ContainsSubstring("no digits"));
    CHECK_THAT(refusal("2015-05-17T10:05:03Zx", epoch::iso8601), ContainsSubstring("follows"));
    CHECK_THAT(refusal("2015-05-17T10:05:03+24:00", epoch::iso8601), ContainsSubstring("no zone"));
    for (char const* text :
         {"", "2", "2015", "2015-", "2015-05-1", "17/May/2015:10:05:03 +0000", "2015-0517T10:05:03Z",
          "201505-17T10:05:03Z", "T10:05:03Z", "2015-05-17T10", "2015-05-17T1005:03Z", "2015-05-17T10:0503Z",
          "2015-05-17T10:05:03+2", "2015-05-17T10:05:03+02:", "+2015-05-17T10:05:03Z", "-"}) {
        INFO(text);
        CHECK_FALSE(weir::parse_time(text, epoch::iso8601).has_value());
    }
}

TEST_CASE("what is no number is refused for the units that count") {
    for (char const* text : {"", "-", "+1431857103", " 1431857103", "1431857103 ", "1431857103.", ".5", "1431857103,5",
                             "1e", "1e+", "NaN", "inf", "0x55", "1431857103s", "1.2.3", "--1"}) {
        INFO(text);
        for (epoch unit : {epoch::seconds, epoch::milliseconds, epoch::microseconds, epoch::nanoseconds})
            CHECK_FALSE(weir::parse_time(text, unit, weir::any_time).has_value());
    }
    CHECK_THAT(refusal("2015-05-17T10:05:03Z", epoch::milliseconds), ContainsSubstring("ISO 8601"));
}

TEST_CASE("a value outside of the plausible range is an error that says which unit would fit") {
    CHECK_THAT(refusal("1431857103", epoch::milliseconds),
               ContainsSubstring("1970-01-17T13:44:17.103Z") && ContainsSubstring("outside of 1990-01-01T00:00:00Z") &&
                   ContainsSubstring("as seconds it would be 2015-05-17T10:05:03Z"));
    struct {
        char const* text;
        char const* fits;
    } const cases[] = {{"1431857103", "as seconds it"},
                       {"1431857103000", "as milliseconds it"},
                       {"1431857103000000", "as microseconds it"},
                       {"1431857103000000000", "as nanoseconds it"}};
    for (auto const& each : cases)
        for (epoch unit :
             {epoch::seconds, epoch::milliseconds, epoch::microseconds, epoch::nanoseconds, epoch::iso8601}) {
            INFO(each.text << " as " << weir::epoch_name(unit));
            auto const time = weir::parse_time(each.text, unit);
            if (std::string_view(each.fits).find(std::string(" ").append(weir::epoch_name(unit)).append(" ")) !=
                std::string_view::npos)
                CHECK(time.has_value());
            else
                CHECK_THAT(to_string(time.problem()), ContainsSubstring(each.fits));
        }
    CHECK_THAT(refusal("7", epoch::seconds), ContainsSubstring("no unit would fit"));
    auto const whole = weir::parse_time(1431857103, epoch::milliseconds);
    REQUIRE_FALSE(whole.has_value());
    CHECK(to_string(whole.problem()) == refusal("1431857103", epoch::milliseconds));
}

TEST_CASE("the plausible range has both its ends, and can be set") {
    CHECK(read("1990-01-01T00:00:00Z", epoch::iso8601) == 631152000000000);
    CHECK(read("2100-12-31T23:59:59.999999Z", epoch::iso8601) == 4133980799999999);
    refusal("1989-12-31T23:59:59.999999Z", epoch::iso8601);
    refusal("2101-01-01T00:00:00Z", epoch::iso8601);
    refusal("0", epoch::seconds);
    CHECK(read("0", epoch::seconds, weir::any_time) == 0);
    CHECK(read("5", epoch::seconds, {at(5000000), at(6000000)}) == 5000000);
    refusal("7", epoch::seconds, {at(5000000), at(6000000)});
}

TEST_CASE("numbers at the ends of 64 bits neither overflow nor pass") {
    for (char const* text : {"9223372036854775807", "-9223372036854775808", "9223372036854775808",
                             "-9223372036854775809", "18446744073709551615", "18446744073709551616",
                             "99999999999999999999999999999999999999", "1e400", "-1e400", "1e99999999999999999999"}) {
        INFO(text);
        for (epoch unit : {epoch::seconds, epoch::milliseconds, epoch::microseconds, epoch::nanoseconds})
            CHECK_FALSE(weir::parse_time(text, unit).has_value());
    }
    CHECK(read("9223372036854775807", epoch::microseconds, weir::any_time) == INT64_MAX);
    CHECK(read("-9223372036854775808", epoch::microseconds, weir::any_time) == INT64_MIN);
    refusal("9223372036854775808", epoch::microseconds, weir::any_time);
    refusal("-9223372036854775809", epoch::microseconds, weir::any_time);
    refusal("9223372036854776", epoch::milliseconds, weir::any_time);
    CHECK_FALSE(weir::parse_time(INT64_MAX, epoch::seconds, weir::any_time).has_value());
    CHECK_FALSE(weir::parse_time(INT64_MIN, epoch::milliseconds, weir::any_time).has_value());
    CHECK(weir::parse_time(INT64_MIN, epoch::nanoseconds, weir::any_time)->time_since_epoch().count() ==
          INT64_MIN / 1000 - 1);
    refusal("+999999-01-01T00:00:00Z", epoch::iso8601, weir::any_time);
    refusal("-999999-01-01T00:00:00Z", epoch::iso8601, weir::any_time);
}

TEST_CASE("what comes from outside is shown cut short and without control characters") {
    std::string const text = std::string("17\x1b[31m\n\xff") + std::string(1000, '9');
    std::string const shown = refusal(text, epoch::seconds);
    CHECK(shown.size() < 300);
    for (char c : shown) CHECK((c >= ' ' && c <= '~'));
}

TEST_CASE("what is formatted reads back as the same time") {
    std::mt19937_64 random(86400);
    for (int i = 0; i < 20000; ++i) {
        auto micros = static_cast<std::int64_t>(random());
        if (i % 3 != 0) micros /= 100;
        if (i % 4 == 1) micros -= micros % 1000;
        if (i % 4 == 2) micros -= micros % 1000000;
        INFO(micros);
        CHECK(read(weir::format_time(at(micros)), epoch::iso8601, weir::any_time) == micros);
        CHECK(read(std::to_string(micros), epoch::microseconds, weir::any_time) == micros);
    }
    for (auto end : {weir::beginning_of_time, weir::end_of_time, weir::timestamp{}})
        CHECK(at(read(weir::format_time(end), epoch::iso8601, weir::any_time)) == end);
}

TEST_CASE("fractional seconds agree with exact arithmetic") {
    std::mt19937_64 random(60);
    for (int i = 0; i < 20000; ++i) {
        auto const seconds = static_cast<std::int64_t>(random() % 4000000000);
        auto const nanos = static_cast<std::int64_t>(random() % 1000000000);
        bool const negative = random() % 2 == 0;
        std::string digits = std::to_string(nanos);
        digits.insert(0, 9 - digits.size(), '0');
        std::string const text = (negative ? "-" : "") + std::to_string(seconds) + "." + digits;
        std::int64_t const exact = (seconds * 1000000000 + nanos) * (negative ? -1 : 1);
        // the nearest microsecond, halves upwards
        std::int64_t const doubled = 2 * exact + 1000;
        std::int64_t const expected = doubled / 2000 - (doubled % 2000 < 0 ? 1 : 0);
        INFO(text);
        CHECK(read(text, epoch::seconds, weir::any_time) == expected);
    }
}

TEST_CASE("random bytes and mutilated times are refused or read, and never read past their end") {
    std::mt19937_64 random(318);
    std::string const good[] = {"2015-05-17T10:05:03.25+02:00", "1431857103.25", "1.431857103E9", "20150517T100503Z"};
    for (int i = 0; i < 20000; ++i) {
        std::string text = good[random() % 4];
        for (auto edits = random() % 4; edits > 0 && !text.empty(); --edits) {
            auto const where = random() % text.size();
            if (random() % 2 == 0) text.erase(where, 1);
            else text[where] = static_cast<char>(random());
        }
        // An allocation of its own for each, so that a sanitizer sees a byte too many.
        std::string const exact(text);
        std::unique_ptr<char[]> const bytes(new char[exact.size()]);
        exact.copy(bytes.get(), exact.size());
        for (epoch unit : {epoch::seconds, epoch::nanoseconds, epoch::iso8601}) {
            auto const time = weir::parse_time(std::string_view(bytes.get(), exact.size()), unit);
            if (time) CHECK(weir::time_range{}.contains(*time));
        }
    }
}

}  // namespace weir_test::time_parse_time
