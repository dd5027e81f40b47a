// SPDX-License-Identifier: Apache-2.0
#include <semantics/clicks.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <type_traits>
#include <weir/codec/csv_reader.hpp>
#include <weir/time/parse_time.hpp>

namespace weir_test::semantics_time {

using namespace semantics;
using namespace std::chrono_literals;

struct ticks {
    weir::timestamp s, ms, us, ns, iso;
};

}  // namespace weir_test::semantics_time

template <>
struct weir::members_of<weir_test::semantics_time::ticks> {
    using ticks = weir_test::semantics_time::ticks;
    static constexpr auto value = members(member<"s", &ticks::s>.in(epoch::seconds),
                                          member<"ms", &ticks::ms>.in(epoch::milliseconds),
                                          member<"us", &ticks::us>.in(epoch::microseconds),
                                          member<"ns", &ticks::ns>.in(epoch::nanoseconds),
                                          member<"iso", &ticks::iso>.in(epoch::iso8601));
};

namespace weir_test::semantics_time {

constexpr weir::timestamp noon = std::chrono::sys_days(std::chrono::year(2015) / 5 / 17) + 12h;

template <class EventTime>
words log_of(EventTime event_time) {
    words log;
    auto job = weir::from(script().item({"a", at(7)}, 0, at(30)).source()) | event_time | witness{&log};
    finish(job);
    return log;
}

TEST_CASE("`weir::timestamp` = `std::chrono::sys_time<std::chrono::microseconds>`.") {
    STATIC_REQUIRE(std::is_same_v<weir::timestamp, std::chrono::sys_time<std::chrono::microseconds>>);
}

TEST_CASE("Event time comes from a member, from the record's own timestamp (Kafka), or from a function.") {
    CHECK(log_of(weir::event_time<&click::ts>(weir::bounded_out_of_orderness(us(0)))) == words{"w 7", "a@7", "w end"});
    CHECK(log_of(weir::event_time(weir::record_time, weir::bounded_out_of_orderness(us(0)))) == words{"w 30", "a@30", "w end"});
    auto const doubled = [](click const& c) { return c.ts + c.ts.time_since_epoch(); };
    CHECK(log_of(weir::event_time(doubled, weir::bounded_out_of_orderness(us(0)))) == words{"w 14", "a@14", "w end"});
}

TEST_CASE("Decoders read epoch seconds (also fractional), milliseconds, microseconds, nanoseconds and ISO 8601.") {
    auto decoder = weir::csv<ticks>();
    ticks into{};
    weir::error why;
    REQUIRE(decoder.decode("1431864000.25,1431864000250,"
                           "1431864000250000,1431864000250000000,2015-05-17T14:00:00.25+02:00", into, why));
    CHECK(into.s == noon + 250ms);
    CHECK(into.ms == noon + 250ms);
    CHECK(into.us == noon + 250ms);
    CHECK(into.ns == noon + 250ms);
    CHECK(into.iso == noon + 250ms);
}

TEST_CASE("The unit is declared, never guessed.") {
    // One number, two units: each is read as it was declared, though only one of them can be meant.
    CHECK(*weir::parse_time("1000000000", weir::epoch::seconds) == weir::timestamp(1'000'000'000s));
    CHECK(*weir::parse_time("1000000000", weir::epoch::milliseconds, weir::any_time) == weir::timestamp(1'000'000s));
    CHECK_FALSE(weir::parse_time("1000000000", weir::epoch::milliseconds).has_value());
    CHECK_FALSE(weir::parse_time("2015-05-17T12:00:00Z", weir::epoch::seconds).has_value());
}

TEST_CASE("A value outside the plausible range is a decoding error that says which unit would fit.") {
    auto decoder = weir::csv<ticks>();
    ticks into{};
    weir::error why;
    REQUIRE_FALSE(decoder.decode("1431864000000,1431864000000,1431864000000000,"
                                 "1431864000000000000,2015-05-17T12:00:00Z", into, why));
    CHECK(why.place == "s");
    CHECK_THAT(why.cause, Catch::Matchers::ContainsSubstring("outside of 1990-01-01"));
    CHECK(why.advice == "as milliseconds it would be 2015-05-17T12:00:00Z: declare that unit");
}

TEST_CASE("The plausible range is 1990 to 2100 by default, and settable.") {
    auto const seconds = [](std::string_view text, weir::time_range range = {}) {
        return weir::parse_time(text, weir::epoch::seconds, range).has_value();
    };
    CHECK(seconds("631152000"));          // 1990-01-01
    CHECK_FALSE(seconds("631151999"));
    CHECK(seconds("4133980799"));         // the last second of 2100
    CHECK_FALSE(seconds("4133980800"));
    CHECK(seconds("100", {.earliest = at(0), .latest = at(200'000'000)}));
    CHECK_FALSE(seconds("201", {.earliest = at(0), .latest = at(200'000'000)}));
}

}  // namespace weir_test::semantics_time
