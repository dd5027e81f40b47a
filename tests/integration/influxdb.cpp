// SPDX-License-Identifier: Apache-2.0
// needs: influxdb
#include <weir/adapter/influxdb.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/json_scan.hpp>
#include <support/naughty_texts.hpp>
#include <support/server_from_environment.hpp>
#include <vector>

namespace weir_test::integration_influxdb {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);

std::string query(std::string const& url, std::string const& text, std::string const& database = "weir_points") {
    auto const answer =
        ask_server({.url = url + "/query?epoch=u&db=" + database + "&q=" + weir::http::percent_encoded(text)});
    INFO(text);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body.find("\"error\"") == std::string::npos);
    return answer.body;
}

std::string fresh_influxdb() {
    std::string const url = from_environment("WEIR_TEST_INFLUXDB");
    if (url.empty()) return url;
    query(url, "DROP DATABASE weir_points");
    query(url, "CREATE DATABASE weir_points");
    return url;
}

struct view {
    weir::timestamp at;
    std::string_view page;
    std::string_view text;
    std::int64_t id;
};

TEST_CASE("real influxdb: every text comes back byte by byte, as tag and as field, or was put aside") {
    std::string const url = fresh_influxdb();
    if (url.empty()) SKIP("WEIR_TEST_INFLUXDB is not set: tests/services.sh starts it");
    auto const texts = naughty_texts();
    auto sink = drive<view>(weir::influxdb::sink({.url = url,
                                                  .database = "weir_points",
                                                  .measurement = "page views, odd=1",
                                                  .tags = {"page"},
                                                  .gzip = true,
                                                  .batch = {.rows = 10}}));
    sink.tick(noon);
    for (std::size_t i = 0; i < texts.size(); ++i)
        sink.poll(view{noon + weir::duration(i), texts[i], texts[i], static_cast<std::int64_t>(i)});
    sink.end();
    sink.run_with_network();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.account().balanced());
    CHECK(sink.account().passed + sink.account().dead_lettered == texts.size());

    std::map<std::size_t, std::string> tags, fields;
    std::string const answer = query(url, "SELECT id, page, text FROM \"page views, odd=1\"");
    json_scan json(answer);
    REQUIRE(json.skip_to("\"values\":["));
    while (json.next_is('[')) {
        json.number();
        json.next_is(',');
        std::size_t const id = std::stoul(json.number());
        tags[id] = json.text();
        fields[id] = json.text();
        json.next_is(']');
        json.next_is(',');
    }
    CHECK(tags.size() == sink.account().passed);
    CHECK(sink.account().dead_lettered < 15);
    for (auto const& [id, tag] : tags) {
        CAPTURE(id);
        CHECK(tag == texts.at(id));
        CHECK(fields.at(id) == texts.at(id));
    }
    CHECK(query(url, "SHOW MEASUREMENTS").find("admin") == std::string::npos);
}

struct reading {
    weir::timestamp at;
    std::string_view sensor;
    double value;
};
struct counted {
    weir::timestamp at;
    std::string_view sensor;
    std::int64_t value;
};

TEST_CASE("real influxdb: of a write that is taken in part, the row at fault is put aside and the others are stored") {
    std::string const url = fresh_influxdb();
    if (url.empty()) SKIP("WEIR_TEST_INFLUXDB is not set: tests/services.sh starts it");
    // The first point decides that `value` is a float: an integer for it is refused, an integer for another measurement
    // is not.
    weir::influxdb::options const options{.url = url, .database = "weir_points", .measurement = "m"};
    auto first = drive<reading>(weir::influxdb::sink(options));
    first.tick(noon);
    first.poll(reading{noon, "a", 1.5});
    first.end();
    first.run_with_network();
    CHECK(first.account().passed == 1);

    auto records = options;
    records.tags = {"sensor"};
    auto sink = drive<weir::record>(weir::influxdb::sink(records));
    sink.tick(noon);
    for (std::int64_t i = 1; i <= 50; ++i) {
        weir::record row;
        row.add("at", noon + weir::duration(i));
        row.add("sensor", std::string_view("a"));
        if (i == 7 || i == 40) row.add("value", i);
        else row.add("value", static_cast<double>(i));
        sink.poll(row);
    }
    sink.end();
    sink.run_with_network();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.payloads() == std::vector<std::string>{"m,sensor=a value=7i 1705320000000007\n",
                                                      "m,sensor=a value=40i 1705320000000040\n"});
    CHECK_THAT(sink.reasons().at(0).cause, ContainsSubstring("field type conflict"));
    CHECK(sink.account().passed == 48);
    CHECK(sink.account().balanced());
    CHECK_THAT(query(url, "SELECT count(value), sum(value) FROM m"), ContainsSubstring("[0,49,1229.5]"));
}

TEST_CASE("real influxdb: points beyond the retention policy are put aside, the others are stored") {
    std::string const url = fresh_influxdb();
    if (url.empty()) SKIP("WEIR_TEST_INFLUXDB is not set: tests/services.sh starts it");
    query(url, "CREATE RETENTION POLICY day ON weir_points DURATION 1d REPLICATION 1");
    auto const now = std::chrono::time_point_cast<weir::duration>(std::chrono::system_clock::now());
    auto sink = drive<reading>(
        weir::influxdb::sink({.url = url, .database = "weir_points", .retention_policy = "day", .measurement = "m"}));
    sink.tick(noon);
    for (int i = 0; i < 20; ++i) sink.poll(reading{i == 11 ? noon : now - std::chrono::minutes(i), "a", 1.0});
    sink.end();
    sink.run_with_network();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.account().dead_lettered == 1);
    CHECK_THAT(sink.reasons().at(0).cause, ContainsSubstring("retention policy"));
    CHECK_THAT(query(url, "SELECT count(value) FROM day.m"), ContainsSubstring("[0,19]"));
}

TEST_CASE("real influxdb: the same points twice are one point each, and every precision means the same time") {
    std::string const url = fresh_influxdb();
    if (url.empty()) SKIP("WEIR_TEST_INFLUXDB is not set: tests/services.sh starts it");
    for (auto precision : {weir::line_precision::nanoseconds, weir::line_precision::microseconds,
                           weir::line_precision::milliseconds, weir::line_precision::seconds}) {
        auto sink = drive<counted>(
            weir::influxdb::sink({.url = url, .database = "weir_points", .measurement = "m", .precision = precision}));
        sink.tick(noon);
        for (int i = 0; i < 100; ++i) sink.poll(counted{noon + std::chrono::seconds(i), "a", i});
        sink.end();
        sink.run_with_network();
        CHECK(sink.account().passed == 100);
    }
    CHECK_THAT(query(url, "SELECT count(value), sum(value) FROM m"), ContainsSubstring("[0,100,4950]"));
    CHECK_THAT(query(url, "SELECT first(value) FROM m"), ContainsSubstring("[1705320000000000,0]"));
}

TEST_CASE("real influxdb: a database or a policy that is not there is one clear error") {
    std::string const url = fresh_influxdb();
    if (url.empty()) SKIP("WEIR_TEST_INFLUXDB is not set: tests/services.sh starts it");
    auto const failure_of = [&](weir::influxdb::options options) {
        options.url = url;
        options.measurement = "m";
        auto sink = drive<counted>(weir::influxdb::sink(options));
        sink.tick(noon);
        sink.poll(counted{noon, "a", 1});
        sink.end();
        sink.run_with_network();
        REQUIRE(sink.flow().failure());
        return to_string(*sink.flow().failure());
    };
    CHECK_THAT(failure_of({.database = "no_such_database"}),
               ContainsSubstring("database not found: \"no_such_database\""));
    CHECK_THAT(failure_of({.database = "weir_points", .retention_policy = "nope"}),
               ContainsSubstring("options::retention_policy"));
    CHECK_THAT(failure_of({.bucket = "b"}), ContainsSubstring("HTTP 404"));
}

TEST_CASE("real victoriametrics: both interfaces take points, and labels come back byte by byte") {
    std::string const url = from_environment("WEIR_TEST_VICTORIAMETRICS");
    if (url.empty()) SKIP("WEIR_TEST_VICTORIAMETRICS is not set: tests/services.sh starts it");
    bool const v2 = GENERATE(false, true);
    auto const texts = naughty_texts();
    auto const now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string const run = "weir_" + std::to_string(now.time_since_epoch().count()) + (v2 ? "_v2" : "_v1");
    weir::influxdb::options options{.url = url,
                                    .measurement = run,
                                    .tags = {"page"},
                                    .fields = {"id"},
                                    .precision = weir::line_precision::milliseconds};
    (v2 ? options.bucket : options.database) = "weir";
    auto sink = drive<view>(weir::influxdb::sink(options));
    sink.tick(noon);
    // Labels are cut at 16 KiB there.
    std::size_t sent = 0;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i].size() < 10'000) ++sent, sink.poll(view{now, texts[i], "", static_cast<std::int64_t>(i) + 1});
    sink.end();
    sink.run_with_network();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.account().passed + sink.account().dead_lettered == sent);

    // What has come in can be found a second or so later.
    ask_server({.url = url + "/internal/force_flush", .method = "GET"});
    std::map<std::size_t, std::string> labels;
    auto const deadline = std::chrono::steady_clock::now() + 30s;
    while (labels.size() < sink.account().passed && std::chrono::steady_clock::now() < deadline) {
        std::string const exported =
            ask_server({.url = url + "/api/v1/export?match%5B%5D=" + run + "_id", .method = "GET"}).body;
        json_scan json(exported);
        labels.clear();
        while (json.skip_to("\"page\":")) {
            std::string const page = json.text();
            json.skip_to("\"values\":[");
            labels[std::stoul(json.number()) - 1] = page;
        }
    }
    CHECK(labels.size() == sink.account().passed);
    for (auto const& [id, page] : labels) CHECK(page == texts.at(id));
}

}  // namespace weir_test::integration_influxdb
