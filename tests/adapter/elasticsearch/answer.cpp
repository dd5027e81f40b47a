// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/elasticsearch/answer.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir_test::adapter_elasticsearch_answer {

using namespace std::chrono_literals;
using namespace weir::elasticsearch;
using Catch::Matchers::ContainsSubstring;
using kind = weir::outcome::kind;

// Answers of OpenSearch 2.19, but for the names.
std::string_view const mixed =
    R"({"took":3,"errors":true,"items":[{"index":{"_index":"a","_id":"1","_version":1,"result":"created","_shards":)"
    R"({"total":2,"successful":1},"status":201}},{"index":{"status":400,"error":{"type":"mapper_parsing_exception",)"
    R"("reason":"failed to parse field [n] of type [long] in document with id '2'. Preview of field's value: 'x \"y\"'",)"
    R"("caused_by":{"type":"illegal_argument_exception","reason":"For input string: \"x y\""}}}},)"
    R"({"create":{"_id":"1","status":409,"error":{"type":"version_conflict_engine_exception","reason":"[1]: there"}}},)"
    R"({"delete":{"_id":"7","result":"not_found","status":404}}]})";

struct seen {
    std::vector<std::pair<std::string, int>> items;
    std::vector<std::string> problems;
    bool whole = false;
};
seen read(std::string_view body) {
    seen all;
    all.whole = read_bulk_answer(body, [&](item_answer const& item) {
        all.items.emplace_back(item.action, item.status);
        all.problems.emplace_back(item.problem);
    });
    return all;
}

TEST_CASE("elasticsearch answer: each item's action, status and error are read, the rest passed over") {
    seen const all = read(mixed);
    CHECK(all.whole);
    CHECK(all.items ==
          std::vector<std::pair<std::string, int>>{{"index", 201}, {"index", 400}, {"create", 409}, {"delete", 404}});
    CHECK(all.problems[0].empty());
    server_problem const problem = read_problem(all.problems[1]);
    CHECK(problem.type == "mapper_parsing_exception");
    CHECK(problem.reason ==
          "failed to parse field [n] of type [long] in document with id '2'. Preview of field's value: 'x \"y\"' "
          "(For input string: \"x y\")");
    CHECK(read(" { \"items\" : [ { \"index\" : { \"status\" : 200 } } ] , \"errors\" : false } \n").items.size() == 1);
    CHECK(read("{\"errors\":false,\"items\":[]}").whole);
}

TEST_CASE("elasticsearch answer: what is no whole answer is not taken for one") {
    for (std::string_view wrong :
         {"", "{}", "<html>", "{\"errors\":false}", "[]", "{\"items\":5}", "{\"items\":[5]}", "null",
          "{\"items\":[{\"index\":{\"status\":\"x\"}}]}", "{\"items\":[{\"index\":{\"status\":99999999999}}]}",
          "{\"items\":[{\"index\":{\"_id\":]}}]}"})
        CHECK_FALSE(read(wrong).whole);
    for (std::size_t size = 0; size < mixed.size(); ++size) CHECK_FALSE(read(mixed.substr(0, size)).whole);
    // Whatever a byte is turned into, it is read to an end.
    std::string broken(mixed);
    for (std::size_t at = 0; at < broken.size(); ++at)
        for (char c : {'{', '}', '"', '\\', '\0', '7'}) {
            char const before = std::exchange(broken[at], c);
            seen const all = read(broken);
            for (auto const& problem : all.problems) static_cast<void>(read_problem(problem));
            broken[at] = before;
        }
}

TEST_CASE("elasticsearch answer: an error is a text, an object, or no JSON at all") {
    CHECK(read_problem(R"({"error":"no handler found for uri [\/x]"})").reason == "no handler found for uri [/x]");
    auto const whole =
        read_problem(R"({"error":{"root_cause":[{"type":"a","reason":"b"}],"type":"c","reason":"d"},"status":400})");
    CHECK(whole.type == "c");
    CHECK(whole.reason == "d");
    CHECK(read_problem(R"({"type":"a","reason":null,"caused_by":{"type":"x","reason":"y","caused_by":{"reason":"z"}}})")
              .type == "a");
    CHECK(read_problem("<html>\r\n busy </html>\n").reason == "<html>   busy </html>");
    CHECK(read_problem("").reason.empty());
    CHECK(read_problem("\"caf\\u00e9 \\u20ac \\u0001\\n.\"").reason == "caf\xc3\xa9 \xe2\x82\xac   .");
    CHECK(read_problem("{\"reason\":\"cut \\u00").reason == "{\"reason\":\"cut");
    CHECK(read_problem("{\"reason\":\"" + std::string(20'000, 'x') + "\"}").reason.size() == 16'384);
}

fate fate_for(std::string_view action, int status, std::string_view problem = {}) {
    return fate_of({.action = action, .status = status, .problem = problem});
}

TEST_CASE("elasticsearch answer: causes within causes without end are not followed to the end") {
    for (std::string const member : {"error", "caused_by"}) {
        std::string deep;
        for (int i = 0; i < 60'000; ++i) deep += "{\"" + member + "\":";
        CHECK(read_problem(deep + "\"x\"" + std::string(60'000, '}')).reason.starts_with("{"));
    }
    std::string usual = "\"y\"";
    for (int i = 0; i < 4; ++i) usual = "{\"reason\":\"x" + std::to_string(i) + "\",\"caused_by\":" + usual + "}";
    CHECK(read_problem(usual).reason == "x3 (y)");
}

TEST_CASE("elasticsearch answer: what is to be done about an item") {
    CHECK(fate_for("index", 200) == fate::stored);
    CHECK(fate_for("create", 201) == fate::stored);
    CHECK(fate_for("create", 409, "{\"type\":\"version_conflict_engine_exception\"}") == fate::stored);
    CHECK(fate_for("index", 409, "{\"type\":\"version_conflict_engine_exception\"}") == fate::refused);
    CHECK(fate_for("delete", 404) == fate::stored);
    CHECK(fate_for("delete", 404, "{\"type\":\"index_not_found_exception\"}") == fate::stored);
    CHECK(fate_for("delete", 404, "{\"type\":\"resource_not_found_exception\"}") == fate::stop);
    CHECK(fate_for("delete", 404, R"({"type":"index_not_found_exception","reason":"no such index [[require_alias] )"
                                  R"(request flag is [true] and [a] is not an alias]"})") == fate::stop);
    CHECK(fate_for("update", 404, "{\"type\":\"index_not_found_exception\"}") == fate::stop);
    CHECK(fate_for("create", 404, "{\"type\":\"index_not_found_exception\"}") == fate::stop);
    CHECK(fate_for("index", 404, "{\"type\":\"index_not_found_exception\"}") == fate::stop);
    for (int status : {408, 429, 500, 502, 503, 504})
        CHECK(fate_for("index", status, "{\"type\":\"x\"}") == fate::again);
    CHECK(fate_for("index", 400, "{\"type\":\"mapper_parsing_exception\"}") == fate::refused);
    CHECK(fate_for("index", 400, "{\"type\":\"document_parsing_exception\"}") == fate::refused);
    CHECK(fate_for("index", 403, R"({"type":"security_exception"})") == fate::stop);
    CHECK(fate_for("index", 400, R"({"type":"index_closed_exception"})") == fate::stop);
    CHECK(fate_for("index", 400, R"({"type":"invalid_index_name_exception"})") == fate::stop);
    CHECK(fate_for("index", 400,
                   R"({"reason":"only write ops with an op_type of create are allowed in data streams"})") ==
          fate::stop);
    auto const block = [](std::string_view which) {
        return R"({"type":"cluster_block_exception","reason":"index [a] blocked by: [)" + std::string(which) + "]\"}";
    };
    CHECK(fate_for("index", 403, block("FORBIDDEN/8/index write (api)")) == fate::stop);
    CHECK(fate_for("index", 403, block("FORBIDDEN/5/index read-only (api)")) == fate::stop);
    CHECK(fate_for("index", 403, block("FORBIDDEN/12/index read-only / allow delete (api)")) == fate::again);
    CHECK(fate_for("index", 429, block("TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark")) ==
          fate::again);
    CHECK(fate_for("index", 0) == fate::again);
}

weir::outcome judged(int status, std::string body = {}, std::vector<weir::http::header_field> headers = {}) {
    weir::http::client client;
    client.keep_secret("canary");
    return judge_request(client, {.answer = {.status = status, .headers = std::move(headers), .body = std::move(body)}},
                         "http://db index 'a'");
}

TEST_CASE("elasticsearch answer: what is to be done about a whole request") {
    for (int status : {408, 429, 500, 502, 503, 504}) CHECK(judged(status, "busy").what == kind::retry);
    CHECK(judged(429, "", {{"Retry-After", "11"}}).after == weir::duration(11s));
    CHECK(judged(413).what == kind::too_large);
    for (int status : {301, 400, 401, 403, 404, 405, 406}) CHECK(judged(status).what == kind::fatal);
    CHECK(judged(400, R"({"error":{"type":"action_request_validation_exception","reason":"id is too long"}})").what ==
          kind::rejected);
    weir::http::client client;
    CHECK(judge_request(client, {.failure = weir::error{.cause = "x"}}, "").what == kind::retry);
    CHECK(judge_request(client, {.failure = weir::error{.cause = "x"}, .passing = false}, "").what == kind::fatal);
}

TEST_CASE("elasticsearch answer: a secret that stands where the server's words are cut off does not show in part") {
    for (std::size_t before = 1000; before < 2060; ++before) {
        std::string const words = std::string(before, 'x') + "canary";
        CHECK_THAT(judged(401, words).why.cause, !ContainsSubstring("xxc"));
        CHECK_THAT(judged(401, R"({"error":{"type":"security_exception","reason":")" + words + "\"}}").why.cause,
                   !ContainsSubstring("xxc"));
    }
    CHECK(judged(401, std::string(100'000, 'x')).why.cause.size() == 2048);
}

TEST_CASE("elasticsearch answer: an error names the place and says what to do, and shows no secret") {
    CHECK(to_string(
              judged(401, R"({"error":{"type":"security_exception","reason":"canary is wrong"},"status":401})").why) ==
          "elasticsearch: http://db index 'a': HTTP 401, security_exception: *** is wrong (check options::user and "
          "options::password, or "
          "options::api_key, or options::bearer_token)");
    CHECK_THAT(to_string(judged(403, "no").why), ContainsSubstring("lacks the right to write"));
    CHECK_THAT(to_string(judged(404).why), ContainsSubstring("HTTP 404 with an empty body (check options::url"));
    CHECK_THAT(to_string(judged(302).why), ContainsSubstring("give the final URL"));
    CHECK_THAT(advice_for(403, {"cluster_block_exception", "blocked by: [FORBIDDEN/8/index write (api)];"}),
               ContainsSubstring("index.blocks.write"));
    CHECK_THAT(advice_for(429, {"cluster_block_exception", "blocked by: [TOO_MANY_REQUESTS/12/disk"}),
               ContainsSubstring("free space"));
    CHECK_THAT(advice_for(404, {"index_not_found_exception", ""}), ContainsSubstring("auto_create_index"));
}

}  // namespace weir_test::adapter_elasticsearch_answer
