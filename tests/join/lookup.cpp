// SPDX-License-Identifier: Apache-2.0
#include <weir/join/lookup.hpp>

#include <algorithm>
#include <catch.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/cases.hpp>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/join/to_table.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/collector.hpp>
#include <weir/testing/test_driver.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/transform/merge.hpp>
#include <weir/transform/split.hpp>
#include <weir/transform/tee.hpp>
#include <weir/transform/to.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::join_lookup {

using namespace std::chrono_literals;

struct click {
    std::optional<int> userid;
    std::string_view ip;
    weir::timestamp ts{};
};
struct user {
    int user_id;
    std::string_view username;
    std::optional<std::string_view> city{};
};
/// A click with what is known of its user.
struct user_click {
    std::string ip;
    std::optional<std::string> username;

    friend bool operator==(user_click const&, user_click const&) = default;
};

[[nodiscard]] user_click enriched(click const& c, user const* u) {
    return {std::string(c.ip), u ? std::optional<std::string>(u->username) : std::nullopt};
}

[[nodiscard]] auto clicks() { return weir::from(weir::values<click>({{1, "a"}, {7, "b"}, {std::nullopt, "c"}, {2, "d"}})); }

void fill(weir::table<std::int64_t, user>& users) {
    REQUIRE(users.put(1, {1, "ann", "London"}));
    REQUIRE(users.put(2, {2, "bob"}));
}

TEST_CASE("a left join gives null for what the table has not, and for what has no key") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    fill(users);
    std::vector<user_click> made;
    auto job = clicks() | weir::lookup<&click::userid>(users, weir::left_join, enriched) | weir::collect(made);
    CHECK(weir::run(job).balanced());
    CHECK(made == std::vector<user_click>{{"a", "ann"}, {"b", {}}, {"c", {}}, {"d", "bob"}});
}

TEST_CASE("an inner join leaves both out, each in its own column of the ledger") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    fill(users);
    std::vector<std::string> made;
    auto job = clicks() |
               weir::lookup<&click::userid>(users, weir::inner_join,
                                            [](click const& c, user const& u) { return std::string(c.ip) + std::string(u.username); }) |
               weir::collect(made);
    weir::report const done = weir::run(job);
    CHECK(done.balanced());
    CHECK(done.total().filtered == 1);
    CHECK(done.total().null_key == 1);
    CHECK(made == std::vector<std::string>{"aann", "dbob"});
}

TEST_CASE("only the stream causes output: the value of the moment is used and never revised") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    std::vector<user_click> made;
    auto job = weir::from(weir::push<click>()) | weir::lookup<&click::userid>(users, weir::left_join, enriched) | weir::collect(made);
    job.push(click{1, "a"});
    REQUIRE(users.put(1, {1, "ann"}));
    CHECK(made.size() == 1);
    job.push(click{1, "b"});
    REQUIRE(users.put(1, {1, "anna"}));
    job.push(click{1, "c"});
    users.erase(1);
    job.push(click{1, "d"});
    CHECK(made == std::vector<user_click>{{"a", {}}, {"b", "ann"}, {"c", "anna"}, {"d", {}}});
}

TEST_CASE("without a function come the item's columns and the value's, optional under a left join") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    fill(users);
    struct wide {
        std::optional<int> userid;
        std::string ip;
        std::optional<int> user_id;
        std::optional<std::string> username, city;
    };
    std::vector<wide> made;
    auto left = clicks() | weir::lookup<&click::userid>(users, weir::left_join) | weir::to<wide>() | weir::collect(made);
    CHECK(weir::run(left).balanced());
    REQUIRE(made.size() == 4);
    CHECK(made[0].userid == 1);
    CHECK(made[0].user_id == 1);
    CHECK(made[0].username == "ann");
    CHECK(made[0].city == "London");
    CHECK(made[1].ip == "b");
    CHECK_FALSE(made[1].user_id);
    CHECK_FALSE(made[1].username);
    CHECK_FALSE(made[3].city);

    std::vector<std::string> names;
    auto inner = clicks() | weir::lookup<&click::userid>(users, weir::inner_join) | weir::call([&](auto const& row) {
                     std::string_view const name = row.template get<"username">();
                     names.emplace_back(name);
                 });
    CHECK(weir::run(inner).balanced());
    CHECK(names == std::vector<std::string>{"ann", "bob"});
}

struct order {
    std::string id;
    std::string country;
};
struct rate {
    std::string country;
    double vat = 0;
};

TEST_CASE("of two columns of one name the item's counts, and texts are views") {
    weir::table<std::string, rate> rates(weir::unbounded);
    REQUIRE(rates.put("DE", {"Germany", 0.19}));
    static std::vector<order> const orders{{"order-1", "DE"}};
    auto job = weir::from(weir::values<order>(orders)) | weir::lookup<"country">(rates, weir::inner_join) |
               weir::call([](auto const& row) {
                   static_assert(weir::column_count<std::remove_cvref_t<decltype(row)>> == 3);
                   static_assert(std::is_same_v<decltype(row.template get<"id">()), std::string_view const&>);
                   CHECK(row.template get<"id">() == "order-1");
                   CHECK(row.template get<"country">() == "DE");
                   CHECK(row.template get<"vat">() == 0.19);
               });
    CHECK(weir::run(job).balanced());
}

/// A sink that looks at its items' texts when the poll is over, as it may.
struct looks_later {
    std::vector<std::string>* made;
    std::vector<std::string_view> seen{};

    void on_item(auto const& row) { seen.push_back(row.template get<"id">()), seen.push_back(*row.template get<"note">()); }
    void settle(auto&) {
        for (std::string_view const each : std::exchange(seen, {})) made->emplace_back(each);
    }
};

TEST_CASE("texts of an item that is gone after the call last until the end of the poll") {
    struct noted {
        std::string id;
        std::optional<std::string> note;
        std::string country;
    };
    weir::table<std::string, rate> rates(weir::unbounded);
    REQUIRE(rates.put("DE", {"Germany", 0.19}));
    std::vector<std::string> made;
    auto job = weir::from(weir::values<int>({1, 2, 3})) | weir::map([](int i) {
                   return noted{std::string(100, static_cast<char>('a' + i)), std::string(100, static_cast<char>('A' + i)), "DE"};
               }) |
               weir::lookup<"country">(rates, weir::left_join) | looks_later{&made};
    while (!job.finished()) job.step(2, weir::timestamp(1s));
    REQUIRE(made.size() == 6);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(made[2 * i] == std::string(100, static_cast<char>('b' + i)));
        CHECK(made[2 * i + 1] == std::string(100, static_cast<char>('B' + i)));
    }
}

TEST_CASE("keys of several members, and of rows behind a window") {
    struct visit {
        std::string_view page;
        int site;
        weir::timestamp ts;
    };
    weir::table<std::tuple<std::string, int>, std::string> titles(weir::unbounded);
    REQUIRE(titles.put({"/", 1}, "home"));
    std::vector<std::string> made;
    auto const title = [](auto const&, std::string const* t) { return t ? *t : std::string("?"); };
    std::vector<visit> const visits{{"/", 1, weir::timestamp(1s)}, {"/", 2, weir::timestamp(2s)}};
    auto items = weir::from(weir::values<visit>(visits)) | weir::lookup<&visit::page, &visit::site>(titles, weir::left_join, title) |
                 weir::collect(made);
    CHECK(weir::run(items).balanced());
    CHECK(made == std::vector<std::string>{"home", "?"});

    made.clear();
    auto rows = weir::from(weir::values<visit>(visits)) | weir::event_time<&visit::ts>(weir::bounded_out_of_orderness(1s)) |
                weir::key_by<&visit::page, &visit::site>() | weir::window(weir::tumbling(1min), weir::drop_late) |
                weir::aggregate(weir::count()) | weir::lookup<"page", "site">(titles, weir::left_join, title) | weir::collect(made);
    CHECK(weir::run(rows).balanced());
    CHECK(made == std::vector<std::string>{"home", "?"});
}

/// As ksqlDB has it: GROUP BY leaves out rows with any null among the grouping columns.
TEST_CASE("a key with an optional that the join left empty belongs to no group") {
    struct seen {
        std::optional<std::string_view> username;
        std::string_view ip;
        std::optional<std::string_view> city;
        weir::timestamp ts;
    };
    weir::table<std::int64_t, user> users(weir::unbounded);
    fill(users);  // bob's city is not known
    std::vector<std::string> rows;
    auto job = weir::from(weir::values<click>({{1, "x", weir::timestamp(1s)}, {1, "x", weir::timestamp(2s)}, {9, "x", weir::timestamp(3s)},
                                               {2, "x", weir::timestamp(4s)}, {std::nullopt, "x", weir::timestamp(5s)}})) |
               weir::lookup<&click::userid>(users, weir::left_join) | weir::to<seen>() |
               weir::event_time<&seen::ts>(weir::bounded_out_of_orderness(1s)) |
               weir::key_by<&seen::username, &seen::ip, &seen::city>() |
               weir::window(weir::tumbling(1min), weir::drop_late) | weir::aggregate(weir::count()) |
               weir::call([&](auto const& row) {
                   std::string_view const username = row.template get<"username">(), city = row.template get<"city">();
                   rows.push_back(std::string(username) + "/" + std::string(city) + "/" + std::to_string(row.template get<"count">()));
               });
    weir::report const done = weir::run(job);
    CHECK(done.balanced());
    CHECK(done.total().null_key == 3);
    CHECK(rows == std::vector<std::string>{"ann/London/2"});
}

/// Emits items one by one, so many in a poll as `polls` says: a batch would go to a branch as a whole, before the road goes on.
template <class T>
struct one_by_one {
    using output = T;
    std::vector<std::vector<T>> polls;
    std::size_t next = 0;

    weir::poll_result poll(auto& out) {
        if (next == polls.size()) return weir::poll_result::end;
        for (T const& each : polls[next]) out.emit(each);
        ++next;
        return weir::poll_result::ready;
    }
};

/// Something that keeps what it is handed until the poll is over, as stages that gather a batch do.
struct gatherer {
    std::vector<std::pair<std::string_view, std::string>>* seen;
    std::vector<user const*> held{};

    void on_item(std::pair<user const*, std::string_view> const& item, auto&) {
        if (!item.first) return;
        seen->emplace_back(item.second, std::string(item.first->username));
        held.push_back(item.first);
    }
    void settle(auto&) {
        for (std::size_t i = 0; i < held.size(); ++i) CHECK((*seen)[seen->size() - held.size() + i].second == held[i]->username);
        held.clear();
    }
};

TEST_CASE("what was looked up stays as it was until the poll is over, though the table changes within it") {
    weir::table<std::int64_t, user> users(weir::state_limit(std::size_t{1} << 16));
    std::vector<std::pair<std::string_view, std::string>> seen;
    std::vector<std::string> texts;
    for (int round = 0; round < 2000; ++round) {
        texts.push_back("first " + std::to_string(round));
        texts.push_back("another one, longer " + std::to_string(round));
    }
    // Users come by the same stream as clicks: an item with a text is a user, one without is a click.
    one_by_one<user> source;
    for (std::size_t i = 0; i < texts.size(); i += 2)
        source.polls.push_back({{1, texts[i]}, {1, ""}, {1, texts[i + 1]}, {1, ""}, {1, "short"}, {1, ""}});
    auto job = weir::from(source) |
               weir::tee(weir::chain(weir::filter([](user const& u) { return !u.username.empty(); })) | weir::to_table<&user::user_id>(users)) |
               weir::filter([](user const& u) { return u.username.empty(); }) |
               weir::lookup<&user::user_id>(users, weir::left_join,
                                            [](user const& u, user const* found) { return std::pair(found, u.username); }) |
               gatherer{&seen};
    CHECK(weir::run(job).exit_code() == 0);
    REQUIRE(seen.size() == 6000);
    for (std::size_t i = 0; i < texts.size() / 2; ++i) {
        REQUIRE(seen[3 * i].second == texts[2 * i]);
        REQUIRE(seen[3 * i + 1].second == texts[2 * i + 1]);
        REQUIRE(seen[3 * i + 2].second == "short");
    }
    // What was replaced within polls took the room of a few values, not of thousands.
    CHECK(users.memory() < 10'000);
}

TEST_CASE("two inputs of a merge look up in one table while one of them changes it") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    std::vector<std::pair<std::string_view, std::string>> seen;
    std::vector<user> first, second;
    for (int i = 0; i < 3000; ++i) first.push_back({i % 3, i % 2 == 0 ? "x" : "a name of some length"});
    second = first;
    auto const look = [&] {
        return weir::lookup<&user::user_id>(users, weir::left_join,
                                            [](user const& u, user const* found) { return std::pair(found, u.username); });
    };
    auto job = weir::from(weir::merge(weir::from(weir::values<user>(first)) | look(),
                                      weir::from(weir::values<user>(second)) | weir::tee(weir::to_table<&user::user_id>(users)) | look())) |
               gatherer{&seen};
    weir::run_options options;
    options.budget = 10;
    CHECK(weir::run(job, options).balanced());
    CHECK(seen.size() > 5000);
}

TEST_CASE("a table outlives a job that was dropped, and may then change without keeping what was lent") {
    weir::table<std::int64_t, user> users(weir::state_limit(std::size_t{1} << 14));
    fill(users);
    {
        auto job = weir::from(weir::push<click>()) | weir::lookup<&click::userid>(users, weir::left_join, enriched) | weir::discard();
        job.push(click{1, "a"});
        // Between the steps of a quiet job the table may change as well.
        for (int i = 0; i < 10'000; ++i) {
            REQUIRE(users.put(1, {1, "a new name, not the shortest"}));
            job.step(10, weir::timestamp(1s));
        }
        job.push(click{1, "a"});
    }
    for (int i = 0; i < 10'000; ++i) REQUIRE(users.put(1, {1, "a new name, not the shortest"}));
    CHECK(users.size() == 2);
}

TEST_CASE("stamps, lanes and watermarks go through") {
    weir::table<std::int64_t, user> users(weir::unbounded);
    auto driver = weir::testing::test_driver<click>(weir::chain(weir::lookup<&click::userid>(users, weir::left_join, enriched)));
    driver.push(click{1, "a"}, weir::timestamp(3s), 2);
    driver.advance_watermark_to(weir::timestamp(5s));
    REQUIRE(driver.outputs().size() == 1);
    CHECK(driver.outputs()[0].at.time == weir::timestamp(3s));
    CHECK(driver.outputs()[0].at.lane == 2);
    CHECK(driver.output_watermark() == weir::timestamp(5s));
    CHECK(driver.balanced());
}

/// One stream of both: table changes and look-ups, in random order and batches.
struct event {
    int key;
    int kind;  ///< 0: look up, 1: put, 2: erase, 3: look up without a key
    std::string_view text;
};

struct keyed {
    std::optional<int> key;
};

/// Looks at the value when it is handed out, and again when the poll is over.
struct twice {
    std::vector<std::optional<std::string>>* made;
    std::vector<std::string_view const*> held{};

    void on_item(std::string_view const* const& found, auto&) {
        held.push_back(found);
        made->push_back(found ? std::optional<std::string>(*found) : std::nullopt);
    }
    void settle(auto&) {
        for (std::size_t i = 0; i < held.size(); ++i)
            if (held[i]) REQUIRE(*held[i] == (*made)[made->size() - held.size() + i]);
        held.clear();
    }
};

TEST_CASE("items that come together are looked up one after the other, in a large table too") {
    std::size_t const keys = GENERATE(std::size_t{100}, std::size_t{30'000});
    weir::table<std::int64_t, int> versions(weir::unbounded);
    std::map<int, int> expected;
    for (int key = 0; key < static_cast<int>(keys); ++key) {
        REQUIRE(versions.put(key, 0));
        expected[key] = 0;
    }
    std::mt19937 random(7);
    std::vector<click> items(1'000);
    for (click& each : items) {
        auto const key = static_cast<int>(random() % (2 * keys));  // every other one is nobody's
        if (random() % 10 != 0) each.userid = key;
    }
    std::size_t at = 0, wrong = 0;
    auto job = weir::from(weir::values(items)) |
               weir::lookup<&click::userid>(versions, weir::left_join, [](click const& c, int const* version) {
                   return std::pair(c.userid, version ? std::optional(*version) : std::nullopt);
               }) |
               weir::call([&](std::pair<std::optional<int>, std::optional<int>> const& made) {
                   click const& item = items[at];
                   auto const known = item.userid ? expected.find(*item.userid) : expected.end();
                   std::optional<int> const version = known == expected.end() ? std::nullopt : std::optional(known->second);
                   if (made != std::pair(item.userid, version)) ++wrong;
                   // What the next item asks for changes meanwhile.
                   if (++at == items.size() || !items[at].userid) return;
                   expected[*items[at].userid] = static_cast<int>(at);
                   static_cast<void>(versions.put(*items[at].userid, static_cast<int>(at)));
               });
    CHECK(weir::run(job).balanced());
    CHECK(at == items.size());
    CHECK(wrong == 0);
}

TEST_CASE("against a map: random changes and look-ups within and between polls") {
    std::uint64_t const seeds = cases(200);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        std::mt19937_64 random(seed);
        weir::table<int, std::string_view> table(weir::unbounded);
        std::map<int, std::string> oracle;
        std::vector<std::optional<std::string>> expected, made;
        std::vector<std::vector<std::string>> texts(30);
        one_by_one<event> source;
        for (std::vector<std::string>& in_a_poll : texts) {
            in_a_poll.resize(1 + random() % 20);
            std::vector<event>& events = source.polls.emplace_back();
            for (std::string& text : in_a_poll) {
                text.assign(random() % 40, static_cast<char>('a' + random() % 26));
                event const& e = events.emplace_back(event{static_cast<int>(random() % 10), static_cast<int>(random() % 4), text});
                if (e.kind == 1) oracle[e.key] = text;
                if (e.kind == 2) oracle.erase(e.key);
                if (e.kind == 3) expected.push_back(std::nullopt);
                if (e.kind == 0) expected.push_back(oracle.contains(e.key) ? std::optional(oracle.at(e.key)) : std::nullopt);
            }
        }
        auto const change = [&](event const& e) {
            if (e.kind == 1) CHECK(table.put(e.key, e.text));
            if (e.kind == 2) table.erase(e.key);
        };
        auto job = weir::from(source) | weir::tee(weir::call(change)) |
                   weir::filter([](event const& e) { return e.kind == 0 || e.kind == 3; }) |
                   weir::map([](event const& e) { return keyed{e.kind == 0 ? std::optional(e.key) : std::nullopt}; }) |
                   weir::lookup<&keyed::key>(table, weir::left_join,
                                             [](keyed const&, std::string_view const* found) { return found; }) |
                   twice{&made};
        CHECK(weir::run(job).balanced());
        REQUIRE(made == expected);
    }
}

}  // namespace weir_test::join_lookup
