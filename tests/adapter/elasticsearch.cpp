// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/elasticsearch.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/scripted_http_server.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/changelog.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::adapter_elasticsearch {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::elasticsearch::write_mode;
using reply = http_reply;
using texts = std::vector<std::string>;

constexpr weir::timestamp noon = weir::timestamp(12h);

struct view {
    std::string_view page;
    std::int64_t n;
};

std::string document(std::string_view page, std::int64_t n) {
    return "{\"page\":\"" + std::string(page) + "\",\"n\":" + std::to_string(n) + "}";
}
std::string action(std::string_view page, std::int64_t n) {
    return "{\"index\":{\"_id\":\"" + std::string(page) + "\"}}\n" + document(page, n) + "\n";
}

std::string const stored_item = R"({"index":{"status":201}})";
std::string failed_item(int status, std::string_view type, std::string_view reason) {
    return "{\"index\":{\"status\":" + std::to_string(status) + ",\"error\":{\"type\":\"" + std::string(type) +
           "\",\"reason\":\"" + std::string(reason) + "\"}}}";
}
reply items(texts const& each) {
    std::string body = "{\"errors\":true,\"items\":[";
    for (auto const& one : each) body += (body.back() == '[' ? "" : ",") + one;
    return reply::answer(200, body + "]}");
}

/// A server that stores documents by their ids; `judge` may say otherwise of one: an item of the answer, or nothing.
struct scripted_index {
    std::map<std::string, std::string> documents{};
    std::function<std::string(std::string const& id, std::string const& document)> judge{};

    reply operator()(http_request const& asked) {
        texts each;
        std::string const body = asked.plain();
        for (std::size_t at = 0; at < body.size();) {
            std::size_t const end = body.find('\n', at);
            std::string const line = body.substr(at, end - at);
            std::size_t const id_at = line.find("\"_id\":\"") + 7;
            std::string const id = line.substr(id_at, line.rfind('"') - id_at);
            bool const erases = line.starts_with("{\"delete\"");
            std::size_t const next = erases ? end : body.find('\n', end + 1);
            std::string const content = erases ? std::string() : body.substr(end + 1, next - end - 1);
            std::string const fault = judge ? judge(id, content) : std::string();
            if (!fault.empty()) each.push_back(fault);
            else if (erases)
                each.push_back(documents.erase(id) != 0 ? R"({"delete":{"status":200}})"
                                                        : R"({"delete":{"status":404}})");
            else documents[id] = content, each.push_back(stored_item);
            at = next + 1;
        }
        return items(each);
    }
};

weir::elasticsearch::options at(scripted_http_server const& server) {
    return {.url = server.url(), .index = "views", .key = {"page"}};
}

template <class Sink>
void send(Sink& sink, std::initializer_list<view> rows) {
    sink.tick(noon);
    for (view const& one : rows) sink.poll(one);
    sink.end();
    sink.run_with_network();
    CHECK(sink.account().balanced());
}

TEST_CASE("elasticsearch: rows go to _bulk of their index, and of the answer only what matters is asked for") {
    scripted_http_server server(in_turn({items({stored_item, stored_item})}));
    auto options = at(server);
    options.url += "/";
    options.parameters = {{"pipeline", "geo ip"}};
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}});
    auto const asked = server.requests().at(0);
    CHECK(asked.method == "POST");
    CHECK(asked.target ==
          "/views/_bulk?filter_path=errors,items.*.status,items.*.error,error,status&pipeline=geo%20ip");
    CHECK(asked.header("content-type") == "application/x-ndjson");
    CHECK(asked.header("authorization").empty());
    CHECK(asked.body == action("a", 1) + action("b", 2));
    CHECK(sink.account().passed == 2);
}

TEST_CASE("elasticsearch: it says who it is in one of three ways, and compresses when asked") {
    scripted_http_server server(in_turn({items({stored_item})}));
    auto const said = [&](auto change) {
        auto options = at(server);
        options.gzip = true;
        change(options);
        auto sink = drive<view>(weir::elasticsearch::sink(options));
        send(sink, {{"a", 1}});
        CHECK(sink.account().passed == 1);
        CHECK(server.requests().back().plain() == action("a", 1));
        CHECK(server.requests().back().header("content-encoding") == "gzip");
        return server.requests().back().header("authorization");
    };
    CHECK(said([](auto& o) { o.user = "weir", o.password = "canary"; }) == "Basic d2VpcjpjYW5hcnk=");
    CHECK(said([](auto& o) { o.api_key = "ZW5jb2RlZA=="; }) == "ApiKey ZW5jb2RlZA==");
    CHECK(said([](auto& o) { o.api_key = "weir:canary"; }) == "ApiKey d2VpcjpjYW5hcnk=");
    CHECK(said([](auto& o) { o.bearer_token = "canary"; }) == "Bearer canary");
}

TEST_CASE("elasticsearch: options that make no sense stop the job before anything is sent") {
    scripted_http_server server(in_turn({items({stored_item})}));
    auto const problem = [&](auto change) {
        auto options = at(server);
        change(options);
        auto sink = drive<view>(weir::elasticsearch::sink(options));
        send(sink, {{"a", 1}});
        REQUIRE(sink.flow().failure());
        return to_string(*sink.flow().failure());
    };
    CHECK_THAT(problem([](auto& o) { o.index = "Views"; }),
               ContainsSubstring("an index's name holds an upper-case letter"));
    CHECK_THAT(problem([](auto& o) { o.index = ""; }), ContainsSubstring("options::index is empty"));
    CHECK_THAT(problem([](auto& o) { o.key = {"pages"}; }), ContainsSubstring("names the column 'pages'"));
    CHECK_THAT(problem([](auto& o) { o.key = {}; }), ContainsSubstring("it is not known what tells rows apart"));
    CHECK_THAT(problem([](auto& o) { o.user = "a", o.api_key = "b"; }), ContainsSubstring("give one of options::user"));
    CHECK(server.requests().empty());
}

TEST_CASE(
    "elasticsearch: rows that the server puts off are sent again alone, the refused go aside one by one with its "
    "words") {
    int asked_for_c = 0;
    scripted_index index;
    index.judge = [&](std::string const& id, std::string const&) -> std::string {
        if (id == "b") return failed_item(400, "mapper_parsing_exception", "no number");
        if (id == "d") return failed_item(400, "document_parsing_exception", "no date");
        if (id == "c" && ++asked_for_c < 3) return failed_item(429, "rejected_execution_exception", "queue full");
        return {};
    };
    scripted_http_server server(std::ref(index));
    auto sink = drive<view>(weir::elasticsearch::sink(at(server)));
    send(sink, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}});
    auto const requests = server.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[1].body == action("c", 3));
    CHECK(requests[2].body == action("c", 3));
    CHECK(sink.payloads() == texts{action("b", 2), action("d", 4)});
    CHECK_THAT(to_string(sink.reasons().at(0)),
               ContainsSubstring("views': HTTP 400, mapper_parsing_exception: no number"));
    CHECK_THAT(to_string(sink.reasons().at(1)), ContainsSubstring("HTTP 400, document_parsing_exception: no date"));
    CHECK(sink.account().passed == 3);
    CHECK(sink.account().dead_lettered == 2);
    CHECK(server.seen(index.documents).size() == 3);
}

TEST_CASE("elasticsearch: whatever is put off and refused, the documents are as the rows say in their order") {
    // Many rows of few keys, so that rows are put off whose documents later rows of the same request have written.
    std::uint64_t random = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U);
    auto const next = [&random](std::uint64_t below) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        return (random >> 33) % below;
    };
    std::map<std::string, std::string> expected;
    std::vector<view> rows;
    texts const pages{"a", "b", "c", "d", "e"};
    for (int i = 0; i < 200; ++i) {
        rows.push_back({pages[next(pages.size())], next(20) == 0 ? -i : i});
        if (rows.back().n >= 0) expected[std::string(rows.back().page)] = document(rows.back().page, rows.back().n);
    }
    scripted_index index;
    index.judge = [&](std::string const&, std::string const& content) -> std::string {
        if (content.find("\"n\":-") != std::string::npos) return failed_item(400, "x", "negative");
        return next(3) == 0 ? failed_item(503, "unavailable_shards_exception", "wait") : std::string();
    };
    scripted_http_server server(std::ref(index));
    auto options = at(server);
    options.batch.rows = 40;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    sink.tick(noon);
    for (view const& one : rows) sink.poll(one);
    sink.end();
    sink.run_with_network();
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.account().balanced());
    CHECK(server.seen(index.documents) == expected);
}

TEST_CASE(
    "elasticsearch: when it gives up, what is stored is stored, and the rest goes to the dead letters if that was "
    "asked for") {
    scripted_index index;
    index.judge = [](std::string const& id, std::string const&) {
        return id == "b"   ? failed_item(429, "rejected_execution_exception", "queue full")
               : id == "c" ? failed_item(400, "mapper_parsing_exception", "no number")
                           : std::string();
    };
    scripted_http_server server(std::ref(index));
    auto options = at(server);
    options.batch.retry.most_attempts = 3;
    auto failing = drive<view>(weir::elasticsearch::sink(options));
    send(failing, {{"a", 1}, {"b", 2}});
    REQUIRE(failing.flow().failure());
    CHECK_THAT(to_string(*failing.flow().failure()),
               ContainsSubstring("gave up after 3 attempts in") && ContainsSubstring("queue full"));
    CHECK(failing.account().in_flight == 2);

    options.batch.retry.exhausted = weir::when_exhausted::dead_letter;
    options.batch.rows = 3;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}, {"f", 6}});
    CHECK(sink.payloads() == texts{action("b", 2), action("c", 3)});
    CHECK_THAT(sink.reasons().at(1).cause, ContainsSubstring("no number"));
    CHECK(sink.account().passed == 4);
}

TEST_CASE("elasticsearch: what is stored is no dead letter either when the server goes away before the rest of its batch") {
    auto const last = GENERATE(reply::answer(503, "{}"), reply::answer(200, R"({"errors":true,"items":[)"),
                               reply::raw("", then::close));
    CAPTURE(last.bytes);
    scripted_http_server server(in_turn({items({stored_item, failed_item(429, "rejected_execution_exception", "queue full"),
                                                failed_item(400, "mapper_parsing_exception", "no number"), stored_item}),
                                         last}));
    auto options = at(server);
    options.batch.rows = 4;
    options.batch.retry.most_attempts = 3;
    options.batch.retry.exhausted = weir::when_exhausted::dead_letter;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
    CHECK(sink.payloads() == texts{action("b", 2), action("c", 3)});
    CHECK(sink.account().passed == 2);
    REQUIRE(sink.reasons().size() == 2);
    CHECK_THAT(sink.reasons()[1].cause, ContainsSubstring("no number"));
    CHECK(server.requests().back().body == action("b", 2));
}

TEST_CASE("elasticsearch: what is no fault of a row stops the job with one clear error, and nothing is lost") {
    auto const [fault, words] = GENERATE(table<std::string, std::string>({
        {failed_item(403, "cluster_block_exception", "index [views] blocked by: [FORBIDDEN/8/index write (api)];"),
         "the index is read-only: set its index.blocks.write"},
        {failed_item(404, "index_not_found_exception", "no such index [views]"), "create it first"},
        {failed_item(403, "security_exception", "action is unauthorized"), "lacks the right"},
        {failed_item(400, "index_closed_exception", "closed"), "open the index first"},
    }));
    scripted_http_server server(in_turn({items({stored_item, failed_item(400, "x", "y"), fault})}));
    auto sink = drive<view>(weir::elasticsearch::sink(at(server)));
    send(sink, {{"a", 1}, {"b", 2}, {"c", 3}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()),
               ContainsSubstring(server.url() + " index 'views': HTTP 4") && ContainsSubstring(words));
    CHECK(sink.payloads().empty());
    CHECK(sink.account().in_flight == 3);
    CHECK(sink.flow().oldest_held() == 1);
    CHECK(server.requests().size() == 1);
}

TEST_CASE("elasticsearch: a missing right or a wrong path stops the job") {
    int const status = GENERATE(401, 403, 404);
    scripted_http_server server(
        in_turn({reply::answer(status, R"({"error":{"type":"security_exception","reason":"missing"}})")}));
    auto sink = drive<view>(weir::elasticsearch::sink(at(server)));
    send(sink, {{"a", 1}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()),
               ContainsSubstring("HTTP " + std::to_string(status)) &&
                   ContainsSubstring(status == 403 ? "lacks the right" : "options::"));
    CHECK(sink.account().in_flight == 1);
}

TEST_CASE(
    "elasticsearch: passing failures of a whole request are tried again with the same bytes, when the server says") {
    auto const failure = GENERATE(reply::answer(500), reply::answer(503, "", "Retry-After: 4\r\n"),
                                  reply::answer(429, "", "Retry-After: 4\r\n"), reply::raw("", reply::then::close),
                                  reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", reply::then::close));
    scripted_http_server server(in_turn({failure, failure, items({stored_item})}));
    auto sink = drive<view>(weir::elasticsearch::sink(at(server)));
    send(sink, {{"a", 1}});
    CHECK(sink.account().passed == 1);
    REQUIRE(server.requests().size() >= 3);
    for (auto const& one : server.requests()) CHECK(one.body == action("a", 1));
    if (failure.bytes.find("Retry-After") != std::string::npos) CHECK(sink.now() - noon >= 8s);
}

TEST_CASE("elasticsearch: a request that is too large is cut, and so is one whose answer is") {
    bool const answer = GENERATE(false, true);
    scripted_index index;
    scripted_http_server server([&](http_request const& asked) {
        if (!answer && asked.body.size() > 120) return reply::answer(413, "{}");
        return index(asked);
    });
    auto options = at(server);
    if (answer) options.http.most_response_bytes = 80;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}});
    CHECK(sink.account().passed == 5);
    CHECK(server.requests().size() > 2);
    CHECK(server.seen(index.documents).size() == 5);
}

TEST_CASE("elasticsearch: a row whose answer broke off is not at fault: it is sent again, and nothing is lost") {
    std::string const whole = R"({"errors":true,"items":[{"index":{"status":201}},{"index":{"status":400,"error":{"type":"x"}}}]})";
    // Where an answer ends with the connection, nobody can tell that there was more.
    auto const garbled = reply::answer(
        200, GENERATE_COPY(whole.substr(0, 1), whole.substr(0, 16), whole.substr(0, 52), whole.substr(0, whole.size() - 1),
                           std::string(R"({"errors":true,"items":[{"index":{"status":x}}]})"),
                           std::string(R"({"errors":true,"items":[{"index":{"status":201}}}})")));
    auto const options_for = [&](scripted_http_server const& server) {
        auto options = at(server);
        options.batch.retry.most_attempts = 3;
        return options;
    };
    SECTION("a passing one") {
        scripted_http_server server(in_turn({garbled, items({stored_item, failed_item(400, "x", "no number")})}));
        auto sink = drive<view>(weir::elasticsearch::sink(options_for(server)));
        send(sink, {{"a", 1}, {"b", 2}});
        CHECK(sink.account().passed == 1);
        CHECK(sink.payloads() == texts{action("b", 2)});
        CHECK(server.requests().size() == 2);
        CHECK(server.requests().back().body == action("a", 1) + action("b", 2));
    }
    SECTION("one that stays") {
        scripted_http_server server(in_turn({garbled}));
        auto sink = drive<view>(weir::elasticsearch::sink(options_for(server)));
        send(sink, {{"a", 1}});
        REQUIRE(sink.flow().failure());
        CHECK_THAT(to_string(*sink.flow().failure()),
                   ContainsSubstring("gave up after 3 attempts") && ContainsSubstring("the answer broke off"));
        CHECK(sink.payloads().empty());
        CHECK(sink.account().in_flight == 1);
        CHECK(sink.flow().oldest_held() == 1);
    }
}

TEST_CASE("elasticsearch: a row alone whose answer is too long is no dead letter") {
    scripted_index index;
    scripted_http_server server(std::ref(index));
    auto options = at(server);
    options.http.most_response_bytes = 20;
    options.batch.retry.most_attempts = 3;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("gave up after 3 attempts") &&
                                                      ContainsSubstring("raise options::http.most_response_bytes"));
    CHECK(sink.payloads().empty());
    CHECK(sink.account().in_flight == 2);
    CHECK(sink.flow().oldest_held() == 1);
}

TEST_CASE("elasticsearch: what answers something else is no Elasticsearch, and nothing counts as stored") {
    auto const said =
        GENERATE(reply::answer(200, "<html>log in</html>"), reply::answer(200, "{\"errors\":false,\"items\":[]}"),
                 items({stored_item, stored_item}), reply::answer(200, ""));
    scripted_http_server server(in_turn({said}));
    auto sink = drive<view>(weir::elasticsearch::sink(at(server)));
    send(sink, {{"a", 1}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()), ContainsSubstring("what answers is no Elasticsearch or OpenSearch"));
    CHECK(sink.account().in_flight == 1);
}

TEST_CASE("elasticsearch: a template is put before the first document, once; one that is there already is as good") {
    auto const first = GENERATE(
        reply::answer(200, "{\"acknowledged\":true}"),
        reply::answer(
            400,
            R"({"error":{"type":"illegal_argument_exception","reason":"index template [weir-views] already exists"}})"));
    scripted_http_server server(in_turn({reply::answer(503), first, items({stored_item})}));
    auto options = at(server);
    options.put_template = true;
    options.batch.rows = 1;
    options.api_key = "a2V5";
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}, {"b", 2}});
    CHECK(sink.account().passed == 2);
    auto const requests = server.requests();
    REQUIRE(requests.size() == 4);
    CHECK(requests[1].method == "PUT");
    CHECK(requests[1].target == "/_index_template/weir-views?create=true");
    CHECK(requests[1].header("content-type") == "application/json");
    CHECK(requests[1].header("authorization") == "ApiKey a2V5");
    CHECK(requests[1].body == weir::elasticsearch::index_template<view>(options));
    CHECK(requests[2].body == action("a", 1));
    CHECK(requests[3].body == action("b", 2));
}

TEST_CASE("elasticsearch: a template that is refused stops the job") {
    scripted_http_server server(in_turn({reply::answer(400, R"({"error":{"type":"x","reason":"bad shards"}})")}));
    auto options = at(server);
    options.put_template = true;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()),
               ContainsSubstring("the index template was refused: HTTP 400, x: bad shards"));
}

TEST_CASE("elasticsearch: no secret shows in any error, whatever repeats it") {
    auto const leak = GENERATE(reply::answer(401, R"({"error":"canary is wrong, d2VpcjpjYW5hcnk= too"})"),
                               reply::answer(500, "canary"), items({failed_item(400, "x", "canary")}),
                               items({failed_item(429, "x", "canary")}), reply::answer(200, "canary"),
                               reply::raw("canary\r\n\r\n", reply::then::close));
    int const way = GENERATE(0, 1, 2);
    scripted_http_server server(in_turn({leak}));
    auto options = at(server);
    if (way == 0) options.user = "weir", options.password = "canary";
    if (way == 1) options.api_key = "weir:canary";
    if (way == 2) options.bearer_token = "canary";
    options.batch.retry.most_attempts = 1;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}});
    std::string told = sink.flow().failure() ? to_string(*sink.flow().failure()) : std::string();
    for (auto const& why : sink.reasons()) told += to_string(why);
    REQUIRE_FALSE(told.empty());
    CHECK(told.find("canary") == std::string::npos);
    if (way != 2) CHECK(told.find("d2VpcjpjYW5hcnk") == std::string::npos);
}

TEST_CASE("elasticsearch: a server that is not there is one clear error within the configured time") {
    auto const url = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port());
    auto sink = drive<view>(weir::elasticsearch::sink(
        {.url = url, .index = "views", .key = {"page"}, .batch = {.retry = {.give_up_after = 20s}}}));
    send(sink, {{"a", 1}});
    REQUIRE(sink.flow().failure());
    CHECK(sink.now() <= noon + 20s);
    CHECK_THAT(to_string(*sink.flow().failure()),
               ContainsSubstring("elasticsearch: " + url) && ContainsSubstring("gave up after"));
}

struct click {
    std::string_view page;
    weir::timestamp at;
};

/// The counts of each page and minute, while they grow; with `most`, those that are not too high.
auto counts() {
    return weir::from(weir::values<click>(
               {{"/", noon}, {"/", noon + 1s}, {"/cart", noon + 2s}, {"/", noon + 3s}, {"/", noon + 61s}})) |
           weir::event_time<&click::at>(weir::bounded_out_of_orderness(5s)) | weir::key_by<&click::page>() |
           weir::window(weir::tumbling(1min), weir::drop_late, weir::emit::on_update) |
           weir::aggregate(weir::count().as<"clicks">());
}
auto few_counts() {
    return counts() | weir::filter([](auto const& row) { return row.template get<"clicks">() <= 2; });
}

template <class Job>
std::string stored_by(Job job, scripted_http_server const& server, scripted_index const& index, bool succeeds = true) {
    auto const outcome = weir::run(job);
    INFO((outcome.failure ? to_string(*outcome.failure) : std::string()));
    CHECK((outcome.exit_code() == 0) == succeeds);
    std::string all;
    for (auto const& [id, content] : server.seen(index.documents))
        all += id + " " + content.substr(content.find("\"clicks\"")) + "\n";
    return all;
}

TEST_CASE("elasticsearch: rows that come anew replace their documents, rows that are taken back delete them") {
    scripted_index index;
    scripted_http_server server(std::ref(index));
    weir::elasticsearch::options const options{
        .url = server.url(), .index = "minutes", .key = {"page", "window_start"}};
    CHECK(stored_by(counts() | weir::elasticsearch::sink(options), server, index) ==
          "/cart|1970-01-01T12:00:00Z \"clicks\":1}\n/|1970-01-01T12:00:00Z \"clicks\":3}\n/|1970-01-01T12:01:00Z "
          "\"clicks\":1}\n");
    CHECK(stored_by(few_counts() | weir::elasticsearch::sink(options), server, index) ==
          "/cart|1970-01-01T12:00:00Z \"clicks\":1}\n/|1970-01-01T12:01:00Z \"clicks\":1}\n");
}

TEST_CASE("elasticsearch: what is taken back from an index that is gone needs no more doing") {
    scripted_index index;
    index.judge = [](std::string const&, std::string const& content) {
        std::string const missing = R"({"type":"index_not_found_exception","reason":"no such index [minutes]"})";
        return content.empty() ? R"({"delete":{"status":404,"error":)" + missing + "}}" : std::string();
    };
    scripted_http_server server(std::ref(index));
    weir::elasticsearch::options const options{
        .url = server.url(), .index = "minutes", .key = {"page", "window_start"}};
    CHECK_THAT(stored_by(few_counts() | weir::elasticsearch::sink(options), server, index),
               ContainsSubstring("/cart|1970-01-01T12:00:00Z \"clicks\":1}\n"));
}

TEST_CASE("elasticsearch: a changelog may be appended, and what is taken back stays only where that was said") {
    texts bodies;
    scripted_http_server server([&](http_request const& asked) {
        bodies.push_back(asked.body);
        std::size_t lines = 0;
        for (char c : asked.body) lines += c == '\n' ? 1U : 0U;
        return items(texts(lines / 2, R"({"create":{"status":201}})"));
    });
    weir::elasticsearch::options options{.url = server.url(), .index = "log", .mode = write_mode::append};
    auto const documents_of = [&](auto job) {
        bodies.clear();
        auto const outcome = weir::run(job);
        std::size_t count = 0;
        for (auto const& body : server.seen(bodies))
            for (std::size_t at = 0; (at = body.find("\"clicks\":", at)) != std::string::npos; ++at) ++count;
        CHECK(outcome.dead_letters == 0);
        CHECK(outcome.balanced());
        return std::pair(outcome.exit_code() == 0, count);
    };
    CHECK(documents_of(counts() | weir::elasticsearch::sink(options)) == std::pair(true, std::size_t{5}));
    CHECK(documents_of(few_counts() | weir::elasticsearch::sink(options)) == std::pair(false, std::size_t{0}));
    options.drop_erased = true;
    CHECK(documents_of(few_counts() | weir::elasticsearch::sink(options)) == std::pair(true, std::size_t{4}));
    options.drop_erased = false;
    options.mode = write_mode::append_once;
    CHECK(documents_of(few_counts() | weir::changelog() | weir::elasticsearch::sink(options)) ==
          std::pair(true, std::size_t{5}));
    CHECK_THAT(server.seen(bodies).back(),
               ContainsSubstring("{\"create\":{\"_id\":\"") && ContainsSubstring("{\"change\":\"erase\""));
}

TEST_CASE("elasticsearch: a document that is created a second time was there already") {
    scripted_http_server server(
        in_turn({items({R"({"create":{"status":409,"error":{"type":"version_conflict_engine_exception"}}})"})}));
    auto options = at(server);
    options.mode = write_mode::append_once;
    auto sink = drive<view>(weir::elasticsearch::sink(options));
    send(sink, {{"a", 1}});
    CHECK(sink.account().passed == 1);
    CHECK(sink.payloads().empty());
}

TEST_CASE("elasticsearch: records are documents too, and what cannot be one goes to the dead letters") {
    scripted_index index;
    scripted_http_server server(std::ref(index));
    auto options = at(server);
    options.index = "views-%Y";
    auto sink = drive<weir::record>(weir::elasticsearch::sink(options));
    sink.tick(noon);
    for (std::string_view name : {"page", "site"}) {
        weir::record one;
        one.add(name, std::string_view("/"));
        one.add("at", noon);
        sink.poll(one);
    }
    sink.end();
    sink.run_with_network();
    CHECK(server.requests().at(0).target.starts_with("/_bulk?"));
    CHECK(server.requests().at(0).body ==
          "{\"index\":{\"_index\":\"views-1970\",\"_id\":\"/\"}}\n{\"page\":\"/\",\"at\":\"1970-01-01T12:00:00Z\"}\n");
    REQUIRE(sink.reasons().size() == 1);
    CHECK_THAT(to_string(sink.reasons()[0]),
               ContainsSubstring("lane 0/2: the row cannot be sent: it lacks a column of options::key"));
    CHECK(sink.account().balanced());
}

}  // namespace weir_test::adapter_elasticsearch
