// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/lookup_options.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <thread>

namespace weir_test::adapter_redis_lookup_options {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis lookup options: nothing is lost unasked, nothing grows without a limit, and nothing is kept for ever") {
    weir::redis::lookup_options const usual{};
    CHECK(usual.type == weir::redis::data_type::hash);
    CHECK(usual.times == weir::redis::time_text::iso);
    CHECK(usual.time_to_live == 1min);
    CHECK(usual.absent_time_to_live == weir::duration::zero());
    CHECK(usual.most_entries == 100'000);
    CHECK(usual.most_waiting == 10'000);
    CHECK(usual.retry.exhausted == weir::when_exhausted::fail);
}

TEST_CASE("redis lookup options: those that make no sense stop the job before anything is asked") {
    kept_values kept;
    scripted_redis server(kept.handler());
    auto const problem_of = [&](auto change) {
        auto options = from(server);
        change(options);
        driven_lookup lookup(options);
        CHECK_FALSE(lookup->flow().ready());
        lookup->poll(click{1, "/"});
        // A host may push on for a while before it looks.
        for (int i = 0; i < 20; ++i) {
            lookup->poll();
            std::this_thread::sleep_for(1ms);
        }
        lookup->tick(noon);
        CHECK(lookup.seen().empty());
        CHECK(lookup.account().in_flight == 1);
        return lookup.failure();
    };
    CHECK(problem_of([](auto& o) { o.key = ""; }) == "redis: lookup_options::key is empty");
    CHECK(problem_of([](auto& o) { o.key = "user:{id}"; }) ==
          "redis: lookup_options::key names the column 'id', which the row does not have; it has user_id, page");
    CHECK_THAT(problem_of([](auto& o) { o.key = "user:{user_id"; }), ContainsSubstring("lookup_options::key has a '{' without its '}'"));
    CHECK_THAT(problem_of([](auto& o) { o.type = weir::redis::data_type::stream; }), ContainsSubstring("lookup_options::type is neither"));
    CHECK(problem_of([](auto& o) { o.type = weir::redis::data_type::string; }) ==
          "redis: a string brings one value, and the row has 2 members");
    CHECK(problem_of([](auto& o) { o.field = "{page}"; }) == "redis: lookup_options::field brings one value, and the row has 2 members");
    CHECK_THAT(problem_of([](auto& o) { o.url = "redis://me:canary@host"; }),
               ContainsSubstring("lookup_options::url holds a user or a password") && !ContainsSubstring("canary"));
    CHECK(problem_of([](auto& o) { o.user = "me"; }).ends_with("lookup_options::user needs lookup_options::password"));
    CHECK(server.commands().empty());
}

}  // namespace weir_test::adapter_redis_lookup_options
