// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/avro/registry.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <support/scripted_http_server.hpp>
#include <utility>
#include <vector>

namespace weir_test::adapter_avro_registry {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;
using answer = weir::result<weir::avro::registry_answer>;

/// Polls until there is an answer; where the registry pauses, the clock in hand jumps.
answer finish(weir::avro::registry& registry) {
    weir::timestamp now{};
    for (;;) {
        if (auto told = registry.poll(now)) return *std::move(told);
        weir::timestamp const wake = registry.next_wake(now);
        if (wake > now + 10ms) now = wake;
        else registry.wait(100ms);
    }
}

weir::avro::registry_options to(scripted_http_server const& server) { return {.url = server.url() + "/"}; }

TEST_CASE("registry: a schema is fetched by its id, and only once") {
    scripted_http_server server(in_turn({reply::answer(200, R"({"schema":"{\"type\":\"int\"}"})")}));
    weir::avro::registry registry(to(server));
    for (int i = 0; i < 3; ++i) {
        registry.fetch(weir::avro::schema_id(7));
        auto const told = finish(registry);
        REQUIRE(told);
        CHECK(told->schema.text == R"({"type":"int"})");
        CHECK(told->id == weir::avro::schema_id(7));
        CHECK_FALSE(registry.asking());
    }
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests()[0].method == "GET");
    CHECK(server.requests()[0].target == "/schemas/ids/7");
    CHECK(server.requests()[0].header("accept") == "application/vnd.schemaregistry.v1+json, application/json");
    CHECK(registry.find(weir::avro::schema_id(7)) != nullptr);
    CHECK(registry.find(weir::avro::schema_id(8)) == nullptr);
}

TEST_CASE("registry: by GUID, by subject and version, look-up, registration, compatibility") {
    std::string const schema = R"({"schema":"\"int\"","id":3,"version":2,"guid":"00112233-4455-6677-8899-aabbccddeeff"})";
    scripted_http_server server([&](http_request const& asked) {
        if (asked.target.starts_with("/compatibility"))
            return reply::answer(200, R"({"is_compatible":false,"messages":["READER_FIELD_MISSING_DEFAULT_VALUE: x"]})");
        return reply::answer(200, schema);
    });
    weir::avro::registry registry(to(server));
    auto const guid = *weir::avro::uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
    registry.fetch(weir::avro::schema_id(guid));
    CHECK(finish(registry)->schema.text == "\"int\"");
    registry.fetch_version("a b-value");
    CHECK(finish(registry)->version == 2);
    registry.fetch_version("t-value", 5);
    CHECK(finish(registry)->id == weir::avro::schema_id(3));
    registry.enrol("t-value", "\"int\"");
    CHECK(finish(registry)->guid == guid);
    registry.look_up("t-value", "\"int\"");
    CHECK(finish(registry)->version == 2);
    registry.check("t-value", "\"int\"");
    auto const verdict = finish(registry);
    REQUIRE(verdict);
    CHECK_FALSE(verdict->compatible);
    CHECK(verdict->objections == std::vector<std::string>{"READER_FIELD_MISSING_DEFAULT_VALUE: x"});
    std::vector<std::string> targets;
    for (auto const& asked : server.requests()) targets.push_back(asked.method + " " + asked.target);
    CHECK(targets == std::vector<std::string>{"GET /schemas/guids/00112233-4455-6677-8899-aabbccddeeff",
                                              "GET /subjects/a%20b-value/versions/latest", "GET /subjects/t-value/versions/5",
                                              "POST /subjects/t-value/versions", "POST /subjects/t-value",
                                              "POST /compatibility/subjects/t-value/versions/latest?verbose=true"});
    CHECK(server.requests()[3].body == R"({"schema":"\"int\""})");
    CHECK(server.requests()[3].header("content-type") == "application/vnd.schemaregistry.v1+json");
}

TEST_CASE("registry: the schemas that a schema refers to come before it, each once") {
    scripted_http_server server([](http_request const& asked) {
        if (asked.target == "/schemas/ids/1")
            return reply::answer(200, R"({"schema":"top","references":[{"name":"b","subject":"b","version":1},)"
                                      R"({"name":"c","subject":"c","version":4}]})");
        if (asked.target == "/subjects/b/versions/1")
            return reply::answer(200, R"({"schema":"b","references":[{"name":"c","subject":"c","version":4}]})");
        if (asked.target == "/subjects/c/versions/4") return reply::answer(200, R"({"schema":"c"})");
        return reply::answer(200, R"({"schema":"loop","references":[{"name":"d","subject":"d","version":1}]})");
    });
    weir::avro::registry registry(to(server));
    registry.fetch(weir::avro::schema_id(1));
    auto const told = finish(registry);
    REQUIRE(told);
    CHECK(told->schema.text == "top");
    CHECK(told->schema.references == std::vector<std::string>{"c", "b"});
    registry.fetch(weir::avro::schema_id(2));
    CHECK_THAT(to_string(finish(registry).problem()), ContainsSubstring("refers to too many others"));
}

TEST_CASE("registry: each error has its number and what to do") {
    struct expectation { int status; std::string body; int code; std::string words; };
    std::vector<expectation> const all = {
        {404, R"({"error_code":40401,"message":"Subject not found."})", 40401,
         "error 40401: Subject not found. (the subject is not"},
        {404, R"({"error_code":40402,"message":"v"})", 40402, "no such version"},
        {404, R"({"error_code":40403,"message":"v"})", 40403, "does not know this schema"},
        {409, R"({"error_code":409,"message":"Schema being registered is incompatible"})", 409, "compatibility level forbids"},
        {422, R"({"error_code":42201,"message":"v"})", 42201, "no valid schema"},
        {422, R"({"error_code":42202,"message":"v"})", 42202, "a version is a number"},
        {422, R"({"error_code":42203,"message":"v"})", 42203, "compatibility level"},
        {401, R"({"error_code":40101,"message":"v"})", 40101, "registry_options::user"},
        {403, "Forbidden", 403, "HTTP 403: Forbidden (check registry_options::user"},
        {404, "<html>not here</html>", 404, "check registry_options::url"},
        {302, "", 302, "HTTP 302"},
        {200, "hello", 0, "the answer is no JSON object"},
        {200, "{}", 0, "the answer holds no id"},
    };
    std::vector<reply> replies;
    for (expectation const& each : all) replies.push_back(reply::answer(each.status, each.body));
    scripted_http_server server(in_turn(replies));
    weir::avro::registry registry(to(server));
    for (expectation const& each : all) {
        registry.enrol("t-value", "\"int\"");
        auto const told = finish(registry);
        REQUIRE_FALSE(told);
        CHECK_THAT(to_string(told.problem()), ContainsSubstring(each.words));
        CHECK_THAT(to_string(told.problem()), ContainsSubstring("schema registry: " + server.url() + " subject 't-value': "));
        CHECK(registry.error_code() == each.code);
    }
    CHECK(server.requests().size() == all.size());
}

TEST_CASE("registry: what passes is asked again, and what does not pass in time is given up") {
    std::vector<int> const codes = {50001, 50002, 50003, 50004};
    std::size_t next = 0;
    scripted_http_server server([&](http_request const&) {
        int const code = codes[next++ % codes.size()];
        if (next == 6) return reply::answer(200, R"({"schema":"\"int\""})");
        return reply::answer(500, R"({"error_code":)" + std::to_string(code) + R"(,"message":"busy"})");
    });
    auto options = to(server);
    options.retry.most_attempts = 6;
    weir::avro::registry registry(options);
    registry.fetch(weir::avro::schema_id(7));
    CHECK(finish(registry));
    CHECK(server.requests().size() == 6);
    registry.fetch(weir::avro::schema_id(8));
    CHECK_THAT(to_string(finish(registry).problem()), ContainsSubstring("busy; gave up after 6 attempts"));

    weir::avro::registry nobody({.url = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port()),
                                 .retry = {.most_attempts = 2}});
    nobody.fetch(weir::avro::schema_id(8));
    CHECK_THAT(to_string(finish(nobody).problem()), ContainsSubstring("gave up after 2 attempts") &&
                                                           ContainsSubstring("registry_options::url"));
    CHECK(nobody.error_code() == 0);
}

TEST_CASE("registry: secrets go out in a header and come back nowhere") {
    scripted_http_server server(in_turn({reply::answer(401, R"({"error_code":40101,"message":"canary and d2VpcjpjYW5hcnk="})")}));
    auto options = to(server);
    options.user = "weir";
    options.password = "canary";
    weir::avro::registry registry(options);
    registry.fetch(weir::avro::schema_id(7));
    auto const why = to_string(finish(registry).problem());
    CHECK(server.requests().at(0).header("authorization") == "Basic d2VpcjpjYW5hcnk=");
    CHECK_THAT(why, ContainsSubstring("error 40101: *** and ***"));
    options.token = "canary";
    weir::avro::registry bearer(options);
    bearer.fetch(weir::avro::schema_id(7));
    CHECK_THAT(to_string(finish(bearer).problem()), ContainsSubstring("*** and"));
    CHECK(server.requests().at(1).header("authorization") == "Bearer canary");
}

TEST_CASE("registry: a secret that stands where the registry's words are cut off does not show in part") {
    std::vector<reply> answers;
    for (std::size_t before = 1016; before < 1026; ++before)
        answers.push_back(reply::answer(401, R"({"error_code":40101,"message":")" + std::string(before, 'x') + R"(canary"})"));
    std::size_t const count = answers.size();
    scripted_http_server server(in_turn(std::move(answers)));
    auto options = to(server);
    options.token = "canary";
    for (std::size_t i = 0; i < count; ++i) {
        weir::avro::registry registry(options);
        registry.fetch(weir::avro::schema_id(7));
        CHECK_THAT(to_string(finish(registry).problem()), ContainsSubstring("xxx") && !ContainsSubstring("xc"));
    }
}

TEST_CASE("registry: a schema of another language is refused") {
    scripted_http_server server(in_turn({reply::answer(200, R"({"schema":"syntax","schemaType":"PROTOBUF"})")}));
    weir::avro::registry registry(to(server));
    registry.fetch(weir::avro::schema_id(7));
    CHECK_THAT(to_string(finish(registry).problem()),
               ContainsSubstring("schema id 7: the schema is of the type PROTOBUF, not AVRO"));
}

}  // namespace weir_test::adapter_avro_registry
