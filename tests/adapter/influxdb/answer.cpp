// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/influxdb/answer.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace weir_test::adapter_influxdb_answer {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using kind = weir::outcome::kind;
using weir::influxdb::judge_write;
using weir::influxdb::message_of;
using weir::influxdb::rows_named_by;
using rows = std::vector<std::size_t>;

std::string_view const lines = "m f=1i 1\nm f=xx 2\nm,=a f=1i 3\nm f=3i 4\n";

weir::outcome judged(int status, std::string body = {}, std::vector<weir::http::header_field> headers = {}) {
    weir::http::client client;
    client.keep_secret("canary");
    return judge_write(client, {.answer = {.status = status, .headers = std::move(headers), .body = std::move(body)}},
                       "http://db database 'web'", lines);
}

TEST_CASE("influxdb answer: a secret that stands where the server's words are cut off does not show in part") {
    for (std::size_t before = 1016; before < 1026; ++before)
        CHECK_THAT(judged(401, std::string(before, 'x') + "canary").why.cause, !ContainsSubstring("xc"));
}

TEST_CASE("influxdb answer: the message is read from both versions' JSON") {
    CHECK(message_of("{\"error\":\"database not found: \\\"nope\\\"\"}\n") == "database not found: \"nope\"");
    CHECK(message_of("{\"code\":\"invalid\",\"message\":\"unable to parse 'a\\\\ b': x\\ny\"}") ==
          "unable to parse 'a\\ b': x\ny");
    CHECK(message_of("{\"error\": \"a\\u003cb\\u003e\\u0026\\u4e00\"}") == "a<b>&\\u4e00");
    CHECK(message_of("404 page not found\n") == "404 page not found\n");
    CHECK(message_of("{\"error\":\"cut of") == "cut of");
    CHECK(message_of("{\"error\":\"ends in \\") == "ends in \\");
    CHECK(message_of("{\"error\":5}") == "{\"error\":5}");
    CHECK(message_of("").empty());
}

TEST_CASE("influxdb answer: rows that the message names are found by their lines") {
    CHECK(rows_named_by("partial write: unable to parse 'm f=xx 2': invalid boolean\nunable to parse 'm,=a f=1i 3': "
                        "missing tag key dropped=0",
                        lines) == rows{1, 2});
    CHECK(rows_named_by("partial write: unable to parse 'm f=3i 4': odd dropped=0", lines) == rows{3});
    // Something else was dropped too, or a line is not ours, or it is not said that the rest was stored.
    CHECK_FALSE(rows_named_by("partial write: unable to parse 'm f=xx 2': invalid boolean dropped=1", lines));
    CHECK_FALSE(rows_named_by("partial write: unable to parse 'm f=yy 2': invalid boolean dropped=0", lines));
    CHECK_FALSE(rows_named_by("partial write: unable to parse 'm f=xx': invalid boolean dropped=0", lines));
    CHECK_FALSE(rows_named_by("unable to parse 'm f=xx 2': invalid boolean", lines));
    CHECK_FALSE(rows_named_by("partial write: field type conflict: input field \"f\" dropped=1", lines));
    CHECK_FALSE(
        rows_named_by("partial write: unable to parse 'm f=xx 2': a\nunable to parse 'm f=xx 2': b dropped=0", lines));
    CHECK_FALSE(rows_named_by("", lines));
}

TEST_CASE("influxdb answer: success is 204") {
    CHECK(judged(204).what == kind::acknowledged);
    CHECK(judged(200).what == kind::acknowledged);
    CHECK(judged(200, "{\"results\":[]}").what == kind::retry);
}

TEST_CASE("influxdb answer: a partial write is understood, in the words of each version") {
    auto const named =
        judged(400, "{\"error\":\"partial write: unable to parse 'm f=xx 2': invalid boolean dropped=0\"}");
    CHECK(named.what == kind::partial);
    CHECK(named.bad_rows == rows{1});
    CHECK(judged(400,
                 "{\"error\":\"partial write: field type conflict: input field \\\"f\\\" on measurement \\\"m\\\" is "
                 "type float, already "
                 "exists as type integer dropped=1\"}")
              .what == kind::rejected);
    CHECK(judged(400, "{\"error\":\"partial write: points beyond retention policy dropped=2\"}").what ==
          kind::rejected);
    CHECK(judged(422,
                 "{\"code\":\"unprocessable entity\",\"message\":\"failure writing points to database: partial write: "
                 "dropped=4\"}")
              .what == kind::rejected);
    CHECK(judged(400, "{\"code\":\"invalid\",\"message\":\"unable to parse 'm f=xx 2': invalid boolean\"}").what ==
          kind::rejected);
    CHECK(judged(400, "{\"code\":\"invalid\",\"message\":\"partial write error (2 written)\"}").what == kind::rejected);
}

TEST_CASE("influxdb answer: what is no row's fault stops the job, with advice") {
    CHECK(judged(400, "{\"error\":\"database is required\"}").what == kind::fatal);
    auto const no_database = judged(404, "{\"error\":\"database not found: \\\"web\\\"\"}");
    CHECK(no_database.what == kind::fatal);
    CHECK(to_string(no_database.why) ==
          "influxdb: http://db database 'web': HTTP 404: database not found: \"web\" "
          "(create the database or bucket first, and check options::url)");
    CHECK(judged(500, "{\"error\":\"retention policy not found: x\"}").what == kind::fatal);
    for (int status : {301, 401, 403, 404, 405}) CHECK(judged(status).what == kind::fatal);
    CHECK_THAT(judged(401, "{\"error\":\"canary\"}").why.cause, ContainsSubstring("***"));
    CHECK_THAT(judged(307).why.advice, ContainsSubstring("redirect"));
}

TEST_CASE("influxdb answer: what passes is tried again, when the server says") {
    for (int status : {408, 429, 500, 502, 503}) CHECK(judged(status, "busy").what == kind::retry);
    CHECK(judged(429, "", {{"Retry-After", "11"}}).after == weir::duration(11s));
    CHECK(judged(413, "{\"error\":\"Request Entity Too Large\"}").what == kind::too_large);
    weir::http::client client;
    CHECK(judge_write(client, {.failure = weir::error{.cause = "x"}}, "", lines).what == kind::retry);
    CHECK(judge_write(client, {.failure = weir::error{.cause = "x"}, .passing = false}, "", lines).what == kind::fatal);
}

TEST_CASE("influxdb answer: of the server's words the first 1,024 bytes are shown, on one line") {
    CHECK(judged(500, "a\nb" + std::string(5000, 'x')).why.cause.size() < 1100);
    CHECK_THAT(judged(500, "a\nb").why.cause, ContainsSubstring("a b"));
}

}  // namespace weir_test::adapter_influxdb_answer
