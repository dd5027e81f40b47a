// SPDX-License-Identifier: Apache-2.0
// needs: kafka
#include <weir/adapter/kafka.hpp>

#include <weir/join/alongside.hpp>
#include <weir/join/decode_table.hpp>
#include <weir/join/lookup.hpp>
#include <weir/join/to_table.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/collect.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <support/kafka_jobs.hpp>
#include <support/real_kafka.hpp>
#include <vector>

namespace weir_test::integration_kafka_table {

using namespace std::chrono_literals;
struct entry {
    std::string key;
    std::optional<std::string> value;
};

void write(std::string const& brokers, std::string const& topic, std::vector<entry> entries) {
    auto job = weir::from(weir::values<entry>(std::move(entries))) | weir::map([](entry const& each) {
                   weir::kafka::message sent{.key = each.key};
                   if (each.value) sent.value = *each.value;
                   return sent;
               }) |
               weir::kafka::sink({.brokers = brokers, .topic = topic});
    weir::report const done = weir::run(job);
    INFO(to_string(done));
    REQUIRE(done.exit_code() == 0);
}

struct as_text {
    using output = std::string_view;
    bool decode(std::string_view payload, std::string_view& into, weir::error&) {
        into = payload;
        return true;
    }
};
using words = weir::table<std::string, std::string_view>;

[[nodiscard]] auto feed(std::string const& brokers, std::string const& topic, words& into, bool until_end) {
    return weir::from(weir::kafka::table_source({.brokers = brokers, .topic = topic, .until_end = until_end})) |
           weir::decode_table(weir::plain_key<std::string_view>(), as_text{}) | weir::to_table(into);
}

TEST_CASE("a topic that the broker compacts is the same table before and after, with tombstones and holes") {
    char const* const server = std::getenv("WEIR_TEST_KAFKA");
    if (!server) SKIP("WEIR_TEST_KAFKA is not set");
    std::string const brokers = server, topic = fresh_name("table-");
    create_topic(brokers, topic, 3,
                 {{"cleanup.policy", "compact"}, {"segment.ms", "200"}, {"min.cleanable.dirty.ratio", "0.001"}, {"delete.retention.ms", "100"}});

    std::map<std::string, std::string> oracle;
    auto const write_round = [&](int round) {
        std::vector<entry> entries;
        for (int key = 0; key < 200; ++key) {
            std::string const name = "key " + std::to_string(key);
            entries.push_back({name, std::nullopt});
            if ((key + round) % 5 == 0) {
                oracle.erase(name);
            } else {
                entries.back().value = "value " + std::to_string(round) + " of " + name;
                oracle[name] = *entries.back().value;
            }
        }
        write(brokers, topic, std::move(entries));
    };
    std::uint64_t written = 0, read = 0;
    for (int round = 0; round < 5; ++round) write_round(round), written += 200;
    // The broker compacts what lies in closed segments, so records must go on coming until it has.
    for (patience const still; still.lasts();) {
        words table(weir::state_limit(std::size_t{1} << 20));
        auto job = feed(brokers, topic, table, true);
        weir::report const done = weir::run(job);
        INFO(to_string(done));
        REQUIRE(done.exit_code() == 0);
        std::map<std::string, std::string> seen;
        table.for_each([&](std::string_view key, std::string_view value) { seen.emplace(key, value); });
        REQUIRE(seen == oracle);
        read = done.stages.at(0).count.emitted;
        if (read < written / 2) break;
        write_round(static_cast<int>(written / 200));
        written += 200;
    }
    CHECK(read < written / 2);
}

TEST_CASE("a stream is looked up in a table that goes on to follow its topic") {
    char const* const server = std::getenv("WEIR_TEST_KAFKA");
    if (!server) SKIP("WEIR_TEST_KAFKA is not set");
    std::string const brokers = server, users = fresh_name("users-"), clicks = fresh_name("clicks-");
    create_topic(brokers, users, 3, {{"cleanup.policy", "compact"}});
    create_topic(brokers, clicks, 1, {});
    std::vector<entry> all;
    for (int i = 0; i < 5000; ++i) all.push_back({std::to_string(i), "user " + std::to_string(i)});
    write(brokers, users, all);
    write(brokers, clicks, {{"4999", "first"}, {"7", "first"}, {"no such", "first"}});

    struct click {
        std::string_view user;
    };
    words table(weir::state_limit(std::size_t{1} << 20));
    std::vector<std::string> made;
    auto job = weir::from(weir::kafka::source({.brokers = brokers, .topic = clicks, .start = weir::kafka::start_at::earliest})) |
               weir::alongside(feed(brokers, users, table, false)) |
               weir::map([](weir::kafka::record const& each) { return click{each.key()}; }) |
               weir::lookup<&click::user>(table, weir::left_join,
                                          [](click const& c, std::string_view const* user) {
                                              return std::string(c.user) + ": " + std::string(user ? *user : "?");
                                          }) |
               weir::collect(made);
    auto const step_until = [&](auto done) {
        for (patience const still; still.lasts() && !done();) {
            weir::timestamp const now = weir::detail::wall_clock();
            if (job.step(1000, now) == weir::progress::idle) job.source().wait(10ms);
        }
        return done();
    };
    REQUIRE(step_until([&] { return made.size() == 3; }));
    CHECK(made == std::vector<std::string>{"4999: user 4999", "7: user 7", "no such: ?"});

    write(brokers, users, {{"7", "seven"}, {"8", std::nullopt}});
    REQUIRE(step_until([&] { return table.find("8") == nullptr && *table.find("7") == "seven"; }));
    write(brokers, clicks, {{"7", "second"}, {"8", "second"}});
    REQUIRE(step_until([&] { return made.size() == 5; }));
    CHECK(made[3] == "7: seven");
    CHECK(made[4] == "8: ?");
    job.stop();
    REQUIRE(step_until([&] { return job.finished(); }));
    CHECK(job.report().exit_code() == 0);
    CHECK(job.report().balanced());
}

}  // namespace weir_test::integration_kafka_table
