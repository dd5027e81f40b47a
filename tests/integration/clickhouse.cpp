// SPDX-License-Identifier: Apache-2.0
// needs: clickhouse
#include <weir/adapter/clickhouse.hpp>

#include <catch.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/hexadecimal.hpp>
#include <support/naughty_texts.hpp>
#include <support/server_from_environment.hpp>
#include <vector>

namespace weir_test::integration_clickhouse {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::column;

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);

std::string query(std::string const& url, std::string const& text) {
    auto const answer = ask_server({.url = url + "/", .body = text});
    INFO(text);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.body;
}

template <class Sink>
void finish(Sink& sink) {
    sink.end();
    sink.run_with_network();
    if (sink.flow().failure()) FAIL(to_string(*sink.flow().failure()));
    CHECK(sink.account().balanced());
}

/// Runs a test against each ClickHouse that is there.
#define FOR_EACH_CLICKHOUSE                                                                                     \
    std::string const variable = GENERATE(as<std::string>{}, "WEIR_TEST_CLICKHOUSE", "WEIR_TEST_CLICKHOUSE26"); \
    std::string const url = from_environment(variable.c_str());                                                 \
    if (url.empty()) SKIP(variable << " is not set: tests/services.sh starts it")

enum class device { phone, desktop };

using everything =
    weir::row<column<"id", std::uint32_t>, column<"at", weir::timestamp>, column<"b", bool>, column<"i8", std::int8_t>,
              column<"i64", std::int64_t>, column<"u64", std::uint64_t>, column<"f", float>, column<"d", double>,
              column<"text", std::string_view>, column<"device", device>, column<"maybe", std::optional<std::uint32_t>>,
              column<"maybe_text", std::optional<std::string_view>>, column<"span", std::chrono::milliseconds>>;

TEST_CASE("real clickhouse: every type and every text comes back byte by byte") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_everything");
    auto const texts = naughty_texts();
    std::vector<everything> rows;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        bool const odd = i % 2 != 0;
        everything row;
        row.get<"id">() = static_cast<std::uint32_t>(i);
        row.get<"at">() = noon + std::chrono::seconds(i);
        row.get<"b">() = odd;
        row.get<"i8">() = odd ? std::numeric_limits<std::int8_t>::min() : std::numeric_limits<std::int8_t>::max();
        row.get<"i64">() = odd ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
        row.get<"u64">() = std::numeric_limits<std::uint64_t>::max() - i;
        row.get<"f">() = odd ? -0.0F : 1e-30F;
        row.get<"d">() = odd ? std::numeric_limits<double>::infinity() : 0.1 * static_cast<double>(i);
        row.get<"text">() = texts[i];
        row.get<"device">() = odd ? device::phone : device::desktop;
        if (odd) row.get<"maybe">() = static_cast<std::uint32_t>(i);
        if (!odd) row.get<"maybe_text">() = texts[i];
        row.get<"span">() = std::chrono::milliseconds(i) - 7ms;
        rows.push_back(row);
    }
    bool const gzip = GENERATE(false, true);
    auto sink = drive<everything>(weir::clickhouse::sink({.url = url,
                                                          .table = "weir_everything",
                                                          .gzip = gzip,
                                                          .batch = {.rows = 33},
                                                          .create_table = true,
                                                          .order_by = {"id"}}));
    sink.tick(noon);
    for (auto const& row : rows) sink.poll(row);
    finish(sink);
    CHECK(sink.account().passed == rows.size());

    std::string const columns = "id, toUnixTimestamp(at), b, i8, i64, u64, f, d, text, device, maybe, maybe_text, span";
    std::string const stored = query(url, "SELECT " + columns + " FROM weir_everything ORDER BY id FORMAT RowBinary");
    weir::byte_buffer expected;
    weir::error why;
    for (auto const& row : rows) {
        using same_with_seconds = weir::row<column<"id", std::uint32_t>, column<"at", std::uint32_t>>;
        same_with_seconds const head{
            {row.get<"id">(), static_cast<std::uint32_t>(row.get<"at">().time_since_epoch() / 1s)}};
        REQUIRE(weir::row_binary().encode(head, expected, why));
        weir::byte_buffer whole;
        REQUIRE(weir::row_binary().encode(row, whole, why));
        expected.append(whole.view().substr(4 + 8));
    }
    CHECK((stored == expected.view()));
    query(url, "DROP TABLE weir_everything");
}

struct narrow {
    weir::timestamp at;
    std::uint64_t n;
    std::string_view code;
};

TEST_CASE("real clickhouse: what a column cannot hold is refused, and what it can is stored exactly") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_narrow");
    query(
        url,
        "CREATE TABLE weir_narrow (code FixedString(2), n UInt8, at DateTime('Asia/Tokyo'), extra String DEFAULT 'x') "
        "ENGINE = MergeTree ORDER BY n");
    auto sink = drive<narrow>(weir::clickhouse::sink({.url = url, .table = "weir_narrow"}));
    sink.tick(noon);
    sink.poll(narrow{weir::timestamp(1'705'314'600s), 255, "FR"}, narrow{noon, 256, "FR"}, narrow{noon, 1, "FRA"},
              narrow{noon + 1us, 1, "FR"}, narrow{weir::timestamp(4'294'967'295s), 0, "DE"},
              narrow{weir::timestamp(4'294'967'296s), 0, "DE"}, narrow{weir::timestamp(-1s), 0, "DE"});
    finish(sink);
    CHECK(query(url, "SELECT code, n, toUnixTimestamp(at), extra FROM weir_narrow ORDER BY n") ==
          "DE\t0\t4294967295\tx\nFR\t255\t1705314600\tx\n");
    CHECK(sink.reasons().size() == 5);
    CHECK(sink.account().dead_lettered == 5);
    query(url, "DROP TABLE weir_narrow");
}

TEST_CASE("real clickhouse: finer and coarser DateTime64, LowCardinality and Bool take what they should") {
    std::string const url = from_environment("WEIR_TEST_CLICKHOUSE26");
    if (url.empty()) SKIP("WEIR_TEST_CLICKHOUSE26 is not set: tests/services.sh starts it");
    query(url, "DROP TABLE IF EXISTS weir_times");
    query(url,
          "CREATE TABLE weir_times (code LowCardinality(Nullable(String)), n SimpleAggregateFunction(sum, UInt64), at "
          "DateTime64(9), "
          "ok Bool, coarse DateTime64(3)) ENGINE = MergeTree ORDER BY ok");
    using row = weir::row<column<"code", std::string_view>, column<"n", std::uint64_t>, column<"at", weir::timestamp>,
                          column<"ok", bool>, column<"coarse", weir::timestamp>>;
    auto sink = drive<row>(weir::clickhouse::sink({.url = url, .table = "weir_times"}));
    sink.tick(noon);
    sink.poll(row{{"FR", 1, noon + 123456us, true, noon + 7ms}}, row{{"DE", 2, noon, false, noon + 1us}});
    finish(sink);
    CHECK(query(url, "SELECT code, n, toUnixTimestamp64Nano(at), ok, toUnixTimestamp64Milli(coarse) FROM weir_times") ==
          "FR\t1\t1705320000123456000\ttrue\t1705320000007\n");
    CHECK(sink.reasons().size() == 1);
    query(url, "DROP TABLE weir_times");
}

struct visit {
    weir::timestamp window_start;
    std::string page;
    std::uint64_t visits;
};

TEST_CASE("real clickhouse: the same rows twice are one row each in a table that replaces") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_twice");
    for (std::uint64_t round = 1; round <= 2; ++round) {
        auto sink = drive<visit>(weir::clickhouse::sink({.url = url,
                                                         .table = "weir_twice",
                                                         .batch = {.rows = 100},
                                                         .create_table = true,
                                                         .order_by = {"window_start", "page"}}));
        sink.tick(noon);
        for (std::uint64_t i = 0; i < 1000; ++i)
            sink.poll(visit{noon + std::chrono::minutes(i / 100), "/" + std::to_string(i % 100), i + round});
        finish(sink);
    }
    CHECK(query(url, "SELECT count(), sum(visits) FROM weir_twice FINAL") == "1000\t501500\n");
    query(url, "DROP TABLE weir_twice");
}

TEST_CASE("real clickhouse: a table that does not fit, or is not there, is one clear error") {
    FOR_EACH_CLICKHOUSE;
    auto const failure_of = [&](weir::clickhouse::options options) {
        options.url = url;
        auto sink = drive<visit>(weir::clickhouse::sink(options));
        sink.tick(noon);
        sink.poll(visit{noon, "/", 1});
        sink.end();
        sink.run_with_network();
        REQUIRE(sink.flow().failure());
        CHECK(sink.account().in_flight == 1);
        return to_string(*sink.flow().failure());
    };
    query(url, "DROP TABLE IF EXISTS weir_misfit");
    query(
        url,
        "CREATE TABLE weir_misfit (window_start DateTime, page UInt64, other String) ENGINE = MergeTree ORDER BY page");
    CHECK_THAT(failure_of({.table = "weir_misfit"}),
               ContainsSubstring("the row's column 'page' (String) does not fit the table's column of type UInt64; the "
                                 "row's column 'visits' "
                                 "(UInt64) is not in the table `weir_misfit`"));
    CHECK_THAT(failure_of({.table = "weir_no_such_table"}),
               ContainsSubstring("code 60") && ContainsSubstring("options::create_table"));
    CHECK_THAT(failure_of({.table = "weir_no_such_database.t", .create_table = true}), ContainsSubstring("code 81"));
    CHECK_THAT(failure_of({.table = "weir_misfit", .user = "weir_nobody", .password = "canary"}),
               ContainsSubstring("options::password") && !ContainsSubstring("canary"));
    query(url, "DROP TABLE weir_misfit");
}

TEST_CASE("real clickhouse: user and password are taken, and a wrong password is not shown") {
    FOR_EACH_CLICKHOUSE;
    std::string const user = from_environment("WEIR_TEST_CLICKHOUSE_USER");
    std::string const password = from_environment("WEIR_TEST_CLICKHOUSE_PASSWORD");
    if (user.empty()) SKIP("WEIR_TEST_CLICKHOUSE_USER is not set");
    query(url, "DROP TABLE IF EXISTS weir_secret");
    auto sink = drive<visit>(weir::clickhouse::sink({.url = url,
                                                     .table = "weir_secret",
                                                     .user = user,
                                                     .password = password,
                                                     .create_table = true,
                                                     .order_by = {"page"}}));
    sink.tick(noon);
    sink.poll(visit{noon, "/", 1});
    finish(sink);
    CHECK(query(url, "SELECT count() FROM weir_secret") == "1\n");
    query(url, "DROP TABLE weir_secret");
}

TEST_CASE("real clickhouse: a row that violates a constraint is found, the others are stored once") {
    std::string const url = from_environment("WEIR_TEST_CLICKHOUSE26");
    if (url.empty()) SKIP("WEIR_TEST_CLICKHOUSE26 is not set: tests/services.sh starts it");
    query(url, "DROP TABLE IF EXISTS weir_constrained");
    query(url,
          "CREATE TABLE weir_constrained (window_start DateTime, page String, visits UInt64, CONSTRAINT few CHECK "
          "visits < 1000) "
          "ENGINE = MergeTree ORDER BY page");
    auto sink = drive<visit>(weir::clickhouse::sink({.url = url, .table = "weir_constrained"}));
    sink.tick(noon);
    for (std::uint64_t i = 0; i < 100; ++i)
        sink.poll(visit{noon, "/" + std::to_string(i), i == 37 || i == 90 ? 5000 : i});
    finish(sink);
    CHECK(query(url, "SELECT count(), sum(visits) FROM weir_constrained") ==
          "98\t" + std::to_string(4950 - 37 - 90) + "\n");
    CHECK(sink.account().dead_lettered == 2);
    REQUIRE(sink.reasons().size() == 2);
    CHECK_THAT(sink.reasons()[0].cause, ContainsSubstring("code 469"));
    query(url, "DROP TABLE weir_constrained");
}

TEST_CASE("real clickhouse: too many partitions for one insert are cut apart") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_partitions");
    query(url,
          "CREATE TABLE weir_partitions (window_start DateTime, page String, visits UInt64) ENGINE = MergeTree "
          "PARTITION BY page ORDER BY visits");
    auto sink = drive<visit>(weir::clickhouse::sink({.url = url, .table = "weir_partitions"}));
    sink.tick(noon);
    for (std::uint64_t i = 0; i < 250; ++i) sink.poll(visit{noon, "/" + std::to_string(i), i});
    finish(sink);
    CHECK(query(url, "SELECT count() FROM weir_partitions") == "250\n");
    CHECK(sink.payloads().empty());
    query(url, "DROP TABLE weir_partitions");
}

TEST_CASE("real clickhouse: a column that is altered under a running job is an error, not other numbers") {
    std::string const url = from_environment("WEIR_TEST_CLICKHOUSE26");
    if (url.empty()) SKIP("WEIR_TEST_CLICKHOUSE26 is not set: tests/services.sh starts it");
    query(url, "DROP TABLE IF EXISTS weir_altered");
    query(url,
          "CREATE TABLE weir_altered (window_start DateTime, page String, visits UInt64) ENGINE = MergeTree ORDER BY "
          "page");
    auto sink = drive<visit>(weir::clickhouse::sink({.url = url, .table = "weir_altered"}));
    sink.tick(noon);
    sink.poll(visit{noon, "/", 1});
    sink.tick(noon + 2s);
    sink.run_with_network();
    CHECK(query(url, "SELECT count() FROM weir_altered") == "1\n");
    query(url, "ALTER TABLE weir_altered MODIFY COLUMN visits UInt32");
    sink.poll(visit{noon, "/", 2});
    sink.end();
    sink.run_with_network();
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("visits"));
    CHECK(query(url, "SELECT count() FROM weir_altered") == "1\n");
    query(url, "DROP TABLE weir_altered");
}

TEST_CASE("real clickhouse: as JSON, rows arrive exactly or are put aside") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_json");
    query(url,
          "CREATE TABLE weir_json (id UInt32, at DateTime, b UInt8, i8 Int8, i64 Int64, u64 UInt64, f Float32, d "
          "Float64, text String, "
          "device String, maybe Nullable(UInt32), maybe_text Nullable(String), span Int64) ENGINE = MergeTree ORDER BY "
          "id");
    auto const texts = naughty_texts();
    auto sink = drive<everything>(weir::clickhouse::sink({.url = url,
                                                          .table = "weir_json",
                                                          .format = weir::clickhouse::data_format::json_each_row,
                                                          .batch = {.rows = 20}}));
    sink.tick(noon);
    weir::byte_buffer expected;
    weir::error why;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        everything row{{static_cast<std::uint32_t>(i),
                        weir::timestamp(std::chrono::seconds(i)),
                        i % 2 != 0,
                        std::numeric_limits<std::int8_t>::min(),
                        std::numeric_limits<std::int64_t>::min(),
                        std::numeric_limits<std::uint64_t>::max() - i,
                        0.5F,
                        0.25 * static_cast<double>(i),
                        texts[i],
                        device::phone,
                        {},
                        texts[i],
                        -5ms}};
        if (i % 3 == 0) row.get<"maybe">() = 7;
        if (i % 3 == 1) row.get<"maybe_text">().reset();
        sink.poll(row);
        weir::byte_buffer whole;
        REQUIRE(weir::row_binary().encode(row, whole, why));
        expected.append(whole.view().substr(0, 4));
        REQUIRE(weir::row_binary().encode(weir::row<column<"at", std::uint32_t>>{{static_cast<std::uint32_t>(i)}},
                                          expected, why));
        expected.append(whole.view().substr(12));
    }
    everything bad{};
    bad.get<"d">() = std::numeric_limits<double>::quiet_NaN();
    sink.poll(bad);
    bad.get<"d">() = 0;
    bad.get<"text">() = "not UTF-8: \xff";
    sink.poll(bad);
    bad.get<"text">() = "";
    bad.get<"at">() = weir::timestamp(-1s);
    sink.poll(bad);
    finish(sink);
    CHECK(sink.reasons().size() == 3);
    std::string const stored = query(url, "SELECT * FROM weir_json ORDER BY id FORMAT RowBinary");
    std::size_t same = 0;
    while (same < std::min(stored.size(), expected.size()) && stored[same] == expected.view()[same]) ++same;
    CAPTURE(same, hexadecimal(stored.substr(same, 60)), hexadecimal(expected.view().substr(same, 60)));
    CHECK((stored == expected.view()));
    query(url, "DROP TABLE weir_json");
}

TEST_CASE("real clickhouse: as JSON, finer times arrive exactly") {
    std::string const url = from_environment("WEIR_TEST_CLICKHOUSE26");
    if (url.empty()) SKIP("WEIR_TEST_CLICKHOUSE26 is not set: tests/services.sh starts it");
    query(url, "DROP TABLE IF EXISTS weir_json_times");
    query(url,
          "CREATE TABLE weir_json_times (n UInt64, a DateTime64(6), b DateTime64(3, 'Asia/Tokyo'), d Bool) ENGINE = "
          "MergeTree ORDER BY n");
    using row = weir::row<column<"n", std::uint64_t>, column<"a", weir::timestamp>, column<"b", weir::timestamp>,
                          column<"d", bool>>;
    auto sink = drive<row>(weir::clickhouse::sink(
        {.url = url, .table = "weir_json_times", .format = weir::clickhouse::data_format::json_each_row}));
    sink.tick(noon);
    sink.poll(row{{1, noon + 123456us, noon + 7ms, true}},
              row{{2, weir::timestamp(-1us), weir::timestamp(0us), false}});
    finish(sink);
    CHECK(query(url,
                "SELECT n, toUnixTimestamp64Micro(a), toUnixTimestamp64Milli(b), d FROM weir_json_times ORDER BY n") ==
          "1\t1705320000123456\t1705320000007\ttrue\n2\t-1\t0\tfalse\n");
    query(url, "DROP TABLE weir_json_times");
}

TEST_CASE("real clickhouse: records are stored too") {
    FOR_EACH_CLICKHOUSE;
    query(url, "DROP TABLE IF EXISTS weir_records");
    auto sink = drive<weir::record>(weir::clickhouse::sink(
        {.url = url, .table = "weir_records", .create_table = true, .order_by = {"window_start", "status"}}));
    sink.tick(noon);
    for (std::int64_t i = 0; i < 10; ++i) {
        weir::record row;
        row.add("window_start", noon);
        row.add("status", i);
        row.add("path", std::string_view("/x"));
        row.add("events", static_cast<std::uint64_t>(10 * i));
        sink.poll(row);
    }
    finish(sink);
    CHECK(query(url, "SELECT toUnixTimestamp(window_start), status, path, events FROM weir_records WHERE status = 7") ==
          "1705320000\t7\t/x\t70\n");
    CHECK(query(url, "SELECT count() FROM weir_records") == "10\n");
    query(url, "DROP TABLE weir_records");
}

}  // namespace weir_test::integration_clickhouse
