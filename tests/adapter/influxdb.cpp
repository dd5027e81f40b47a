// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/influxdb.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/scripted_http_server.hpp>
#include <utility>
#include <vector>

namespace weir_test::adapter_influxdb {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;
using texts = std::vector<std::string>;

constexpr weir::timestamp noon = weir::timestamp(12h);

struct view {
    weir::timestamp at;
    std::string_view page;
    std::int64_t n;
};

std::string line(std::string_view page, int n) {
    return "views,page=" + std::string(page) + " n=" + std::to_string(n) + "i 5\n";
}
view row(std::string_view page, int n) { return {weir::timestamp(5us), page, n}; }

weir::influxdb::options to(scripted_http_server const& server) {
    return {.url = server.url(), .database = "web site", .measurement = "views", .batch = {.rows = 100}};
}

template <class Sink>
void send(Sink& sink, std::initializer_list<view> rows) {
    sink.tick(noon);
    for (view const& one : rows) sink.poll(one);
    sink.end();
    sink.run_with_network();
}

TEST_CASE("influxdb: 1.x takes points at /write, with its own spelling of the precision") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    auto options = to(server);
    options.retention_policy = "a week";
    options.user = "weir";
    options.password = "canary";
    auto sink = drive<view>(weir::influxdb::sink(options));
    send(sink, {row("/a", 1), row("/b", 2)});
    auto const asked = server.requests().at(0);
    CHECK(asked.method == "POST");
    CHECK(asked.target == "/write?db=web%20site&rp=a%20week&precision=u");
    CHECK(asked.header("authorization") == "Basic d2VpcjpjYW5hcnk=");
    CHECK(asked.body == line("/a", 1) + line("/b", 2));
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("influxdb: 2.x takes them at /api/v2/write, with another") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    auto sink = drive<view>(weir::influxdb::sink({.url = server.url() + "/",
                                                  .org = "my org",
                                                  .bucket = "b/c",
                                                  .token = "canary",
                                                  .measurement = "views",
                                                  .gzip = true}));
    send(sink, {row("/a", 1)});
    auto const asked = server.requests().at(0);
    CHECK(asked.target == "/api/v2/write?org=my%20org&bucket=b%2Fc&precision=us");
    CHECK(asked.header("authorization") == "Token canary");
    CHECK(asked.header("content-encoding") == "gzip");
    CHECK(asked.plain() == line("/a", 1));
    CHECK(sink.account().passed == 1);
}

TEST_CASE("influxdb: options that make no sense stop the job before anything is sent") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    auto const problem = [&](weir::influxdb::options options) {
        options.url = server.url();
        if (options.measurement.empty()) options.measurement = "views";
        auto sink = drive<view>(weir::influxdb::sink(options));
        send(sink, {row("/a", 1)});
        REQUIRE(sink.flow().failure());
        CHECK(sink.account().balanced());
        return to_string(*sink.flow().failure());
    };
    CHECK_THAT(problem({}), ContainsSubstring("either options::database (InfluxDB 1.x) or options::bucket (2.x)"));
    CHECK_THAT(problem({.database = "a", .bucket = "b"}), ContainsSubstring("either options::database"));
    CHECK_THAT(problem({.database = "a", .token = "canary"}),
               ContainsSubstring("options::token belongs to options::bucket"));
    CHECK_THAT(problem({.user = "a", .bucket = "b"}), ContainsSubstring("options::user belongs to options::database"));
    CHECK_THAT(problem({.database = "a", .tags = {"pages"}}), ContainsSubstring("names the column 'pages'"));
    CHECK_THAT(problem({.database = "a", .measurement = "#"}), ContainsSubstring("begins with '#'"));
    CHECK(server.requests().empty());
}

TEST_CASE("influxdb: what line protocol cannot say goes to the dead letters, and no other measurement comes to be") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    auto sink = drive<view>(weir::influxdb::sink(to(server)));
    send(sink, {row("/a", 1), row("/a\nadmin,role=root", 2), row("", 3), row("/b\\", 4), row("/c", 5)});
    CHECK(server.requests().at(0).body == line("/a", 1) + line("/c", 5));
    REQUIRE(sink.reasons().size() == 3);
    CHECK(to_string(sink.reasons()[0]) ==
          "line_protocol: lane 0/2: page: the value holds a line break, which would begin another point");
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().dead_lettered == 3);
    CHECK(sink.account().balanced());
}

TEST_CASE("influxdb: passing failures are tried again with the same bytes") {
    auto const failure =
        GENERATE(reply::answer(500, "{\"error\":\"timeout\"}"), reply::answer(502),
                 reply::answer(503, "", "Retry-After: 4\r\n"), reply::answer(429, "", "Retry-After: 4\r\n"),
                 reply::raw("", reply::then::close), reply::raw("", reply::then::reset),
                 reply::raw("HTTP/1.1 204 No", reply::then::close), reply::raw("", reply::then::silence));
    CAPTURE(failure.bytes);
    scripted_http_server server(in_turn({failure, failure, reply::answer(204)}));
    auto options = to(server);
    options.http.timeout = failure.after == reply::then::silence ? 30ms : 30s;
    auto sink = drive<view>(weir::influxdb::sink(options));
    send(sink, {row("/a", 1)});
    CHECK(sink.account().passed == 1);
    REQUIRE(server.requests().size() >= 3);
    for (auto const& one : server.requests()) CHECK(one.body == line("/a", 1));
    if (failure.bytes.find("Retry-After") != std::string::npos) CHECK(sink.now() - noon >= 8s);
}

TEST_CASE("influxdb: the rows that a partial write names are put aside, and nothing is sent twice") {
    std::string const bad = line("/bad", 2).substr(0, line("/bad", 2).size() - 1);
    scripted_http_server server(
        in_turn({reply::answer(400, "{\"error\":\"partial write: unable to parse '" + bad + "': odd dropped=0\"}")}));
    auto sink = drive<view>(weir::influxdb::sink(to(server)));
    send(sink, {row("/a", 1), row("/bad", 2), row("/c", 3)});
    CHECK(sink.payloads() == texts{line("/bad", 2)});
    CHECK(sink.account().passed == 2);
    CHECK(server.requests().size() == 1);
}

TEST_CASE("influxdb: the rows at fault in a partial write that names none are found; the good ones are stored") {
    auto const status = GENERATE(400, 422);
    std::set<std::string> stored;
    scripted_http_server server([&stored, status](http_request const& asked) {
        int dropped = 0;
        for (std::size_t at = 0; at < asked.body.size();) {
            std::size_t const end = asked.body.find('\n', at) + 1;
            std::string const one = asked.body.substr(at, end - at);
            if (one.find("/bad") != std::string::npos) ++dropped;
            else stored.insert(one);
            at = end;
        }
        if (dropped == 0) return reply::answer(204);
        return reply::answer(status, "{\"error\":\"partial write: field type conflict: input field \\\"n\\\" dropped=" +
                                         std::to_string(dropped) + "\"}");
    });
    auto sink = drive<view>(weir::influxdb::sink(to(server)));
    send(sink,
         {row("/a", 1), row("/bad1", 2), row("/c", 3), row("/d", 4), row("/bad2", 5), row("/e", 6), row("/f", 7)});
    CHECK(server.seen(stored) ==
          std::set<std::string>{line("/a", 1), line("/c", 3), line("/d", 4), line("/e", 6), line("/f", 7)});
    CHECK(sink.payloads() == texts{line("/bad1", 2), line("/bad2", 5)});
    CHECK_THAT(sink.reasons().at(0).cause, ContainsSubstring("field type conflict"));
    CHECK(sink.account().passed == 5);
    CHECK(sink.account().dead_lettered == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("influxdb: a batch that is too large is cut") {
    scripted_http_server server([](http_request const& asked) {
        return asked.body.size() > 60 ? reply::answer(413, "{\"error\":\"Request Entity Too Large\"}")
                                      : reply::answer(204);
    });
    auto sink = drive<view>(weir::influxdb::sink(to(server)));
    send(sink, {row("/a", 1), row("/b", 2), row("/c", 3), row("/d", 4), row("/e", 5)});
    CHECK(sink.account().passed == 5);
    CHECK(sink.payloads().empty());
}

TEST_CASE("influxdb: a server that is not there is one clear error within the configured time") {
    auto const url = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port());
    auto sink = drive<view>(weir::influxdb::sink(
        {.url = url, .database = "web", .measurement = "views", .batch = {.retry = {.give_up_after = 20s}}}));
    send(sink, {row("/a", 1)});
    REQUIRE(sink.flow().failure());
    CHECK(sink.now() <= noon + 20s);
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("influxdb: " + url + "/write: gave up after"));
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.account().balanced());
}

TEST_CASE("influxdb: no secret shows in any error, whatever repeats it") {
    auto const leak =
        GENERATE(reply::answer(401, "{\"error\":\"canary is wrong, d2VpcjpjYW5hcnk= too\"}"),
                 reply::answer(500, "canary"), reply::answer(400, "{\"error\":\"partial write: canary dropped=1\"}"),
                 reply::raw("canary\r\n\r\n", reply::then::close));
    scripted_http_server server(in_turn({leak}));
    auto options = to(server);
    options.user = "weir";
    options.password = "canary";
    options.batch.retry.most_attempts = 1;
    auto sink = drive<view>(weir::influxdb::sink(options));
    send(sink, {row("/a", 1)});
    std::string told = sink.flow().failure() ? to_string(*sink.flow().failure()) : std::string();
    for (auto const& why : sink.reasons()) told += to_string(why);
    REQUIRE_FALSE(told.empty());
    CHECK(told.find("canary") == std::string::npos);
    CHECK(told.find("d2VpcjpjYW5hcnk") == std::string::npos);
}

TEST_CASE("influxdb: records are points too") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    auto options = to(server);
    options.tags = {"status"};
    auto sink = drive<weir::record>(weir::influxdb::sink(options));
    weir::record one;
    one.add("window_end", weir::timestamp(60s));
    one.add("status", std::int64_t{200});
    one.add("events", std::uint64_t{12});
    sink.tick(noon);
    sink.poll(one);
    sink.end();
    sink.run_with_network();
    CHECK(server.requests().at(0).body == "views,status=200 events=12i 60000000\n");
}

}  // namespace weir_test::adapter_influxdb
