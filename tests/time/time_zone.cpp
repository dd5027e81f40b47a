// SPDX-License-Identifier: Apache-2.0
#include <weir/time/time_zone.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <oracle/random_stream.hpp>
#include <string>
#include <string_view>
#include <support/scratch.hpp>
#include <thread>
#include <vector>

namespace weir_test::time_time_zone {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

[[nodiscard]] bool has_database() { return std::filesystem::exists(std::string(weir::system_zone_folder) + "/Europe/Paris"); }

#define NEEDS_DATABASE \
    if (!has_database()) SKIP("there are no time zones in /usr/share/zoneinfo here (Debian: tzdata)")

[[nodiscard]] weir::timestamp at(std::int64_t seconds) { return weir::timestamp(std::chrono::seconds(seconds)); }
[[nodiscard]] std::int64_t day(int y, unsigned m, unsigned d) {
    return sys_days(year(y) / std::chrono::month(m) / std::chrono::day(d)).time_since_epoch().count();
}

// First instants of local days and the days' lengths in seconds, by Python's zoneinfo:
//
//   local = lambda s: (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=s)).astimezone(ZoneInfo(name))
//   start = lambda d: next(s for s in range((d - date(1970, 1, 1)).days * 86400 - 97200, 2**40) if local(s).date() >= d)
struct known_day {
    char const* zone;
    struct {
        int year;
        unsigned month;
        unsigned day;
    } date;
    std::int64_t start;
    std::int64_t length;
};
constexpr known_day known_days[] = {
    {"Europe/Paris", {1911, 3, 11}, -1855958400, 86400},
    {"Europe/Paris", {1940, 6, 15}, -932436000, 86400},
    {"Europe/Paris", {1976, 3, 28}, 196815600, 82800},
    {"Europe/Paris", {2026, 3, 29}, 1774738800, 82800},
    {"Europe/Paris", {2026, 10, 25}, 1792879200, 90000},
    {"Europe/Paris", {2099, 3, 29}, 4078422000, 82800},
    {"Europe/Paris", {2099, 10, 25}, 4096562400, 90000},
    {"America/New_York", {1883, 11, 18}, -2717694238, 86638},
    {"America/New_York", {1918, 3, 31}, -1633287600, 82800},
    {"America/New_York", {2007, 3, 11}, 1173589200, 82800},
    {"America/New_York", {2026, 3, 8}, 1772946000, 82800},
    {"America/New_York", {2026, 11, 1}, 1793505600, 90000},
    {"Australia/Lord_Howe", {2026, 4, 5}, 1775307600, 88200},
    {"Australia/Lord_Howe", {2026, 10, 4}, 1791034200, 84600},
    {"Pacific/Apia", {2011, 12, 29}, 1325152800, 86400},
    {"Pacific/Apia", {2011, 12, 30}, 1325239200, 0},
    {"Pacific/Apia", {2011, 12, 31}, 1325239200, 86400},
    {"America/Sao_Paulo", {2018, 2, 17}, 1518832800, 90000},
    {"America/Sao_Paulo", {2018, 2, 18}, 1518922800, 86400},
    {"America/Sao_Paulo", {2018, 11, 3}, 1541214000, 86400},
    {"America/Sao_Paulo", {2018, 11, 4}, 1541300400, 82800},
    {"Africa/Cairo", {2014, 5, 15}, 1400104800, 86400},
    {"Africa/Cairo", {2014, 5, 16}, 1400191200, 82800},
    {"Africa/Cairo", {2014, 9, 26}, 1411682400, 86400},
    {"Africa/Cairo", {2024, 4, 26}, 1714082400, 82800},
    {"Africa/Cairo", {2024, 11, 1}, 1730412000, 86400},
    {"Asia/Beirut", {2022, 3, 27}, 1648332000, 82800},
    {"Asia/Beirut", {2022, 10, 29}, 1666990800, 90000},
    {"Asia/Beirut", {2022, 10, 30}, 1667080800, 86400},
    {"America/Havana", {2025, 3, 9}, 1741496400, 82800},
    {"America/Havana", {2025, 11, 2}, 1762056000, 90000},
    {"America/St_Johns", {2006, 10, 28}, 1162002600, 86400},
    {"America/St_Johns", {2006, 10, 29}, 1162089000, 90000},
    {"America/St_Johns", {2006, 10, 30}, 1162179000, 86400},
    {"America/Juneau", {1867, 10, 17}, -3225452539, 86400},
    {"America/Juneau", {1867, 10, 18}, -3225366139, 86400},
    {"America/Juneau", {1867, 10, 19}, -3225279739, 172800},
    {"America/Juneau", {1867, 10, 20}, -3225106939, 86400},
    {"Asia/Kathmandu", {1985, 12, 31}, 504815400, 86400},
    {"Asia/Kathmandu", {1986, 1, 1}, 504901800, 85500},
    {"Asia/Kathmandu", {2026, 1, 1}, 1767204900, 86400},
    {"Asia/Manila", {1844, 12, 30}, -3944707432, 86400},
    {"Asia/Manila", {1844, 12, 31}, -3944621032, 0},
    {"Asia/Manila", {1845, 1, 1}, -3944621032, 86400},
    {"Africa/Monrovia", {1972, 1, 6}, 63506670, 86400},
    {"Africa/Monrovia", {1972, 1, 7}, 63593070, 83730},
    {"Africa/Monrovia", {1972, 1, 8}, 63676800, 86400},
    {"Europe/Dublin", {2026, 3, 29}, 1774742400, 82800},
    {"Europe/Dublin", {2026, 10, 25}, 1792882800, 90000},
    {"Antarctica/Troll", {2026, 3, 29}, 1774742400, 79200},
    {"Antarctica/Troll", {2026, 10, 25}, 1792879200, 93600},
};

TEST_CASE("local days begin and end where another reader of the same database says so") {
    NEEDS_DATABASE;
    for (known_day const& each : known_days) {
        weir::time_zone const zone(each.zone);
        REQUIRE(zone.failure() == nullptr);
        std::int64_t const number = day(each.date.year, each.date.month, each.date.day);
        INFO(each.zone << " " << each.date.year << "-" << each.date.month << "-" << each.date.day);
        CHECK(zone.start_of_day(number) == at(each.start));
        CHECK(zone.start_of_day(number + 1) == at(each.start + each.length));
        if (each.length == 0) continue;
        CHECK(zone.day_of(at(each.start)) == number);
        CHECK(zone.day_of(at(each.start + each.length) - 1us) == number);
        CHECK(zone.day_of(at(each.start) - 1us) < number);
    }
}

TEST_CASE("days are in order and contiguous in every zone, whatever the clocks do") {
    NEEDS_DATABASE;
    std::size_t zones = 0;
    for (auto const& file : std::filesystem::recursive_directory_iterator(weir::system_zone_folder)) {
        std::string const name = file.path().lexically_relative(weir::system_zone_folder).string();
        if (!file.is_regular_file() || name.starts_with("right") || name.find('.') != std::string::npos) continue;
        auto const zone = weir::time_zone::load(name);
        if (!zone) continue;  // a list, not a zone
        ++zones;
        dice roll(zones);
        for (int i = 0; i < 500; ++i) {
            std::int64_t const number = roll.between(-60'000, 250'000);  // the years 1805 to 2654
            weir::timestamp const start = zone->start_of_day(number);
            weir::timestamp const end = zone->start_of_day(number + 1);
            weir::duration const within(start == end ? 0 : roll.between(0, (end - start).count() - 1));
            bool const whole = start == end || (zone->day_of(start) == number && zone->day_of(start + within) == number &&
                                                zone->day_of(end - 1us) == number);
            if (end < start || end - start > 49h || !whole || zone->day_of(start - 1us) >= number)
                FAIL(name << ", day " << number);
        }
    }
    CHECK(zones > 100);
}

TEST_CASE("a rule in POSIX form needs no file, and holds for all years") {
    auto const paris = weir::time_zone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    REQUIRE(paris.has_value());
    CHECK(paris->start_of_day(day(2026, 3, 29)) == sys_days(year(2026) / 3 / 28) + 23h);
    CHECK(paris->start_of_day(day(2026, 3, 30)) == sys_days(year(2026) / 3 / 29) + 22h);
    CHECK(paris->start_of_day(day(2026, 10, 26)) - paris->start_of_day(day(2026, 10, 25)) == 25h);
    CHECK(paris->offset_at(at(0)) == 1h);
    // Calendars repeat after 400 years, which is where the table begins anew.
    for (int const y : {30, 1630, 1970, 1971, 2030, 2370, 2371, 2372, 2373, 2430, 2830, 9999, 29230}) {
        INFO(y);
        // Compared as numbers: Catch shows times as nanoseconds, of which there are not enough.
        auto const start = [&](unsigned m, unsigned d) { return paris->start_of_day(day(y, m, d)).time_since_epoch().count(); };
        auto const micros = [](weir::timestamp t) { return t.time_since_epoch().count(); };
        CHECK(start(3, 24) == micros(weir::timestamp(sys_days(year(y) / 3 / 23)) + 23h));
        CHECK(start(7, 1) == micros(weir::timestamp(sys_days(year(y) / 6 / 30)) + 22h));
        CHECK(paris->day_of(weir::timestamp(sys_days(year(y) / 6 / 30)) + 22h) == day(y, 7, 1));
        CHECK(paris->day_of(weir::timestamp(sys_days(year(y) / 6 / 30)) + 22h - 1us) == day(y, 6, 30));
        CHECK(paris->offset_at(weir::timestamp(sys_days(year(y) / 6 / 30))) == 2h);
        CHECK(start(1, 1) == micros(weir::timestamp(sys_days(year(y) / 1 / 1)) - 1h));
    }
}

TEST_CASE("rules: every way to name a day, hours beyond the day, offsets of either sign") {
    auto const offsets = [](char const* rule, std::vector<std::pair<weir::timestamp, weir::duration>> const& wanted) {
        auto const zone = weir::time_zone::from_rule(rule);
        INFO(rule);
        REQUIRE(zone.has_value());
        for (auto const& [t, offset] : wanted) {
            INFO(t.time_since_epoch().count());
            CHECK(zone->offset_at(t) == offset);
        }
    };
    weir::timestamp const year_2028 = sys_days(year(2028) / 1 / 1);  // a leap year
    weir::timestamp const year_2027 = sys_days(year(2027) / 1 / 1);
    offsets("<+0545>-5:45", {{year_2027, 5h + 45min}});
    offsets("XXX12:30:15", {{year_2027, -(12h + 30min + 15s)}});
    // J60 is March 1 in every year; 59 is February 29 where there is one.
    offsets("AAA0BBB,J60/0,J61/0", {{sys_days(year(2028) / 3 / 1), 1h}, {sys_days(year(2028) / 2 / 29) + 23h, 0h},
                                    {sys_days(year(2027) / 3 / 1), 1h}, {sys_days(year(2027) / 2 / 28) + 23h, 0h}});
    offsets("AAA0BBB,59/0,60/0", {{sys_days(year(2028) / 2 / 29), 1h}, {sys_days(year(2027) / 3 / 1), 1h}});
    weir::timestamp const march = sys_days(year(2026) / 3 / 8);
    weir::timestamp const november = sys_days(year(2026) / 11 / 1);
    offsets("EST5EDT,M3.2.0,M11.1.0",
            {{march + 7h, -4h}, {march + 7h - 1us, -5h}, {november + 6h, -5h}, {november + 6h - 1us, -4h}});
    // Ireland's summer time is standard, and its winter time an hour less.
    offsets("IST-1GMT0,M10.5.0,M3.5.0/1", {{sys_days(year(2026) / 7 / 1), 1h}, {sys_days(year(2026) / 12 / 1), 0h}});
    weir::timestamp const last_sunday = sys_days(year(2026) / 3 / 29);
    offsets("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", {{last_sunday + 1h, -1h}, {last_sunday + 1h - 1us, -2h}});
    // Daylight-saving time all year: it ends at the instant at which that of the next year begins.
    offsets("XXX3EDT4,0/0,J365/23",
            {{year_2028, -4h}, {year_2028 + 3h, -4h}, {year_2028 + 3h - 1us, -4h}, {year_2027 + 5000h, -4h}});

    for (char const* wrong :
         {"", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
          "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-25", "CET-1CEST,J0,J5", "CET-1CEST,1,366",
          "<CET-1", "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0x", "CET-1,", "12345"}) {
        auto const zone = weir::time_zone::from_rule(wrong);
        INFO(wrong);
        REQUIRE_FALSE(zone.has_value());
        CHECK(zone.problem().component == "time_zone");
    }
}

TEST_CASE("where clocks are set back over midnight, the day that has begun goes on") {
    auto const zone = weir::time_zone::from_rule("NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01");
    REQUIRE(zone.has_value());
    weir::timestamp const midnight = sys_days(year(2006) / 10 / 29) + 2h + 30min;  // a minute later it is 23:01 again
    CHECK(zone->offset_at(midnight) == -(2h + 30min));
    CHECK(zone->offset_at(midnight + 1min) == -(3h + 30min));
    CHECK(zone->start_of_day(day(2006, 10, 29)) == midnight);
    CHECK(zone->day_of(midnight - 1us) == day(2006, 10, 28));
    for (auto const after : {weir::duration(0), weir::duration(1min), weir::duration(59min), weir::duration(25h) - 1us})
        CHECK(zone->day_of(midnight + after) == day(2006, 10, 29));
    CHECK(zone->start_of_day(day(2006, 10, 30)) == midnight + 25h);
    CHECK(zone->day_of(midnight + 25h) == day(2006, 10, 30));
}

TEST_CASE("UTC needs no file; at the ends of time days end with time") {
    weir::time_zone const utc("UTC", "/there/is/no/such/folder");
    CHECK(utc.failure() == nullptr);
    CHECK(utc.name() == "UTC");
    auto const paris = weir::time_zone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const west = weir::time_zone::from_rule("XXX11");
    for (weir::time_zone const& zone : {utc, *paris, *west}) {
        bool const first = zone.start_of_day(zone.day_of(weir::beginning_of_time)) == weir::beginning_of_time &&
                           zone.start_of_day(zone.day_of(weir::beginning_of_time) + 1) > weir::beginning_of_time;
        bool const last = zone.start_of_day(zone.day_of(weir::end_of_time)) < weir::end_of_time &&
                          zone.start_of_day(zone.day_of(weir::end_of_time) + 1) == weir::end_of_time;
        bool const beyond = zone.start_of_day(INT64_MAX) == weir::end_of_time &&
                            zone.start_of_day(INT64_MIN) == weir::beginning_of_time;
        CHECK(first);
        CHECK(last);
        CHECK(beyond);
        (void)zone.offset_at(weir::beginning_of_time);
        (void)zone.offset_at(weir::end_of_time);
    }
    CHECK(utc.day_of(at(-1)) == -1);
    CHECK(utc.start_of_day(-1) == at(-86400));
}

TEST_CASE("a name that leads out of the folder, a file that is missing or no zone: an error that names it") {
    scratch const folder;
    folder.write("secret", "TZif");
    std::filesystem::create_directories(folder.path("zones"));
    folder.write("zones/text", "not a zone");
    std::string const zones = folder.path("zones");
    for (std::string_view const name :
         {std::string_view("../secret"), std::string_view("/etc/localtime"), std::string_view("a/../../secret"),
          std::string_view(""), std::string_view("text\0", 5), std::string_view("Europe/"),
          std::string_view("Europe\\Paris"), std::string_view("zone.tab")}) {
        auto const zone = weir::time_zone::load(name, zones);
        REQUIRE_FALSE(zone.has_value());
        CHECK_THAT(zone.problem().cause, Catch::Matchers::ContainsSubstring("is no name of a time zone"));
    }
    CHECK_FALSE(weir::time_zone::load(std::string(300, 'a'), zones).has_value());
    auto const missing = weir::time_zone::load("Europe/Atlantis", zones);
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.problem().place == zones + "/Europe/Atlantis");
    CHECK_THAT(missing.problem().advice, Catch::Matchers::ContainsSubstring("tzdata"));
    auto const text = weir::time_zone::load("text", zones);
    REQUIRE_FALSE(text.has_value());
    CHECK(text.problem().cause == "the file is no compiled time zone (TZif)");
    CHECK_FALSE(weir::time_zone::load("zones", folder.path(".")).has_value());  // a folder

    weir::time_zone const unread("Europe/Atlantis", zones);
    REQUIRE(unread.failure() != nullptr);
    CHECK(*unread.failure() == missing.problem());
    CHECK(unread.day_of(at(86400)) == 1);
}

/// Writes compiled time zones as RFC 8536 has them.
struct zone_writer {
    struct change {
        std::int64_t second;
        int type;
    };
    std::vector<std::int32_t> offsets{};
    std::vector<change> changes{};
    std::string rule{};
    char version = '2';
    std::uint32_t leaps = 0;

    static void number(std::string& to, std::int64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
    }
    [[nodiscard]] std::string block(int time, bool empty) const {
        std::string out("TZif");
        out += version;
        out.append(15, '\0');
        for (std::size_t const count : {std::size_t{0}, std::size_t{0}, std::size_t{leaps}, empty ? 0 : changes.size(),
                                        empty ? 1 : offsets.size(), std::size_t{4}})
            number(out, static_cast<std::int64_t>(count), 4);
        if (!empty) {
            for (change const& each : changes) number(out, each.second, time);
            for (change const& each : changes) out += static_cast<char>(each.type);
            for (std::int32_t const each : offsets) {
                number(out, each, 4);
                out.append(2, '\0');
            }
        } else {
            out.append(6, '\0');
        }
        out.append("XXX\0", 4);
        out.append(leaps * static_cast<std::size_t>(time + 4), '\0');
        return out;
    }
    [[nodiscard]] std::string bytes() const {
        if (version == '\0') return block(4, false);
        return block(4, true) + block(8, false) + "\n" + rule + "\n";
    }
};

TEST_CASE("compiled zones: versions, changes before all time, and every way to be damaged") {
    scratch const folder;
    auto const load = [&](std::string const& bytes) {
        folder.write("zone", bytes);
        return weir::time_zone::load("zone", folder.path("."));
    };
    auto const cause = [&](zone_writer const& of) {
        auto const zone = load(of.bytes());
        return zone ? std::string() : zone.problem().cause;
    };
    zone_writer const good{.offsets = {600, 3600, 7200}, .changes = {{-1000, 1}, {1000, 2}, {5000, 1}}, .rule = "CET-1"};
    for (char const version : {'\0', '2', '3', '4'}) {
        zone_writer of = good;
        of.version = version;
        auto const zone = load(of.bytes());
        REQUIRE(zone.has_value());
        CHECK(zone->offset_at(at(-1001)) == 10min);
        CHECK(zone->offset_at(at(-1000)) == 1h);
        CHECK(zone->offset_at(at(1000) - 1us) == 1h);
        CHECK(zone->offset_at(at(1000)) == 2h);
        CHECK(zone->offset_at(at(5000)) == 1h);
        CHECK(zone->offset_at(weir::end_of_time) == 1h);
    }
    {  // the rule holds behind the last change only
        zone_writer of = good;
        of.changes = {{-1000, 1}, {at(0).time_since_epoch().count() + 1'782'864'000, 0}};  // 2026-07-01
        of.rule = "CET-1CEST,M3.5.0,M10.5.0/3";
        auto const zone = load(of.bytes());
        REQUIRE(zone.has_value());
        CHECK(zone->offset_at(sys_days(year(2025) / 7 / 1)) == 1h);
        CHECK(zone->offset_at(sys_days(year(2026) / 7 / 2)) == 10min);
        CHECK(zone->offset_at(sys_days(year(2026) / 10 / 25) + 1h) == 1h);
        CHECK(zone->offset_at(sys_days(year(2027) / 7 / 1)) == 2h);
        CHECK(zone->offset_at(sys_days(year(3027) / 7 / 1)) == 2h);
    }
    {  // a change at the beginning of all time, as old compilers of zones write it
        zone_writer of = good;
        of.changes = {{-(std::int64_t{1} << 59), 1}, {1000, 2}, {std::int64_t{1} << 59, 1}};
        auto const zone = load(of.bytes());
        REQUIRE(zone.has_value());
        CHECK(zone->offset_at(weir::beginning_of_time) == 1h);
        CHECK(zone->offset_at(weir::end_of_time) == 2h);
    }
    std::string const whole = good.bytes();
    for (std::size_t length = 0; length < whole.size() - good.rule.size() - 2; ++length)
        if (load(whole.substr(0, length)).has_value()) FAIL("cut at " << length);
    zone_writer of = good;
    of.changes[1].type = 3;
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("out of order"));
    of = good;
    of.changes[1].second = -1000;
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("out of order"));
    of = good;
    of.offsets[2] = 26 * 3600;
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("more than a day from UTC"));
    of = good;
    of.offsets[0] = -26 * 3600;
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("more than a day from UTC"));
    of = good;
    of.leaps = 1;
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("leap seconds"));
    of = good;
    of.rule = "CET";
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("rule"));
    of = good;
    of.offsets.clear();
    of.changes.clear();
    CHECK_THAT(cause(of), Catch::Matchers::ContainsSubstring("without types"));
    dice roll(5);
    for (int i = 0; i < 20'000; ++i) {  // whatever the bytes are, nothing outside of them is read
        std::string broken = whole;
        for (int k = 0; k < 3; ++k)
            broken[static_cast<std::size_t>(roll.between(0, static_cast<std::int64_t>(broken.size()) - 1))] =
                static_cast<char>(roll.between(0, 255));
        weir::detail::zone_table table;
        if (weir::detail::zone_file_reader(broken).read(table)) continue;
        (void)table.day_of(roll.between(-1'000'000'000, 1'000'000'000));
        (void)table.start_of_day(roll.between(-1'000, 1'000));
    }
}

TEST_CASE("copies share what was read, also across threads") {
    auto const paris = weir::time_zone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    REQUIRE(paris.has_value());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([zone = *paris] {
            for (int k = 0; k < 1000; ++k) {
                weir::time_zone const copy = zone;
                (void)copy.day_of(at(k));
            }
        });
    for (auto& each : threads) each.join();
    weir::time_zone copy = *paris;
    weir::time_zone const moved = std::move(copy);
    copy = moved;
    CHECK(copy.name() == "CET-1CEST,M3.5.0,M10.5.0/3");
}

}  // namespace weir_test::time_time_zone
