// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/clickhouse.hpp>

#include <catch.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/hexadecimal.hpp>
#include <support/scripted_clickhouse.hpp>
#include <utility>
#include <vector>

namespace weir_test::adapter_clickhouse {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;
using texts = std::vector<std::string>;

constexpr weir::timestamp noon = weir::timestamp(12h);

struct view {
    weir::timestamp at;
    std::string_view page;
    std::uint64_t n;
};

std::string encoded(std::string_view page, std::uint8_t n) {
    std::string bytes(8, '\0');
    bytes += static_cast<char>(page.size());
    bytes.append(page).append(1, static_cast<char>(n)).append(7, '\0');
    return bytes;
}

scripted_http_server::handler always(http_reply what) { return in_turn({std::move(what)}); }

weir::clickhouse::options to(scripted_clickhouse const& server) {
    return {.url = server.url(), .table = "rt.views", .batch = {.rows = 100}};
}

template <class Sink>
void open(Sink& sink) {
    sink.tick(noon);
    while (!sink.flow().ready() && !sink.flow().failure())
        sink.tick(std::max(sink.now(), std::min(sink.flow().next_wake(), noon + 24h)));
}

TEST_CASE("clickhouse: it opens, reads the table, and inserts what it gathered") {
    scripted_clickhouse server({}, always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    CHECK_FALSE(sink.flow().ready());
    open(sink);
    REQUIRE(sink.flow().ready());
    CHECK(server.statements().size() == 2);
    CHECK(server.statements()[1] == "DESCRIBE TABLE `rt`.`views` FORMAT TabSeparatedRaw");
    sink.poll(view{weir::timestamp(), "/a", 1}, view{weir::timestamp(), "/b", 2});
    sink.end();
    sink.run_with_network();
    REQUIRE(server.inserts().size() == 1);
    auto const insert = server.inserts()[0];
    CHECK(insert.method == "POST");
    CHECK(insert.body == encoded("/a", 1) + encoded("/b", 2));
    CHECK(parameter_of(insert, "query") ==
          "INSERT%20INTO%20%60rt%60.%60views%60%20%28%60at%60%2C%20%60page%60%2C%20%60n%60%29%20FORMAT%20RowBinary");
    CHECK(parameter_of(insert, "async_insert") == "0");
    CHECK(parameter_of(insert, "wait_end_of_query") == "1");
    CHECK(parameter_of(insert, "insert_deduplication_token") != "(none)");
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
    CHECK_FALSE(sink.flow().busy());
}

TEST_CASE("clickhouse: settings that the server does not know are not sent") {
    scripted_clickhouse server(
        {.features = "version\t18.16.1\n", .columns = "n\tUInt64\nat\tDateTime\npage\tString\nmore\tUInt8\n"},
        always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    sink.poll(view{weir::timestamp(258s), "/", 1});
    sink.end();
    sink.run_with_network();
    auto const insert = server.inserts().at(0);
    CHECK(parameter_of(insert, "async_insert") == "(none)");
    CHECK(parameter_of(insert, "insert_deduplication_token") == "(none)");
    CHECK(hexadecimal(insert.body) == "02 01 00 00 01 2f 01 00 00 00 00 00 00 00");
}

TEST_CASE("clickhouse: where the server can check names and types with each insert, it is given them") {
    scripted_clickhouse::script how;
    how.features += "format\tRowBinaryWithNamesAndTypes\n";
    scripted_clickhouse server(how, always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    for (int i = 0; i < 2; ++i) {
        sink.poll(view{weir::timestamp(), "/a", 1});
        sink.tick(sink.now() + 1s);
        sink.run_with_network();
    }
    REQUIRE(server.inserts().size() == 2);
    std::string const head =
        std::string("\x03\x02") + "at\x04page\x01n\x14" + "DateTime64(6, 'UTC')\x06String\x06UInt64";
    for (auto const& insert : server.inserts()) {
        CHECK(insert.body == head + encoded("/a", 1));
        CHECK_THAT(parameter_of(insert, "query"), ContainsSubstring("RowBinaryWithNamesAndTypes"));
        CHECK(parameter_of(insert, "input_format_with_types_use_header") == "1");
    }
}

TEST_CASE("clickhouse: user, password and the user's settings go along; the body can be gzip") {
    scripted_clickhouse server({}, always(reply::answer(200)));
    auto options = to(server);
    options.user = "weir";
    options.password = "canary";
    options.gzip = true;
    options.settings = {{"max_partitions_per_insert_block", "1000"}, {"async_insert", "1"}, {"odd name", "a&b=c"}};
    auto sink = drive<view>(weir::clickhouse::sink(options));
    open(sink);
    sink.poll(view{weir::timestamp(), "/a", 1});
    sink.end();
    sink.run_with_network();
    for (auto const& asked : server.requests()) {
        CHECK(asked.header("x-clickhouse-user") == "weir");
        CHECK(asked.header("x-clickhouse-key") == "canary");
        CHECK(asked.target.find("canary") == std::string::npos);
    }
    auto const insert = server.inserts().at(0);
    CHECK(insert.header("content-encoding") == "gzip");
    CHECK(insert.plain() == encoded("/a", 1));
    CHECK(parameter_of(insert, "max_partitions_per_insert_block") == "1000");
    CHECK(parameter_of(insert, "async_insert") == "1");
    CHECK(insert.target.ends_with("&odd%20name=a%26b%3Dc&insert_deduplication_token=" +
                                  parameter_of(insert, "insert_deduplication_token")));
}

TEST_CASE("clickhouse: it makes the table on request, with the types that the server has") {
    scripted_clickhouse server({.features = "version\t18.16.1\n", .columns = "at\tDateTime\npage\tString\nn\tUInt64\n"},
                               always(reply::answer(200)));
    auto options = to(server);
    options.create_table = true;
    options.order_by = {"at", "page"};
    auto sink = drive<view>(weir::clickhouse::sink(options));
    open(sink);
    REQUIRE(sink.flow().ready());
    REQUIRE(server.statements().size() == 3);
    CHECK(server.statements()[1] ==
          weir::clickhouse::create_table_statement<view>(
              "rt.views", {.order_by = {"at", "page"}, .has_date_time64 = false, .has_bool = false}));
}

TEST_CASE("clickhouse: a table that does not fit is one error that names column, expected and found") {
    scripted_clickhouse server({.columns = "at\tDateTime64(6)\npage\tUInt8\n"}, always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    REQUIRE(sink.flow().failure());
    CHECK(to_string(*sink.flow().failure()) ==
          "clickhouse: " + server.url() +
              "/ rt.views: the row's column 'page' (String) does not fit the table's column of type UInt8; "
              "the row's column 'n' (UInt64) is not in the table `rt`.`views` (clickhouse::create_table_statement "
              "gives a table that fits)");
    CHECK_FALSE(sink.flow().busy());
}

TEST_CASE("clickhouse: rows that come before it has opened are kept, and sent in order") {
    scripted_clickhouse server({}, always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    {
        std::string gone = "/early";
        sink.poll(view{weir::timestamp(), gone, 1});
        gone = "######";
    }
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.flow().oldest_held() == 1);
    sink.poll(view{weir::timestamp(), "/later", 2});
    sink.end();
    sink.tick(noon);
    sink.run_with_network();
    CHECK(server.inserts().at(0).body == encoded("/early", 1) + encoded("/later", 2));
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().balanced());
    CHECK(sink.flow().oldest_held() == weir::nothing_held);
}

TEST_CASE("clickhouse: a value that the column cannot hold is put aside, never wrapped") {
    scripted_clickhouse server({.columns = "at\tDateTime\npage\tString\nn\tUInt8\n"}, always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    sink.poll(view{weir::timestamp(1s), "/a", 255}, view{weir::timestamp(1s), "/b", 256},
              view{weir::timestamp(1us), "/c", 1}, view{weir::timestamp(-1s), "/d", 1},
              view{weir::timestamp(2s), "/e", 2});
    sink.end();
    sink.run_with_network();
    REQUIRE(sink.reasons().size() == 3);
    CHECK(to_string(sink.reasons()[0]) ==
          "clickhouse: lane 0/2: n: the value 256 is out of the column's range (UInt8)");
    CHECK_THAT(
        to_string(sink.reasons()[1]),
        ContainsSubstring("at: the value 1 us since 1970 lies between two steps of the column's clock (DateTime)"));
    CHECK_THAT(to_string(sink.reasons()[2]),
               ContainsSubstring("at: the value -1000000 us since 1970 is out of the column's range"));
    CHECK(hexadecimal(server.inserts().at(0).body) == "01 00 00 00 02 2f 61 ff 02 00 00 00 02 2f 65 02");
    CHECK(sink.account().passed == 2);
    CHECK(sink.account().dead_lettered == 3);
    CHECK(sink.account().balanced());
}

TEST_CASE("clickhouse: as JSON, the same ranges hold, and what JSON cannot carry is put aside") {
    struct measured {
        weir::timestamp at;
        std::string page;
        std::uint64_t n;
        double load;
    };
    scripted_clickhouse::script how{.columns = "at\tDateTime\npage\tString\nn\tUInt8\nload\tFloat64\n"};
    how.features +=
        "setting\tdate_time_input_format\nsetting\tinput_format_skip_unknown_fields\nsetting\tinput_format_null_as_"
        "default\n";
    scripted_clickhouse server(how, always(reply::answer(200)));
    auto options = to(server);
    options.format = weir::clickhouse::data_format::json_each_row;
    auto sink = drive<measured>(weir::clickhouse::sink(options));
    open(sink);
    sink.poll(measured{weir::timestamp(1s), "/a \"q\"", 255, 0.5}, measured{weir::timestamp(1s), "/b", 256, 0},
              measured{weir::timestamp(1s), "/c\xff", 1, 0},
              measured{weir::timestamp(1s), "/d", 1, std::numeric_limits<double>::infinity()},
              measured{weir::timestamp(1us), "/e", 1, 0});
    sink.end();
    sink.run_with_network();
    auto const insert = server.inserts().at(0);
    CHECK(insert.body == "{\"at\":\"1970-01-01T00:00:01Z\",\"page\":\"/a \\\"q\\\"\",\"n\":255,\"load\":0.5}\n");
    CHECK_THAT(parameter_of(insert, "query"), ContainsSubstring("FORMAT%20JSONEachRow"));
    CHECK(parameter_of(insert, "date_time_input_format") == "best_effort");
    CHECK(parameter_of(insert, "input_format_skip_unknown_fields") == "0");
    CHECK(parameter_of(insert, "input_format_null_as_default") == "0");
    REQUIRE(sink.reasons().size() == 4);
    CHECK_THAT(sink.reasons()[0].cause, ContainsSubstring("256 is out of the column's range"));
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("is not UTF-8"));
    CHECK_THAT(sink.reasons()[2].cause, ContainsSubstring("is not finite"));
    CHECK_THAT(sink.reasons()[3].cause, ContainsSubstring("lies between two steps"));
    CHECK(sink.payloads().at(0) == "{\"at\":\"1970-01-01T00:00:01Z\",\"page\":\"/b\",\"n\":256,\"load\":0}");
    CHECK(sink.account().balanced());

    scripted_clickhouse dates({.columns = "at\tDate\npage\tString\nn\tUInt64\n"}, always(reply::answer(200)));
    options.url = dates.url();
    auto other = drive<view>(weir::clickhouse::sink(options));
    open(other);
    REQUIRE(other.flow().failure());
    CHECK_THAT(other.flow().failure()->cause, ContainsSubstring("the column 'at' is a Date"));
}

TEST_CASE("clickhouse: passing failures are tried again with the same bytes and token, and stored once") {
    auto const failure =
        GENERATE(reply::answer(500, "Code: 241. DB::Exception: Memory limit"), reply::answer(502, "bad gateway"),
                 reply::answer(503), reply::answer(429, "", "Retry-After: 5\r\n"),
                 reply::answer(200, "", "X-ClickHouse-Exception-Code: 242\r\n"),
                 reply::answer(200, "Code: 210. DB::Exception: network"), reply::raw("", reply::then::close),
                 reply::raw("", reply::then::reset), reply::raw("HTTP/1.1 200 OK\r\nX-ClickHou", reply::then::close),
                 reply::raw("HTTP/1.1 200 OK\r\n", reply::then::silence));
    CAPTURE(failure.bytes);
    scripted_clickhouse server({}, in_turn({failure, failure, reply::answer(200)}));
    auto options = to(server);
    options.http.timeout = failure.after == reply::then::silence ? 30ms : 30s;
    auto sink = drive<view>(weir::clickhouse::sink(options));
    open(sink);
    weir::timestamp const start = sink.now();
    sink.poll(view{weir::timestamp(), "/a", 1});
    sink.end();
    sink.run_with_network();
    CHECK(sink.account().passed == 1);
    CHECK_FALSE(sink.flow().failure());
    auto const inserts = server.inserts();
    REQUIRE(inserts.size() >= 3);
    for (auto const& one : inserts) {
        CHECK(one.body == inserts[0].body);
        CHECK(one.target == inserts[0].target);
    }
    if (failure.bytes.find("Retry-After") != std::string::npos) CHECK(sink.now() - start >= 10s);
}

TEST_CASE(
    "clickhouse: a row at fault is found, put aside with its bytes and the server's words; the others are stored") {
    std::string stored;
    scripted_clickhouse server({}, [&stored](http_request const& asked) {
        if (asked.body.find("/bad") != std::string::npos)
            return reply::answer(
                500, "Code: 469, e.displayText() = DB::Exception: Constraint is violated., e.what() = DB::Exception");
        stored += asked.body;
        return reply::answer(200);
    });
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    std::string expected;
    std::uint8_t n = 0;
    for (std::string_view page : {"/a", "/b", "/c", "/bad", "/d", "/e"}) {
        sink.poll(view{weir::timestamp(), page, ++n});
        if (page != "/bad") expected += encoded(page, n);
    }
    sink.end();
    sink.run_with_network();
    CHECK(server.seen(stored) == expected);
    CHECK(sink.payloads() == texts{encoded("/bad", 4)});
    CHECK_THAT(sink.reasons().at(0).cause, ContainsSubstring("HTTP 500, code 469"));
    CHECK(sink.account().passed == 5);
    CHECK(sink.account().dead_lettered == 1);
    std::set<std::string> tokens;
    for (auto const& one : server.inserts()) tokens.insert(parameter_of(one, "insert_deduplication_token"));
    CHECK(tokens.size() == server.inserts().size());
}

TEST_CASE("clickhouse: too many partitions at once are cut apart") {
    scripted_clickhouse server({}, [](http_request const& asked) {
        return asked.body.size() > 2 * encoded("/a", 1).size()
                   ? reply::answer(
                         500, "Code: 252. DB::Exception: Too many partitions for single INSERT block (more than 2).")
                   : reply::answer(200);
    });
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    for (int i = 0; i < 7; ++i) sink.poll(view{weir::timestamp(), "/a", 1});
    sink.end();
    sink.run_with_network();
    CHECK(sink.account().passed == 7);
    CHECK(sink.payloads().empty());
}

TEST_CASE(
    "clickhouse: a server that is not there is one clear error within the configured time, and the source is held up") {
    auto const url = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port());
    auto sink =
        drive<view>(weir::clickhouse::sink({.url = url, .table = "views", .batch = {.retry = {.give_up_after = 20s}}}));
    sink.tick(noon);
    CHECK_FALSE(sink.flow().ready());
    sink.poll(view{weir::timestamp(), "/pushed", 1});
    sink.run_with_network();
    REQUIRE(sink.flow().failure());
    CHECK(sink.now() <= noon + 20s);
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("clickhouse: " + url + "/: gave up after"));
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("in 20.0 s: Failed to connect"));
    CHECK(sink.account().in_flight == 1);
    CHECK(sink.account().balanced());
    CHECK(sink.flow().oldest_held() == 1);
}

TEST_CASE("clickhouse: a server that comes up late is waited for") {
    int calls = 0;
    scripted_clickhouse server({.opening =
                                    [&calls](http_request const& asked) {
                                        if (++calls < 4) return reply::answer(503, "starting");
                                        return reply::answer(200, asked.body.starts_with("DESCRIBE")
                                                                      ? "at\tDateTime\npage\tString\nn\tUInt64\n"
                                                                      : "version\t18.16.1\n");
                                    }},
                               always(reply::answer(200)));
    auto sink = drive<view>(weir::clickhouse::sink(to(server)));
    open(sink);
    CHECK(sink.flow().ready());
    CHECK(server.seen(calls) == 5);
}

TEST_CASE("clickhouse: no secret shows in any error, whatever repeats it") {
    auto const leak =
        GENERATE(reply::answer(403, "Code: 516. DB::Exception: canary is no password"), reply::answer(401, "canary"),
                 reply::answer(200, "canary is not a version\n"), reply::raw("canary\r\n\r\n", reply::then::close));
    scripted_clickhouse server({.opening = [leak](http_request const&) { return leak; }}, always(reply::answer(200)));
    auto options = to(server);
    options.password = "canary";
    auto sink = drive<view>(weir::clickhouse::sink(options));
    open(sink);
    REQUIRE(sink.flow().failure());
    CHECK(to_string(*sink.flow().failure()).find("canary") == std::string::npos);
}

TEST_CASE("clickhouse: a URL with a password in it is refused, and not shown") {
    auto sink = drive<view>(weir::clickhouse::sink({.url = "http://weir:canary@127.0.0.1:8123", .table = "t"}));
    open(sink);
    REQUIRE(sink.flow().failure());
    CHECK(to_string(*sink.flow().failure()).find("canary") == std::string::npos);
    CHECK_THAT(sink.flow().failure()->cause, ContainsSubstring("the URL holds a user or a password"));
}

TEST_CASE("clickhouse: without a table there is an error, not a request") {
    auto sink = drive<view>(weir::clickhouse::sink({.url = "http://127.0.0.1:1"}));
    sink.tick(noon);
    REQUIRE(sink.flow().failure());
    CHECK(sink.flow().failure()->cause == "options::table is empty");
}

weir::record record_of(std::string_view page, weir::record::value n) {
    weir::record row;
    row.add("page", page);
    row.add("n", n);
    row.add("at", weir::timestamp(2s));
    return row;
}

TEST_CASE("clickhouse: records say with the first one which columns there are") {
    scripted_clickhouse server({.columns = "at\tDateTime\npage\tString\nn\tNullable(UInt8)\n"},
                               always(reply::answer(200)));
    auto options = to(server);
    options.create_table = true;
    options.order_by = {"at", "page"};
    auto sink = drive<weir::record>(weir::clickhouse::sink(options));
    CHECK(sink.flow().ready());
    sink.poll(record_of("/a", std::uint64_t{7}));
    open(sink);
    weir::record other = record_of("/x", std::uint64_t{1});
    other.columns.pop_back();
    sink.poll(record_of("/b", std::monostate{}), record_of("/c", std::uint64_t{256}), other,
              record_of("/d", std::int64_t{-1}), record_of("/e", std::int64_t{9}));
    sink.end();
    sink.run_with_network();
    CHECK_THAT(server.statements().at(1),
               ContainsSubstring("`page` String,\n    `n` UInt64,\n    `at` DateTime64(6, 'UTC')\n"));
    CHECK(hexadecimal(server.inserts().at(0).body) ==
          "02 2f 61 00 07 02 00 00 00 02 2f 62 01 02 00 00 00 02 2f 65 00 09 02 00 00 00");
    CHECK_THAT(parameter_of(server.inserts()[0], "query"), ContainsSubstring("%60page%60%2C%20%60n%60%2C%20%60at%60"));
    REQUIRE(sink.reasons().size() == 3);
    CHECK_THAT(sink.reasons()[0].cause, ContainsSubstring("the value 256 is out of the column's range"));
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("other columns"));
    CHECK(sink.account().balanced());
}

TEST_CASE("clickhouse: an idle job of records can end though no record ever came") {
    scripted_clickhouse server({}, always(reply::answer(200)));
    auto sink = drive<weir::record>(weir::clickhouse::sink(to(server)));
    sink.tick(noon);
    sink.end();
    CHECK_FALSE(sink.flow().busy());
}

}  // namespace weir_test::adapter_clickhouse
