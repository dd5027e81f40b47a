// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/lookup.hpp>

#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <thread>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/testing/scripted_source.hpp>

namespace weir_test::adapter_redis_lookup {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis lookup: values come of hashes, all in one pipeline, and are asked for once") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}, {"age", "30"}, {"city", "Rome"}});
    kept.put("user:2", {{"name", "bob"}});
    scripted_redis server(kept.handler());
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/"}, click{2, "/a"}, click{1, "/b"}, click{9, "/c"});
    CHECK(lookup.seen() == texts{"/@ann/30", "/a@bob/-", "/b@ann/30", "/c@-/-"});
    CHECK(server.commands() == texts{"HMGET user:1 name age", "HMGET user:2 name age", "HMGET user:9 name age"});
    // From what it has kept, at once.
    lookup->poll(click{2, "/d"}, click{1, "/e"});
    CHECK(lookup.seen().back() == "/e@ann/30");
    CHECK(server.commands().size() == 3);
    CHECK(server.connections() == 1);
    CHECK(lookup.account().passed == 6);
    CHECK(lookup.account().balanced());
    CHECK(lookup->flow().next_wake() == weir::end_of_time);
}

TEST_CASE("redis lookup: a key is asked for once while its answer is under way, also by later polls") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    std::atomic<bool> may_answer = false;
    scripted_redis server([&](redis_command const& asked) {
        while (!may_answer) std::this_thread::yield();
        return kept.answer(asked);
    });
    auto options = from(server);
    options.time_to_live = {};
    driven_lookup lookup(options);
    lookup->poll(click{1, "/a"}, click{1, "/b"});
    lookup->poll(click{1, "/c"});
    CHECK(lookup.account().in_flight == 3);
    CHECK(lookup.account().balanced());
    may_answer = true;
    lookup->run_with_network();
    CHECK(lookup.seen() == texts{"/a@ann/-", "/b@ann/-", "/c@ann/-"});
    CHECK(server.commands().size() == 1);
    // Nothing is kept: whoever comes behind the answer asks anew.
    lookup.all_of(click{1, "/d"});
    CHECK(server.commands().size() == 2);
    CHECK(lookup.account().passed == 4);
}

struct visit {
    std::optional<std::int64_t> user_id;
    std::string_view page;
};

TEST_CASE("redis lookup: an inner join leaves out what is not there, and counts what has no key") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    scripted_redis server(kept.handler());
    texts seen;
    auto branch = drive<visit>(weir::chain(weir::redis::lookup<user>(from(server), weir::inner_join,
                                                         [](visit const& v, user const& u) { return std::pair(v.page, u.name); })) |
                               weir::call([&](auto const& pair) { seen.push_back(std::string(pair.first) + std::string(pair.second)); }));
    branch.tick(noon);
    branch.poll(visit{1, "/a"}, visit{2, "/b"}, visit{std::nullopt, "/c"}, visit{1, "/d"});
    branch.run_with_network();
    CHECK(seen == texts{"/aann", "/dann"});
    weir::tally const count = [&] {
        weir::tally all;
        all.in = branch.taken();
        branch.stage().account(all);
        return all;
    }();
    CHECK(count.passed == 2);
    CHECK(count.filtered == 1);
    CHECK(count.null_key == 1);
    CHECK(count.balanced());

    // Of a left join they go on, in their place.
    texts all;
    auto left = drive<visit>(weir::chain(weir::redis::lookup<user>(from(server), weir::left_join,
                                                       [](visit const& v, user const* u) { return std::pair(v.page, u != nullptr); })) |
                             weir::call([&](auto const& pair) { all.push_back(std::string(pair.first) + (pair.second ? "+" : "-")); }));
    left.tick(noon);
    left.poll(visit{1, "/a"}, visit{2, "/b"}, visit{std::nullopt, "/c"}, visit{1, "/d"});
    left.run_with_network();
    CHECK(all == texts{"/a+", "/b-", "/c-", "/d+"});
}

TEST_CASE("redis lookup: what a poll asks for goes out when the poll is over, without waiting for the next") {
    kept_values kept;
    scripted_redis server(kept.handler());
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"});
    lookup->poll(click{2, "/b"});
    auto const deadline = std::chrono::steady_clock::now() + 20s;
    while (server.commands().size() < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    CHECK(server.commands().size() == 2);
}

TEST_CASE("redis lookup: nothing overtakes an item that waits, neither items, nor time, nor lanes") {
    kept_values kept;
    for (int i = 1; i <= 3; ++i) kept.put("user:" + std::to_string(i), {{"name", "u" + std::to_string(i)}});
    std::atomic<int> allowed = 1;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        for (++turn; allowed < turn;) std::this_thread::yield();
        return kept.answer(asked);
    });
    driven_lookup lookup(from(server));
    lookup->flow().watermark(noon);
    lookup.all_of(click{1, "/a"});
    lookup->poll(click{1, "/b"}, click{2, "/c"}, click{1, "/d"});
    lookup->flow().watermark(noon + 1s);
    lookup->flow().watermark(noon + 2s);
    lookup->poll(click{3, "/e"}, click{1, "/f"});
    lookup->flow().lane({3, weir::lane_event::kind::ended});
    lookup->flow().watermark(noon + 3s);
    for (int i = 0; i < 20; ++i) lookup->tick(noon);
    CHECK(lookup.seen() == texts{"w0", "/a@u1/-", "/b@u1/-"});
    CHECK(lookup->flow().oldest_held() == 2);
    allowed = 2;
    while (lookup.seen().size() < 6) lookup->tick(noon);
    CHECK(lookup.seen() == texts{"w0", "/a@u1/-", "/b@u1/-", "/c@u2/-", "/d@u1/-", "w2"});
    CHECK(lookup->flow().waiting());
    allowed = 3;
    lookup->run_with_network();
    CHECK(lookup.seen() == texts{"w0", "/a@u1/-", "/b@u1/-", "/c@u2/-", "/d@u1/-", "w2", "/e@u3/-", "/f@u1/-", "l3", "w3"});
    CHECK(lookup->flow().oldest_held() == weir::nothing_held);
}

TEST_CASE("redis lookup: when too many wait the source is held back until all have gone on") {
    kept_values kept;
    std::atomic<int> allowed = 0;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        for (++turn; allowed < turn;) std::this_thread::yield();
        return kept.answer(asked);
    });
    auto options = from(server);
    options.most_waiting = 3;
    driven_lookup lookup(options);
    CHECK(lookup->flow().ready());
    lookup->poll(click{1, "/"}, click{2, "/"});
    CHECK(lookup->flow().ready());
    CHECK(lookup->flow().waiting());
    lookup->poll(click{3, "/"});
    CHECK_FALSE(lookup->flow().ready());
    allowed = 1;
    while (lookup.seen().empty()) lookup->tick(noon);
    CHECK_FALSE(lookup->flow().ready());
    allowed = 100;
    lookup->run_with_network();
    CHECK(lookup->flow().ready());
    CHECK(lookup.seen().size() == 3);

    options.most_held_bytes = 100;
    driven_lookup pushed(options);
    std::string const long_page(40, 'x');
    pushed->poll(click{1, long_page});
    CHECK(pushed->flow().ready());
    pushed->poll(click{1, long_page});
    CHECK_FALSE(pushed->flow().ready());
    CHECK(pushed.failure() == "");
    pushed->poll(click{1, long_page});
    CHECK_THAT(pushed.failure(), ContainsSubstring("more than 100 bytes of items wait for answers"));
    CHECK(pushed.account().in_flight == 3);
}

struct ending_sink {
    texts* seen;
    bool* ended;
    void on_item(std::string const& row) { seen->push_back(row); }
    void on_end(auto&) { *ended = true; }
};

TEST_CASE("redis lookup: the job ends when every answer is there, and what waits is not acknowledged") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    std::atomic<bool> may_answer = false;
    scripted_redis server([&](redis_command const& asked) {
        while (!may_answer) std::this_thread::yield();
        return kept.answer(asked);
    });
    weir::testing::scripted_source<click> source;
    source.item({1, "/a"}).item({2, "/b"});
    source.end_poll();
    source.item({1, "/c"});
    auto const progress = source.progress();
    texts seen;
    bool ended = false;
    auto job = weir::from(std::move(source)) |
               weir::redis::lookup<user>(from(server), weir::left_join,
                                         [](click const& c, user const* u) {
                                             return std::string(c.page) + std::string(u ? u->name : "-");
                                         }) |
               ending_sink{&seen, &ended};
    for (int i = 0; i < 50; ++i) job.step(100, noon);
    CHECK_FALSE(job.finished());
    CHECK_FALSE(ended);
    CHECK(seen.empty());
    CHECK(progress->acknowledged <= progress->item_epochs.at(0));
    CHECK(job.report().balanced());
    may_answer = true;
    while (!job.finished()) job.step(100, noon);
    CHECK(seen == texts{"/aann", "/b-", "/cann"});
    CHECK(ended);
    CHECK(progress->acknowledged > progress->item_epochs.at(2));
    CHECK(job.report().balanced());
}

TEST_CASE("redis lookup: a connection that breaks is made anew, and what was not answered is asked again, in order") {
    kept_values kept;
    for (int i = 0; i < 50; ++i) kept.put("user:" + std::to_string(i), {{"name", "u" + std::to_string(i)}});
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        ++turn;
        if (turn == 20) return reply::raw("", reply::then::reset);
        if (turn == 45) return reply::raw("*2\r\n$2\r\nxx", reply::then::close);
        return kept.answer(asked);
    });
    driven_lookup lookup(from(server));
    for (std::int64_t i = 0; i < 50; ++i) lookup->poll(click{i, "/"});
    lookup->run_with_network();
    CHECK(lookup.failure() == "");
    REQUIRE(lookup.seen().size() == 50);
    for (std::size_t i = 0; i < 50; ++i) CHECK(lookup.seen()[i] == "/@u" + std::to_string(i) + "/-");
    CHECK(server.connections() == 3);
}

TEST_CASE("redis lookup: a connection that the server closed between two polls costs no attempt") {
    kept_values kept;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        return ++turn == 1 ? reply::raw(kept.answer(asked).bytes, reply::then::close) : kept.answer(asked);
    });
    auto options = from(server);
    options.retry.most_attempts = 1;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"});
    CHECK(lookup.seen().size() == 1);
    // The farewell is on its way over loopback; the socket is asked, not the clock.
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    lookup.all_of(click{2, "/b"});
    CHECK(lookup.failure() == "");
    CHECK(lookup.seen().size() == 2);
}

TEST_CASE("redis lookup: a long pipeline keeps its order while more is asked, answered, and asked again") {
    kept_values kept;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        std::string const& key = asked.arguments.at(1);
        if (++turn == 1'300 || turn == 1'700 || turn == 2'100) return reply::raw("", reply::then::close);
        return reply{"*2\r\n" + kept_values::bulk(key) + kept_values::bulk(std::nullopt)};
    });
    auto options = from(server);
    options.retry.most_attempts = 2;  // without an answer between
    driven_lookup lookup(options);
    std::int64_t next = 0;
    for (int i = 0; i < 1'500; ++i, ++next) lookup->accept({next, "/"});
    lookup->flow().settle();
    while (lookup->flow().busy() && lookup.failure().empty()) {
        if (next < 4'000) lookup->accept({next++, "/"});
        lookup->flow().settle();
        lookup->tick(lookup->flow().next_wake() > lookup->now() + 10ms ? lookup->flow().next_wake() : lookup->now());
    }
    CHECK(lookup.failure() == "");
    REQUIRE(lookup.seen().size() == static_cast<std::size_t>(next));
    for (std::size_t i = 0; i < lookup.seen().size(); ++i) REQUIRE(lookup.seen()[i] == "/@user:" + std::to_string(i) + "/-");
}

TEST_CASE("redis lookup: a server that cannot answer now is asked again after a pause") {
    auto const failure = GENERATE(reply::error("LOADING Redis is loading the dataset in memory"), reply::error("BUSY Redis is busy"),
                                  reply::error("TRYAGAIN Multiple keys request during rehashing of slot"),
                                  reply::error("CLUSTERDOWN The cluster is down"), reply::error("MASTERDOWN Link with MASTER is down"),
                                  reply::raw("-ERR max number of clients reached\r\n", reply::then::close),
                                  reply::raw("", reply::then::close));
    CAPTURE(failure.bytes);
    kept_values kept;
    kept.put("user:2", {{"name", "bob"}});
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) { return ++turn <= 2 ? failure : kept.answer(asked); });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"}, click{2, "/b"});
    CHECK(lookup.failure() == "");
    CHECK(lookup.seen() == texts{"/a@-/-", "/b@bob/-"});
    CHECK(lookup->reasons().empty());
    CHECK(lookup->now() >= noon + 50ms);
    CHECK(lookup.account().balanced());
}

TEST_CASE("redis lookup: a server that stays away is one clear error in time, or its items are put aside") {
    auto options = weir::redis::lookup_options{.url = scripted_redis::closed_url(), .key = "user:{user_id}", .retry = {.give_up_after = 20s}};
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"}, click{2, "/b"});
    CHECK(lookup->now() <= noon + 20s);
    CHECK_THAT(lookup.failure(), ContainsSubstring("redis: " + options.url + ": gave up after") && ContainsSubstring("refused") &&
                                     ContainsSubstring("nothing was acknowledged"));
    CHECK(lookup.account().in_flight == 2);
    CHECK(lookup.account().balanced());

    options.retry.exhausted = weir::when_exhausted::dead_letter;
    driven_lookup going_on(options);
    going_on.all_of(click{1, "/a"}, click{2, "/b"});
    CHECK(going_on.failure() == "");
    CHECK(going_on.account().dead_lettered == 2);
    REQUIRE(going_on->reasons().size() == 2);
    CHECK_THAT(weir::to_string(going_on->reasons()[0]), ContainsSubstring("key 'user:1': gave up after"));
    // It is not kept that it could not be had.
    weir::timestamp const before = going_on->now();
    going_on.all_of(click{1, "/c"});
    CHECK(going_on->now() > before);
    CHECK(going_on.account().balanced());
}

TEST_CASE("redis lookup: an hour of good answers is no hour of failures") {
    kept_values kept;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        return ++turn == 2 ? reply::raw("", reply::then::close) : kept.answer(asked);
    });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"});
    lookup->tick(noon + 1h);
    lookup.all_of(click{2, "/b"});
    CHECK(lookup.failure() == "");
    CHECK(lookup.seen().size() == 2);
}

TEST_CASE("redis lookup: a server that falls silent is left when the host's clock says so, in the log-in and behind it") {
    std::string const silent = GENERATE("AUTH", "HMGET");
    scripted_redis server([&](redis_command const& asked) {
        return asked.name() == silent ? reply::raw("", reply::then::silence) : reply::ok();
    });
    auto options = from(server);
    options.password = "canary";
    options.retry.most_attempts = 1;
    driven_lookup lookup(options);
    lookup->poll(click{1, "/a"});
    while (server.commands().empty() || !server.commands().back().starts_with(silent)) lookup->tick(noon);
    lookup->tick(noon + (silent == "AUTH" ? 4s : 14s));
    CHECK(lookup.failure() == "");
    lookup->tick(noon + (silent == "AUTH" ? 10s : 30s));
    CHECK_THAT(lookup.failure(), ContainsSubstring(silent == "AUTH" ? "did not answer within lookup_options::connect_timeout"
                                                                    : "did not answer within lookup_options::timeout"));
}

TEST_CASE("redis lookup: errors that no repetition helps stop the job with one clear sentence, before anything goes on") {
    auto const [text, expected] = GENERATE(table<std::string, std::string>(
        {{"MOVED 3999 10.0.0.7:6381", "Redis Cluster is not supported: use a server, or a primary, of its own; this key lives at 10.0.0.7:6381"},
         {"ASK 3999 10.0.0.7:6381", "Redis Cluster is not supported"},
         {"NOAUTH Authentication required.", "check lookup_options::user and lookup_options::password"},
         {"NOPERM this user has no permissions to run the 'hmget' command", "ACL SETUSER"},
         {"ERR unknown command `HMGET`", "too old"}}));
    scripted_redis server([said = reply::error(text)](redis_command const&) { return said; });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"}, click{2, "/b"});
    CHECK_THAT(lookup.failure(), ContainsSubstring("redis: " + server.url() + ": " + text) && ContainsSubstring(expected));
    CHECK(lookup.seen().empty());
    CHECK(lookup.account().in_flight == 2);
    CHECK(lookup.account().balanced());
}

TEST_CASE("redis lookup: a wrong password stops the job, and no error shows it, whoever repeats it") {
    auto const said = GENERATE(reply::error("WRONGPASS invalid username-password pair, canary is wrong"),
                               reply::error("ERR invalid password canary"), reply::raw("-WRONGPASS canary\r\n", reply::then::close));
    scripted_redis server([said](redis_command const&) { return said; });
    auto options = from(server);
    options.user = "reader";
    options.password = "canary";
    options.database = 2;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"});
    CHECK_THAT(lookup.failure(), ContainsSubstring("redis: " + server.url() + "/2: ") &&
                                     ContainsSubstring("(check lookup_options::user and lookup_options::password)"));
    CHECK(lookup.failure().find("canary") == std::string::npos);
    for (auto const& one : server.commands()) CHECK_FALSE(one.starts_with("HMGET"));
}

TEST_CASE("redis lookup: it logs in and chooses the database once a connection") {
    kept_values kept;
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.user = "reader";
    options.password = "canary";
    options.database = 3;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"});
    lookup.all_of(click{2, "/b"});
    CHECK(server.commands() == texts{"AUTH reader canary", "SELECT 3", "HMGET user:1 name age", "HMGET user:2 name age"});
}

TEST_CASE("redis lookup: what is no Redis is one clear error") {
    auto const said = GENERATE(reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n", reply::then::close), reply{":1\r\n"}, reply{"+OK\r\n"},
                               reply{"*1\r\n$1\r\nx\r\n"}, reply{"*3\r\n$-1\r\n$-1\r\n$-1\r\n"}, reply{"*-1\r\n"},
                               reply{"*2\r\n*1\r\n$1\r\nx\r\n$-1\r\n"}, reply{"*2\r\n:1\r\n$-1\r\n"},
                               reply{"*2\r\n-ERR no such thing\r\n$-1\r\n"}, reply{"+" + std::string(200'000, 'x')});
    CAPTURE(said.bytes.substr(0, 100));
    scripted_redis server([said](redis_command const&) { return said; });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"});
    CHECK_THAT(lookup.failure(), ContainsSubstring("the answer is not Redis's") && ContainsSubstring("check lookup_options::url"));
    CHECK(lookup.seen().empty());
}

TEST_CASE("redis lookup: a word of the server is no value") {
    scripted_redis server([](redis_command const&) { return reply::ok(); });
    struct name {
        std::string text;
    };
    auto options = from(server);
    options.type = weir::redis::data_type::string;
    auto branch = drive<click>(weir::chain(weir::redis::lookup<name>(options, weir::left_join, [](click const&, name const*) { return 1; })) |
                               weir::discard());
    branch.tick(noon);
    branch.poll(click{1, "/a"});
    branch.run_with_network();
    REQUIRE(branch.flow().failure());
    CHECK_THAT(branch.flow().failure()->cause, ContainsSubstring("neither a value nor that there is none"));
}

TEST_CASE("redis lookup: an answer without a question is not taken for the next one's") {
    std::string const one = "*2\r\n$1\r\na\r\n$1\r\n1\r\n";
    scripted_redis server([&](redis_command const&) { return reply{one + one}; });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"});
    CHECK_THAT(lookup.failure(), ContainsSubstring("the answer is not Redis's: more answers than questions"));
    CHECK(lookup.seen() == texts{"/a@a/1"});
}

/// Of watermarks in a row the last one says what all say.
texts last_of_watermarks(texts const& rows) {
    texts kept;
    for (auto const& row : rows) {
        if (row.starts_with('w') && !kept.empty() && kept.back().starts_with('w')) kept.pop_back();
        kept.push_back(row);
    }
    return kept;
}

TEST_CASE("redis lookup: whatever the server does and the cache forgets, the rows are those of a plain join, in order") {
    auto const seed = GENERATE(range(1u, 13u));
    std::mt19937 random(seed);
    auto const one_of = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    kept_values kept;
    // Of ten users two are not there, and one cannot be read.
    for (int i = 0; i < 8; ++i) kept.put("user:" + std::to_string(i), {{"name", "u" + std::to_string(i)}, {"age", i == 7 ? "?" : std::to_string(i)}});
    std::mt19937 moods(seed + 100);
    scripted_redis server([&](redis_command const& asked) {
        for (auto pause = moods() % 3; pause != 0; --pause) std::this_thread::yield();
        switch (moods() % 40) {
            case 0: return reply::raw("", reply::then::close);
            case 1: return reply::raw("*2\r\n", reply::then::reset);
            case 2: return reply::error("LOADING Redis is loading the dataset in memory");
            case 3: return reply::raw(kept.answer(asked).bytes, reply::then::close);
            default: return kept.answer(asked);
        }
    });
    auto options = from(server);
    options.time_to_live = std::vector<weir::duration>{0s, 1s, 1min}[one_of(3)];
    options.absent_time_to_live = std::vector<weir::duration>{0s, 1s}[one_of(2)];
    options.most_entries = std::vector<std::size_t>{0, 1, 3, 100}[one_of(4)];
    driven_lookup lookup(options);
    std::vector<std::string> pages;
    for (int i = 0; i < 600; ++i) pages.push_back("/" + std::to_string(i));
    texts expected;
    std::size_t letters = 0;
    for (std::size_t i = 0; i < pages.size();) {
        std::size_t const batch = one_of(20);
        for (std::size_t n = 0; n < batch && i < pages.size(); ++n, ++i) {
            auto const id = static_cast<std::int64_t>(one_of(10));
            lookup->accept({id, pages[i]});
            if (id == 7) ++letters;
            else if (id > 7) expected.push_back(pages[i] + "@-/-");
            else expected.push_back(pages[i] + "@u" + std::to_string(id) + "/" + std::to_string(id));
            if (one_of(30) == 0) pages[i].assign(pages[i].size(), '?');  // it was only lent
        }
        lookup->flow().settle();
        if (one_of(4) == 0) {
            lookup->flow().watermark(noon + 1s * i);
            expected.push_back("w" + std::to_string(i));
        }
        if (one_of(3) == 0) lookup->run_with_network();
        lookup->tick(lookup->now() + 100ms * one_of(5));
    }
    lookup->run_with_network();
    CHECK(lookup.failure() == "");
    CHECK(last_of_watermarks(lookup.seen()) == last_of_watermarks(expected));
    CHECK(lookup->reasons().size() == letters);
    CHECK(lookup.account().in_flight == 0);
    CHECK(lookup.account().balanced());
}

}  // namespace weir_test::adapter_redis_lookup
