// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/clickhouse/answer.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <utility>

namespace weir_test::adapter_clickhouse_answer {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using kind = weir::outcome::kind;
using weir::clickhouse::judge_insert;
using weir::clickhouse::remedy;

weir::outcome judged(int status, std::string body = {}, std::vector<weir::http::header_field> headers = {}) {
    weir::http::client client;
    client.keep_secret("canary");
    return judge_insert(client, {.answer = {.status = status, .headers = std::move(headers), .body = std::move(body)}},
                        "http://db:8123/ t");
}

TEST_CASE("clickhouse answer: only 200 without an exception and without a body is success") {
    CHECK(judged(200).what == kind::acknowledged);
    CHECK(judged(200, "", {{"X-ClickHouse-Summary", "{\"written_rows\":\"2\"}"}}).what == kind::acknowledged);
    CHECK(judged(200, "", {{"X-ClickHouse-Exception-Code", "241"}}).what == kind::retry);
    CHECK(judged(200, "Code: 241. DB::Exception: Memory limit exceeded").what == kind::retry);
    CHECK(judged(200,
                 "\r\n__exception__\r\nabcdefghijklmnop\r\nCode: 60. DB::Exception: gone. (UNKNOWN_TABLE)\n56 "
                 "abcdefghijklmnop\r\n__exception__\r\n")
              .what == kind::fatal);
    CHECK(judged(200, "<html>login</html>").what == kind::retry);
    CHECK(judged(204).what == kind::retry);
}

TEST_CASE("clickhouse answer: a secret that stands where the server's words are cut off does not show in part") {
    for (std::size_t before = 1016; before < 1026; ++before)
        CHECK_THAT(judged(403, std::string(before, 'x') + "canary").why.cause, !ContainsSubstring("xc"));
}

TEST_CASE("clickhouse answer: the code is in the header, or in the body of old servers") {
    using weir::clickhouse::exception_code;
    CHECK(exception_code({.headers = {{"x-clickhouse-exception-code", "60"}}}) == 60);
    CHECK(
        exception_code(
            {.body = "Code: 33, e.displayText() = DB::Exception: Cannot read all data., e.what() = DB::Exception\n"}) ==
        33);
    CHECK(exception_code({.body = "1\t2\n3\t4\nCode: 159. DB::Exception: Timeout exceeded"}) == 159);
    CHECK(exception_code({.body = "Code: red"}) == 0);
    CHECK(exception_code({.body = "Error Code: 7 of the proxy"}) == 0);
    CHECK(exception_code({}) == 0);
}

TEST_CASE("clickhouse answer: what passes is tried again, whatever the status") {
    for (int code : {159, 202, 203, 209, 210, 236, 241, 242, 243,  252,  279,  285,
                     286, 319, 394, 425, 439, 473, 499, 999, 1000, 1002, 31415})
        for (int status : {200, 400, 500, 503})
            CHECK(judged(status, "Code: " + std::to_string(code) + ". DB::Exception: x").what == kind::retry);
    CHECK(judged(503, "", {{"Retry-After", "7"}}).after == weir::duration(7s));
    CHECK(judged(429, "", {{"Retry-After", "9"}}).after == weir::duration(9s));
    CHECK(judged(500, "Code: 202. DB::Exception: x", {{"Retry-After", "3"}}).after == weir::duration(3s));
    for (int status : {408, 429, 500, 502, 503, 504}) CHECK(judged(status, "no exception").what == kind::retry);
}

TEST_CASE("clickhouse answer: 252 is two errors") {
    CHECK(
        judged(
            500,
            "Code: 252. DB::Exception: Too many parts (300). Merges are processing significantly slower than inserts.")
            .what == kind::retry);
    CHECK(judged(500, "Code: 252. DB::Exception: Too many partitions for single INSERT block (more than 100).").what ==
          kind::too_large);
    CHECK(judged(413, "Request Entity Too Large").what == kind::too_large);
}

TEST_CASE("clickhouse answer: a value at fault is a row to be found, also where an old server says 500") {
    for (int code : {6, 26, 27, 33, 38, 41, 69, 72, 117, 131, 321, 349, 469, 691})
        for (int status : {400, 500})
            CHECK(judged(status, "Code: " + std::to_string(code) + ". DB::Exception: x").what == kind::rejected);
    CHECK(judged(400, "Code: 117. DB::Exception: Type of 'n' must be UInt64, not UInt32. (INCORRECT_DATA)").what ==
          kind::fatal);
}

TEST_CASE("clickhouse answer: what no retry cures stops, with advice, and shows no secret") {
    for (int code : {16, 47, 48, 60, 62, 81, 115, 164, 192, 193, 194, 497, 516})
        for (int status : {200, 400, 401, 403, 404, 500})
            CHECK(judged(status, "Code: " + std::to_string(code) + ". DB::Exception: x").what == kind::fatal);
    for (int status : {301, 307, 400, 401, 403, 404, 405}) CHECK(judged(status, "no exception").what == kind::fatal);
    auto const wrong = judged(403, "Code: 516. DB::Exception: weir: password canary is incorrect");
    CHECK(wrong.why.place == "http://db:8123/ t");
    CHECK(wrong.why.cause == "HTTP 403, code 516: Code: 516. DB::Exception: weir: password *** is incorrect");
    CHECK_THAT(wrong.why.advice, ContainsSubstring("options::password"));
    CHECK_THAT(judged(404, "Code: 60. DB::Exception: x").why.advice, ContainsSubstring("create_table"));
    CHECK_THAT(judged(301).why.advice, ContainsSubstring("redirect"));
}

TEST_CASE("clickhouse answer: of the server's words the first 1,024 bytes are shown, on one line") {
    auto const long_words = judged(500, "line\nbreak\r\n" + std::string(5000, 'x'));
    CHECK(long_words.why.cause.size() < 1100);
    CHECK_THAT(long_words.why.cause, ContainsSubstring("line break  xxx"));
    CHECK(judged(500).why.cause == "HTTP 500 with an empty body");
}

TEST_CASE("clickhouse answer: without an answer, what passes is tried again and the rest stops") {
    weir::http::client client;
    weir::error const why{.component = "clickhouse", .cause = "connection refused"};
    CHECK(judge_insert(client, {.failure = why}, "").what == kind::retry);
    CHECK(judge_insert(client, {.failure = why, .passing = false}, "").what == kind::fatal);
    CHECK(judge_insert(client, {.failure = why}, "").why == why);
}

}  // namespace weir_test::adapter_clickhouse_answer
