// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis.hpp>

#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/redis_rows.hpp>
#include <support/scripted_redis.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace weir_test::adapter_redis {

using namespace std::chrono_literals;
using namespace redis_rows;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis: a row is a field of a hash, all in one pipeline, the window's end as Python's isoformat writes it") {
    scripted_redis server(always({}));
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/home", 35), row("/a b", 2)});
    CHECK(server.commands() == texts{count_of("/home", 35), count_of("/a b", 2)});
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
    send(sink, {row("/home", 36)});
    CHECK(server.commands().back() == count_of("/home", 36));
    CHECK(server.connections() == 1);
}

TEST_CASE("redis: it logs in and chooses the database once a connection") {
    scripted_redis server([](redis_command const& asked) { return asked.name() == "HSET" ? reply{} : reply::ok(); });
    auto options = to(server);
    options.user = "weir";
    options.password = "canary";
    options.database = 3;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    send(sink, {row("/b", 2)});
    CHECK(server.commands() == texts{"AUTH weir canary", "SELECT 3", count_of("/a", 1), count_of("/b", 2)});
}

TEST_CASE("redis: passing errors are tried again with the same commands") {
    auto const [failure, connections] = GENERATE(table<reply, int>(
        {{reply::error("LOADING Redis is loading the dataset in memory"), 1},
         {reply::error("OOM command not allowed when used memory > 'maxmemory'."), 1},
         {reply::error("MISCONF Redis is configured to save RDB snapshots"), 1},
         {reply::error("BUSY Redis is busy running a script"), 1},
         {reply::error("READONLY You can't write against a read only replica."), 3},
         {reply::raw("-ERR max number of clients reached\r\n", reply::then::close), 3},
         {reply::raw("", reply::then::close), 3},
         {reply::raw(":", reply::then::close), 3},
         {reply::raw("", reply::then::reset), 3}}));
    CAPTURE(failure.bytes);
    int turn = 0;
    bool const cut = failure.after != reply::then::keep;
    scripted_redis server([&, said = failure](redis_command const&) {
        ++turn;
        bool const first_of_an_attempt = cut || turn % 2 == 1;
        return turn <= (cut ? 2 : 4) && first_of_an_attempt ? said : reply{};
    });
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/a", 1), row("/b", 2)});
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
    auto const seen = server.commands();
    REQUIRE(seen.size() >= 4);
    CHECK(seen.at(seen.size() - 2) == count_of("/a", 1));
    CHECK(seen.back() == count_of("/b", 2));
    CHECK(server.connections() == connections);
    CHECK(sink.payloads().empty());
}

TEST_CASE("redis: a full server is asked ever more slowly, nothing is lost, and the error says maxmemory") {
    scripted_redis server(always(reply::error("OOM command not allowed when used memory > 'maxmemory'.")));
    auto options = to(server);
    options.batch.retry.most_attempts = 4;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(sink.now() - noon >= 50ms + 100ms + 200ms);
    CHECK_THAT(failure_of(sink), ContainsSubstring("gave up after 4 attempts") && ContainsSubstring("OOM command not allowed") &&
                                     ContainsSubstring("raise its maxmemory"));
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: errors that no repetition helps stop the job with one clear sentence") {
    auto const [text, expected] = GENERATE(table<std::string, std::string>(
        {{"MOVED 3999 10.0.0.7:6381", "Redis Cluster is not supported: use a server, or a primary, of its own; this key lives at 10.0.0.7:6381"},
         {"NOAUTH Authentication required.", "check options::user and options::password"},
         {"NOPERM this user has no permissions to run the 'hset' command", "ACL SETUSER"},
         {"ERR unknown command `HSET`", "too old"}}));
    scripted_redis server(always(reply::error(text)));
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/a", 1), row("/b", 1)});
    CHECK_THAT(failure_of(sink), ContainsSubstring("redis: " + server.url() + ": " + text) && ContainsSubstring(expected));
    CHECK(server.commands().size() == 2);
    CHECK(sink.account().in_flight == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: a wrong password stops the job, and no error shows it, whoever repeats it") {
    auto const said = GENERATE(reply::error("WRONGPASS invalid username-password pair, canary is wrong"),
                               reply::error("ERR invalid password canary"), reply::error("ERR Client sent AUTH canary"),
                               reply::raw("-WRONGPASS canary\r\n", reply::then::close));
    scripted_redis server(always(said));
    auto options = to(server);
    options.password = "canary";
    options.database = 2;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK_THAT(failure_of(sink), ContainsSubstring("check options::user and options::password"));
    CHECK(failure_of(sink).find("canary") == std::string::npos);
    CHECK(server.commands().at(0) == "AUTH canary");
    for (auto const& one : server.commands()) CHECK(one.find("HSET") == std::string::npos);
}

TEST_CASE("redis: a log-in that is refused stops the job, whatever the server has against it") {
    scripted_redis server(always(reply::error("ERR not today")));
    auto options = to(server);
    options.password = "canary";
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(failure_of(sink) == "redis: " + server.url() + ": ERR not today");
    CHECK(server.commands().size() == 1);
}

TEST_CASE("redis: what cannot pass outweighs what can") {
    scripted_redis server(redis_in_turn({reply::error("LOADING Redis is loading"), reply::error("NOPERM this user has no permissions")}));
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/a", 1), row("/b", 2)});
    CHECK_THAT(failure_of(sink), ContainsSubstring("NOPERM"));
    CHECK(server.commands().size() == 2);
}

TEST_CASE("redis: a database that is not there stops the job") {
    scripted_redis server(always(reply::error("ERR DB index is out of range")));
    auto options = to(server);
    options.database = 99;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(failure_of(sink) == "redis: " + server.url() + "/99: ERR DB index is out of range (check options::database)");
}

TEST_CASE("redis: a row whose key holds another type is put aside, the others are stored, and nothing is sent twice") {
    scripted_redis server([](redis_command const& asked) {
        bool const odd = asked.arguments.at(1) == "click_count:/odd";
        return odd ? reply::error("WRONGTYPE Operation against a key holding the wrong kind of value") : reply{};
    });
    auto options = to(server);
    options.time_to_live = 60s;  // two commands a row, and both refused: still one dead letter
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1), row("/odd", 2), row("/c", 3), row("/odd", 4)});
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().dead_lettered == 2);
    CHECK(sink.account().balanced());
    CHECK(server.commands().size() == 8);
    REQUIRE(sink.reasons().size() == 2);
    CHECK_THAT(to_string(sink.reasons()[1]), ContainsSubstring("lane 0/4: " + server.url() + ": WRONGTYPE"));
    CHECK(sink.payloads().at(0) == "*4\r\n$4\r\nHSET\r\n$16\r\nclick_count:/odd\r\n$19\r\n2025-06-10T05:04:00\r\n$1\r\n2\r\n"
                                   "*3\r\n$7\r\npexpire\r\n$16\r\nclick_count:/odd\r\n$5\r\n60000\r\n");
}

TEST_CASE("redis: rows at fault for different reasons each carry their own") {
    scripted_redis server([](redis_command const& asked) {
        if (asked.arguments.at(1) == "click_count:/x") return reply::error("WRONGTYPE Operation");
        if (asked.arguments.at(1) == "click_count:/y") return reply::error("ERR string exceeds maximum allowed size");
        return reply{};
    });
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/x", 1), row("/b", 2), row("/y", 3), row("/d", 4), row("/x", 5)});
    REQUIRE(sink.reasons().size() == 3);
    CHECK_THAT(sink.reasons()[0].cause, ContainsSubstring("WRONGTYPE"));
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("maximum allowed size"));
    CHECK_THAT(sink.reasons()[2].cause, ContainsSubstring("WRONGTYPE"));
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: a passing error outweighs a row at fault, which is put aside once it is sure") {
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        ++turn;
        if (asked.arguments.at(1) == "click_count:/x") return reply::error("WRONGTYPE Operation");
        return turn == 2 ? reply::error("LOADING Redis is loading") : reply{};
    });
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/x", 1), row("/b", 2)});
    CHECK(server.commands().size() == 4);
    CHECK(sink.reasons().size() == 1);
    CHECK(sink.account().passed == 1);
    CHECK(sink.account().balanced());
}

/// A stream as Redis keeps one, in as far as `XADD` with ids and `XRANGE` of one id go.
struct kept_streams {
    using entry = std::vector<std::string>;
    std::map<std::string, std::map<std::pair<std::uint64_t, std::uint64_t>, entry>> streams{};

    static std::pair<std::uint64_t, std::uint64_t> id_of(std::string const& text) {
        std::size_t const dash = text.find('-');
        return {std::stoull(text.substr(0, dash)), std::stoull(text.substr(dash + 1))};
    }
    static std::string bulk(std::string const& text) { return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n"; }

    reply answer(redis_command const& asked) {
        auto& stream = streams[asked.arguments.at(1)];
        auto const id = id_of(asked.arguments.at(2));
        if (asked.name() == "XADD") {
            if (!stream.empty() && id <= stream.rbegin()->first)
                return reply::error("ERR The ID specified in XADD is equal or smaller than the target stream top item");
            stream[id] = entry(asked.arguments.begin() + 3, asked.arguments.end());
            return {bulk(asked.arguments.at(2))};
        }
        auto const found = stream.find(id);
        if (found == stream.end()) return {"*0\r\n"};
        std::string all = "*1\r\n*2\r\n" + bulk(asked.arguments.at(2)) + "*" + std::to_string(found->second.size()) + "\r\n";
        for (auto const& one : found->second) all += bulk(one);
        return {all};
    }
};

TEST_CASE("redis: an entry that an earlier attempt has stored is recognised; one out of order is put aside, not lost") {
    kept_streams kept;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        reply said = kept.answer(asked);
        // The third command is done, and its answer is lost.
        return ++turn == 3 ? reply::raw("", reply::then::close) : said;
    });
    auto sink = drive<page_count>(weir::redis::sink(
        {.url = server.url(), .type = data_type::stream, .key = "clicks:{page}", .id = "{window_end}-{count}", .batch = {.rows = 100}}));
    send(sink, {row("/", 1), row("/", 2), row("/b", 1), row("/b", 2)});
    CHECK(failure_of(sink) == "");
    CHECK(kept.streams["clicks:/"].size() == 2);
    CHECK(kept.streams["clicks:/b"].size() == 2);
    CHECK(sink.account().passed == 4);

    // The whole batch once more, as after a crash; another row of a known id; a row that comes too late.
    page_count late = row("/", 1);
    late.window_end -= 60s;
    send(sink, {row("/", 1), row("/", 2), row("/b", 1), row("/b", 2), late, row("/c", 9)});
    CHECK(sink.account().passed == 9);
    CHECK(kept.streams["clicks:/"].size() == 2);
    CHECK(kept.streams["clicks:/c"].size() == 1);
    REQUIRE(sink.reasons().size() == 1);
    CHECK_THAT(to_string(sink.reasons()[0]), ContainsSubstring("not this row (rows of one key must come in the order of their ids)"));
    CHECK(sink.account().balanced());

    auto other = drive<page_count>(
        weir::redis::sink({.url = server.url(), .type = data_type::stream, .key = "clicks:{page}", .id = "{window_end}"}));
    send(other, {row("/d", 1)});
    send(other, {row("/d", 2)});
    CHECK(other.reasons().size() == 1);
    CHECK(other.account().passed == 1);
}

TEST_CASE("redis: a pipeline that was cut is sent again, and all is there once") {
    std::map<std::string, std::string> kept;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        kept[asked.arguments.at(1)] = asked.arguments.at(3);
        ++turn;
        return turn == 30 ? reply::raw("", reply::then::reset) : turn == 77 ? reply::raw(":", reply::then::close) : reply{};
    });
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    std::vector<std::string> pages;
    for (int i = 0; i < 50; ++i) pages.push_back("/" + std::to_string(i));
    sink.tick(noon);
    for (int i = 0; i < 50; ++i) sink.poll(row(pages[static_cast<std::size_t>(i)], i));
    sink.flow().flush();
    sink.run_with_network();
    CHECK(sink.account().passed == 50);
    CHECK(kept.size() == 50);
    for (int i = 0; i < 50; ++i) CHECK(kept["click_count:/" + std::to_string(i)] == std::to_string(i));
    CHECK(server.connections() == 3);
}

TEST_CASE("redis: bytes of any kind arrive as they are, and a batch larger than the system's buffers goes through") {
    std::map<std::string, std::string> kept;
    scripted_redis server([&](redis_command const& asked) {
        kept[asked.arguments.at(1)] = asked.arguments.at(2);
        // Long answers fill the way back while the client is still sending.
        return reply{"+" + std::string(20'000, 'x') + "\r\n"};
    });
    struct text_row {
        std::string_view id;
        std::string_view text;
    };
    std::string every_byte;
    for (int c = 0; c < 256; ++c) every_byte += static_cast<char>(c);
    std::string const large = every_byte + std::string(100'000, '\r');
    auto sink = drive<text_row>(weir::redis::sink({.url = server.url(),
                                                   .type = data_type::string,
                                                   .key = "{id}",
                                                   .value = "{text}",
                                                   .batch = {.rows = 300, .bytes = std::size_t{64} << 20}}));
    std::vector<std::string> ids;
    for (int i = 0; i < 200; ++i) ids.push_back(every_byte + std::to_string(i));
    sink.tick(noon);
    for (auto const& id : ids) sink.poll(text_row{id, large});
    sink.flow().flush();
    sink.run_with_network();
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 200);
    CHECK(kept.size() == 200);
    for (auto const& id : ids) CHECK((kept[id] == large));
}

TEST_CASE("redis: a server that is not there is one clear error within the configured time") {
    auto const url = scripted_redis::closed_url();
    auto sink = drive<page_count>(weir::redis::sink({.url = url, .key = "k", .batch = {.retry = {.give_up_after = 20s}}}));
    send(sink, {row("/a", 1)});
    CHECK(sink.now() <= noon + 20s);
    CHECK_THAT(failure_of(sink), ContainsSubstring("redis: " + url + ": gave up after") && ContainsSubstring("refused"));
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: a server that falls silent is left when the host's clock says so, in the log-in and behind it") {
    auto const silent = GENERATE("AUTH", "HSET");
    scripted_redis server([&](redis_command const& asked) {
        return asked.name() == silent ? reply::raw("", reply::then::silence) : reply::ok();
    });
    auto options = to(server);
    options.password = "canary";
    options.timeout = 15s;
    options.connect_timeout = 5s;
    options.batch.retry.most_attempts = 1;
    auto sink = drive<page_count>(weir::redis::sink(options));
    sink.tick(noon);
    sink.poll(row("/a", 1));
    sink.flow().flush();
    while (server.commands().empty() || !server.commands().back().starts_with(silent)) sink.tick(noon);
    sink.tick(noon + (silent == std::string_view("AUTH") ? 4s : 14s));
    CHECK(failure_of(sink) == "");
    sink.tick(noon + (silent == std::string_view("AUTH") ? 10s : 30s));
    CHECK_THAT(failure_of(sink), ContainsSubstring(silent == std::string_view("AUTH")
                                                       ? "did not answer within options::connect_timeout"
                                                       : "did not answer within options::timeout"));
}

TEST_CASE("redis: a server that is slow is not silent") {
    std::atomic<int> allowed = 0;
    int turn = 0;
    scripted_redis server([&](redis_command const&) {
        for (++turn; allowed < turn;) std::this_thread::yield();
        return reply{};
    });
    auto options = to(server);
    options.timeout = 15s;
    options.batch.retry.most_attempts = 1;
    auto sink = drive<page_count>(weir::redis::sink(options));
    sink.tick(noon);
    sink.poll(row("/a", 1), row("/b", 2), row("/c", 3), row("/d", 4));
    sink.flow().flush();
    // Each answer shows in how soon the sink wants to be asked again.
    auto const pause = [&] { return sink.flow().next_wake() - sink.now(); };
    for (int answer = 1; answer <= 4; ++answer) {
        while (pause() < 1ms && failure_of(sink).empty()) sink.tick(sink.now());
        allowed = answer;
        while (pause() >= 1ms && pause() < 1h && failure_of(sink).empty()) sink.tick(sink.now());
        sink.tick(sink.now() + 10s);
    }
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 4);
}

TEST_CASE("redis: a connection that the server closed between two batches costs no attempt") {
    int turn = 0;
    scripted_redis server([&](redis_command const&) { return ++turn == 1 ? reply::raw(":1\r\n", reply::then::close) : reply{}; });
    auto options = to(server);
    options.batch.retry.most_attempts = 1;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(sink.account().passed == 1);
    // The farewell is on its way over loopback; the socket is asked, not the clock.
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    send(sink, {row("/b", 2)});
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().passed == 2);
}

TEST_CASE("redis: what is no Redis is one clear error") {
    // The last one is a line that has no end.
    auto const said = GENERATE(reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n", reply::then::close), reply{"*1\r\n$4\r\nHSET\r\n"},
                               reply{"+" + std::string(200'000, 'x')});
    scripted_redis server(always(said));
    auto sink = drive<page_count>(weir::redis::sink(to(server)));
    send(sink, {row("/a", 1)});
    CHECK_THAT(failure_of(sink), ContainsSubstring("the answer is not Redis's") && ContainsSubstring("check options::url"));
}

TEST_CASE("redis: addresses are read, those of six parts and Unix sockets too") {
    using weir::redis::detail::address;
    CHECK(address::read("redis://localhost").text() == "redis://localhost:6379");
    CHECK(address::read("redis://10.0.0.7:7000/").text() == "redis://10.0.0.7:7000");
    CHECK(address::read("redis://[::1]:7000").text() == "redis://[::1]:7000");
    CHECK(address::read("redis://[::1]").text() == "redis://[::1]:6379");
    CHECK(address::read("redis://[::1]:7000").host == "::1");
    CHECK(address::read("unix:///run/redis.sock").text() == "unix:///run/redis.sock");
    for (char const* wrong : {"redis://a:b", "redis://a:99999", "redis://[::1", "redis://a:1x", "redis://:6379", "redis://[::1]7", "redis://a:", "6379"})
        CHECK_FALSE(address::read(wrong).problem.empty());
    CHECK(address::read("unix:///" + std::string(80, 'x')).problem.empty());
    CHECK_FALSE(address::read("unix:///" + std::string(107, 'x')).problem.empty());
}

}  // namespace weir_test::adapter_redis
