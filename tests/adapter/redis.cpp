// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis.hpp>

#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/scripted_redis.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace weir_test::adapter_redis {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using reply = redis_reply;
using texts = std::vector<std::string>;
using weir::redis::data_type;
using weir::redis::time_text;

constexpr weir::timestamp noon = weir::timestamp(12h);
constexpr weir::timestamp minute_end = weir::timestamp(1'749'531'840s);  // 2025-06-10T05:04:00Z

enum class device { phone, desk };

struct page_count {
    weir::timestamp window_end;
    std::string_view page;
    std::int64_t count;
};
page_count row(std::string_view page, std::int64_t count) { return {minute_end, page, count}; }

weir::redis::options to(scripted_redis const& server) {
    return {.url = server.url(),
            .key = "click_count:{page}",
            .field = "{window_end}",
            .value = "{count}",
            .times = time_text::iso_without_zone,
            .batch = {.rows = 100}};
}
std::string count_of(std::string_view page, int n) {
    return "HSET click_count:" + std::string(page) + " 2025-06-10T05:04:00 " + std::to_string(n);
}

template <class Sink, class Row = page_count>
void send(Sink& sink, std::initializer_list<Row> rows) {
    sink.tick(noon);
    for (Row const& one : rows) sink.poll(one);
    sink.flow().flush();
    sink.run_with_network();
}

template <class Sink>
std::string failure_of(Sink& sink) {
    return sink.flow().failure() ? to_string(*sink.flow().failure()) : std::string();
}

scripted_redis::handler always(reply said) { return in_turn({std::move(said)}); }

/// The commands that rows become.
template <class Row>
texts commands_for(weir::redis::options chosen, std::initializer_list<Row> rows) {
    scripted_redis server(always({}));
    chosen.url = server.url();
    auto sink = drive<Row>(weir::redis::sink(std::move(chosen)));
    send(sink, rows);
    CHECK(failure_of(sink) == "");
    CHECK(sink.account().balanced());
    return server.commands();
}

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

struct reading {
    std::string_view id;
    std::optional<double> heat;
    bool on;
    device where;
    weir::timestamp at;
    weir::duration took;
};
reading const warm{"a", 1.5, true, device::desk, minute_end + 7us, 3us};
reading const cold{"b", {}, false, device::phone, minute_end, 4us};

TEST_CASE("redis: without a field each column is one, and a column without a value is none") {
    CHECK(commands_for<reading>({.key = "reading:{id}"}, {warm, cold}) ==
          texts{"HSET reading:a heat 1.5 on true where desk at 2025-06-10T05:04:00.000007Z took 3",
                "HSET reading:b on false where phone at 2025-06-10T05:04:00Z took 4", "hdel reading:b heat"});
    CHECK(commands_for<reading>({.key = "reading:{id}", .columns = {"heat"}, .times = {}}, {cold}) ==
          texts{"HDEL reading:b heat"});
}

TEST_CASE("redis: strings hold a pattern, or the row as JSON") {
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "{{{page}}}", .value = "{count}/{window_end}"},
                                   {row("/", 3)}) == texts{"SET {/} 3/2025-06-10T05:04:00Z"});
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "k"}, {row("/", 3)}) ==
          texts{R"(SET k {"window_end":"2025-06-10T05:04:00Z","page":"/","count":3})"});
}

TEST_CASE("redis: times are written as asked") {
    auto const time_as = [](time_text form) {
        auto const seen = commands_for<reading>({.type = data_type::string, .key = "k", .value = "{at}", .times = form}, {warm});
        return seen.at(0).substr(6);
    };
    CHECK(time_as(time_text::iso) == "2025-06-10T05:04:00.000007Z");
    CHECK(time_as(time_text::iso_without_zone) == "2025-06-10T05:04:00.000007");
    CHECK(time_as(time_text::seconds) == "1749531840");
    CHECK(time_as(time_text::milliseconds) == "1749531840000");
    CHECK(time_as(time_text::microseconds) == "1749531840000007");
}

TEST_CASE("redis: a sorted set ranks members by a column; what is no number is put aside") {
    CHECK(commands_for<page_count>(
              {.type = data_type::sorted_set, .key = "top:{window_end}", .value = "{page}", .score = "count", .times = time_text::seconds},
              {row("/", 3)}) == texts{"ZADD top:1749531840 3 /"});
    CHECK(commands_for<page_count>({.type = data_type::sorted_set, .key = "t", .value = "{page}", .score = "window_end"}, {row("/", 3)}) ==
          texts{"ZADD t 1749531840000 /"});

    scripted_redis server(always({}));
    auto sink = drive<reading>(
        weir::redis::sink({.url = server.url(), .type = data_type::sorted_set, .key = "k", .value = "{id}", .score = "heat"}));
    reading odd = warm;
    odd.heat = std::numeric_limits<double>::quiet_NaN();
    send(sink, {warm, cold, odd});
    CHECK(server.commands() == texts{"ZADD k 1.5 a"});
    REQUIRE(sink.reasons().size() == 2);
    CHECK(to_string(sink.reasons()[0]) == "redis: lane 0/2: heat: the value is no number, and so no score");
    CHECK(sink.account().dead_lettered == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: an entry of a stream has an id of the server's, or one made of the row") {
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "clicks"}, {row("/", 3)}) ==
          texts{"XADD clicks * window_end 2025-06-10T05:04:00Z page / count 3"});
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "clicks:{page}", .id = "{window_end}"}, {row("/", 3)}) ==
          texts{"XADD clicks:/ 1749531840000-0 window_end 2025-06-10T05:04:00Z count 3"});
    CHECK(commands_for<page_count>({.type = data_type::stream, .key = "c", .id = "00{count}-00{count}", .columns = {"page"}}, {row("/", 3)}) ==
          texts{"XADD c 3-3 page /"});

    scripted_redis server(always({}));
    auto sink = drive<page_count>(weir::redis::sink({.url = server.url(), .type = data_type::stream, .key = "c", .id = "{page}"}));
    send(sink, {row("/", 3)});
    CHECK(server.commands().empty());
    CHECK(to_string(sink.reasons().at(0)) ==
          "redis: lane 0/1: options::id: '/' is no id of an entry (an id is a number, or two with '-' between them)");
}

TEST_CASE("redis: a time to live is set with every write") {
    CHECK(commands_for<page_count>({.key = "h:{page}", .field = "f", .value = "{count}", .time_to_live = 90s}, {row("/", 3)}) ==
          texts{"HSET h:/ f 3", "pexpire h:/ 90000"});
    CHECK(commands_for<page_count>({.type = data_type::string, .key = "s", .value = "{count}", .time_to_live = 1us}, {row("/", 3)}) ==
          texts{"SET s 3 PX 1"});
}

TEST_CASE("redis: a column without a value has no place in a pattern") {
    scripted_redis server(always({}));
    auto sink = drive<reading>(weir::redis::sink({.url = server.url(), .key = "k:{heat}"}));
    send(sink, {warm, cold});
    CHECK(server.commands().size() == 1);
    CHECK(to_string(sink.reasons().at(0)) == "redis: lane 0/2: heat: the column has no value, and options::key names it");
    CHECK(sink.payloads().at(0).find("\"id\":\"b\"") != std::string::npos);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: records are rows too, by their columns' names") {
    scripted_redis server(always({}));
    auto sink = drive<weir::record>(weir::redis::sink({.url = server.url(), .key = "status:{status}"}));
    auto brief = drive<weir::record>(weir::redis::sink({.url = server.url(), .key = "n", .field = "{status}", .value = "{events}"}));
    weir::record one;
    one.add("status", std::int64_t{200});
    one.add("events", std::uint64_t{12});
    one.add("last", std::monostate());
    weir::record other;
    other.add("events", std::uint64_t{1});
    send(sink, {one, other});
    send(brief, {one, other});
    CHECK(server.commands() == texts{"HSET status:200 events 12", "hdel status:200 last", "HSET n 200 12"});
    CHECK(to_string(brief.reasons().at(0)) == "redis: lane 0/2: status: the column has no value, and options::field names it");
    CHECK(sink.account().dead_lettered == 1);
}

TEST_CASE("redis: rows that come anew overwrite, those taken back are deleted, those that move leave nothing behind") {
    using change = weir::change<page_count>;
    constexpr auto update = weir::change_kind::update;
    constexpr auto erase = weir::change_kind::erase;
    auto const commands = [](weir::redis::options chosen) {
        scripted_redis server(always({}));
        chosen.url = server.url();
        auto sink = drive_changes<page_count>(weir::redis::sink(chosen));
        send(sink, {change{.row = row("/", 1)}, change{update, row("/", 2), row("/", 1)}, change{update, row("/b", 2), row("/", 2)},
                    change{erase, row("/b", 2), {}}});
        CHECK(failure_of(sink) == "");
        CHECK(sink.account().passed == 4);
        CHECK(sink.account().balanced());
        return server.commands();
    };
    CHECK(commands({.key = "c", .field = "{page}", .value = "{count}"}) ==
          texts{"HSET c / 1", "HSET c / 2", "HSET c /b 2", "hdel c /", "HDEL c /b"});
    CHECK(commands({.key = "c:{page}", .columns = {"count", "page"}}) ==
          texts{"HSET c:/ count 1 page /", "HSET c:/ count 2 page /", "HSET c:/b count 2 page /b", "hdel c:/ count page",
                "HDEL c:/b count page"});
    CHECK(commands({.type = data_type::string, .key = "c:{page}", .value = "{count}"}) ==
          texts{"SET c:/ 1", "SET c:/ 2", "SET c:/b 2", "del c:/", "DEL c:/b"});
    CHECK(commands({.type = data_type::sorted_set, .key = "c", .value = "{page}", .score = "count"}) ==
          texts{"ZADD c 1 /", "ZADD c 2 /", "ZADD c 2 /b", "zrem c /", "ZREM c /b"});
}

TEST_CASE("redis: options that make no sense stop the job before anything is sent") {
    scripted_redis server(always({}));
    auto const problem = [&](weir::redis::options options) {
        if (options.url == weir::redis::options{}.url) options.url = server.url();
        if (options.key.empty()) options.key = "k";
        if (options.key == "none") options.key.clear();
        auto sink = drive<page_count>(weir::redis::sink(options));
        send(sink, {row("/a", 1)});
        CHECK(sink.account().balanced());
        return failure_of(sink);
    };
    CHECK(problem({.key = "click_count:{pages}"}) ==
          "redis: options::key names the column 'pages', which the row does not have; it has window_end, page, count");
    CHECK_THAT(problem({.field = "{windowend}"}), ContainsSubstring("options::field names the column 'windowend'"));
    CHECK_THAT(problem({.columns = {"clicks"}}), ContainsSubstring("options::columns names the column 'clicks'"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .score = "rank"}), ContainsSubstring("options::score names the column 'rank'"));
    CHECK_THAT(problem({.key = "a{page"}), ContainsSubstring("has a '{' without its '}'"));
    CHECK_THAT(problem({.key = "a}"}), ContainsSubstring("has a '}' without its '{'"));
    CHECK_THAT(problem({.key = "none"}), ContainsSubstring("options::key is empty"));
    CHECK_THAT(problem({.value = "{count}"}), ContainsSubstring("options::value needs options::field"));
    CHECK_THAT(problem({.type = data_type::string, .field = "f"}), ContainsSubstring("options::field belongs to"));
    CHECK_THAT(problem({.score = "count"}), ContainsSubstring("options::score belongs to"));
    CHECK_THAT(problem({.id = "1"}), ContainsSubstring("options::id belongs to"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .value = "{page}"}), ContainsSubstring("options::score is empty"));
    CHECK_THAT(problem({.type = data_type::sorted_set, .score = "count"}), ContainsSubstring("options::value is empty"));
    CHECK_THAT(problem({.key = "{window_end}{page}{count}"}), ContainsSubstring("nothing is left to store"));
    CHECK_THAT(problem({.time_to_live = -1s}), ContainsSubstring("options::time_to_live is negative"));
    CHECK_THAT(problem({.database = -1}), ContainsSubstring("options::database is negative"));
    CHECK_THAT(problem({.user = "weir"}), ContainsSubstring("options::user needs options::password"));
    CHECK_THAT(problem({.url = "rediss://a"}), ContainsSubstring("TLS"));
    CHECK_THAT(problem({.url = "http://a"}), ContainsSubstring("neither redis:// nor unix://"));
    CHECK_THAT(problem({.url = "redis://"}), ContainsSubstring("names no host"));
    CHECK_THAT(problem({.url = "redis://a:0"}), ContainsSubstring("port"));
    CHECK_THAT(problem({.url = "redis://a/2"}), ContainsSubstring("options::database chooses"));
    CHECK_THAT(problem({.url = "unix://run"}), ContainsSubstring("no Unix socket"));
    std::string const leak = problem({.url = "redis://weir:canary@a"});
    CHECK_THAT(leak, ContainsSubstring("holds a user or a password"));
    CHECK(leak.find("canary") == std::string::npos);
    CHECK(server.commands().empty());

    auto changing = drive_changes<page_count>(weir::redis::sink({.url = server.url(), .type = data_type::stream, .key = "k"}));
    send(changing, {weir::change<page_count>{.row = row("/", 1)}});
    CHECK_THAT(failure_of(changing), ContainsSubstring("weir::changelog()"));
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

TEST_CASE("redis: a full server is asked slowly, nothing is lost, and the error says maxmemory") {
    scripted_redis server(always(reply::error("OOM command not allowed when used memory > 'maxmemory'.")));
    auto options = to(server);
    options.batch.retry.most_attempts = 4;
    auto sink = drive<page_count>(weir::redis::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(sink.now() - noon >= 3s);
    CHECK_THAT(failure_of(sink), ContainsSubstring("gave up after 4 attempts") && ContainsSubstring("OOM command not allowed") &&
                                     ContainsSubstring("raise its maxmemory"));
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.account().balanced());
}

TEST_CASE("redis: errors that no repetition helps stop the job with one clear sentence") {
    auto const [text, expected] = GENERATE(table<std::string, std::string>(
        {{"MOVED 3999 10.0.0.7:6381", "Redis Cluster is not supported: write to a server or primary of its own; this key lives at 10.0.0.7:6381"},
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
    scripted_redis server(in_turn({reply::error("LOADING Redis is loading"), reply::error("NOPERM this user has no permissions")}));
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
    auto const said = GENERATE(reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n", reply::then::close), reply{"*1\r\n$4\r\nHSET\r\n"});
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
}

}  // namespace weir_test::adapter_redis
