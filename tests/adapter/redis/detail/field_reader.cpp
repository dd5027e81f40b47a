// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/field_reader.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/redis_lookups.hpp>
#include <support/scripted_redis.hpp>
#include <utility>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::adapter_redis_detail_field_reader {

using namespace std::chrono_literals;
using namespace redis_lookups;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("redis lookup: what cannot be read is put aside with its key, its field and the cause; the others go on") {
    kept_values kept;
    kept.put("user:1", {{"name", "ann"}, {"age", "thirty"}});
    kept.put("user:2", {{"age", "30"}});
    kept.put("user:3", {{"name", "bob"}, {"age", "99999999999"}});
    kept.put("user:4", {{"name", ""}, {"age", "4"}});
    scripted_redis server([&](redis_command const& asked) {
        bool const odd = asked.arguments.at(1) == "user:5";
        return odd ? reply::error("WRONGTYPE Operation against a key holding the wrong kind of value") : kept.answer(asked);
    });
    driven_lookup lookup(from(server));
    lookup.all_of(click{1, "/a"}, click{2, "/b"}, click{3, "/c"}, click{4, "/d"}, click{5, "/e"}, click{1, "/f"});
    CHECK(lookup.seen() == texts{"/d@/4"});
    texts letters;
    for (auto const& why : lookup->reasons()) letters.push_back(weir::to_string(why));
    std::string const place = server.url() + ", key 'user:";
    CHECK(letters == texts{"redis: lane 0/1: " + place + "1', field 'age': \"thirty\" is not a whole number",
                           "redis: lane 0/2: " + place + "2', field 'name': the hash has no such field (where fields may be missing, "
                                                         "the member is a std::optional)",
                           "redis: lane 0/3: " + place + "3', field 'age': \"99999999999\" does not fit",
                           "redis: lane 0/5: " + place + "5': WRONGTYPE Operation against a key holding the wrong kind of value (the "
                                                         "key holds another type of data: delete it, or choose another "
                                                         "lookup_options::key)",
                           "redis: lane 0/6: " + place + "1', field 'age': \"thirty\" is not a whole number"});
    CHECK(lookup->payloads().at(0) == R"({"user_id":1,"page":"/a"})");
    CHECK(lookup.account().dead_lettered == 5);
    CHECK(lookup.account().balanced());
    CHECK(server.commands().size() == 5);
}

enum class colour { red, green };
struct profile {
    bool member;
    double score;
    colour favourite;
    weir::timestamp since;
    std::chrono::seconds stay;
    std::string city;
    std::optional<std::string_view> motto;
    std::uint8_t level;
};
struct day_click {
    weir::timestamp day;
    std::string page;
};

TEST_CASE("redis lookup: texts become what the members are, and times are written as the options say") {
    auto const [times, written] = GENERATE(table<weir::redis::time_text, std::string>(
        {{weir::redis::time_text::iso, "2025-06-10T05:04:00Z"},
         {weir::redis::time_text::iso_without_zone, "2025-06-10T05:04:00"},
         {weir::redis::time_text::seconds, "1749531840"},
         {weir::redis::time_text::milliseconds, "1749531840000"}}));
    weir::timestamp const day(1'749'531'840s);
    kept_values kept;
    kept.put("day:" + written, {{"member", "true"}, {"score", "-1.5e3"}, {"favourite", "green"}, {"since", written}, {"stay", "90"},
                                {"city", "Rome"}, {"level", "200"}});
    scripted_redis server(kept.handler());
    auto options = from(server, "day:{day}");
    options.times = times;
    std::optional<profile> seen;
    std::string city, page;
    auto branch = drive<day_click>(weir::chain(weir::redis::lookup<profile>(options, weir::left_join)) | weir::call([&](auto const& row) {
        page = row.template get<"page">();
        city = row.template get<"city">().value_or("?");
        seen = profile{*row.template get<"member">(), *row.template get<"score">(), *row.template get<"favourite">(),
                       *row.template get<"since">(), *row.template get<"stay">(), {}, row.template get<"motto">(),
                       *row.template get<"level">()};
    }));
    branch.tick(noon);
    branch.poll(day_click{day, "/a page of some length"});
    branch.run_with_network();
    REQUIRE(branch.reasons().empty());
    REQUIRE(seen);
    CHECK(page == "/a page of some length");
    CHECK(city == "Rome");
    CHECK(seen->member);
    CHECK(seen->score == -1500);
    CHECK(seen->favourite == colour::green);
    CHECK(seen->since == day);
    CHECK(seen->stay == 90s);
    CHECK_FALSE(seen->motto);
    CHECK(seen->level == 200);
}

struct views {
    std::int64_t count;
};

TEST_CASE("redis lookup: a string, and one field of a hash, are rows of one member") {
    kept_values kept;
    kept.put("views:/a b", std::string("7"));
    kept.put("views:/x", std::string("many"));
    kept.put("clicks:/a b", {{"1", "35"}});
    scripted_redis server(kept.handler());
    auto const look = [&](weir::redis::lookup_options options, std::vector<click> const& clicks) {
        texts seen;
        auto branch = drive<click>(weir::chain(weir::redis::lookup<views>(std::move(options), weir::left_join, [](click const&, views const* v) {
                                       return v ? v->count : -1;
                                   })) | weir::call([&](std::int64_t n) { seen.push_back(std::to_string(n)); }));
        branch.tick(noon);
        for (click const& each : clicks) branch.poll(each);
        branch.run_with_network();
        for (auto const& why : branch.reasons()) seen.push_back(weir::to_string(why));
        return seen;
    };
    auto options = from(server, "views:{page}");
    options.type = weir::redis::data_type::string;
    CHECK(look(options, {{1, "/a b"}, {1, "/none"}, {1, "/x"}}) ==
          texts{"7", "-1", "redis: lane 0/3: " + server.url() + ", key 'views:/x', the value: \"many\" is not a whole number"});
    CHECK(server.commands().at(0) == "GET views:/a b");

    options = from(server, "clicks:{page}");
    options.field = "{user_id}";
    CHECK(look(options, {{1, "/a b"}, {2, "/a b"}, {1, "/a b"}}) == texts{"35", "-1", "35"});
    CHECK(server.commands().back() == "HGET clicks:/a b 2");
}

}  // namespace weir_test::adapter_redis_detail_field_reader
