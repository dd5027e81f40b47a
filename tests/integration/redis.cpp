// SPDX-License-Identifier: Apache-2.0
// needs: redis
#include <weir/adapter/redis.hpp>

#include <weir/aggregate/count.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/naughty_texts.hpp>
#include <support/real_redis.hpp>
#include <thread>
#include <vector>

namespace weir_test::integration_redis {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using namespace real_redis;
using weir::redis::data_type;

constexpr weir::timestamp noon = weir::timestamp(1'749'556'800s);  // 2025-06-10T12:00:00Z

struct view {
    std::string_view id;
    std::string_view text;
    std::int64_t n;
};

template <class Sink>
void finish(Sink& sink) {
    sink.flow().flush();
    sink.run_with_network();
}

template <class Sink>
std::string failure_of(Sink& sink) {
    return sink.flow().failure() ? to_string(*sink.flow().failure()) : std::string();
}

template <class Sink>
void send(Sink& sink, std::initializer_list<view> rows) {
    sink.tick(noon);
    for (view const& one : rows) sink.poll(one);
    finish(sink);
}

TEST_CASE("real redis: every text comes back byte by byte, as key, field and value") {
    WEIR_FRESH_REDIS(url);
    auto all = naughty_texts();
    std::string every_byte;
    for (int c = 0; c < 256; ++c) every_byte += static_cast<char>(c);
    all.insert(all.end(), {every_byte, {}});
    all.back() = std::string("a\0b\r\n*1\r\n$8\r\nFLUSHALL\r\n", 24);
    auto sink = drive<view>(weir::redis::sink({.url = url, .key = "{id}", .field = "{text}", .value = "{text}/{n}", .batch = {.rows = 10}}));
    sink.tick(noon);
    for (std::size_t i = 0; i < all.size(); ++i) sink.poll(view{all[i], all[i], static_cast<std::int64_t>(i)});
    finish(sink);
    REQUIRE(failure_of(sink) == "");
    CHECK(sink.account().passed == all.size());
    onlooker look(url);
    CHECK(look.one({"DBSIZE"}) == std::to_string(all.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        CHECK(look.hash(all[i]) == std::map<std::string, std::string>{{all[i], all[i] + "/" + std::to_string(i)}});
    }
}

TEST_CASE("real redis: counts a page and minute as the feature store keeps them, updated as they grow, taken back when asked") {
    WEIR_FRESH_REDIS(url);
    struct click {
        std::string_view page;
        weir::timestamp at;
    };
    constexpr weir::timestamp start = weir::timestamp(1'749'531'780s);  // 05:03:00
    auto const counts = [&] {
        return weir::from(weir::values<click>({{"/home", start}, {"/home", start + 10s}, {"/a b", start + 20s}, {"/home", start + 61s}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(5s)) | weir::key_by<&click::page>() |
               weir::window(weir::tumbling(1min), weir::drop_late, weir::emit::on_update) | weir::aggregate(weir::count());
    };
    weir::redis::options options{.url = url,
                                 .key = "click_count:{page}",
                                 .field = "{window_end}",
                                 .value = "{count}",
                                 .times = weir::redis::time_text::iso_without_zone};
    auto job = counts() | weir::redis::sink(options);
    CHECK(weir::run(job).balanced());
    onlooker look(url);
    CHECK(look.hash("click_count:/home") ==
          std::map<std::string, std::string>{{"2025-06-10T05:04:00", "2"}, {"2025-06-10T05:05:00", "1"}});
    CHECK(look.hash("click_count:/a b") == std::map<std::string, std::string>{{"2025-06-10T05:04:00", "1"}});

    options.key = "once:{page}";
    auto once = counts() | weir::filter([](auto const& row) { return row.template get<"count">() < 2; }) | weir::redis::sink(options);
    CHECK(weir::run(once).balanced());
    CHECK(look.hash("once:/home") == std::map<std::string, std::string>{{"2025-06-10T05:05:00", "1"}});
}

TEST_CASE("real redis: each type holds what was written, and lives as long as asked") {
    WEIR_FRESH_REDIS(url);
    auto const write = [&](weir::redis::options options) {
        options.url = url;
        options.time_to_live = 1h;
        auto sink = drive<view>(weir::redis::sink(options));
        for (int i = 0; i < 2; ++i) send(sink, {{"a", "x y", 3}, {"b", "", -4}, {"a", "z", 5}});
        CHECK(failure_of(sink) == "");
        CHECK(sink.account().passed == 6);
        CHECK(sink.reasons().empty());
    };
    write({.key = "h:{id}"});
    write({.type = data_type::string, .key = "s:{id}"});
    write({.type = data_type::sorted_set, .key = "z", .value = "{id}", .score = "n"});
    write({.type = data_type::stream, .key = "t"});
    onlooker look(url);
    CHECK(look.hash("h:a") == std::map<std::string, std::string>{{"text", "z"}, {"n", "5"}});
    CHECK(look.hash("h:b") == std::map<std::string, std::string>{{"text", ""}, {"n", "-4"}});
    CHECK(look.one({"GET", "s:a"}) == R"({"id":"a","text":"z","n":5})");
    CHECK(look.ask({"ZRANGE", "z", "0", "-1", "WITHSCORES"}) == texts{"b", "-4", "a", "5"});
    CHECK(look.one({"XLEN", "t"}) == "6");
    for (char const* key : {"h:a", "h:b", "s:a", "z", "t"}) {
        CAPTURE(key);
        CHECK(std::stoi(look.one({"TTL", key})) > 3'500);
    }
}

TEST_CASE("real redis: entries whose ids are made of the row are there once, however often they are sent") {
    WEIR_FRESH_REDIS(url);
    weir::redis::options const options{.url = url, .type = data_type::stream, .key = "clicks:{id}", .id = "{n}"};
    for (int i = 0; i < 3; ++i) {
        auto sink = drive<view>(weir::redis::sink(options));
        send(sink, {{"a", "one\r\n", 1}, {"b", "", 1}, {"a", std::string_view("\0", 1), 2}, {"a", "three", 30}});
        CHECK(failure_of(sink) == "");
        CHECK(sink.account().passed == 4);
    }
    auto other = drive<view>(weir::redis::sink(options));
    send(other, {{"a", "another", 2}, {"a", "never seen", 3}, {"a", "four", 40}, {"c", "zero", 0}});
    CHECK(other.account().passed == 1);
    CHECK(other.account().dead_lettered == 3);
    onlooker look(url);
    CHECK(look.ask({"XRANGE", "clicks:a", "-", "+"}) == texts{"1-0", "text", "one\r\n", "n", "1", "2-0", "text", std::string("\0", 1), "n", "2",
                                                              "30-0", "text", "three", "n", "30", "40-0", "text", "four", "n", "40"});
    CHECK(look.one({"XLEN", "clicks:b"}) == "1");
}

TEST_CASE("real redis: a user, a database, a Unix socket; and what is wrong with them is one clear error without the password") {
    WEIR_FRESH_REDIS(url);
    std::string const user = environment_variable("WEIR_TEST_REDIS_USER");
    std::string const password = environment_variable("WEIR_TEST_REDIS_PASSWORD");
    auto const failure = [&](weir::redis::options options) {
        if (options.url == weir::redis::options{}.url) options.url = url;
        options.key = "k:{id}";
        auto sink = drive<view>(weir::redis::sink(options));
        send(sink, {{"a", "x", 3}});
        CHECK(sink.account().balanced());
        CHECK(failure_of(sink).find(password) == std::string::npos);
        return failure_of(sink);
    };
    onlooker look(url);
    CHECK(failure({.database = 5, .user = user, .password = password}) == "");
    look.ask({"SELECT", "5"});
    CHECK(look.hash("k:a").size() == 2);
    look.ask({"SELECT", "0"});
    CHECK(failure({.url = environment_variable("WEIR_TEST_REDIS_SOCKET")}) == "");
    CHECK(look.hash("k:a").size() == 2);

    CHECK_THAT(failure({.user = user, .password = password + "x"}),
               ContainsSubstring("redis: " + url + ": WRONGPASS") && ContainsSubstring("check options::user and options::password"));
    CHECK_THAT(failure({.database = 1'000}), ContainsSubstring(url + "/1000: ERR DB index is out of range (check options::database)"));
    look.ask({"ACL", "SETUSER", "reader", "on", ">" + password, "~*", "+@read"});
    CHECK_THAT(failure({.user = "reader", .password = password}), ContainsSubstring("NOPERM") && ContainsSubstring("ACL SETUSER"));
    look.ask({"CONFIG", "SET", "requirepass", password});
    CHECK_THAT(failure({}), ContainsSubstring("NOAUTH") && ContainsSubstring("check options::user and options::password"));
    CHECK(failure({.password = password}) == "");
    look.ask({"CONFIG", "SET", "requirepass", ""});
    CHECK_THAT(failure({.password = password + "y"}), ContainsSubstring("check options::user and options::password"));
}

TEST_CASE("real redis: a row whose key holds another type is put aside, the others are stored") {
    WEIR_FRESH_REDIS(url);
    onlooker look(url);
    look.ask({"SET", "h:odd", "a string"});
    auto sink = drive<view>(weir::redis::sink({.url = url, .key = "h:{id}", .time_to_live = 1h}));
    send(sink, {{"a", "x", 1}, {"odd", "x", 2}, {"b", "x", 3}});
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 2);
    REQUIRE(sink.reasons().size() == 1);
    CHECK_THAT(to_string(sink.reasons()[0]), ContainsSubstring("lane 0/2: " + url + ": WRONGTYPE"));
    CHECK(look.one({"GET", "h:odd"}) == "a string");
    CHECK(look.hash("h:b").at("n") == "3");
}

/// A sink that meets an obstacle: it waits, says why when it is out of patience, and goes on when the obstacle is gone.
void meets(std::string const& url, texts const& set_up, texts const& take_away, std::string const& expected) {
    onlooker look(url);
    weir::redis::options options{.url = url, .key = "k:{id}"};
    options.batch.retry.most_attempts = 3;
    look.ask(set_up);
    auto stopped = drive<view>(weir::redis::sink(options));
    send(stopped, {{"a", "x", 1}, {"b", "y", 2}});
    CHECK_THAT(failure_of(stopped), ContainsSubstring("gave up after 3 attempts") && ContainsSubstring(expected));
    CHECK(stopped.account().in_flight == 2);
    CHECK(stopped.account().balanced());

    options.batch.retry.most_attempts = 0;
    auto patient = drive<view>(weir::redis::sink(options));
    patient.tick(noon);
    patient.poll(view{"a", "x", 1});
    patient.poll(view{"b", "y", 2});
    patient.flow().flush();
    auto const deadline = std::chrono::steady_clock::now() + 30s;
    while (patient.stage().box().retries() < 2 && std::chrono::steady_clock::now() < deadline) patient.tick(patient.flow().next_wake());
    CHECK(patient.account().in_flight == 2);
    look.ask(take_away);
    patient.run_with_network();
    CHECK(failure_of(patient) == "");
    CHECK(patient.account().passed == 2);
    CHECK(look.hash("k:b").at("text") == "y");
}

TEST_CASE("real redis: full memory and a read-only replica hold the rows back, and nothing is lost") {
    WEIR_FRESH_REDIS(url);
    meets(url, {"CONFIG", "SET", "maxmemory", "1"}, {"CONFIG", "SET", "maxmemory", "0"},
          "OOM command not allowed when used memory > 'maxmemory'. (the server's memory is full: raise its maxmemory");
    meets(url, {"REPLICAOF", "127.0.0.1", "1"}, {"REPLICAOF", "NO", "ONE"}, "it must lead to the primary");
}

TEST_CASE("real redis: connections cut and a server killed and restarted in the middle lose nothing and double nothing") {
    WEIR_FRESH_REDIS(url);
    std::string const services = WEIR_SERVICES;
    std::mt19937 random(20250610);
    std::map<std::string, std::string> expected;
    auto sink = drive<view>(weir::redis::sink({.url = url, .key = "all", .field = "{id}", .value = "{n}{text}", .batch = {.rows = 200}}));
    std::string const ballast(2'000, 'x');
    // By the real clock: the server takes real time to come back.
    auto const begun = std::chrono::steady_clock::now();
    auto const tick = [&] {
        sink.tick(noon + std::chrono::duration_cast<weir::duration>(std::chrono::steady_clock::now() - begun));
        std::this_thread::yield();
    };
    // Else Redis answers before it has written, whenever its disk is slow.
    auto const write_before_answering = [&] { onlooker(url).ask({"CONFIG", "SET", "appendfsync", "always"}); };
    write_before_answering();
    tick();
    int sent = 0;
    for (int round = 0; round < 6; ++round) {
        for (int i = 0; i < 200; ++i, ++sent) {
            std::string const id = std::to_string(random() % 300);
            expected[id] = std::to_string(sent) + ballast;
            sink.poll(view{id, ballast, sent});
        }
        sink.flow().flush();
        for (auto ticks = random() % 4; ticks != 0; --ticks) tick();
        if (round == 2 || round == 4) {
            REQUIRE(std::system((services + " kill redis > /dev/null").c_str()) == 0);
            for (int i = 0; i < 20; ++i) tick();
            CHECK(sink.account().in_flight != 0);
            REQUIRE(std::system((services + " restart redis > /dev/null").c_str()) == 0);
            write_before_answering();
        } else {
            onlooker(url).ask({"CLIENT", "KILL", "TYPE", "normal"});
        }
        while (!sink.flow().ready() && failure_of(sink).empty()) tick();
    }
    while (sink.flow().busy() && failure_of(sink).empty()) tick();
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 1'200);
    CHECK(sink.account().balanced());
    CHECK((onlooker(url).hash("all") == expected));
    onlooker(url).ask({"CONFIG", "SET", "appendfsync", "everysec"});
}

}  // namespace weir_test::integration_redis
