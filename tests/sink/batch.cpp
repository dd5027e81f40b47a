// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/batch.hpp>

#include <catch.hpp>
#include <chrono>
#include <span>
#include <string>
#include <support/branch.hpp>
#include <support/scripted_transport.hpp>
#include <vector>

namespace weir_test::sink_batch {

using namespace std::chrono_literals;
using weir::outcome;

constexpr weir::timestamp noon = weir::timestamp(12h);

/// Writes a number and a blank; negative numbers cannot be encoded, and leave half a row behind.
struct as_decimal {
    bool encode(int const& row, weir::byte_buffer& into, weir::error& why) {
        into.append(row < 0 ? "minus" : std::to_string(row));
        if (row < 0) {
            why = {.component = "decimal", .cause = "the number is negative"};
            return false;
        }
        into.push_back(' ');
        return true;
    }
};

TEST_CASE("codec and transport make a sink: rows are encoded, gathered, sent") {
    scripted_transport server;
    auto sink = drive<int>(weir::batch({.rows = 3}, as_decimal{}, server));
    sink.tick(noon);
    sink.poll(1, 2, 3, 4);
    CHECK(server->received.size() == 1);
    CHECK(server->received.at(0).bytes == "1 2 3 ");
    sink.tick(noon + 1s);
    CHECK(server->received.at(1).bytes == "4 ");
    CHECK(sink.account().balanced());
    CHECK(sink.account().passed == 4);
}

TEST_CASE("a row that cannot be encoded goes to the dead letters and leaves nothing behind") {
    scripted_transport server;
    auto sink = drive<int>(weir::batch({}, as_decimal{}, server));
    sink.context().name_lane(0, "clicks.ndjson");
    sink.tick(noon);
    sink.poll(1, -2, 3);
    sink.end();
    CHECK(server->received.at(0).bytes == "1 3 ");
    REQUIRE(sink.reasons().size() == 1);
    CHECK(to_string(sink.reasons()[0]) == "decimal: clicks.ndjson/2: the number is negative");
    CHECK(sink.account().dead_lettered == 1);
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
}

TEST_CASE("the end of the input sends what is left, and the sink is busy until it is acknowledged") {
    scripted_transport server;
    server->pending_polls = 3;
    auto sink = drive<int>(weir::batch({.age = 1h}, as_decimal{}, server));
    sink.tick(noon);
    sink.poll(1);
    sink.poll(2);
    CHECK(server->received.empty());
    CHECK(sink.flow().oldest_held() == 1);
    sink.end();
    CHECK(server->received.size() == 1);
    CHECK(sink.flow().busy());
    CHECK(sink.account().in_flight == 2);
    CHECK(sink.account().balanced());
    sink.run_until_idle();
    CHECK_FALSE(sink.flow().busy());
    CHECK(sink.flow().oldest_held() == weir::nothing_held);
    CHECK(sink.account().passed == 2);
}

TEST_CASE("a server that is down holds up the source, then stops the job with its reason; the ledger balances") {
    scripted_transport server;
    server->judge = [](auto const&) { return outcome::retry({.component = "server", .cause = "connection refused"}); };
    auto sink =
        drive<int>(weir::batch({.rows = 1, .waiting = 2, .retry = {.give_up_after = 10s}}, as_decimal{}, server));
    sink.tick(noon);
    sink.poll(1);
    CHECK(sink.flow().ready());
    sink.poll(2);
    CHECK_FALSE(sink.flow().ready());
    CHECK(sink.flow().failure() == nullptr);
    sink.run_until_idle();
    REQUIRE(sink.flow().failure());
    CHECK(sink.now() <= noon + 10s);
    CHECK(sink.account().in_flight == 2);
    CHECK(sink.account().balanced());
    CHECK(sink.flow().oldest_held() == 1);
}

TEST_CASE("what the server refuses is put aside with its bytes and its place") {
    scripted_transport server;
    server->judge = [](weir::shipment const& goods) {
        return goods.bytes.find('7') == std::string_view::npos
                   ? outcome::acknowledged()
                   : outcome::rejected({.component = "server", .cause = "no sevens"});
    };
    auto sink = drive<int>(weir::batch({.rows = 4}, as_decimal{}, server));
    sink.tick(noon);
    sink.poll(5, 6, 7, 8);
    sink.run_until_idle();
    CHECK(sink.payloads() == std::vector<std::string>{"7 "});
    REQUIRE(sink.reasons().size() == 1);
    CHECK(sink.reasons()[0].place == "lane 0/3");
    CHECK(sink.account().passed == 3);
    CHECK(sink.account().balanced());
}

TEST_CASE("closing gives up what is on its way") {
    scripted_transport server;
    server->pending_polls = 1'000'000;
    auto sink = drive<int>(weir::batch({.rows = 1}, as_decimal{}, server));
    sink.tick(noon);
    sink.poll(1);
    sink.close();
    CHECK(server->cancelled == 1);
}

TEST_CASE("a function of the host takes batches of items") {
    std::vector<std::vector<int>> batches;
    auto sink = drive<int>(weir::batch({.rows = 2}, [&](std::span<int const> items) -> weir::result<void> {
        batches.emplace_back(items.begin(), items.end());
        return {};
    }));
    sink.tick(noon);
    sink.poll(1, 2, 3);
    sink.end();
    CHECK(batches == std::vector<std::vector<int>>{{1, 2}, {3}});
    CHECK(sink.account().passed == 3);
}

TEST_CASE("an error that the function returns is tried again, then stops the job") {
    int calls = 0;
    auto sink = drive<std::string>(
        weir::batch({.retry = {.most_attempts = 3}}, [&](std::span<std::string const>) -> weir::result<void> {
            ++calls;
            return weir::error{.component = "host", .cause = "disk full"};
        }));
    sink.tick(noon);
    sink.poll(std::string("a"));
    sink.end();
    sink.run_until_idle();
    CHECK(calls == 3);
    REQUIRE(sink.flow().failure());
    CHECK(sink.flow().failure()->component == "host");
    CHECK(sink.account().in_flight == 1);
}

TEST_CASE("the function may say more than yes or no") {
    auto sink = drive<std::string>(weir::batch({.rows = 3}, [&](std::span<std::string const> items) {
        for (auto const& item : items)
            if (item == "bad") return outcome::rejected({.component = "host", .cause = "bad item"});
        return outcome::acknowledged();
    }));
    sink.tick(noon);
    sink.poll(std::string("a"), std::string("bad"), std::string("c"));
    sink.run_until_idle();
    CHECK(sink.payloads() == std::vector<std::string>{"bad"});
    CHECK(sink.account().passed == 2);
}

}  // namespace weir_test::sink_batch
