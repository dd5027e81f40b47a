// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/outbox.hpp>

#include <weir/sink/encoded_batch.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <support/letters_out.hpp>
#include <support/scripted_transport.hpp>

namespace weir_test::sink_outbox {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::outcome;

constexpr weir::timestamp noon = weir::timestamp(12h);

weir::error because(std::string cause) {
    return {.component = "server", .place = "http://db/", .cause = std::move(cause)};
}

/// An outbox, its scripted server, its letters and its clock.
struct post_office {
    explicit post_office(weir::batch_options const& options) : box(server, options) {}

    scripted_transport server{};
    weir::outbox<weir::encoded_batch, scripted_transport> box;
    letters_out out{};
    weir::timestamp now = noon;
    std::uint64_t epoch = 1;

    void add(std::string_view row) {
        box.filling().bytes().append(row);
        box.filling().end_row({.position = ++position, .epoch = epoch});
        box.row_added(now);
    }
    void pump_at(weir::timestamp t) {
        now = t;
        box.pump(t, out);
    }
    /// Goes on from one wake to the next until nothing is left to do.
    void run() {
        for (int i = 0; i < 100'000 && box.busy(); ++i) pump_at(std::max(now, box.next_wake()));
        REQUIRE_FALSE(box.busy());
    }
    [[nodiscard]] std::vector<std::string> received() const {
        std::vector<std::string> all;
        for (auto const& one : server->received) all.push_back(one.bytes);
        return all;
    }

    std::uint64_t position = 0;
};

using texts = std::vector<std::string>;

TEST_CASE("a batch closes by rows") {
    post_office post({.rows = 2, .age = 1h});
    for (auto row : {"a", "b", "c", "d", "e"}) post.add(row);
    post.pump_at(noon);
    CHECK(post.received() == texts{"ab", "cd"});
    CHECK(post.box.stored() == 4);
    CHECK(post.box.unsettled() == 1);
}

TEST_CASE("a batch closes by bytes") {
    post_office post({.bytes = 5, .age = 1h});
    for (auto row : {"aa", "bb", "cc", "dddddd", "e"}) post.add(row);
    post.pump_at(noon);
    CHECK(post.received() == texts{"aabbcc", "dddddd"});
}

TEST_CASE("a batch closes by age, counted from its first row on the host's clock") {
    post_office post({.age = 10s});
    post.add("a");
    post.pump_at(noon + 4s);
    post.add("b");
    CHECK(post.box.next_wake() == noon + 10s);
    post.pump_at(noon + 10s - 1us);
    CHECK(post.received().empty());
    post.pump_at(noon + 10s);
    CHECK(post.received() == texts{"ab"});
    CHECK(post.box.next_wake() == weir::end_of_time);
}

TEST_CASE("rows that came before the host told the time begin to age at its first tick") {
    post_office post({.age = 10s});
    post.now = weir::beginning_of_time;
    post.add("a");
    post.pump_at(noon);
    CHECK(post.received().empty());
    post.pump_at(noon + 10s);
    CHECK(post.received() == texts{"a"});
}

TEST_CASE("a clock that is set back does not make a batch wait longer than its age") {
    post_office post({.age = 10s});
    post.add("a");
    post.pump_at(noon - 1h);
    post.pump_at(noon - 1h + 10s);
    CHECK(post.received() == texts{"a"});
}

TEST_CASE("a batch is sent only when the one before it is done with") {
    post_office post({.rows = 1});
    post.server->pending_polls = 2;
    post.server->answers = {outcome::retry(because("busy")), outcome::acknowledged()};
    post.add("a");
    post.add("b");
    post.run();
    CHECK(post.received() == texts{"a", "a", "b"});
    CHECK(post.server->out_of_turn == 0);
    CHECK(post.box.retries() == 1);
}

TEST_CASE("too many waiting batches hold up the source") {
    post_office post({.rows = 1, .waiting = 2});
    post.server->pending_polls = 1'000'000;
    CHECK(post.box.ready());
    post.add("a");
    post.pump_at(noon);
    CHECK(post.box.ready());
    post.add("b");
    CHECK_FALSE(post.box.ready());
    CHECK(post.box.busy());
}

TEST_CASE("what it holds keeps its epoch until it is stored") {
    post_office post({.rows = 2, .age = 1h});
    CHECK(post.box.oldest_held() == weir::nothing_held);
    post.epoch = 5;
    post.add("a");
    post.epoch = 6;
    post.add("b");
    post.epoch = 7;
    post.add("c");
    CHECK(post.box.oldest_held() == 5);
    post.server->answers = {outcome::retry(because("busy"))};
    post.pump_at(noon);
    CHECK(post.box.oldest_held() == 5);
    post.pump_at(noon + 1h);
    CHECK(post.box.stored() == 3);
    CHECK(post.box.oldest_held() == weir::nothing_held);
}

TEST_CASE("every attempt carries the same bytes and token, and no two shipments share one") {
    post_office post({.rows = 1});
    post.server->answers = {outcome::retry(because("busy")), outcome::retry(because("busy")), outcome::acknowledged()};
    post.add("same");
    post.add("same");
    post.run();
    auto const& sent = post.server->received;
    REQUIRE(sent.size() == 4);
    CHECK(sent[0].token == sent[1].token);
    CHECK(sent[0].token == sent[2].token);
    CHECK(sent[2].token != sent[3].token);
    CHECK(sent[2].attempt == 3);
    CHECK(sent[3].attempt == 1);
    CHECK_FALSE(sent[0].token.empty());
}

TEST_CASE("another run has other tokens, and so has another sink that begins at the same moment with the same rows") {
    auto const token_at = [](weir::timestamp start) {
        post_office post({.rows = 1});
        post.now = start;
        post.add("row");
        post.pump_at(start);
        return post.server->received.at(0).token;
    };
    CHECK(token_at(noon) != token_at(noon + 1us));
    // Of two that write into one table, by jobs that a host steps at one time, the server would drop the second's rows.
    CHECK(token_at(noon) != token_at(noon));
}

TEST_CASE("it retries by the policy and not before the server says") {
    post_office post({.rows = 1, .retry = {.first_pause = 1s, .jitter = 0}});
    post.server->answers = {outcome::retry(because("busy")), outcome::retry(because("busy"), 30s),
                            outcome::acknowledged()};
    post.add("a");
    post.pump_at(noon);
    CHECK(post.box.next_wake() == noon + 1s);
    post.pump_at(noon + 1s - 1us);
    CHECK(post.server->received.size() == 1);
    post.pump_at(noon + 1s);
    CHECK(post.server->received.size() == 2);
    CHECK(post.box.next_wake() == noon + 31s);
    post.pump_at(noon + 31s);
    CHECK(post.server->received.size() == 3);
    CHECK(post.box.stored() == 1);
}

TEST_CASE("retries without a pause do not hold the host") {
    post_office post({.rows = 1, .retry = {.first_pause = 0s, .longest_pause = 0s}});
    post.server->judge = [](auto const&) { return outcome::retry(because("busy")); };
    post.add("a");
    post.pump_at(noon);
    CHECK(post.server->received.size() == 1);
}

TEST_CASE("when it gives up the job fails, with a clear error, and nothing counts as stored") {
    post_office post({.rows = 2, .retry = {.first_pause = 1s, .give_up_after = 60s}});
    post.server->judge = [](auto const&) { return outcome::retry(because("connection refused")); };
    post.epoch = 3;
    post.add("a");
    post.add("b");
    post.run();
    REQUIRE(post.box.failure());
    CHECK_THAT(to_string(*post.box.failure()), ContainsSubstring("server: http://db/: gave up after"));
    CHECK_THAT(to_string(*post.box.failure()), ContainsSubstring("in 60.0 s: connection refused"));
    CHECK(post.now == noon + 60s);
    CHECK(post.box.stored() == 0);
    CHECK(post.box.unsettled() == 2);
    CHECK(post.box.oldest_held() == 3);
    CHECK(post.out.letters.empty());
}

TEST_CASE("when it gives up the rows can go to the dead letters, and the job goes on") {
    post_office post({.rows = 2, .retry = {.most_attempts = 3, .exhausted = weir::when_exhausted::dead_letter}});
    post.server->answers.assign(3, outcome::retry(because("busy")));
    for (auto row : {"a", "b", "c", "d"}) post.add(row);
    post.run();
    CHECK_FALSE(post.box.failure());
    CHECK(post.out.payloads() == texts{"a", "b"});
    CHECK_THAT(post.out.letters.at(0).why.cause, ContainsSubstring("gave up after 3 attempts"));
    CHECK(post.out.letters.at(1).at.position == 2);
    CHECK(post.box.stored() == 2);
    CHECK(post.box.put_aside() == 2);
    CHECK(post.box.unsettled() == 0);
}

TEST_CASE("a fatal answer stops the job at once") {
    post_office post({.rows = 1});
    post.server->answers = {outcome::fatal(because("wrong password"))};
    post.add("a");
    post.pump_at(noon);
    REQUIRE(post.box.failure());
    CHECK(post.box.failure()->cause == "wrong password");
    CHECK_FALSE(post.box.busy());
    CHECK(post.box.unsettled() == 1);
    post.pump_at(noon + 1h);
    CHECK(post.server->received.size() == 1);
}

outcome refuse_rows_with(char bad, weir::shipment const& goods) {
    return goods.bytes.find(bad) == std::string_view::npos ? outcome::acknowledged()
                                                           : outcome::rejected(because("bad row"));
}

TEST_CASE("a refused row is found by halving, and put aside with its bytes and the reason") {
    post_office post({.rows = 7});
    post.server->judge = [](auto const& goods) { return refuse_rows_with('!', goods); };
    for (auto row : {"a", "b", "c", "d", "!", "f", "g"}) post.add(row);
    post.run();
    CHECK(post.out.payloads() == texts{"!"});
    CHECK(post.out.letters.at(0).why.cause == "bad row");
    CHECK(post.out.letters.at(0).at.position == 5);
    CHECK(post.box.stored() == 6);
    CHECK(post.box.put_aside() == 1);
    CHECK_FALSE(post.box.failure());
    std::set<std::string> tokens;
    for (auto const& one : post.server->received) tokens.insert(one.token);
    CHECK(tokens.size() == post.server->received.size());
}

TEST_CASE("the rows that a server names are put aside without another request") {
    post_office post({.rows = 4});
    post.server->answers = {outcome::partial(because("type conflict"), {1, 3, 77})};
    for (auto row : {"a", "b", "c", "d"}) post.add(row);
    post.run();
    CHECK(post.out.payloads() == texts{"b", "d"});
    CHECK(post.box.stored() == 2);
    CHECK(post.server->received.size() == 1);
}

TEST_CASE("each row that a server names may have a reason of its own") {
    post_office post({.rows = 4, .most_rejected = 2});
    post.server->answers = {outcome::partial(because("two rows"), {1, 3}, {because("no number"), because("no date")})};
    for (auto row : {"a", "b", "c", "d"}) post.add(row);
    post.run();
    REQUIRE(post.out.letters.size() == 2);
    CHECK(post.out.letters[0].why.cause == "no number");
    CHECK(post.out.letters[1].why.cause == "no date");
    CHECK_FALSE(post.box.failure());
}

TEST_CASE("rows named beyond the limit are neither put aside nor counted as stored") {
    post_office post({.rows = 6, .most_rejected = 1});
    post.server->answers = {outcome::partial(because("type conflict"), {0, 1, 2, 4})};
    for (auto row : {"a", "b", "c", "d", "e", "f"}) post.add(row);
    post.run();
    REQUIRE(post.box.failure());
    CHECK(post.out.payloads() == texts{"a", "b"});
    CHECK(post.box.stored() == 2);
    CHECK(post.box.unsettled() == 2);
}

TEST_CASE("when it gives up, rows that are known to be stored do not go to the dead letters") {
    post_office post({.rows = 4, .retry = {.most_attempts = 2, .exhausted = weir::when_exhausted::dead_letter}});
    outcome again = outcome::retry(because("busy"));
    again.bad_rows = {1, 2, 9};
    again.reasons = {because("queue full")};
    post.server->answers = {outcome::retry(because("busy")), again};
    for (auto row : {"a", "b", "c", "d"}) post.add(row);
    post.run();
    CHECK(post.out.payloads() == texts{"b", "c"});
    CHECK(post.out.letters.at(0).why.cause == "queue full");
    CHECK_THAT(post.out.letters.at(1).why.cause, ContainsSubstring("gave up after 2 attempts"));
    CHECK(post.box.stored() == 2);
    CHECK(post.box.unsettled() == 0);
}

TEST_CASE("a shipment that is too large is cut until it fits") {
    post_office post({.rows = 8});
    post.server->judge = [](auto const& goods) {
        return goods.bytes.size() > 3 ? outcome::too_large(because("413")) : outcome::acknowledged();
    };
    for (auto row : {"a", "b", "c", "d", "eeee", "f", "g", "h"}) post.add(row);
    post.run();
    CHECK(post.out.payloads() == texts{"eeee"});
    CHECK(post.box.stored() == 7);
}

TEST_CASE("many refused rows in one batch are no longer single bad rows: the job stops") {
    post_office post({.rows = 1000, .most_rejected = 10});
    post.server->judge = [](auto const& goods) { return refuse_rows_with('!', goods); };
    for (int i = 0; i < 1000; ++i) post.add("!");
    post.run();
    REQUIRE(post.box.failure());
    CHECK_THAT(post.box.failure()->cause,
               ContainsSubstring("more than 10 rows of one batch were refused; the last: bad row"));
    CHECK(post.out.letters.size() == 11);
    CHECK(post.server->received.size() < 40);
    CHECK(post.box.unsettled() == 989);
}

TEST_CASE("refused rows stop the job at once when that was asked for") {
    post_office post({.rows = 3, .rejected = weir::when_rejected::fail});
    post.server->judge = [](auto const& goods) { return refuse_rows_with('!', goods); };
    for (auto row : {"a", "!", "c"}) post.add(row);
    post.run();
    REQUIRE(post.box.failure());
    CHECK(post.server->received.size() == 1);
    CHECK(post.out.letters.empty());
    CHECK(post.box.unsettled() == 3);

    post_office other({.rows = 3, .rejected = weir::when_rejected::fail});
    other.server->answers = {outcome::partial(because("type conflict"), {1})};
    for (auto row : {"a", "!", "c"}) other.add(row);
    other.run();
    CHECK(other.box.failure());
}

TEST_CASE("what is on its way can be given up") {
    post_office post({.rows = 1});
    post.server->pending_polls = 1'000'000;
    post.add("a");
    post.pump_at(noon);
    post.box.cancel();
    post.box.cancel();
    CHECK(post.server->cancelled == 1);
    CHECK(post.box.stored() == 0);
}

TEST_CASE("whatever the server does, each row is stored once in order or put aside, and nothing is forgotten") {
    auto const seed = GENERATE(range(1U, 60U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    auto const chance = [&](unsigned percent) { return random() % 100 < percent; };
    post_office post({.rows = 1 + random() % 40,
                      .bytes = 20 + random() % 300,
                      .age = 1s,
                      .waiting = 1 + random() % 5,
                      .retry = {.give_up_after = weir::duration::max(), .seed = seed},
                      .most_rejected = 1'000'000});
    bool const names_rows = chance(50);
    std::size_t const largest = chance(50) ? 64 : 1'000'000;
    texts stored;
    auto const rows_of = [](std::string_view bytes) {
        texts rows;
        for (std::size_t at = 0; at < bytes.size();) {
            std::size_t const end = bytes.find('\n', at);
            rows.emplace_back(bytes.substr(at, end + 1 - at));
            at = end + 1;
        }
        return rows;
    };
    post.server->judge = [&](weir::shipment const& goods) {
        if (chance(20))
            return outcome::retry(because("busy"), chance(30) ? std::optional<weir::duration>(5s) : std::nullopt);
        if (goods.bytes.size() > largest) return outcome::too_large(because("413"));
        auto const rows = rows_of(goods.bytes);
        if (rows.size() != goods.rows) return outcome::fatal(because("rows were miscounted"));
        std::vector<std::size_t> bad;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i].find('!') != std::string::npos) bad.push_back(i);
        if (!bad.empty() && !names_rows) return outcome::rejected(because("bad row"));
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (std::find(bad.begin(), bad.end(), i) == bad.end()) stored.push_back(rows[i]);
        return bad.empty() ? outcome::acknowledged() : outcome::partial(because("bad row"), bad);
    };
    texts good, bad;
    for (int i = 0; i < 400; ++i) {
        bool const is_bad = chance(5);
        std::string const row = std::to_string(i) + (is_bad ? "!" : "") + std::string(random() % 9, 'x') + "\n";
        (is_bad ? bad : good).push_back(row);
        post.epoch = static_cast<std::uint64_t>(i);
        post.add(row);
        post.server->pending_polls = static_cast<int>(random() % 3);
        if (chance(30)) post.pump_at(post.now + 100ms);
        CHECK(post.box.stored() + post.box.put_aside() + post.box.unsettled() == static_cast<std::uint64_t>(i) + 1);
    }
    post.box.close_batch();
    post.run();
    CHECK_FALSE(post.box.failure());
    CHECK(stored == good);
    CHECK(post.out.payloads() == bad);
    CHECK(post.server->out_of_turn == 0);
    CHECK(post.box.oldest_held() == weir::nothing_held);
}

TEST_CASE("the outbox counts attempts, answers and what waits, and how long each acknowledgement took") {
    post_office post({.rows = 2, .age = 1h, .waiting = 3, .retry = {.first_pause = 2s, .jitter = 0}});
    post.server->answers = {outcome::retry(because("busy")), outcome::acknowledged(), outcome::partial(because("bad"), {1}),
                            outcome::rejected(because("bad")), outcome::acknowledged(), outcome::too_large(because("413"))};
    for (auto row : {"a", "b"}) post.add(row);
    post.pump_at(noon);
    weir::delivery_figures seen = post.box.figures();
    CHECK(seen.attempts == 1);
    CHECK(seen.retries == 1);
    CHECK(seen.waiting == 1);
    CHECK(seen.most_waiting == 3);
    CHECK(seen.latency.count() == 0);
    post.pump_at(noon + 2s);
    seen = post.box.figures();
    CHECK(seen.acknowledged == 1);
    CHECK(seen.waiting == 0);
    CHECK(seen.latency.count() == 1);
    CHECK(seen.latency.sum() == 2s);

    for (auto row : {"c", "d!", "e!", "f", "g"}) post.add(row);
    post.pump_at(noon + 3s);
    post.run();
    seen = post.box.figures();
    // c and d!: one partial answer. e! and f: refused, halved, then f alone refused. And g, when it was old enough.
    CHECK(seen.attempts == 2 + 1 + 3 + 1);
    CHECK(seen.refusals == 1 + 1 + 1);
    CHECK(seen.acknowledged == 4);
    CHECK(seen.latency.count() == 4);
    CHECK(seen.latency.sum() == 2s);
    CHECK(post.box.retries() == 1);
}

TEST_CASE("a shipment of which nothing is stored is a refusal, and no acknowledgement") {
    post_office post({.rows = 2, .age = 1h});
    post.server->answers = {outcome::partial(because("bad"), {0, 1}), outcome::partial(because("bad"), {0}),
                            outcome::partial(because("bad"), {})};
    for (auto row : {"a!", "b!", "c!", "d", "e", "f"}) post.add(row);
    post.pump_at(noon);
    weir::delivery_figures const seen = post.box.figures();
    CHECK(seen.attempts == 3);
    CHECK(seen.refusals == 3);
    CHECK(seen.acknowledged == 2);
    CHECK(seen.latency.count() == 2);
    CHECK(post.box.stored() == 3);
    CHECK(post.box.put_aside() == 3);
    CHECK(post.out.payloads() == texts{"a!", "b!", "c!"});
}

}  // namespace weir_test::sink_outbox
