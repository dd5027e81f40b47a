// SPDX-License-Identifier: Apache-2.0
// needs: redis
#include <weir/adapter/redis.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/naughty_texts.hpp>
#include <support/real_redis.hpp>
#include <thread>
#include <utility>
#include <vector>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::integration_redis_lookup {

using namespace std::chrono_literals;
using namespace real_redis;
using Catch::Matchers::ContainsSubstring;

constexpr weir::timestamp noon = weir::timestamp(1'749'556'800s);  // 2025-06-10T12:00:00Z

struct feature {
    std::string_view id;
    std::string_view text;
    std::int64_t n;
    double score;
    bool member;
    weir::timestamp since;
    std::optional<std::int32_t> age;
};
/// What is stored of it: all but the key.
struct stored {
    std::string_view text;
    std::int64_t n;
    double score;
    bool member;
    weir::timestamp since;
    std::optional<std::int32_t> age;
};
struct click {
    std::string_view id;
    std::int64_t number;
};

TEST_CASE("real redis: what the sink has written the look-up reads, byte by byte, in each writing of times") {
    auto const times = GENERATE(weir::redis::time_text::iso, weir::redis::time_text::iso_without_zone, weir::redis::time_text::microseconds);
    WEIR_FRESH_REDIS(url);
    auto const names = naughty_texts();
    std::vector<feature> rows;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const n = static_cast<std::int64_t>(i);
        rows.push_back({names[i], names[names.size() - 1 - i], n * 1'000'003 - 5, 0.1 * static_cast<double>(n), n % 2 == 0, noon + 1us * n,
                        n % 3 == 0 ? std::optional<std::int32_t>() : static_cast<std::int32_t>(-n)});
    }
    auto const written = weir::run(weir::from(weir::values(rows)) |
                                   weir::redis::sink({.url = url, .key = "feature:{id}", .times = times, .batch = {.rows = 7}}));
    REQUIRE(written.ended);

    std::vector<click> clicks;
    for (std::size_t i = 0; i < 3 * rows.size(); ++i) clicks.push_back({rows[i * 7 % rows.size()].id, static_cast<std::int64_t>(i * 7 % rows.size())});
    clicks.push_back({"nobody", -1});
    std::size_t same = 0;
    std::size_t absent = 0;
    auto const read = weir::run(weir::from(weir::values(clicks)) |
                                weir::redis::lookup<stored>({.url = url, .key = "feature:{id}", .times = times}, weir::left_join,
                                                            [&](click const& c, stored const* s) {
                                                                if (!s) return ++absent, c.number == -1;
                                                                feature const& want = rows[static_cast<std::size_t>(c.number)];
                                                                return s->text == want.text && s->n == want.n && s->score == want.score &&
                                                                       s->member == want.member && s->since == want.since && s->age == want.age;
                                                            }) |
                                weir::call([&](bool good) { same += good ? 1 : 0; }));
    CHECK(read.ended);
    CHECK(read.balanced());
    CHECK(absent == 1);
    CHECK(same == clicks.size());
}

struct count {
    std::int64_t clicks;
};

TEST_CASE("real redis: look-ups of strings and fields; keys of another type; and log-ins that are refused") {
    WEIR_FRESH_REDIS(url);
    std::string const password = environment_variable("WEIR_TEST_REDIS_PASSWORD");
    onlooker look(url);
    look.ask({"SET", "n:a", "7"});
    look.ask({"HSET", "n:b", "x", "8"});
    texts seen;
    auto const looked_up = [&](weir::redis::lookup_options options) {
        if (options.url == weir::redis::lookup_options{}.url) options.url = url;
        options.key = "n:{id}";
        options.retry.most_attempts = 2;
        seen.clear();
        auto branch = drive<click>(weir::chain(weir::redis::lookup<count>(options, weir::left_join, [](click const&, count const* c) {
                                       return c ? c->clicks : -1;
                                   })) | weir::call([&](std::int64_t n) { seen.push_back(std::to_string(n)); }));
        branch.tick(noon);
        branch.poll(click{"a", 1}, click{"b", 2}, click{"c", 3});
        branch.run_with_network();
        for (auto const& why : branch.reasons()) seen.push_back(to_string(why));
        std::string const failure = branch.flow().failure() ? to_string(*branch.flow().failure()) : std::string();
        CHECK(failure.find(password) == std::string::npos);
        return failure;
    };
    CHECK(looked_up({.type = weir::redis::data_type::string}) == "");
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] == "7");
    CHECK(seen[1] == "-1");
    CHECK_THAT(seen[2], ContainsSubstring(url + ", key 'n:b': WRONGTYPE") && ContainsSubstring("another lookup_options::key"));

    CHECK(looked_up({.url = environment_variable("WEIR_TEST_REDIS_SOCKET"), .field = "x"}) == "");
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] == "8");
    CHECK_THAT(seen[2], ContainsSubstring("key 'n:a', field 'x': WRONGTYPE"));

    CHECK_THAT(looked_up({.user = environment_variable("WEIR_TEST_REDIS_USER"), .password = password + "x", .field = "x"}),
               ContainsSubstring("check lookup_options::user and lookup_options::password"));
    look.ask({"ACL", "SETUSER", "writer", "on", ">" + password, "~*", "+@write", "-@read"});
    CHECK_THAT(looked_up({.user = "writer", .password = password, .field = "x"}), ContainsSubstring("NOPERM") && ContainsSubstring("ACL SETUSER"));
    CHECK(seen.empty());
    look.ask({"ACL", "SETUSER", "narrow", "on", ">" + password, "~other:*", "+@read"});
    CHECK_THAT(looked_up({.user = "narrow", .password = password, .field = "x"}), ContainsSubstring("NOPERM"));
    look.ask({"ACL", "SETUSER", "reader", "on", ">" + password, "~n:*", "+hget"});
    CHECK(looked_up({.user = "reader", .password = password, .field = "x"}) == "");
    look.ask({"CONFIG", "SET", "requirepass", password});
    CHECK_THAT(looked_up({.field = "x"}), ContainsSubstring("NOAUTH"));
    CHECK(looked_up({.password = password, .field = "x"}) == "");
    look.ask({"CONFIG", "SET", "requirepass", ""});
}

TEST_CASE("real redis: look-ups go on through connections cut and a server killed and restarted, in order") {
    WEIR_FRESH_REDIS(url);
    std::string const services = WEIR_SERVICES;
    constexpr std::int64_t keys = 500;
    {
        onlooker look(url);
        look.ask({"CONFIG", "SET", "appendfsync", "always"});
        for (std::int64_t i = 0; i < keys + 6; ++i) look.ask({"SET", "n:" + std::to_string(i), std::to_string(i * 3)});
    }
    std::vector<std::string> ids;
    for (std::int64_t i = 0; i < keys + 6; ++i) ids.push_back(std::to_string(i));
    weir::redis::lookup_options options{.url = url, .type = weir::redis::data_type::string, .key = "n:{id}"};
    options.time_to_live = {};
    std::vector<std::int64_t> seen;
    std::vector<std::int64_t> expected;
    auto branch = drive<click>(weir::chain(weir::redis::lookup<count>(options, weir::left_join, [](click const& c, count const* found) {
                                   return c.number * 1'000'000 + (found ? found->clicks : -1);
                               })) | weir::call([&](std::int64_t n) { seen.push_back(n); }));
    auto const begun = std::chrono::steady_clock::now();
    auto const tick = [&] {
        branch.tick(noon + std::chrono::duration_cast<weir::duration>(std::chrono::steady_clock::now() - begun));
        std::this_thread::yield();
    };
    auto const done = [&] { return !branch.flow().busy() || branch.flow().failure(); };
    tick();
    std::int64_t number = 0;
    for (int round = 0; round < 6; ++round) {
        for (std::int64_t i = 0; i < 300; ++i, ++number) {
            std::int64_t const id = number * 7919 % keys;
            branch.accept({ids[static_cast<std::size_t>(id)], number});
            expected.push_back(number * 1'000'000 + id * 3);
        }
        branch.flow().settle();
        if (round == 1 || round == 3) {
            REQUIRE(std::system((services + " kill redis > /dev/null").c_str()) == 0);
            // One that was not asked for before, so that its answer cannot be on its way yet.
            branch.accept({ids[static_cast<std::size_t>(keys + round)], number});
            expected.push_back(number++ * 1'000'000 + (keys + round) * 3);
            branch.flow().settle();
            for (int i = 0; i < 20; ++i) tick();
            CHECK_FALSE(done());
            REQUIRE(std::system((services + " restart redis > /dev/null").c_str()) == 0);
        } else {
            onlooker(url).ask({"CLIENT", "KILL", "TYPE", "normal"});
        }
        auto const deadline = std::chrono::steady_clock::now() + 60s;
        while (!done() && std::chrono::steady_clock::now() < deadline) tick();
    }
    CHECK(branch.flow().failure() == nullptr);
    CHECK(branch.reasons().empty());
    CHECK(seen == expected);
    onlooker(url).ask({"CONFIG", "SET", "appendfsync", "everysec"});
}

}  // namespace weir_test::integration_redis_lookup
