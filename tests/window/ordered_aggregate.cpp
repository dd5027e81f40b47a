// SPDX-License-Identifier: Apache-2.0
#include <weir/window/ordered_aggregate.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <catch.hpp>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <oracle/random_stream.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/count_window.hpp>
#include <weir/window/sliding.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_ordered_aggregate {

weir::duration micros(std::int64_t n) { return weir::duration(n); }
weir::timestamp at_micros(std::int64_t n) { return weir::timestamp(micros(n)); }

struct reading {
    std::int64_t value;
    double weight;
    weir::timestamp at;
};

auto timed(std::int64_t bound) {
    return weir::event_time<&reading::at>(weir::bounded_out_of_orderness(micros(bound)), {.max_ahead = weir::no_future_guard});
}

/// A row with its floating-point columns as bits: two ways of running a job must agree in each.
using plain_row = std::array<std::int64_t, 8>;

std::int64_t bits(std::optional<double> value) { return value ? std::bit_cast<std::int64_t>(*value) : -1; }

plain_row plain(auto const& row) {
    return {row.template get<"window_start">().time_since_epoch().count(),
            row.template get<"window_end">().time_since_epoch().count(),
            static_cast<std::int64_t>(row.template get<"count">()),
            row.template get<"sum">(),
            row.template get<"min">(),
            row.template get<"max">(),
            bits(row.template get<"mean">()),
            bits(row.template get<"least">())};
}

auto all_numbers() {
    return weir::aggregate(weir::count(), weir::sum<&reading::value>(), weir::min<&reading::value>(), weir::max<&reading::value>(),
                           weir::mean<&reading::weight>(), weir::min<&reading::weight>().as<"least">());
}

std::vector<reading> make_readings(dice& roll, std::int64_t count, std::int64_t disorder) {
    std::vector<reading> made;
    std::int64_t now = -count;
    for (std::int64_t i = 0; i < count; ++i) {
        now += roll.once_in(50) ? roll.between(0, 300) : roll.between(0, 3);
        made.push_back({roll.between(-1'000'000, 1'000'000), static_cast<double>(roll.between(-1000, 1000)) / 7,
                        at_micros(now - roll.between(0, disorder))});
    }
    return made;
}

/// Rows by the definition: `events` are in order of time and arrival; each row is computed from its events.
plain_row computed(std::span<reading const> of, std::int64_t start, std::int64_t end) {
    plain_row row{start, end, static_cast<std::int64_t>(of.size()), 0, of.front().value, of.front().value, 0, bits(of.front().weight)};
    double weights = 0, least = of.front().weight;
    for (reading const& each : of) {
        row[3] += each.value;
        row[4] = std::min(row[4], each.value);
        row[5] = std::max(row[5], each.value);
        weights += each.weight;
        least = std::min(least, each.weight);
    }
    row[6] = bits(weights / static_cast<double>(of.size()));
    row[7] = bits(least);
    return row;
}

std::int64_t count_of(weir::timestamp t) { return t.time_since_epoch().count(); }

/// By time, and by arrival where times are equal.
std::vector<reading> in_order(std::vector<reading> const& events) {
    std::multimap<weir::timestamp, reading> by_time;
    for (reading const& each : events) by_time.emplace(each.at, each);
    std::vector<reading> sorted;
    for (auto const& [time, each] : by_time) sorted.push_back(each);
    return sorted;
}

std::vector<plain_row> count_rows(std::vector<reading> events, std::size_t size, std::size_t advance) {
    events = in_order(events);
    std::vector<plain_row> rows;
    for (std::size_t end = advance; end <= events.size(); end += advance) {
        std::size_t const begin = end - std::min(end, size);
        rows.push_back(computed(std::span(events).subspan(begin, end - begin), count_of(events[begin].at), count_of(events[end - 1].at) + 1));
    }
    if (std::size_t const left = events.size() % advance; left != 0)
        rows.push_back(computed(std::span(events).last(left), count_of(events[events.size() - left].at), count_of(events.back().at) + 1));
    return rows;
}

std::vector<plain_row> sliding_rows(std::vector<reading> events, std::int64_t size) {
    events = in_order(events);
    std::vector<plain_row> rows;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i + 1 < events.size() && events[i + 1].at == events[i].at) continue;
        std::int64_t const end = count_of(events[i].at) + 1;
        while (count_of(events[begin].at) < end - size) ++begin;
        rows.push_back(computed(std::span(events).subspan(begin, i + 1 - begin), end - size, end));
    }
    return rows;
}

/// Whether two rows are the same, means up to their last digits.
bool close(plain_row const& a, plain_row const& b) {
    plain_row without = a;
    without[6] = b[6];
    double const x = std::bit_cast<double>(a[6]), y = std::bit_cast<double>(b[6]);
    return without == b && std::max(x - y, y - x) <= 1e-9;
}

template <class Rule>
std::vector<plain_row> run_values(std::vector<reading> const& events, Rule rule, std::int64_t bound, std::size_t budget) {
    std::vector<plain_row> rows;
    auto job = weir::from(weir::values(std::span<reading const>(events))) | timed(bound) | weir::window(rule, weir::drop_late) |
               all_numbers() | weir::call([&](auto const& row) { rows.push_back(plain(row)); });
    while (!job.finished()) {
        job.step(budget, at_micros(0));
        REQUIRE(job.report().balanced());
    }
    REQUIRE(job.report().total().late == 0);
    REQUIRE(job.report().total().aggregated == events.size());
    return rows;
}

template <class Rule>
std::vector<plain_row> run_pushed(std::vector<reading> const& events, Rule rule, std::int64_t bound, std::size_t together) {
    std::vector<plain_row> rows;
    auto job = weir::from(weir::push<reading>{}) | timed(bound) | weir::window(rule, weir::drop_late) | all_numbers() |
               weir::call([&](auto const& row) { rows.push_back(plain(row)); });
    for (std::size_t i = 0; i < events.size(); i += together)
        if (together == 1) job.push(events[i]);
        else job.push(std::span(events).subspan(i, std::min(together, events.size() - i)));
    job.stop();
    while (!job.finished()) job.step(1, at_micros(0));
    return rows;
}

template <class Rule>
void check(std::vector<reading> const& events, Rule rule, std::int64_t bound, std::vector<plain_row> const& wanted) {
    std::vector<plain_row> const rows = run_values(events, rule, bound, 16'384);
    REQUIRE(rows.size() == wanted.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!close(rows[i], wanted[i])) FAIL("row " << i << " of " << rows.size());
    REQUIRE(run_values(events, rule, bound, 1) == rows);
    REQUIRE(run_values(events, rule, bound, 77) == rows);
    REQUIRE(run_pushed(events, rule, bound, 1) == rows);
    REQUIRE(run_pushed(events, rule, bound, 300) == rows);
}

TEST_CASE("without a key, count windows are what is computed anew, to the same byte whatever comes together") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        dice roll(seed);
        std::int64_t const bound = roll.once_in(2) ? 0 : roll.between(1, 60);
        std::array<std::int64_t, 12> const sizes{1, 2, 3, 4, 5, 10, 63, 64, 255, 256, 257, 700};
        std::int64_t const size = sizes[static_cast<std::size_t>(roll.between(0, 11))];
        std::int64_t const advance = roll.once_in(2) ? 1 : roll.once_in(3) ? size : roll.between(1, size);
        auto const events = make_readings(roll, roll.between(1, 3'000), bound);
        INFO("seed " << seed << ", size " << size << ", advance " << advance << ", bound " << bound);
        check(events, weir::count_window(size, advance), bound,
              count_rows(events, static_cast<std::size_t>(size), static_cast<std::size_t>(advance)));
    }
}

TEST_CASE("without a key, sliding windows are what is computed anew, to the same byte whatever comes together") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        dice roll(seed);
        std::int64_t const bound = roll.once_in(2) ? 0 : roll.between(1, 60);
        std::int64_t const size = roll.once_in(2) ? roll.between(1, 5) : roll.between(1, 900);
        auto const events = make_readings(roll, roll.between(1, 2'000), bound);
        INFO("seed " << seed << ", size " << size << ", bound " << bound);
        check(events, weir::sliding(micros(size)), bound, sliding_rows(events, size));
    }
}

// Functions that can all subtract have a total.

TEST_CASE("windows of functions that can subtract are what is computed anew") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        dice roll(seed);
        auto const events = make_readings(roll, 1'000, 0);
        std::int64_t const size = roll.between(1, 300), advance = roll.once_in(2) ? 1 : roll.between(1, size);
        auto const by_count = count_rows(events, static_cast<std::size_t>(size), static_cast<std::size_t>(advance));
        auto const by_time = sliding_rows(events, size);
        auto const run = [&](auto rule, auto const& wanted) {
            std::size_t row_number = 0;
            auto job = weir::from(weir::values(std::span<reading const>(events))) | timed(0) | weir::window(rule, weir::drop_late) |
                       weir::aggregate(weir::count(), weir::sum<&reading::value>()) | weir::call([&](auto const& row) {
                           REQUIRE(row_number < wanted.size());
                           plain_row const& as = wanted[row_number++];
                           bool const same = static_cast<std::int64_t>(row.template get<"count">()) == as[2] &&
                                             row.template get<"sum">() == as[3] && count_of(row.template get<"window_start">()) == as[0];
                           if (!same) FAIL("seed " << seed << ", row " << row_number - 1);
                       });
            while (!job.finished()) job.step(500, at_micros(0));
            REQUIRE(row_number == wanted.size());
        };
        run(weir::count_window(size, advance), by_count);
        run(weir::sliding(micros(size)), by_time);
    }
}

// Texts: what items lend is gone when the poll is over.

struct text_row {
    std::int64_t end;
    std::string page, least, greatest;
    std::uint64_t different;
    friend bool operator==(text_row const&, text_row const&) = default;
};

template <class Rule>
void check_texts(std::uint64_t seed, Rule rule, auto&& in_window) {
    dice roll(seed);
    lane_script<fact> script;
    std::map<std::uint32_t, std::vector<fact>> of_key;
    std::vector<text_row> wanted;
    std::int64_t now = 0;
    for (std::uint32_t id = 0; id < 400; ++id) {
        now += roll.once_in(60) ? 200 : roll.between(1, 4);
        if (roll.once_in(9)) script.end_poll();
        fact const one{static_cast<std::uint32_t>(roll.between(0, 30)), static_cast<std::uint32_t>(roll.between(0, 1'000)), 0, at_micros(now)};
        script.emit(one, {.position = id});
        auto& events = of_key[*one.key];
        events.push_back(one);
        std::set<std::string> seen;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (in_window(events, i)) seen.insert(country_of(events[i].id) + std::to_string(events[i].id % 13));
        wanted.push_back({now + 1, page_of(*one.key), *seen.begin(), *seen.rbegin(), seen.size()});
    }
    struct place_fact {
        std::string_view page, place;
        weir::timestamp at;
    };
    std::vector<text_row> rows;
    poll_memory memory;
    auto job = weir::from(scripted_lanes(lending(script), true)) | weir::map([&memory](text_fact const& each) {
                   return place_fact{*each.page, memory.keep(std::string(each.country) + std::to_string(each.id % 13)), each.at};
               }) |
               weir::event_time<&place_fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&place_fact::page>() | weir::window(rule, weir::drop_late) |
               weir::aggregate(weir::min<&place_fact::place>(), weir::max<&place_fact::place>(), weir::distinct<&place_fact::place>()) |
               weir::call([&](auto const& row) {
                   rows.push_back({count_of(row.template get<"window_end">()), std::string(row.template get<"page">()),
                                   std::string(row.template get<"min">()), std::string(row.template get<"max">()),
                                   row.template get<"distinct">()});
               });
    while (!job.finished()) {
        job.step(50, at_micros(0));
        memory.release();
        REQUIRE(job.report().balanced());
    }
    REQUIRE(rows.size() == wanted.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] != wanted[i])
            FAIL("seed " << seed << ", row " << i << ": " << rows[i].page << " " << rows[i].least << " " << rows[i].greatest << " "
                         << rows[i].different << " and not " << wanted[i].page << " " << wanted[i].least << " " << wanted[i].greatest
                         << " " << wanted[i].different);
}

TEST_CASE("texts of keys and states outlive the poll that lent them, in windows of events and of time") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        auto const size = static_cast<std::int64_t>(1 + seed % 9);
        check_texts(seed, weir::count_window(size, 1), [&](auto const& events, std::size_t i) {
            return static_cast<std::int64_t>(events.size() - i) <= size;
        });
        auto const length = static_cast<std::int64_t>(1 + seed * seed % 300);
        check_texts(seed + 1000, weir::sliding(micros(length)), [&](auto const& events, std::size_t i) {
            return events.back().at - events[i].at < micros(length);
        });
    }
}

struct page_least {
    std::string_view page, least;
};

TEST_CASE("what rows lend lives until the poll is over, also when their keys have gone and others have come") {
    lane_script<fact> script;
    constexpr std::uint32_t pages = 3'000;
    for (std::uint32_t page = 0; page < pages; ++page)
        script.emit({page, page, 1, at_micros(page * 10)}, {.position = page});
    std::vector<page_least> kept;
    auto job = weir::from(scripted_lanes(lending(script), true, true)) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&text_fact::page>() | weir::window(weir::sliding(micros(3)), weir::drop_late) |
               weir::aggregate(weir::min<&text_fact::country>()) | weir::map([](auto const& row) {
                   return page_least{row.template get<"page">(), row.template get<"min">()};
               }) |
               weir::call([&](page_least const& row) { kept.push_back(row); });
    job.step(1'000'000, at_micros(0));
    REQUIRE(kept.size() >= pages - 1);
    bool right = true;
    for (std::uint32_t page = 0; page + 1 < pages; ++page)
        right = right && kept[page].page == page_of(page) && kept[page].least == country_of(page);
    CHECK(right);
    job.stop();
    while (!job.finished()) job.step(1'000'000, at_micros(0));
    CHECK(job.report().balanced());
}

// What is held, and when it goes back.

struct counted_state {
    static inline std::int64_t living = 0;
    std::string largest{};
    counted_state() { ++living; }
    counted_state(counted_state const& other) : largest(other.largest) { ++living; }
    counted_state& operator=(counted_state const&) = default;
    ~counted_state() { --living; }
};

/// A user's function whose state owns memory of its own.
struct longest_text {
    static constexpr std::string_view name = "longest";
    [[nodiscard]] counted_state init() const { return {}; }
    void add(counted_state& state, fact const& item) const { state.largest = std::max(state.largest, std::string(40, static_cast<char>('a' + item.id % 26))); }
    void merge(counted_state& into, counted_state const& from) const { into.largest = std::max(into.largest, from.largest); }
    [[nodiscard]] std::int64_t result(counted_state const& state) const { return state.largest.empty() ? 0 : state.largest[0]; }
};

TEST_CASE("a key whose window is empty leaves the table, and states that own memory give it back") {
    std::int64_t rows = 0;
    {
        auto job = weir::from(weir::push<fact>{}) |
                   weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(5)), {.max_ahead = weir::no_future_guard}) |
                   weir::key_by<&fact::key>() | weir::window(weir::sliding(micros(50)), weir::drop_late) |
                   weir::aggregate(longest_text{}) | weir::call([&](auto const&) { ++rows; });
        std::int64_t const before = counted_state::living;
        std::int64_t most = 0;
        for (std::uint32_t i = 0; i < 20'000; ++i) {
            job.push(fact{i, i, 1, at_micros(i - i % 3)});
            most = std::max(most, counted_state::living - before);
        }
        CHECK(most < 1'500);
        CHECK(most > 50);
        job.push(fact{1, 1, 1, at_micros(1'000'000)});
        job.push(fact{1, 1, 1, at_micros(2'000'000)});
        CHECK(counted_state::living - before < 10);
    }
    CHECK(counted_state::living == 0);
    CHECK(rows == 20'001);
}

TEST_CASE("states that own memory pass through count windows whole") {
    std::vector<std::int64_t> rows;
    {
        auto job = weir::from(weir::push<fact>{}) |
                   weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(5)), {.max_ahead = weir::no_future_guard}) |
                   weir::window(weir::count_window(3, 1), weir::drop_late) | weir::aggregate(longest_text{}) |
                   weir::call([&](auto const& row) { rows.push_back(row.template get<"longest">()); });
        for (std::uint32_t id : {3u, 1u, 2u, 0u, 0u, 5u, 0u, 0u, 1u}) job.push(fact{1, id, 1, at_micros(static_cast<std::int64_t>(rows.size()))});
        job.stop();
        while (!job.finished()) job.step(1, at_micros(0));
    }
    CHECK(rows == std::vector<std::int64_t>{'d', 'd', 'd', 'c', 'c', 'f', 'f', 'f', 'b'});
    CHECK(counted_state::living == 0);
}

template <class Rule>
auto held_job(scripted_lanes<fact> source, Rule rule) {
    return weir::from(std::move(source)) |
           weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&fact::key>() | weir::window(rule, weir::drop_late) | weir::aggregate(weir::count()) | weir::discard();
}

TEST_CASE("an event is acknowledged once no window can hold it any more") {
    lane_script<fact> script;
    std::int64_t const times[] = {0, 4, 9, 10, 14, 40};
    for (std::uint32_t i = 0; i < 6; ++i) script.emit({i % 2, i, 1, at_micros(times[i])}, {.position = i}).end_poll();
    scripted_lanes<fact> source(script, false, true);
    auto const progress = source.progress();
    auto job = held_job(std::move(source), weir::sliding(micros(10)));
    std::vector<std::uint64_t> acknowledged;
    for (int i = 0; i < 6; ++i) {
        job.step(1, at_micros(0));
        acknowledged.push_back(progress->acknowledged);
    }
    CHECK(acknowledged == std::vector<std::uint64_t>{1, 1, 1, 2, 3, 6});
    job.stop(weir::stop_mode::keep_windows);
    while (!job.finished()) job.step(1, at_micros(0));
    CHECK(progress->acknowledged == 6);
    CHECK(job.report().total().in_flight == 1);
    CHECK(job.report().balanced());
}

TEST_CASE("an event of a count window is acknowledged once no row to come holds it") {
    lane_script<fact> script;
    for (std::uint32_t i = 0; i < 8; ++i) script.emit({i % 2, i, 1, at_micros(i)}, {.position = i}).end_poll();
    scripted_lanes<fact> source(script, false, true);
    auto const progress = source.progress();
    auto job = held_job(std::move(source), weir::count_window(2));
    std::vector<std::uint64_t> acknowledged;
    for (int i = 0; i < 8; ++i) {
        job.step(1, at_micros(0));
        acknowledged.push_back(progress->acknowledged);
    }
    CHECK(acknowledged == std::vector<std::uint64_t>{1, 1, 2, 5, 5, 5, 6, 9});
}

struct stamps_sink {
    std::vector<weir::stamp>* seen;
    void on_item(auto const&, auto& out) { seen->push_back(out.at()); }
};

TEST_CASE("a row carries the last event's time, its number, and the poll in which the oldest of its events was read") {
    std::vector<weir::stamp> seen;
    auto job = weir::from(weir::push<fact>{}) |
               weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::window(weir::count_window(2), weir::drop_late) | weir::aggregate(weir::count()) |
               stamps_sink{&seen};
    for (std::int64_t i = 0; i < 5; ++i) job.push(fact{1, 0, 1, at_micros(10 * i)});
    job.push(fact{1, 0, 1, at_micros(100)});
    job.push(fact{1, 0, 1, at_micros(200)});
    job.stop();
    while (!job.finished()) job.step(1, at_micros(0));
    REQUIRE(seen.size() == 4);
    std::int64_t const times[] = {10, 30, 100, 200};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(seen[i].time == at_micros(times[i]));
        CHECK(seen[i].position == i);
        CHECK(seen[i].epoch == 2 * i + 1);
    }
}

TEST_CASE("rows of events long past, at the end of the stream, are not late behind") {
    std::uint64_t rows = 0;
    auto job = weir::from(weir::values(std::vector<fact>{{1, 0, 1, at_micros(0)}, {2, 0, 1, at_micros(1000)}, {2, 0, 1, at_micros(2000)}})) |
               weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::key_by<&fact::key>() | weir::window(weir::count_window(2), weir::drop_late) | weir::aggregate(weir::count().as<"events">()) |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) { rows += row.template get<"count">(); });
    while (!job.finished()) job.step(100, at_micros(0));
    CHECK(rows == 2);
    CHECK(job.report().total().late == 0);
}

TEST_CASE("windows behind sliding windows see rows and watermarks as they come, whatever comes together") {
    dice roll(5);
    auto const events = make_readings(roll, 2'000, 0);
    std::vector<std::vector<std::int64_t>> outcomes;
    for (std::size_t const budget : {1u, 10u, 100'000u}) {
        std::vector<std::int64_t> seen;
        auto job = weir::from(weir::values(std::span<reading const>(events))) | timed(0) |
                   weir::window(weir::count_window(20, 1), weir::drop_late) | weir::aggregate(weir::max<&reading::value>()) |
                   weir::window(weir::tumbling(micros(7)), weir::drop_late, weir::emit::every(micros(3))) | weir::aggregate(weir::count()) |
                   weir::call([&](auto const& change) {
                       seen.push_back(count_of(change.template get<"window_end">()));
                       seen.push_back(static_cast<std::int64_t>(change.template get<"count">()));
                   });
        while (!job.finished()) job.step(budget, at_micros(0));
        CHECK(job.report().total().late == 0);
        outcomes.push_back(seen);
    }
    CHECK(outcomes[0] == outcomes[1]);
    CHECK(outcomes[0] == outcomes[2]);
}

TEST_CASE("rows of count windows are timed anew behind, and do not wait for lanes that have ended before") {
    lane_script<fact> script;
    for (std::uint32_t lane = 0; lane < 3; ++lane) script.opened(lane);
    for (std::uint32_t i = 0; i < 300; ++i) script.emit({i % 5, i, 1, at_micros(i)}, {.position = i / 3, .lane = i % 3});
    int rows = 0;
    auto job = weir::from(scripted_lanes(script, false, true)) |
               weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::window(weir::count_window(10), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::event_time([](auto const& row) { return row.template get<"window_start">(); },
                                weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
               weir::window(weir::tumbling(micros(100)), weir::drop_late) | weir::aggregate(weir::count().as<"rows">()) |
               weir::call([&](auto const& row) {
                   ++rows;
                   CHECK(row.template get<"rows">() == 10);
               });
    for (int i = 0; i < 5; ++i) job.step(100, at_micros(1000));
    CHECK(rows == 2);
}

// Overflow.

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

template <class Rule>
void check_overflow(Rule rule, std::size_t rows_before, std::int64_t bound) {
    for (std::size_t const budget : {1u, 100u}) {
        std::size_t rows = 0;
        std::vector<fact> const facts{{7, 0, most, at_micros(1)}, {8, 0, 5, at_micros(2)}, {7, 0, 1, at_micros(3)}, {9, 0, 1, at_micros(4)}, {8, 0, 5, at_micros(5)}};
        auto job = weir::from(weir::values(facts)) |
                   weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(bound)), {.max_ahead = weir::no_future_guard}) |
                   weir::key_by<&fact::key>() | weir::window(rule, weir::drop_late) | weir::aggregate(weir::sum<&fact::value>()) |
                   weir::call([&](auto const&) { ++rows; });
        auto state = weir::progress::ready;
        while (!job.finished()) state = job.step(budget, at_micros(0));
        CHECK(state == weir::progress::failed);
        REQUIRE(job.report().failure);
        CHECK(job.report().failure->component == "aggregate");
        CHECK_THAT(job.report().failure->place, Catch::Matchers::StartsWith("key 7,"));
        CHECK(job.report().balanced());
        CHECK(rows == rows_before);
    }
}

TEST_CASE("integer overflow never wraps: the job fails with the key named, and no row comes after it") {
    for (std::int64_t const bound : {0, 100}) {
        check_overflow(weir::sliding(micros(50)), 2, bound);
        check_overflow(weir::count_window(2, 1), 2, bound);
        check_overflow(weir::count_window(2), 0, bound);
    }
}

TEST_CASE("integer overflow where many events follow one another fails the job at its row") {
    std::vector<reading> events;
    for (std::int64_t i = 0; i < 100; ++i) events.push_back({i == 70 ? most - 8 : 1, 0, at_micros(i)});
    for (std::size_t const budget : {1u, 1000u}) {
        std::size_t rows = 0;
        auto job = weir::from(weir::values(events)) | timed(0) | weir::window(weir::count_window(10, 1), weir::drop_late) |
                   weir::aggregate(weir::sum<&reading::value>(), weir::max<&reading::value>()) | weir::call([&](auto const&) { ++rows; });
        while (!job.finished()) job.step(budget, at_micros(0));
        REQUIRE(job.report().failure);
        CHECK(rows == 70);
        CHECK(job.report().balanced());
    }
}

// What is open.

TEST_CASE("open windows: of sliding ones those whose peers may still come, of count windows those that are not full") {
    std::vector<weir::open_window> open;
    auto const show = [&](weir::open_window const& each) { open.push_back(each); };
    auto slides = weir::from(weir::push<fact>{}) |
                  weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(10)), {.max_ahead = weir::no_future_guard}) |
                  weir::window(weir::sliding(micros(5)), weir::drop_late) | weir::aggregate(weir::count()) | weir::discard();
    for (std::int64_t const t : {8, 3, 5, 3, 8, 8}) slides.push(fact{1, 0, 1, at_micros(t)});
    slides.stages().stage<1>().open_windows(show);
    REQUIRE(open.size() == 3);
    CHECK((open[0].start == at_micros(-1) && open[0].end == at_micros(4) && open[0].items == 2 && !open[0].fired));
    CHECK((open[1].end == at_micros(6) && open[1].items == 1));
    CHECK((open[2].end == at_micros(9) && open[2].items == 3));

    open.clear();
    auto counts = weir::from(weir::push<fact>{}) |
                  weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0)), {.max_ahead = weir::no_future_guard}) |
                  weir::key_by<&fact::key>() | weir::window(weir::count_window(3), weir::drop_late) |
                  weir::aggregate(weir::count()) | weir::discard();
    for (std::int64_t t = 0; t < 5; ++t) counts.push(fact{1, 0, 1, at_micros(t)});
    counts.stages().stage<1>().open_windows(show);
    REQUIRE(open.size() == 1);
    CHECK((open[0].start == at_micros(3) && open[0].end == weir::end_of_time && open[0].items == 2));
}

}  // namespace weir_test::window_ordered_aggregate
