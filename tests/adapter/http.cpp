// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/http.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <support/scripted_http_server.hpp>
#include <utility>

namespace weir_test::adapter_http {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;

weir::http::ending finish(weir::http::client& client) {
    for (;;) {
        if (auto ended = client.poll()) return *std::move(ended);
        client.wait(10s);
    }
}

weir::http::ending exchange(weir::http::client& client, weir::http::request const& ask) {
    client.start(ask);
    return finish(client);
}

TEST_CASE("http: a request goes out as it was written, and the answer comes back whole") {
    scripted_http_server server(
        in_turn({reply::answer(200, "Ok.\n", "X-ClickHouse-Summary:  {\"written_rows\":\"2\"} \r\n")}));
    weir::http::client client;
    std::string const body("a\0b\r\n\r\nc", 8);
    auto const ended =
        exchange(client, {.url = server.url() + "/?query=INSERT%20INTO%20t",
                          .headers = {{"X-ClickHouse-User", "weir"}, {"Content-Type", "text/plain"}, {"X-Empty", ""}},
                          .body = body});
    REQUIRE_FALSE(ended.failure);
    CHECK(ended.answer.status == 200);
    CHECK(ended.answer.body == "Ok.\n");
    CHECK(ended.answer.header("x-clickhouse-SUMMARY") == "{\"written_rows\":\"2\"}");
    CHECK(ended.answer.header("nothing").empty());
    auto const asked = server.requests().at(0);
    CHECK(asked.method == "POST");
    CHECK(asked.target == "/?query=INSERT%20INTO%20t");
    CHECK(asked.body == body);
    CHECK(asked.header("x-clickhouse-user") == "weir");
    CHECK(asked.header("content-type") == "text/plain");
    CHECK(asked.headers.count("x-empty") == 1);
    CHECK(asked.headers.count("expect") == 0);
}

TEST_CASE("http: the connection is kept, and GET has no body") {
    scripted_http_server server(in_turn({reply::answer(204)}));
    weir::http::client client;
    for (int i = 0; i < 3; ++i)
        CHECK(exchange(client, {.url = server.url() + "/ping", .method = "GET"}).answer.status == 204);
    CHECK(server.requests().back().connection == 1);
    CHECK(server.requests().back().method == "GET");
}

TEST_CASE("http: a large body gets through without a callback from outside, in gzip too") {
    scripted_http_server server(in_turn({reply::answer(200)}));
    weir::http::client client;
    std::string body;
    for (int i = 0; i < 400'000; ++i) body += std::to_string(std::int64_t{i} * 7919 % 100'003) + "\n";
    CHECK(exchange(client, {.url = server.url(), .body = body}).answer.status == 200);
    CHECK(exchange(client, {.url = server.url(), .body = body, .compress = true}).answer.status == 200);
    auto const asked = server.requests();
    CHECK(asked.at(0).body == body);
    CHECK(asked.at(1).header("content-encoding") == "gzip");
    CHECK(asked.at(1).body.size() < body.size());
    CHECK(asked.at(1).plain() == body);
}

TEST_CASE("http: starting and asking never wait") {
    scripted_http_server server(in_turn({reply::raw("", reply::then::silence)}));
    weir::http::client client({.timeout = 1h});
    client.start({.url = server.url(), .body = "x"});
    for (int i = 0; i < 100; ++i) CHECK_FALSE(client.poll());
    CHECK(client.under_way());
    auto const now = weir::timestamp(12h);
    CHECK(client.next_wake(now) > now);
    CHECK(client.next_wake(now) <= now + 5ms);
    client.cancel();
    CHECK_FALSE(client.under_way());
    CHECK_FALSE(client.poll());
}

TEST_CASE("http: nobody listens: one clear error that names the address") {
    weir::http::client client({}, "clickhouse");
    auto const url = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port());
    auto const ended = exchange(client, {.url = url + "/?query=secret%20table", .body = "x"});
    REQUIRE(ended.failure);
    CHECK(ended.passing);
    CHECK(ended.failure->component == "clickhouse");
    CHECK(ended.failure->place == url + "/");
    CHECK_THAT(ended.failure->cause, ContainsSubstring("onnect"));
}

TEST_CASE("http: a server that does not answer is given up in time") {
    auto const how = GENERATE(0, 1, 2);
    scripted_http_server server(in_turn({reply::raw(how == 0   ? ""
                                                    : how == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"
                                                               : "HTTP/1.1 200 OK\r\nX-Never-Ending: ",
                                                    reply::then::silence)}));
    weir::http::client client({.timeout = 50ms});
    auto const ended = exchange(client, {.url = server.url(), .body = "x"});
    REQUIRE(ended.failure);
    CHECK(ended.passing);
    CHECK_THAT(ended.failure->cause, ContainsSubstring("timed out"));
}

TEST_CASE("http: a connection that breaks before the answer is whole is no success") {
    for (auto const& half :
         {reply::raw("", reply::then::close), reply::raw("", reply::then::reset),
          reply::raw("HTTP/1.1 200 OK\r\nX-ClickHouse-Exc", reply::then::close),
          reply::raw("HTTP/1.1 200 OK\r\nX-ClickHouse-Exc", reply::then::reset),
          reply::raw("HTTP/1.1 200 OK\r\n", reply::then::close), reply::raw("HTTP/1.1 20", reply::then::close),
          reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", reply::then::close),
          reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort", reply::then::close)}) {
        CAPTURE(half.bytes);
        scripted_http_server server(in_turn({half, half, reply::answer(200)}));
        weir::http::client client;
        auto ended = exchange(client, {.url = server.url(), .body = "x"});
        REQUIRE(ended.failure);
        CHECK(ended.passing);
        // libcurl itself sends again on a connection that died unused; either way the next exchange succeeds.
        while (ended.failure) ended = exchange(client, {.url = server.url(), .body = "x"});
        CHECK(ended.answer.status == 200);
        for (auto const& asked : server.requests()) CHECK(asked.body == "x");
    }
}

TEST_CASE("http: a server that speaks something else is an error that trying again does not cure") {
    scripted_http_server server(in_turn({reply::raw("this is no HTTP\r\n\r\n", reply::then::close)}));
    weir::http::client client;
    auto const ended = exchange(client, {.url = server.url(), .body = "x"});
    REQUIRE(ended.failure);
    CHECK_FALSE(ended.passing);
}

TEST_CASE("http: an interim answer is not the answer") {
    scripted_http_server server(
        in_turn({reply::raw("HTTP/1.1 100 Continue\r\nX-Which: first\r\n\r\n"
                            "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: 12\r\n\r\n",
                            reply::then::keep)}));
    weir::http::client client;
    auto const ended = exchange(client, {.url = server.url(), .body = "x"});
    REQUIRE_FALSE(ended.failure);
    CHECK(ended.answer.status == 429);
    CHECK(ended.answer.header("X-Which").empty());
    CHECK(ended.answer.retry_after() == weir::duration(12s));
}

TEST_CASE("http: Retry-After is a number of seconds or nothing") {
    auto const asks = [](std::string value) {
        return weir::http::response{.headers = {{"retry-after", std::move(value)}}}.retry_after();
    };
    CHECK(asks("0") == weir::duration(0s));
    CHECK(asks("120") == weir::duration(2min));
    CHECK_FALSE(asks("Wed, 21 Oct 2015 07:28:00 GMT"));
    CHECK_FALSE(asks("-1"));
    CHECK_FALSE(asks("99999999999999999999"));
    CHECK_FALSE(asks(""));
}

TEST_CASE("http: redirects are not followed") {
    scripted_http_server other(in_turn({reply::answer(200, "stolen")}));
    scripted_http_server server(in_turn({reply::answer(307, "", "Location: " + other.url() + "/\r\n")}));
    weir::http::client client;
    CHECK(exchange(client, {.url = server.url(), .headers = {{"Authorization", "Token canary"}}, .body = "x"})
              .answer.status == 307);
    CHECK(other.requests().empty());
}

TEST_CASE("http: an endless answer is cut at the limit") {
    scripted_http_server server(in_turn({reply::answer(500, std::string(300'000, 'x'))}));
    weir::http::client client({.most_response_bytes = 1000});
    auto const ended = exchange(client, {.url = server.url(), .body = "x"});
    REQUIRE_FALSE(ended.failure);
    CHECK(ended.answer.body == std::string(1000, 'x'));
    CHECK(ended.answer.truncated);
}

TEST_CASE("http: what cannot be sent is an error without a retry, and shows no secret") {
    weir::http::client client({}, "influxdb");
    client.keep_secret("canary");
    for (weir::http::request const& ask :
         {weir::http::request{.url = "http://user:canary@localhost/"},
          weir::http::request{.url = "http://canary@localhost/x?y#z"},
          weir::http::request{.url = "gopher://localhost/canary"}, weir::http::request{.url = "http://[canary/"},
          weir::http::request{.url = ""},
          weir::http::request{.url = "http://localhost/", .headers = {{"X", "a\r\nX-Admin: canary"}}},
          weir::http::request{.url = "file:///etc/canary"}}) {
        CAPTURE(ask.url);
        auto const ended = exchange(client, ask);
        REQUIRE(ended.failure);
        CHECK_FALSE(ended.passing);
        CHECK(to_string(*ended.failure).find("canary") == std::string::npos);
        CHECK_FALSE(ended.failure->cause.empty());
    }
}

TEST_CASE("http: speaking TLS to a server that does not is an error, not a hang") {
    scripted_http_server server(in_turn({reply::answer(200)}));
    weir::http::client client({.timeout = 100ms});
    auto const ended = exchange(client, {.url = "https" + server.url().substr(4), .body = "x"});
    REQUIRE(ended.failure);
}

TEST_CASE("http: no proxy is taken from the environment") {
    scripted_http_server proxy(in_turn({reply::answer(200, "proxied")}));
    ::setenv("http_proxy", proxy.url().c_str(), 1);
    scripted_http_server server(in_turn({reply::answer(200, "direct")}));
    weir::http::client client;
    CHECK(exchange(client, {.url = server.url(), .body = "x"}).answer.body == "direct");
    weir::http::client by_option({.proxy = proxy.url()});
    CHECK(exchange(by_option, {.url = server.url(), .body = "x"}).answer.body == "proxied");
    ::unsetenv("http_proxy");
}

TEST_CASE("http: a client can be moved and dropped in the middle of an exchange") {
    scripted_http_server server([](http_request const& asked) {
        return asked.body == "y" ? reply::answer(200) : reply::raw("", reply::then::silence);
    });
    weir::http::client client;
    client.start({.url = server.url(), .body = "x"});
    CHECK_FALSE(client.poll());
    weir::http::client moved = std::move(client);
    CHECK(moved.under_way());
    CHECK_FALSE(moved.poll());
    moved.start({.url = server.url(), .body = "y"});
    CHECK(finish(moved).answer.status == 200);
    weir::http::client dropped;
    dropped.start({.url = server.url(), .body = "z"});
    CHECK_FALSE(dropped.poll());
}

}  // namespace weir_test::adapter_http
