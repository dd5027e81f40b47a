// SPDX-License-Identifier: Apache-2.0
#include <weir/window/windowed_aggregate.hpp>

#include <algorithm>
#include <array>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <oracle/against_oracle.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/hopping.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_windowed_aggregate {

using number_outcome = outcome<std::int64_t>;
using text_outcome = outcome<std::string>;

// How the tests' streams are keyed: by what, what an item's key is for the oracle, and how a row shows it.

struct by_number {
    using key = std::int64_t;
    static auto stage() { return weir::key_by<&fact::key>(); }
    static std::optional<key> of(fact const& item) { return item.key ? std::optional<key>(*item.key) : std::nullopt; }
    static key shown_by(auto const& row) { return row.template get<"key">(); }
};

struct by_number_or_null {
    using key = std::int64_t;
    static auto stage() { return weir::key_by<&fact::key>(weir::null_as_key()); }
    static std::optional<key> of(fact const& item) { return item.key ? static_cast<key>(*item.key) : -1; }
    static key shown_by(auto const& row) {
        return row.template get<"key">() ? static_cast<key>(*row.template get<"key">()) : -1;
    }
};

struct by_function {
    using key = std::int64_t;
    static auto stage() {
        return weir::key_by<"third">(
            [](fact const& item) { return item.key ? std::optional<int>(*item.key % 3) : std::nullopt; });
    }
    static std::optional<key> of(fact const& item) {
        return item.key ? std::optional<key>(*item.key % 3) : std::nullopt;
    }
    static key shown_by(auto const& row) { return row.template get<"third">(); }
};

struct by_text {
    using key = std::string;
    static auto stage() { return weir::key_by<&text_fact::page>(); }
    static std::optional<key> of(fact const& item) {
        return item.key ? std::optional<key>(page_of(*item.key)) : std::nullopt;
    }
    static key shown_by(auto const& row) { return std::string(row.template get<"page">()); }
};

struct by_text_and_country {
    using key = std::string;
    static auto stage() { return weir::key_by<&text_fact::page, &text_fact::country>(weir::null_as_key()); }
    static std::optional<key> of(fact const& item) {
        return (item.key ? page_of(*item.key) : "no page") + "|" + country_of(item.id);
    }
    static key shown_by(auto const& row) {
        return std::string(row.template get<"page">().value_or("no page")) + "|" +
               std::string(row.template get<"country">());
    }
};

/// Count and sum fit beside a number key in a slot; the others need the flat table.
template <class Item, bool Few>
auto functions() {
    if constexpr (Few) return weir::aggregate(weir::count(), weir::sum<&Item::value>());
    else
        return weir::aggregate(weir::count(), weir::sum<&Item::value>(), weir::min<&Item::value>(),
                               weir::max<&Item::value>(), weir::distinct<&Item::value>());
}

template <class Keying, bool Few, bool LateRoad, class Source>
auto make_job(Source source, oracle_settings const& settings, outcome<typename Keying::key>& got) {
    using item = typename Source::output;
    auto windows = [&] {
        if constexpr (LateRoad)
            return weir::window(rule_of(settings),
                                weir::late_to(weir::call([&](item const& late) { got.late.push_back(late.id); })),
                                lateness_of(settings));
        else return weir::window(rule_of(settings), weir::drop_late, lateness_of(settings));
    };
    return weir::from(std::move(source)) | weir::event_time<&item::at>(bound_of(settings), guard_of(settings)) |
           Keying::stage() | windows() | functions<item, Few>() |
           weir::call([&](auto const& row) { got.rows.push_back(as_oracle_row(row, Keying::shown_by(row))); });
}

template <class Keying>
constexpr auto key_of = [](fact const& item) { return Keying::of(item); };

template <class Keying, bool Few>
using watched = watched_job<typename Keying::key, std::remove_const_t<decltype(key_of<Keying>)>>;

/// Runs a stream and its oracle side by side; what is wrong first, in words.
template <class Keying, bool Few>
std::string check(random_stream const& stream, std::size_t budget, bool side_by_side, std::int64_t clock_step = 0) {
    outcome<typename Keying::key> got;
    auto const run = [&](auto source) {
        auto const progress = source.progress();
        return watched<Keying, Few>(stream, key_of<Keying>, Few, clock_step)
            .run(make_job<Keying, Few, true>(std::move(source), stream.settings, got), progress, got, budget);
    };
    if constexpr (std::is_same_v<typename Keying::key, std::string>)
        return run(scripted_lanes(lending(stream.script), side_by_side));
    else return run(scripted_lanes(stream.script, side_by_side));
}

template <class Keying, bool Few>
void check_seeds(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        random_stream const stream = make_random_stream(seed);
        for (std::size_t const budget : {1u, 7u, 1000u}) {
            std::string const complaint = check<Keying, Few>(stream, budget, (seed + budget) % 2 == 0);
            if (!complaint.empty()) FAIL("seed " << seed << ", budget " << budget << ", " << complaint);
        }
    }
    SUCCEED();
}

TEST_CASE("tumbling windows equal the oracle row by row, whatever the poll budget: number key in the slot table") {
    check_seeds<by_number, true>(1, 2000);
}
TEST_CASE("tumbling windows equal the oracle row by row, whatever the poll budget: number key in the flat table") {
    check_seeds<by_number, false>(10'001, 1000);
}
TEST_CASE("tumbling windows equal the oracle row by row, whatever the poll budget: absent keys as a key") {
    check_seeds<by_number_or_null, true>(20'001, 1000);
}
TEST_CASE("tumbling windows equal the oracle row by row, whatever the poll budget: a function's key") {
    check_seeds<by_function, true>(30'001, 1000);
}
TEST_CASE(
    "tumbling windows equal the oracle row by row, whatever the poll budget: text key that is gone after the poll") {
    check_seeds<by_text, false>(40'001, 1500);
}
TEST_CASE("tumbling windows equal the oracle row by row, whatever the poll budget: two texts as a key") {
    check_seeds<by_text_and_country, true>(50'001, 1000);
}

TEST_CASE("events pushed one by one, and side by side, give the oracle's rows") {
    for (std::uint64_t seed = 60'001; seed <= 61'000; ++seed) {
        random_stream const stream = make_random_stream(seed, {.most_lanes = 1, .lane_events = false});
        for (std::size_t const together : {1u, 5u, 1000u}) {
            outcome<std::int64_t> got;
            std::string const complaint =
                watched<by_number, true>(stream, key_of<by_number>, true)
                    .push(make_job<by_number, true, true>(weir::push<fact>{}, stream.settings, got), got, together);
            if (!complaint.empty()) FAIL("seed " << seed << ", " << together << " together, " << complaint);
        }
    }
    SUCCEED();
}

TEST_CASE("when every lane is idle, time moves by the clock minus the bound, if the user asked for it") {
    for (std::uint64_t seed = 70'001; seed <= 71'000; ++seed) {
        random_stream stream = make_random_stream(seed);
        stream.settings.advance_when_idle = true;
        stream.now -= stream.settings.size * 3;
        std::string const complaint = check<by_number, true>(stream, 1 + seed % 3, false, 1 + stream.settings.size / 7);
        if (!complaint.empty()) FAIL("seed " << seed << ", " << complaint);
    }
    SUCCEED();
}

/// Many keys in few windows, in disorder, with corrections and late items.
random_stream make_large_stream(std::uint64_t seed, std::int64_t items, std::int64_t keys) {
    dice roll(seed);
    random_stream made;
    made.settings = {.size = items / 3, .bound = items / 10, .lateness = items / 10};
    made.now = 2 * items;
    for (std::int64_t i = 0; i < items; ++i) {
        std::int64_t const behind = roll.once_in(100) ? roll.between(0, items / 2) : roll.between(0, items / 10);
        fact one{static_cast<std::uint32_t>(roll.between(0, keys - 1) * 2'654'435'761), static_cast<std::uint32_t>(i),
                 roll.between(-20, 20), at_micros(i - behind)};
        if (roll.once_in(1000)) one.key.reset();
        made.script.emit(one, {.position = static_cast<std::uint64_t>(i)});
    }
    return made;
}

TEST_CASE("tumbling windows equal the oracle where tables outgrow the cache and items are gathered") {
    random_stream const numbers = make_large_stream(1, 240'000, 60'000);
    CHECK(check<by_number, true>(numbers, 10'000, true) == "");
    CHECK(check<by_number, true>(numbers, 777, false) == "");
    CHECK(check<by_number, false>(numbers, 10'000, true) == "");
    random_stream const texts = make_large_stream(2, 500'000, 200'000);
    CHECK(check<by_text, true>(texts, 10'000, true) == "");
}

struct order {
    std::uint32_t shop;
    std::int64_t amount;
    weir::timestamp at;
};

auto orders_into(std::vector<std::int64_t>& sums, auto source, weir::duration lateness = {}) {
    return weir::from(std::move(source)) | weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(0))) |
           weir::key_by<&order::shop>() |
           weir::window(weir::tumbling(micros(10)), weir::drop_late, weir::allowed_lateness(lateness)) |
           weir::aggregate(weir::count(), weir::sum<&order::amount>()) |
           weir::call([&](auto const& row) { sums.push_back(row.template get<"sum">()); });
}

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

TEST_CASE("integer overflow never wraps: the job fails with the key named, and no wrapped sum is emitted") {
    for (std::size_t const budget : {1u, 100u}) {
        std::vector<std::int64_t> sums;
        auto job = orders_into(
            sums, weir::values(std::vector<order>{
                      {7, most, at_micros(1)}, {8, 5, at_micros(2)}, {7, 1, at_micros(3)}, {9, 1, at_micros(100)}}));
        auto state = weir::progress::ready;
        while (!job.finished()) state = job.step(budget, at_micros(0));
        CHECK(state == weir::progress::failed);
        REQUIRE(job.report().failure);
        CHECK(job.report().failure->component == "aggregate");
        CHECK_THAT(job.report().failure->place, Catch::Matchers::StartsWith("key 7,"));
        CHECK(job.report().exit_code() == 1);
        CHECK(job.report().balanced());
        CHECK(sums.empty());
    }
}

TEST_CASE("integer overflow in a correction is an error too, and no row is emitted") {
    std::vector<std::int64_t> sums;
    auto job = orders_into(
        sums, weir::values(std::vector<order>{{7, most, at_micros(1)}, {8, 5, at_micros(12)}, {7, 1, at_micros(3)}}),
        micros(100));
    while (!job.finished()) job.step(100, at_micros(0));
    REQUIRE(job.report().failure);
    CHECK_THAT(job.report().failure->place, Catch::Matchers::StartsWith("key 7,"));
    CHECK(sums == std::vector{most});
    CHECK(job.report().balanced());
}

TEST_CASE("a window size that is not positive, or a negative lateness, fails the job at its first step") {
    for (std::int64_t const size : {0, -5}) {
        auto job = weir::from(weir::push<order>{}) |
                   weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(0))) |
                   weir::window(weir::tumbling(micros(size)), weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::discard();
        job.push(order{1, 1, at_micros(5)});
        CHECK(job.step(1, at_micros(0)) == weir::progress::failed);
        CHECK(job.report().failure->component == "window");
        CHECK(job.report().balanced());
    }
    std::vector<std::int64_t> sums;
    auto job = orders_into(sums, weir::push<order>{}, micros(-1));
    CHECK(job.step(1, at_micros(0)) == weir::progress::failed);
    CHECK(job.report().failure->component == "window");
}

TEST_CASE("stopped with keep_windows, an incomplete window emits nothing and its items are not acknowledged") {
    lane_script<fact> script;
    script.emit({1, 0, 1, at_micros(1)}).emit({1, 1, 1, at_micros(12)}).end_poll().emit({2, 2, 1, at_micros(14)});
    number_outcome got;
    scripted_lanes source(script, false, true);
    auto const progress = source.progress();
    auto job = make_job<by_number, true, false>(std::move(source), {.size = 10}, got);
    while (progress->actions < 4) job.step(10, at_micros(0));
    CHECK(got.rows.size() == 1);
    job.stop(weir::stop_mode::keep_windows);
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(got.rows.size() == 1);
    CHECK(job.report().total().in_flight == 2);
    CHECK(job.report().balanced());
    CHECK(progress->acknowledged == progress->item_epochs[1]);
}

struct careless {
    using output = order;
    using output_stream = weir::stream<order, weir::timed>;
    weir::poll_result poll(auto& out) {
        out.emit(order{1, 1, {}}, {.time = at_micros(5)});
        out.watermark(at_micros(20));
        out.watermark(at_micros(0));
        out.emit(order{1, 1, {}}, {.time = at_micros(6)});
        return weir::poll_result::end;
    }
};

TEST_CASE("a watermark that a timed source takes back is ignored: it never goes back") {
    int rows = 0;
    auto job = weir::from(careless{}) | weir::window(weir::tumbling(micros(10)), weir::drop_late) |
               weir::aggregate(weir::count()) | weir::call([&](auto const&) { ++rows; });
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(rows == 1);
    CHECK(job.report().total().late == 1);
    CHECK(job.report().balanced());
}

struct page_count {
    std::string_view page;
    std::uint64_t clicks;
    weir::timestamp end;
};

TEST_CASE("what a row borrows lives until the poll is over, so that windows behind windows may gather") {
    // The first windows close within a poll; the second ones hold their rows, gathered, until its end.
    lane_script<fact> script;
    constexpr std::uint32_t pages = 200'000;
    std::uint64_t position = 0;
    for (std::int64_t minute = 0; minute < 3; ++minute)
        for (std::uint32_t page = 0; page < pages; ++page)
            script.emit({page, static_cast<std::uint32_t>(position), 1, at_micros(10 * minute)},
                        {.position = position}),
                ++position;
    scripted_lanes source(lending(script), true);
    std::uint64_t rows = 0;
    bool right = true;
    auto job = weir::from(std::move(source)) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&text_fact::page>() | weir::window(weir::tumbling(micros(10)), weir::drop_late) |
               weir::aggregate(weir::count().as<"clicks">()) | weir::map([](auto const& row) {
                   return page_count{row.template get<"page">(), row.template get<"clicks">(),
                                     row.template get<"window_end">()};
               }) |
               weir::key_by<&page_count::page>() | weir::window(weir::tumbling(micros(1000)), weir::drop_late) |
               weir::aggregate(weir::sum<&page_count::clicks>()) | weir::call([&](auto const& row) {
                   right = right && row.template get<"page">() == page_of(static_cast<std::uint32_t>(rows)) &&
                           row.template get<"sum">() == 3;
                   ++rows;
               });
    while (!job.finished()) job.step(1'000'000, at_micros(0));
    CHECK(rows == pages);
    CHECK(right);
    CHECK(job.report().balanced());
}

struct corrected {
    std::string_view page;
    std::uint64_t clicks;
    weir::timestamp end;
};

TEST_CASE("what a correction's row borrows lives until the poll is over, however many new keys are corrected behind it") {
    lane_script<fact> script;
    constexpr std::uint32_t pages = 5'000;
    std::uint64_t position = 0;
    auto const emit = [&](std::uint32_t page, std::int64_t at) {
        script.emit({page, static_cast<std::uint32_t>(position), 1, at_micros(at)}, {.position = position});
        ++position;
    };
    for (std::uint32_t page = 0; page < 100; ++page) emit(page, 1);
    emit(0, 25);
    for (std::uint32_t page = 0; page < pages; ++page) emit(page, 2);
    std::vector<corrected> kept;
    auto job = weir::from(scripted_lanes(lending(script), true)) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(0))) |
               weir::key_by<&text_fact::page>() |
               weir::window(weir::tumbling(micros(10)), weir::drop_late, weir::allowed_lateness(micros(1000))) |
               weir::aggregate(weir::count().as<"clicks">()) | weir::map([&](auto const& row) {
                   return corrected{row.template get<"page">(), row.template get<"clicks">(), row.template get<"window_end">()};
               }) |
               weir::call([&](corrected const& row) { kept.push_back(row); });
    job.step(1'000'000, at_micros(0));
    REQUIRE(kept.size() >= 100 + pages);
    bool right = true;
    for (std::uint32_t page = 0; page < 100; ++page) right = right && kept[page].page == page_of(page);
    for (std::uint32_t page = 0; page < pages; ++page) right = right && kept[100 + page].page == page_of(page);
    CHECK(right);
    while (!job.finished()) job.step(1'000'000, at_micros(0));
    CHECK(job.report().balanced());
}

TEST_CASE("the function of a key is called once an item, also where items come side by side") {
    std::vector<text_fact> facts(1'000);
    for (std::size_t i = 0; i < facts.size(); ++i) facts[i].at = at_micros(static_cast<std::int64_t>(i) / 300);
    std::size_t calls = 0;
    auto job = weir::from(weir::values(std::span<text_fact const>(facts))) |
               weir::event_time<&text_fact::at>(weir::bounded_out_of_orderness(micros(5))) |
               weir::key_by<"page">([&calls](text_fact const&) {
                   ++calls;
                   return std::string_view("/");
               }) |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::discard();
    while (!job.finished()) job.step(1'000, at_micros(0));
    CHECK(job.report().total().aggregated == facts.size());
    CHECK(calls == facts.size());
}

struct hit {
    std::uint64_t user;
    std::int32_t bytes;
    weir::timestamp at;
};

/// Rows of (window, user): how many hits and, where `Bytes`, their bytes, in the order in which they came out.
template <bool Bytes>
std::vector<std::array<std::int64_t, 4>> rows_of(std::vector<hit> const& hits, std::size_t budget) {
    std::vector<std::array<std::int64_t, 4>> rows;
    auto windows = weir::from(weir::values(std::span<hit const>(hits))) |
                   weir::event_time<&hit::at>(weir::bounded_out_of_orderness(micros(100))) | weir::key_by<&hit::user>() |
                   weir::window(weir::tumbling(micros(100)), weir::drop_late);
    auto const take = [&](auto const& row) {
        std::int64_t bytes = 0;
        if constexpr (Bytes) bytes = row.template get<"sum">();
        rows.push_back({row.template get<"window_start">().time_since_epoch().count(),
                        static_cast<std::int64_t>(row.template get<"user">()),
                        static_cast<std::int64_t>(row.template get<"count">()), bytes});
    };
    auto const run = [&](auto job) {
        while (!job.finished()) job.step(budget, at_micros(0));
        REQUIRE(job.report().balanced());
        REQUIRE(job.report().total().aggregated == hits.size());
    };
    if constexpr (Bytes)
        run(std::move(windows) | weir::aggregate(weir::count(), weir::sum<&hit::bytes>()) | weir::call(take));
    else run(std::move(windows) | weir::aggregate(weir::count()) | weir::call(take));
    return rows;
}

TEST_CASE("tables that outgrow the caches while items are on their way into them give what a map gives, in the same order") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        INFO("seed " << seed);
        dice roll(seed);
        // Some users come again and again; new ones make the tables of two windows at a time grow in turns.
        std::vector<hit> hits;
        for (std::int64_t i = 0; i < 400'000; ++i) {
            auto const user = static_cast<std::uint64_t>(roll.once_in(3) ? roll.between(0, 100) : roll.between(0, 150'000));
            hits.push_back({user << 20, static_cast<std::int32_t>(roll.between(-5, 1000)),
                            at_micros(i / 1000 + roll.between(0, 99))});
        }
        std::map<std::pair<std::int64_t, std::uint64_t>, std::pair<std::int64_t, std::int64_t>> oracle;
        std::map<std::int64_t, std::vector<std::uint64_t>> order;
        for (hit const& each : hits) {
            std::int64_t const start = each.at.time_since_epoch().count() / 100 * 100;
            auto& [count, bytes] = oracle[{start, each.user}];
            if (++count == 1) order[start].push_back(each.user);
            bytes += each.bytes;
        }
        std::vector<std::array<std::int64_t, 4>> wanted;
        for (auto const& [start, users] : order)
            for (std::uint64_t user : users) {
                auto const& [count, bytes] = oracle[{start, user}];
                wanted.push_back({start, static_cast<std::int64_t>(user), count, bytes});
            }
        std::size_t const budget = static_cast<std::size_t>(roll.between(1'000, 50'000));
        REQUIRE(rows_of<true>(hits, budget) == wanted);
        for (auto& row : wanted) row[3] = 0;
        REQUIRE(rows_of<false>(hits, budget) == wanted);
    }
}

TEST_CASE("windows behind windows by a new event time do not wait for the lanes that end at the first ones") {
    lane_script<fact> script;
    for (std::uint32_t lane = 0; lane < 3; ++lane) script.opened(lane);
    for (std::uint32_t i = 0; i < 300; ++i)
        script.emit({i % 5, i, 1, at_micros(i)}, {.position = i / 3, .lane = i % 3});
    int rows = 0;
    auto job = weir::from(scripted_lanes(script, false, true)) |
               weir::event_time<&fact::at>(weir::bounded_out_of_orderness(micros(0))) |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::event_time([](auto const& row) { return row.template get<"window_start">(); },
                                weir::bounded_out_of_orderness(micros(0))) |
               weir::window(weir::tumbling(micros(100)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   ++rows;
                   CHECK(row.template get<"count">() == 10);
               });
    for (int i = 0; i < 5; ++i) job.step(100, at_micros(1000));
    CHECK(rows == 2);
}

struct greatest {
    struct state {
        explicit state(std::int64_t v) : value(v) {}
        std::int64_t value;
    };
    static constexpr std::string_view name = "greatest";
    [[nodiscard]] state init() const { return state(0); }
    void add(state& into, order const& item) const { into.value = std::max(into.value, item.amount); }
    [[nodiscard]] std::int64_t result(state const& from) const { return from.value; }
};

/// Trivially copyable, yet neither default-constructible nor assignable.
struct sealed {
    sealed(std::uint32_t k, weir::timestamp t) : key(k), at(t) {}
    std::uint32_t const key;
    weir::timestamp const at;
};

TEST_CASE("items need neither a default constructor nor assignment") {
    int rows = 0;
    auto job = weir::from(weir::push<sealed>{}) |
               weir::event_time<&sealed::at>(weir::bounded_out_of_orderness(micros(0))) | weir::key_by<&sealed::key>() |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const&) { ++rows; });
    job.push(sealed(1, at_micros(1)));
    job.push(sealed(2, at_micros(2)));
    job.stop();
    while (!job.finished()) job.step(1, at_micros(0));
    CHECK(rows == 2);
}

TEST_CASE("a user's state need not be default-constructible, also beside a number key") {
    std::vector<std::int64_t> got;
    auto job =
        weir::from(weir::values(std::vector<order>{{1, 4, at_micros(1)}, {1, 9, at_micros(2)}, {2, 3, at_micros(2)}})) |
        weir::event_time<&order::at>(weir::bounded_out_of_orderness(micros(0))) | weir::key_by<&order::shop>() |
        weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(greatest{}) |
        weir::call([&](auto const& row) { got.push_back(row.template get<"greatest">()); });
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(got == std::vector<std::int64_t>{9, 3});
}

struct titled {
    std::string title;
    weir::timestamp at;
};

TEST_CASE("an item that owns its key's text need not outlive the call, however large the table") {
    std::uint64_t rows = 0, wrong = 0;
    std::vector<order> visits;
    for (std::uint32_t i = 0; i < 400'000; ++i) visits.push_back({i % 200'000, 0, at_micros(1)});
    auto job = weir::from(weir::values(std::move(visits))) | weir::map([](order const& each) {
                   return titled{"a title too long to stand in the text itself, of " + std::to_string(each.shop), each.at};
               }) |
               weir::event_time<&titled::at>(weir::bounded_out_of_orderness(micros(0))) | weir::key_by<&titled::title>() |
               weir::window(weir::tumbling(micros(10)), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   ++rows;
                   wrong += row.template get<"count">() != 2;
               });
    while (!job.finished()) job.step(10'000, at_micros(0));
    CHECK(rows == 200'000);
    CHECK(wrong == 0);
}

/// Sums of windows by their ends, in seconds from the beginning of time; a minute of all time begins 54.775808 s behind it.
template <class Rule>
[[nodiscard]] std::string sums_at_the_beginning(Rule rule) {
    std::string sums;
    auto const fact_at = [](std::int64_t value, int second) {
        return fact{{}, 0, value, weir::beginning_of_time + std::chrono::seconds(second)};
    };
    auto job = weir::from(weir::values(std::vector{fact_at(1, 1), fact_at(2, 56), fact_at(4, 57), fact_at(8, 36)})) |
               weir::event_time<&fact::at>(weir::bounded_out_of_orderness(std::chrono::minutes(5))) |
               weir::window(rule, weir::drop_late) | weir::aggregate(weir::sum<&fact::value>()) | weir::call([&](auto const& row) {
                   auto const end = row.template get<"window_end">() - weir::beginning_of_time;
                   sums += std::to_string(end.count() / 1'000'000) + ": " + std::to_string(row.template get<"sum">()) + "; ";
               });
    while (!job.finished()) job.step(10, at_micros(0));
    CHECK(job.report().balanced());
    return sums;
}

TEST_CASE("events near the beginning of time are in their own windows, though the first of them begins before it") {
    CHECK(sums_at_the_beginning(weir::tumbling(std::chrono::minutes(1))) == "54: 9; 114: 6; ");
    CHECK(sums_at_the_beginning(weir::hopping(std::chrono::seconds(40), std::chrono::minutes(1))) == "34: 1; 94: 6; ");
}

}  // namespace weir_test::window_windowed_aggregate
