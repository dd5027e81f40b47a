// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/lookup_stage.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>

namespace weir_test::adapter_redis_detail_lookup_stage {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

/// Polls that read one click each, whose page is lent for as long as the poll lasts.
struct lending_source {
    using output = click;
    std::int64_t end = 0;
    std::int64_t next = 0;
    std::string page{};

    weir::poll_result poll(auto& out) {
        if (next == end) return weir::poll_result::end;
        page.assign(40, static_cast<char>('a' + next % 26));
        out.emit(click{next++, page});
        return weir::poll_result::ready;
    }
};

/// Copies what it was given when the poll is over, and not before.
struct keeper {
    texts* seen;
    std::vector<std::string_view> views{};
    void on_item(std::string_view const& page) { views.push_back(page); }
    void settle(auto&) {
        for (std::string_view const view : std::exchange(views, {})) seen->emplace_back(view);
    }
};

TEST_CASE("redis lookup: it tells how many keys it asked for, and what it keeps") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    kept.put("user:2", {{"name", "bob"}});
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.most_entries = 50;
    auto job = weir::from(weir::push<click>()) |
               weir::redis::lookup<user>(options, weir::left_join, [](click const& c, user const*) { return c.page; }) |
               weir::discard();
    auto const look = [&] { return job.report().stages.at(1).figures.lookup; };
    job.step(0, noon);
    for (std::int64_t const id : {1, 2, 1, 1, 2}) job.push(click{id, "/"});
    auto const deadline = std::chrono::steady_clock::now() + 20s;
    while (job.report().stages.at(1).count.in_flight != 0 && std::chrono::steady_clock::now() < deadline) job.step(0, noon);
    job.push(click{2, "/"});
    REQUIRE(look());
    CHECK(look()->questions == 2);
    CHECK(look()->kept == 2);
    CHECK(look()->most_kept == 50);
    CHECK(look()->bytes > 0);
    CHECK(job.report().stages.at(1).count.passed == 6);
}

TEST_CASE("redis lookup: what waited and has gone on does not count, however many polls wait in turn") {
    std::size_t const most_held_bytes = GENERATE(60u, 100u, 200u);
    kept_values kept;
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.most_held_bytes = most_held_bytes;
    texts seen;
    auto job = weir::from(lending_source{.end = 30}) |
               weir::redis::lookup<user>(options, weir::left_join, [](click const& c, user const*) { return c.page; }) |
               keeper{&seen};
    auto const deadline = std::chrono::steady_clock::now() + 20s;
    while (!job.finished() && std::chrono::steady_clock::now() < deadline) job.step(100, noon);
    REQUIRE(job.finished());
    CHECK_FALSE(job.failure());
    CHECK(job.report().balanced());
    REQUIRE(seen.size() == 30);
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == std::string(40, static_cast<char>('a' + i % 26)));
}

TEST_CASE("redis lookup: once too much waits nothing goes on, least of all without its row") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.most_held_bytes = 100;
    driven_lookup lookup(options);
    std::string const page(40, 'x');
    lookup->poll(click{1, page});
    // The answer comes between two ticks, to a host that pushes on.
    while (lookup->flow().next_wake() > noon) lookup->poll();
    lookup->poll(click{1, page}, click{1, page}, click{1, page});
    lookup->tick(noon);
    CHECK_THAT(lookup.failure(), ContainsSubstring("more than 100 bytes of items wait for answers"));
    CHECK(lookup.seen().empty());
    CHECK(lookup.account().in_flight == 4);
    CHECK(lookup.account().balanced());
}

TEST_CASE("redis lookup: the job may be moved while items wait and answers come in pieces") {
    std::string late;
    int turn = 0;
    scripted_redis server([&](redis_command const& asked) {
        late += "*2\r\n" + kept_values::bulk("name of " + asked.arguments.at(1)) + kept_values::bulk("30");
        // Of every second answer the end comes with the next one.
        std::size_t const now = late.size() - (++turn % 2 == 1 ? 6 : 0);
        std::string const rest = late.substr(now);
        late.resize(now);
        return reply{std::exchange(late, rest)};
    });
    texts seen;
    auto job = weir::from(lending_source{.end = 30}) |
               weir::redis::lookup<user>(from(server), weir::left_join,
                                         [](click const&, user const* u) { return u ? u->name : std::string_view("-"); }) |
               weir::call([&](std::string_view const& name) { seen.emplace_back(name); });
    auto moved = std::make_unique<decltype(job)>(std::move(job));
    auto const deadline = std::chrono::steady_clock::now() + 20s;
    while (!moved->finished() && std::chrono::steady_clock::now() < deadline) {
        moved->step(100, noon);
        moved = std::make_unique<decltype(job)>(std::move(*moved));
    }
    REQUIRE(moved->finished());
    CHECK_FALSE(moved->failure());
    CHECK(moved->report().balanced());
    REQUIRE(seen.size() == 30);
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == "name of user:" + std::to_string(i));
}

}  // namespace weir_test::adapter_redis_detail_lookup_stage
