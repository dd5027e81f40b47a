// SPDX-License-Identifier: Apache-2.0
// What a session is, case by case, is in tests/window/session.cpp; here are random streams against the naive oracle, and what
// the oracle does not show.
#include <weir/window/session_aggregate.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <oracle/every_window.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <support/session_rows.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/weaken.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/window/tumbling.hpp>

namespace weir_test::window_session_aggregate {

using weir::testing::oracle_rule;

constexpr auto own_gap = [](std::int64_t value) { return us(value + 10); };
auto gap_of_item() {
    return weir::session([](fact const& item) { return own_gap(item.value); });
}

/// One emission with one gap for all, and with gaps of items.
template <class Window>
void run_emission(std::uint64_t seed, std::uint64_t count, bool lateness, auto emission_of, Window window) {
    run_cases(seed, count, [&](small_stream const& stream, dice& roll) {
        auto const emission = emission_of(roll);
        auto const gap = us(roll.between(1, 12));
        weir::allowed_lateness const late_by(us(lateness ? stream.lateness : 0));
        every_settings settings{.rule = oracle_rule::session(gap), .lateness = late_by.value, .emission = emission};
        if (roll.once_in(3)) {
            settings.gap_of = own_gap;
            return compare_with_oracle(stream, [&](auto late) { return window(gap_of_item(), late, late_by, emission); }, settings);
        }
        return compare_with_oracle(stream, [&](auto late) { return window(weir::session(gap), late, late_by, emission); }, settings);
    });
}

constexpr auto with_lateness = [](auto rule, auto late, auto late_by, auto emission) { return weir::window(rule, late, late_by, emission); };
constexpr auto without_lateness = [](auto rule, auto late, auto, auto emission) { return weir::window(rule, late, emission); };

TEST_CASE("sessions equal the oracle: final rows") {
    run_emission(1, 12'000, false, [](dice&) { return weir::emit::on_close; }, without_lateness);
}
TEST_CASE("sessions equal the oracle: corrections within the allowed lateness") {
    run_emission(1'000'001, 8'000, true, [](dice&) { return weir::emit::on_close; }, with_lateness);
}
TEST_CASE("sessions equal the oracle: a row for each change") {
    run_emission(2'000'001, 8'000, true, [](dice& roll) { return weir::emit::on_update(us(roll.once_in(2) ? 0 : roll.between(1, 20))); },
                 with_lateness);
}
TEST_CASE("sessions equal the oracle: early rows and a final one") {
    run_emission(3'000'001, 6'000, true, [](dice& roll) { return weir::emit::every(us(roll.between(1, 20))); }, with_lateness);
    run_emission(4'000'001, 3'000, false, [](dice& roll) { return weir::emit::every(us(roll.between(1, 20))); }, without_lateness);
}

/// A trigger that fires at every third item.
struct every_third {
    bool fires(weir::trigger_view const& view) const { return view.items % 3 == 0 && view.unseen > 0; }
};

TEST_CASE("sessions equal the oracle: a trigger of one's own") {
    run_emission(5'000'001, 4'000, true, [](dice&) { return weir::emit::when(every_third{}); }, with_lateness);
}

/// The rows of a stream all of whose times are moved by `by`, moved back; `most` is the greatest end of a session of one item.
struct moved_rows {
    weir::duration gap;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t most = std::numeric_limits<std::int64_t>::min();

    moved_rows(small_stream const& stream, weir::duration g) : gap(g) {
        for (auto const& one : stream.script.actions())
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) {
                std::int64_t const time = said->item.at.time_since_epoch().count();
                least = std::min(least, time);
                most = std::max(most, time + gap.count());
            }
    }
    [[nodiscard]] std::string of(small_stream const& stream, std::int64_t by) const {
        lane_script<fact> script;
        for (auto const& one : stream.script.actions()) {
            auto const* said = std::get_if<lane_script<fact>::item_said>(&one);
            if (!said) continue;
            fact moved = said->item;
            moved.at += us(by);
            script.emit(moved, said->at);
        }
        std::string rows;
        auto job = weir::from(scripted_lanes<fact>(script, stream.side_by_side)) |
                   weir::event_time<&fact::at>(weir::bounded_out_of_orderness(us(stream.bound)),
                                               {.max_ahead = weir::no_future_guard}) |
                   weir::key_by<&fact::key>() | weir::window(weir::session(gap), weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::call([&](auto const& row) {
                       auto const back = [by](weir::timestamp t) { return std::to_string(t.time_since_epoch().count() - by); };
                       rows += back(row.template get<"window_start">()) + ".." + back(row.template get<"window_end">()) + " key " +
                               std::to_string(row.template get<"key">()) + ": " + std::to_string(row.template get<"count">());
                       rows += "\n";
                   });
        while (!job.finished()) job.step(stream.budget, at(0));
        return rows + to_string(job.report());
    }
};

TEST_CASE("sessions are the same at the beginning of time, at its end, and between") {
    run_cases(6'000'001, 4'000, [](small_stream const& stream, dice& roll) {
        moved_rows const rows(stream, us(roll.between(1, 12)));
        std::string const wanted = rows.of(stream, 0);
        std::int64_t const edge = roll.between(0, 40);
        if (rows.least <= 0 && rows.of(stream, std::numeric_limits<std::int64_t>::min() - rows.least + edge) != wanted)
            return "they are not the same at the beginning, " + std::to_string(edge) + " from it";
        if (rows.most >= 0 && rows.of(stream, std::numeric_limits<std::int64_t>::max() - rows.most - edge) != wanted)
            return "they are not the same at the end, " + std::to_string(edge) + " from it";
        return std::string();
    });
}

/// Long streams of many short-lived keys, so that the table is tidied, buckets go by and keys come back.
[[nodiscard]] small_stream make_long_stream(std::uint64_t seed, std::int64_t items, std::int64_t bound) {
    dice roll(seed);
    small_stream made;
    made.bound = bound;
    made.budget = 300;
    made.side_by_side = seed % 2 == 0;
    for (std::int64_t id = 0; id < items; ++id) {
        std::int64_t const time = id * 3 - (roll.once_in(4) ? roll.between(0, bound) : 0) - (roll.once_in(200) ? bound * 2 : 0);
        auto const key = static_cast<std::uint32_t>(roll.once_in(3) ? roll.between(0, 5) : id / 40 * 7 + roll.between(0, 60));
        made.script.emit(fact{key, static_cast<std::uint32_t>(id), roll.between(-9, 9), at(time)}, {.position = static_cast<std::uint64_t>(id)});
    }
    return made;
}

/// Sessions recomputed from all items of a stream none of which is late: `key -> (start, last) -> count`.
using session_counts = std::map<std::pair<std::uint32_t, std::pair<std::int64_t, std::int64_t>>, std::uint64_t>;
[[nodiscard]] session_counts sessions_of(std::vector<fact> const& items, std::int64_t gap) {
    std::map<std::uint32_t, std::multiset<std::int64_t>> by_key;
    for (fact const& each : items) by_key[*each.key].insert(each.at.time_since_epoch().count());
    session_counts found;
    for (auto const& [key, times] : by_key) {
        std::int64_t start = *times.begin(), last = start;
        std::uint64_t count = 0;
        for (std::int64_t t : times) {
            if (t - last > gap) {
                found[{key, {start, last}}] = std::exchange(count, 0);
                start = t;
            }
            last = t;
            ++count;
        }
        found[{key, {start, last}}] = count;
    }
    return found;
}

auto counts_into(session_counts& found, std::vector<std::int64_t>& ends, auto source, std::int64_t gap, std::int64_t bound) {
    return weir::from(std::move(source)) |
           weir::event_time<&fact::at>(weir::bounded_out_of_orderness(us(bound)), {.max_ahead = weir::no_future_guard}) |
           weir::key_by<&fact::key>() | weir::window(weir::session(us(gap)), weir::drop_late) | weir::aggregate(weir::count()) |
           weir::call([&, gap](auto const& row) {
               auto const micros = [](weir::timestamp t) { return t.time_since_epoch().count(); };
               std::int64_t const start = micros(row.template get<"window_start">()), last = micros(row.template get<"last_event">());
               CHECK(micros(row.template get<"window_end">()) == last + gap);
               ends.push_back(last + gap);
               CHECK(found.emplace(std::pair(row.template get<"key">(), std::pair(start, last)), row.template get<"count">()).second);
           });
}

TEST_CASE("long streams of short-lived keys equal all sessions recomputed, in the order of their ends, in any order of arrival") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        std::int64_t const gap = 20, bound = static_cast<std::int64_t>(seed) * 40;
        small_stream const stream = make_long_stream(seed, 40'000, bound);
        std::vector<fact> items;
        std::int64_t latest = std::numeric_limits<std::int64_t>::min();
        for (auto const& one : stream.script.actions())
            if (auto const* said = std::get_if<lane_script<fact>::item_said>(&one)) {
                latest = std::max(latest, said->item.at.time_since_epoch().count());
                if (said->item.at.time_since_epoch().count() >= latest - bound) items.push_back(said->item);
            }
        auto const wanted = sessions_of(items, gap);
        for (int shuffled = 0; shuffled < 2; ++shuffled) {
            for (std::size_t const budget : {std::size_t{1}, std::size_t{97}, std::size_t{5000}}) {
                session_counts got;
                std::vector<std::int64_t> ends;
                // Shuffled by half the bound, an event is at most the whole bound behind.
                std::int64_t const more = shuffled == 0 ? 0 : bound;
                auto source = weir::testing::shuffled_within(weir::values(items), us(more), seed,
                                                             [](fact const& each) { return each.at; });
                auto job = counts_into(got, ends, std::move(source), gap, bound + more);
                while (!job.finished()) job.step(budget, at(0));
                REQUIRE(job.report().ended);
                CHECK(job.report().balanced());
                CHECK(job.report().total().late == 0);
                CHECK(got == wanted);
                CHECK(std::is_sorted(ends.begin(), ends.end()));
            }
        }
    }
}

TEST_CASE("a late item changes nothing but the late count: long streams equal the oracle of lateness, one by one and in batches") {
    small_stream const stream = make_long_stream(7, 20'000, 30);
    std::vector<std::string> logs;
    for (std::size_t const budget : {std::size_t{1}, std::size_t{64}, std::size_t{100'000}}) {
        for (bool const side_by_side : {false, true}) {
            scripted_lanes<fact> source(stream.script, side_by_side);
            std::string log;
            auto job = weir::from(std::move(source)) |
                       weir::event_time<&fact::at>(weir::bounded_out_of_orderness(us(30)), {.max_ahead = weir::no_future_guard}) |
                       weir::key_by<&fact::key>() |
                       weir::window(weir::session(us(20)), weir::late_to(weir::call([&](fact const& each) { log += "late " + std::to_string(each.id) + "\n"; }))) |
                       weir::aggregate(weir::count(), weir::sum<&fact::value>()) | weir::call([&](auto const& row) {
                           log += std::to_string(row.template get<"window_start">().time_since_epoch().count()) + " " + std::to_string(row.template get<"key">()) +
                                  " " + std::to_string(row.template get<"count">()) + " " + std::to_string(row.template get<"sum">()) + "\n";
                       });
            while (!job.finished()) job.step(budget, at(0));
            CHECK(job.report().balanced());
            CHECK(job.report().total().late > 20);
            logs.push_back(std::move(log));
        }
    }
    for (std::string const& each : logs) CHECK(each == logs.front());
}

// Texts: of keys and of results; a source's are gone after its poll, a row's live until the stages behind have settled.

/// Keeps views until it settles, as a sink does that writes a whole poll at once.
struct late_reader {
    std::vector<std::string>* into;
    std::vector<std::pair<std::string_view, std::pair<std::string_view, std::string_view>>> held{};

    template <class Row>
    void on_item(weir::change<Row> const& each, auto&) {
        keep(each.row);
        if (each.kind == weir::change_kind::update) keep(each.before);
    }
    template <class Row>
    void on_item(Row const& row, auto&)
        requires requires { row.template get<"user">(); }
    {
        keep(row);
    }
    void settle(auto&) {
        for (auto const& [user, pages] : held)
            into->push_back(std::string(user) + " " + std::string(pages.first) + ".." + std::string(pages.second));
        held.clear();
    }
    void on_end(auto& out) { settle(out); }

private:
    void keep(auto const& row) {
        held.push_back({row.template get<"user">(), {row.template get<"min">(), row.template get<"max">()}});
    }
};

std::string long_name(std::int64_t n) { return "a user whose name is too long to stand in the table's entry, number " + std::to_string(n); }
std::string page(std::int64_t n) { return "/a/page/whose/name/is/long/" + std::to_string(n); }

auto texts_into(std::vector<std::string>& seen, auto... options) {
    auto const time_of = [](visit const& each) { return at(each.value); };
    auto rows = weir::from(weir::push<visit>()) | weir::event_time(time_of, weir::bounded_out_of_orderness(us(0)), {.max_ahead = weir::no_future_guard}) |
                weir::key_by<&visit::user>() | weir::window(weir::session(us(10)), weir::drop_late, options...) |
                weir::aggregate(weir::count(), weir::min<&visit::page>(), weir::max<&visit::page>(), weir::distinct<&visit::page>());
    if constexpr (weir::detail::changing<typename decltype(rows)::stream_type>)
        return std::move(rows) | weir::changelog() | late_reader{&seen};
    else return std::move(rows) | late_reader{&seen};
}

TEST_CASE("texts of keys and results may be looked at until the stages behind have settled, whatever comes and goes meanwhile") {
    std::vector<std::string> seen;
    auto job = texts_into(seen);
    std::vector<std::string> wanted;
    constexpr std::int64_t keys = 3000;
    std::vector<std::string> names, pages;
    for (std::int64_t i = 0; i < keys; ++i) {
        names.push_back(i % 2 == 0 ? long_name(i) : "u" + std::to_string(i));
        pages.push_back(page(i));
        wanted.push_back(names.back() + " " + pages.back() + ".." + pages.back());
    }
    // Many sessions close while others begin, all in one push: nothing settles in between.
    std::vector<visit> visits;
    for (std::int64_t i = 0; i < keys; ++i) {
        auto const n = static_cast<std::size_t>(i);
        visits.push_back({names[n], i * 3, us(10), pages[n]});
    }
    job.push(std::span<visit const>(visits));
    job.stop();
    while (!job.finished()) job.step(100, at(0));
    CHECK(seen == wanted);
    CHECK(job.report().balanced());
}

TEST_CASE("texts of early rows, of what they replace, and of sessions that were merged") {
    std::vector<std::string> seen;
    auto job = texts_into(seen, weir::emit::on_update, weir::allowed_lateness(us(1000)));
    for (std::int64_t round = 0; round < 50; ++round) {
        std::int64_t const t = round * 100;
        std::string const name = long_name(round % 3), low = page(1), mid = page(2), high = page(3);
        for (auto [time, what] : {std::pair(t, &mid), std::pair(t + 20, &low), std::pair(t + 10, &high), std::pair(t + 10, &mid)}) {
            std::string user = name, text = *what;
            job.push(visit{user, time, us(10), text});
            std::fill(user.begin(), user.end(), '!');
            std::fill(text.begin(), text.end(), '!');
        }
        std::string const each = name + " ";
        std::vector<std::string> const wanted{each + mid + ".." + mid,                                                   // insert
                                              each + low + ".." + low,                                                   // insert
                                              each + mid + ".." + mid, each + low + ".." + low, each + low + ".." + high,  // taken back, and one for both
                                              each + low + ".." + high, each + low + ".." + high};                       // update and what it replaces
        CHECK(seen == wanted);
        seen.clear();
    }
}

/// As much of a session as a table needs to know.
struct int_session {
    int start = 0;
    [[nodiscard]] static bool is_open() { return true; }
};

TEST_CASE("memory is in proportion to the keys that have sessions: millions of short-lived ones leave nothing") {
    auto const run = [](auto key_of, std::int64_t keys, std::size_t budget_bytes) {
        weir::detail::session_table<typename decltype(key_of)::key, weir::detail::key_sessions<int_session, false>> table;
        std::size_t most = 0;
        std::vector<std::uint64_t> live;
        for (std::int64_t i = 0; i < keys; ++i) {
            auto const text = key_of(i);
            auto const hash = table.hash(text);
            REQUIRE(table.find(text, hash).at == nullptr);
            auto const renumbered = [&](auto&& number_of) {
                for (auto& each : live) each = number_of(each);
            };
            live.push_back(table.insert(text, hash, [] { return weir::detail::key_sessions<int_session, false>(int_session{}); }, renumbered).number);
            if (live.size() > 100) {
                table.at(live.front()).deadline = weir::beginning_of_time;
                live.erase(live.begin());
            }
            if (i % 50 == 0) table.settle(live.size(), renumbered);
            most = std::max(most, table.memory());
        }
        CHECK(most < budget_bytes);
    };
    struct numbers {
        using key = std::uint64_t;
        key operator()(std::int64_t i) const { return static_cast<key>(i); }
    };
    struct texts {
        using key = std::string_view;
        std::vector<std::string>* names;
        key operator()(std::int64_t i) const {
            names->front() = long_name(i);
            return names->front();
        }
    };
    std::vector<std::string> names(1);
    run(numbers{}, 1'000'000, 300'000);
    run(texts{&names}, 300'000, 600'000);
}

TEST_CASE("a table that has had many keys gives their memory back when they have gone, the index too") {
    weir::detail::session_table<std::uint64_t, int_session> table;
    std::size_t const at_first = table.memory();
    auto const renumbered = [](auto&&) {};
    constexpr std::uint64_t keys = 100'000;
    for (std::uint64_t key = 0; key < keys; ++key) table.insert(key, table.hash(key), [] { return int_session{}; }, renumbered);
    for (std::uint64_t number = 0; number < keys; ++number) table.at(number).deadline = weir::beginning_of_time;
    for (int poll = 0; poll < 3; ++poll) table.settle(0, renumbered);
    CHECK(table.memory() == at_first);
}

TEST_CASE("what a job holds does not grow with the keys that have come and gone, and oldest_held follows") {
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::value>()) |
                                                    weir::window(weir::session(us(10)), weir::drop_late) | weir::aggregate(weir::count()) |
                                                    weir::discard());
    auto const& stage = driver.stages().template stage<0>();
    std::size_t at_first = 0;
    for (std::int64_t i = 0; i < 200'000; ++i) {
        driver.push(visit{"", i}, at(i));
        if (i % 4 == 0) driver.advance_watermark_to(at(i));
        if (i == 20'000) at_first = stage.memory();
        if (i % 1000 == 0 && i != 0) CHECK(driver.epoch() - driver.oldest_held() < 40);
    }
    CHECK(stage.memory() <= at_first * 2);
    driver.end();
    CHECK(driver.oldest_held() == weir::nothing_held);
    CHECK(driver.balanced());
}

TEST_CASE("what a job holds goes back when the keys have gone, though no new ones come") {
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::value>()) |
                                                    weir::window(weir::session(us(10)), weir::drop_late) | weir::aggregate(weir::count()) |
                                                    weir::discard());
    auto const& stage = driver.stages().template stage<0>();
    for (std::int64_t i = 0; i < 20'000; ++i) driver.push(visit{"", i}, at(100 + i % 7));
    std::size_t const most = stage.memory();
    driver.advance_watermark_to(at(200));
    for (std::int64_t more = 201; more < 203; ++more) driver.advance_watermark_to(at(more));  // rows may be looked at for two polls
    CHECK(stage.memory() < most / 8);
    CHECK(driver.oldest_held() == weir::nothing_held);
}

TEST_CASE("sessions that were joined are held as one") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late);
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(115));
    driver.push({"a"}, at(107));
    CHECK(driver.oldest_held() == 1);
    driver.advance_watermark_to(at(126));
    CHECK(rows_of(driver) == "100..115 125 a: 3");
    CHECK(driver.oldest_held() == weir::nothing_held);
}

TEST_CASE("a session that never ends is held from its first item on, and costs no more for that") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late);
    driver.push({"other"}, at(0));
    for (std::int64_t i = 0; i < 5000; ++i) {
        driver.push({"a"}, at(i * 10));
        driver.advance_watermark_to(at(i * 10));
    }
    CHECK(rows_of(driver) == "0..0 10 other: 1");
    CHECK(driver.oldest_held() == 2);
    driver.end();
    CHECK(rows_of(driver) == "0..49990 50000 a: 5000");
    CHECK(driver.oldest_held() == weir::nothing_held);
}

/// A function whose state wants more than the alignment of `new`.
struct widest {
    struct alignas(64) state {
        std::int64_t most = 0;
        [[nodiscard]] bool lies_well() const { return reinterpret_cast<std::uintptr_t>(this) % alignof(state) == 0; }
    };
    static constexpr std::string_view name = "widest";
    state init() const { return {}; }
    bool add(state& into, visit const& each) const {
        into.most = std::max(into.most, each.value);
        return into.lies_well();
    }
    bool merge(state& into, state const& other) const {
        into.most = std::max(into.most, other.most);
        return into.lies_well() && other.lies_well();
    }
    std::int64_t result(state const& of) const { return of.most; }
};

TEST_CASE("a state that wants more than the alignment of new has it, in one session of a key and in several") {
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::patience>()) |
                                                    weir::window(weir::session(us(10)), weir::drop_late) | weir::aggregate(widest{}));
    for (std::int64_t i = 0; i < 20; ++i) driver.push(visit{"", i}, at(i * 20));
    for (std::int64_t i = 0; i < 10; ++i) driver.push(visit{"", 0}, at(i * 20 + 10));
    driver.end();
    CHECK_FALSE(driver.failure());
    auto const rows = driver.take_outputs();
    REQUIRE(rows.size() == 10);
    CHECK(rows[0].item.get<"widest">() == 10);
    CHECK(rows[9].item.get<"widest">() == 19);
}

TEST_CASE("open windows are told with their bounds, their items, and whether they have fired") {
    auto const all = [](auto& driver) {
        std::vector<weir::open_window> found;
        std::as_const(driver.stages().template stage<0>()).open_windows([&](weir::open_window const& each) { found.push_back(each); });
        return found;
    };
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late, weir::allowed_lateness(us(100)));
    driver.push({"a"}, at(100));
    driver.push({"a"}, at(105));
    driver.push({"a"}, at(120));
    driver.advance_watermark_to(at(116));
    auto const open = all(driver);
    REQUIRE(open.size() == 2);
    CHECK(open[0].start == at(100));
    CHECK(open[0].end == at(115));
    CHECK(open[0].items == 2);
    CHECK(open[0].fired);
    CHECK(open[1].items == 1);
    CHECK_FALSE(open[1].fired);
    driver.end();
    CHECK(all(driver).empty());
}

TEST_CASE("an integer sum that overflows stops the job and names the key, also when two sessions are joined") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    auto driver = weir::testing::test_driver<visit>(weir::chain(weir::key_by<&visit::user>()) |
                                                    weir::window(weir::session(us(10)), weir::drop_late) | weir::aggregate(weir::sum<&visit::value>()));
    driver.push({"a", most}, at(100));
    driver.push({"b", most}, at(100));
    driver.push({"a", 1}, at(120));
    CHECK_FALSE(driver.failure());
    driver.push({"a", 0}, at(110));
    REQUIRE(driver.failure());
    CHECK(driver.failure()->component == "aggregate");
    CHECK_THAT(driver.failure()->place, Catch::Matchers::StartsWith("key a,"));
    driver.end();
    CHECK(driver.outputs().empty());
    CHECK(driver.balanced());
}

TEST_CASE("the rows' lane lives while sessions are held") {
    auto driver = sessions_by_user(weir::session(us(10)), weir::drop_late);
    driver.lane({3, weir::lane_event::kind::opened});
    driver.push({"a"}, at(100), 3);
    driver.lane({3, weir::lane_event::kind::idle});
    REQUIRE(driver.output_lanes().size() == 1);
    driver.advance_watermark_to(at(111));
    REQUIRE(driver.output_lanes().size() == 2);
    CHECK(driver.output_lanes().back().what == weir::lane_event::kind::idle);
}

TEST_CASE("early rows of windows behind sessions come as if each item came by itself") {
    struct view {
        std::uint32_t user;
        weir::timestamp at;
    };
    std::vector<view> views;
    for (std::uint32_t i = 0; i < 3'000; ++i) views.push_back({i * i % 11, at(i * 10)});
    auto const windows = [&](std::size_t budget) {
        std::string text;
        auto job = weir::from(weir::values(views)) | weir::event_time<&view::at>(weir::bounded_out_of_orderness(us(0))) |
                   weir::key_by<&view::user>() | weir::window(weir::session(us(45)), weir::drop_late) | weir::aggregate(weir::count()) |
                   weir::key_by<"user">() |
                   weir::window(weir::tumbling(us(1'000)), weir::allowed_lateness(us(100)), weir::drop_late, weir::emit::every(us(35))) |
                   weir::aggregate(weir::count().as<"sessions">()) | weir::changelog() | weir::call([&](auto const& row) {
                       text += std::to_string(row.template get<"user">()) + ":" + std::to_string(row.template get<"sessions">()) + " ";
                   });
        while (!job.finished()) job.step(budget, at(30'000));
        return text;
    };
    std::string const one_by_one = windows(1);
    CHECK(std::count(one_by_one.begin(), one_by_one.end(), ' ') > 1'000);
    CHECK((one_by_one == windows(1'000)));
}

}  // namespace weir_test::window_session_aggregate
