// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/value_cache.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <vector>

namespace weir_test::adapter_redis_detail_value_cache {

using namespace std::chrono_literals;
using namespace redis_lookups;

TEST_CASE("redis lookup: a value is used as long as time_to_live says, by the host's clock, forwards and backwards") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}});
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.time_to_live = 60s;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"}, click{2, "/b"});
    kept.put("user:1", {{"name", "anna"}});
    kept.put("user:2", {{"name", "bob"}});
    lookup->tick(noon + 60s - 1us);
    // That there is nothing is not kept unless it is asked for.
    lookup.all_of(click{1, "/c"}, click{2, "/d"});
    CHECK(server.commands().size() == 3);
    lookup->tick(noon + 60s);
    lookup.all_of(click{1, "/e"});
    kept.put("user:1", {{"name", "ada"}});
    lookup->tick(noon + 30s);
    lookup.all_of(click{1, "/f"});
    CHECK(lookup.seen() == texts{"/a@ann/-", "/b@-/-", "/c@ann/-", "/d@bob/-", "/e@anna/-", "/f@ada/-"});
    CHECK(server.commands().size() == 5);
}

TEST_CASE("redis lookup: that there is nothing is kept as long as was asked") {
    kept_values kept;
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.absent_time_to_live = 10s;
    driven_lookup lookup(options);
    lookup.all_of(click{1, "/a"});
    kept.put("user:1", {{"name", "ann"}});
    lookup->tick(noon + 9s);
    lookup.all_of(click{1, "/b"});
    lookup->tick(noon + 10s);
    lookup.all_of(click{1, "/c"});
    CHECK(lookup.seen() == texts{"/a@-/-", "/b@-/-", "/c@ann/-"});
    CHECK(server.commands().size() == 2);
}

TEST_CASE("redis lookup: it keeps no more than it may, and what is used stays") {
    kept_values kept;
    scripted_redis server(kept.handler());
    for (int i = 1; i <= 9; ++i) kept.put("user:" + std::to_string(i), {{"name", "u" + std::to_string(i)}});
    auto options = from(server);
    options.most_entries = 3;
    driven_lookup lookup(options);
    for (std::int64_t id : {1, 2, 3}) lookup.all_of(click{id, "/"});
    lookup.all_of(click{1, "/"});  // used: 2 is the first to go
    lookup.all_of(click{4, "/"});
    CHECK(server.commands().size() == 4);
    lookup.all_of(click{1, "/"}, click{3, "/"}, click{4, "/"});
    CHECK(server.commands().size() == 4);
    lookup.all_of(click{2, "/"});
    CHECK(server.commands().size() == 5);
    // More in one poll than it keeps: each gets its own.
    lookup.all_of(click{5, "/"}, click{6, "/"}, click{7, "/"}, click{8, "/"}, click{9, "/"}, click{5, "/"});
    CHECK(lookup.seen().back() == "/@u5/-");
    CHECK(server.commands().size() == 10);
    CHECK(lookup->stage().kept() == 3);
}

TEST_CASE("redis lookup: keys that come and go for ever take no more memory than those of one poll") {
    scripted_redis server([](redis_command const& asked) {
        return reply{"*2\r\n" + kept_values::bulk("the name of " + asked.arguments.at(1)) + kept_values::bulk(std::nullopt)};
    });
    auto options = from(server);
    options.most_entries = GENERATE(0u, 5u, 200u);
    driven_lookup lookup(options);
    std::size_t after_some = 0;
    for (std::int64_t round = 0; round < 30; ++round) {
        for (std::int64_t i = 0; i < 100; ++i) lookup->accept({1'000'000 + round * 100 + i, "/"});
        lookup->flow().settle();
        lookup->run_with_network();
        lookup->poll();
        if (round == 5) after_some = lookup->stage().memory();
    }
    CHECK(lookup.seen().back() == "/@the name of user:1002999/-");
    CHECK(lookup->stage().memory() == after_some);
}

/// Keeps what it was handed until the poll is over, as a window does.
struct keeping_sink {
    texts* seen;
    std::vector<std::string_view> kept{};
    void on_item(std::string_view const& name) { kept.push_back(name); }
    void settle(auto&) {
        for (std::string_view const each : kept) seen->emplace_back(each);
        kept.clear();
    }
};

TEST_CASE("redis lookup: what was handed out stays until the poll is over, whatever must go meanwhile") {
    kept_values kept;
    for (int i = 1; i <= 20; ++i) kept.put("user:" + std::to_string(i), {{"name", "a name of some length, " + std::to_string(i)}});
    scripted_redis server(kept.handler());
    auto options = from(server);
    options.most_entries = 1;
    options.time_to_live = 5s;
    texts seen;
    auto branch = drive<click>(weir::chain(weir::redis::lookup<user>(options, weir::inner_join, [](click const&, user const& u) { return u.name; })) |
                               keeping_sink{&seen});
    branch.tick(noon);
    for (int round = 0; round < 5; ++round) {
        for (std::int64_t id = 1; id <= 20; ++id) branch.accept({id, "/"});
        branch.flow().settle();
        branch.run_with_network();
        branch.poll();
        branch.tick(branch.now() + 3s);
    }
    REQUIRE(seen.size() == 100);
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == "a name of some length, " + std::to_string(i % 20 + 1));
}

}  // namespace weir_test::adapter_redis_detail_value_cache
