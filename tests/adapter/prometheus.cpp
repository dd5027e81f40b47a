// SPDX-License-Identifier: Apache-2.0
// needs: http
#include <weir/adapter/prometheus.hpp>

#include <weir/adapter/http.hpp>

#include <arpa/inet.h>
#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <support/exposition_reader.hpp>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/batch.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

namespace weir_test::adapter_prometheus {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using weir::prometheus::server;

/// Asks over a real socket while `turn()` lets the server work: both on this thread.
template <class Turn>
weir::http::response ask(server const& at, weir::http::request question, Turn turn) {
    weir::http::client client;
    question.url = "http://127.0.0.1:" + std::to_string(at.port()) + question.url;
    client.start(question);
    for (int i = 0; i < 1'000'000; ++i) {
        if (auto ended = client.poll()) {
            if (ended->failure) throw std::runtime_error(to_string(*ended->failure));
            return std::move(ended->answer);
        }
        turn();
    }
    throw std::runtime_error("no answer");
}

auto counted_job() { return weir::from(weir::push<int>()) | weir::call([](int) {}); }

/// A connection that knows no manners.
class rude_client {
public:
    explicit rude_client(server const& at) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(at.port());
        ::inet_pton(AF_INET, "127.0.0.1", &place.sin_addr);
        if (::connect(socket_, reinterpret_cast<sockaddr const*>(&place), sizeof place) != 0) throw std::runtime_error("connect");
    }
    rude_client(rude_client const&) = delete;
    rude_client& operator=(rude_client const&) = delete;
    ~rude_client() { ::close(socket_); }

    void say(std::string_view text) { static_cast<void>(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL)); }
    /// Closes with a reset instead of a goodbye.
    void reset() {
        linger const at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    /// What was answered by now; true when the connection is closed.
    bool hear(std::string& into) {
        char room[4096];
        auto const got = ::recv(socket_, room, sizeof room, MSG_DONTWAIT);
        if (got > 0) into.append(room, static_cast<std::size_t>(got));
        return got == 0;
    }

private:
    int socket_;
};

TEST_CASE("prometheus: the page is what the job says when it is asked, in the format that the client prefers") {
    auto job = counted_job();
    server metrics({.port = 0, .metrics = {.pipeline = "pushed"}});
    REQUIRE(metrics.open().has_value());
    REQUIRE(metrics.port() != 0);
    auto const turn = [&] { metrics.poll(job); };
    job.push(1);
    job.push(2);
    auto const text = ask(metrics, {.url = "/metrics", .method = "GET"}, turn);
    CHECK(text.status == 200);
    CHECK(text.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(exposition_reader(text.body).value("weir_job_received_items_total", {{"pipeline", "pushed"}}) == "2");
    job.push(3);
    auto const open = ask(metrics,
                          {.url = "/metrics?whatever=1",
                           .method = "GET",
                           .headers = {{"accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"}}},
                          turn);
    CHECK(open.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
    CHECK(exposition_reader(open.body).ended());
    CHECK(exposition_reader(open.body).value("weir_job_received_items_total", {{"pipeline", "pushed"}}) == "3");
    rude_client head(metrics);
    head.say("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    std::string heard;
    for (int i = 0; i < 100'000 && !head.hear(heard); ++i) turn();
    CHECK_THAT(heard, StartsWith("HTTP/1.1 200 "));
    CHECK(heard.ends_with("\r\n\r\n"));

    server text_only({.port = 0, .open_metrics = false});
    auto const old = ask((text_only.poll(job), text_only),
                         {.url = "/metrics", .method = "GET", .headers = {{"Accept", "application/openmetrics-text"}}},
                         [&] { text_only.poll(job); });
    CHECK(old.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("prometheus: other paths, other methods, bodies and endless headers are refused") {
    auto job = counted_job();
    server metrics({.port = 0, .most_request_bytes = 4096});
    REQUIRE(metrics.open().has_value());
    auto const turn = [&] { metrics.poll(job); };
    CHECK(ask(metrics, {.url = "/", .method = "GET"}, turn).status == 404);
    CHECK(ask(metrics, {.url = "/metrics/", .method = "GET"}, turn).status == 404);
    for (std::string const method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        std::string_view const body = method == "DELETE" ? "" : "x";
        auto const refused = ask(metrics, {.url = "/metrics", .method = method, .body = body}, turn);
        CHECK(refused.status == 405);
        CHECK(refused.header("Allow") == "GET, HEAD");
    }
    CHECK(ask(metrics, {.url = "/metrics", .method = "GET", .headers = {{"X", std::string(10'000, 'a')}}}, turn).status == 431);
    for (std::string const request : {"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                                      "GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"}) {
        rude_client rude(metrics);
        rude.say(request);
        std::string heard;
        for (int i = 0; i < 100'000 && !rude.hear(heard); ++i) turn();
        CHECK_THAT(heard, StartsWith("HTTP/1.1 413 "));
    }
    CHECK(ask(metrics, {.url = "/metrics", .method = "GET"}, turn).status == 200);
}

TEST_CASE("prometheus: healthz says whether the job has failed") {
    auto job = weir::from(weir::values({1})) | weir::batch({.retry = {.most_attempts = 1}}, [](auto) -> weir::result<void> {
                   return weir::error{.component = "batch", .cause = "no"};
               });
    server metrics({.port = 0});
    REQUIRE(metrics.open().has_value());
    auto const healthy = ask(metrics, {.url = "/healthz", .method = "GET"}, [&] { metrics.poll(job); });
    CHECK(healthy.status == 200);
    CHECK(healthy.body == "ok\n");
    while (!job.finished()) job.step(10, weir::timestamp(1s));
    auto const failed = ask(metrics, {.url = "/healthz", .method = "GET"}, [&] { metrics.poll(job); });
    CHECK(failed.status == 503);
    CHECK(failed.body == "failed\n");
    CHECK(ask(metrics, {.url = "/metrics", .method = "GET"}, [&] { metrics.poll(job); }).status == 200);
}

TEST_CASE("prometheus: clients that break off, send nonsense or fall silent harm nobody") {
    auto job = counted_job();
    // One that has said half of a request holds its place until `idle_timeout`, gone or not.
    server metrics({.port = 0, .most_connections = 64});
    REQUIRE(metrics.open().has_value());
    auto const turn = [&] { metrics.poll(job); };
    for (int i = 0; i < 40; ++i) {
        rude_client rude(metrics);
        constexpr std::string_view words[] = {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "GET /met",
                                              std::string_view("\0\xFF\r\n\r\n", 6), "GET /metrics HTTP/1.1\r\n\r\n"};
        rude.say(words[i % 4]);
        if (i % 3 != 0) turn();
        if (i % 5 != 0) rude.reset();
    }
    for (int i = 0; i < 100; ++i) turn();
    // One that says nothing holds its own place only.
    rude_client silent(metrics);
    CHECK(ask(metrics, {.url = "/metrics", .method = "GET"}, turn).status == 200);
}

TEST_CASE("prometheus: a page that cannot be made closes the connection, and no exception comes out") {
    server metrics({.port = 0});
    REQUIRE(metrics.open().has_value());
    rude_client rude(metrics);
    rude.say("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string heard;
    bool closed = false;
    auto const thrower = [](weir::byte_buffer&, weir::exposition_format) { throw std::runtime_error("no memory"); };
    for (int i = 0; i < 100'000 && !closed; ++i) {
        metrics.poll_with(thrower);
        closed = rude.hear(heard);
    }
    CHECK(closed);
    CHECK(heard.empty());
}

TEST_CASE("prometheus: an address that cannot be had is one error, and the job goes on") {
    server first({.port = 0});
    REQUIRE(first.open().has_value());
    server second({.port = first.port()});
    auto job = counted_job();
    second.poll(job);
    REQUIRE(second.failure());
    CHECK(second.failure()->component == "prometheus");
    CHECK(second.failure()->place == "127.0.0.1:" + std::to_string(first.port()));
    CHECK_THAT(second.failure()->cause, ContainsSubstring("Address already in use"));
    CHECK_FALSE(second.open().has_value());
    CHECK(second.port() == 0);

    server named({.address = "localhost"});
    CHECK_FALSE(named.open().has_value());
    CHECK_THAT(to_string(*named.failure()), ContainsSubstring("localhost:9464"));

    std::uint16_t const port = first.port();
    first.close();
    CHECK(first.port() == 0);
    {
        server third({.port = port});
        CHECK(third.open().has_value());
    }
    // Without a close the failure stands: it is told once, not each round.
    second.poll(job);
    CHECK(second.failure());
    second.close();
    CHECK(second.failure() == nullptr);
    second.poll(job);
    CHECK(second.failure() == nullptr);
    CHECK(second.port() == port);
}

TEST_CASE("prometheus: the runner polls it each round, and a host may write a page of its own") {
    auto job = weir::from(weir::values({1, 2, 3})) | weir::call([](int) {});
    server metrics({.port = 0});
    REQUIRE(metrics.open().has_value());
    weir::http::client client;
    client.start({.url = "http://127.0.0.1:" + std::to_string(metrics.port()) + "/metrics", .method = "GET"});
    std::string body;
    std::atomic<bool> stop = false;
    auto endless = weir::from(weir::push<int>()) | weir::call([](int) {});
    auto const write = [&](weir::byte_buffer& into, weir::exposition_format format) {
        std::vector<weir::job_snapshot> const jobs{weir::snapshot_of(job, {.pipeline = "a"}),
                                                   weir::snapshot_of(endless, {.pipeline = "b"})};
        weir::append_metrics(into, jobs, format);
    };
    weir::run(job);
    weir::run(endless, {.stop = &stop, .idle_wait = 1us, .each_round = [&] {
                            metrics.poll_with(write);
                            auto ended = client.poll();
                            if (!ended) return;
                            body = ended->answer.body;
                            stop = true;
                        }});
    CHECK(exposition_reader(body).value("weir_job_received_items_total", {{"pipeline", "a"}}) == "3");
    CHECK(exposition_reader(body).value("weir_job_received_items_total", {{"pipeline", "b"}}) == "0");
}

}  // namespace weir_test::adapter_prometheus
