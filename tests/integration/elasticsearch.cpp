// SPDX-License-Identifier: Apache-2.0
// needs: elasticsearch
#include <weir/adapter/elasticsearch.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/naughty_texts.hpp>
#include <support/server_from_environment.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::integration_elasticsearch {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using weir::elasticsearch::write_mode;
using table = std::map<std::string, std::string>;

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);  // 2024-01-15T12:00:00Z

std::string ask(std::string const& url, std::string const& method, std::string const& path,
                std::string const& body = {}) {
    auto const answer = ask_server(
        {.url = url + path, .method = method, .headers = {{"Content-Type", "application/json"}}, .body = body});
    INFO(method << " " << path << ": " << answer.body);
    CHECK(answer.status == 200);
    return answer.body;
}

/// An OpenSearch without the indices and templates of earlier tests.
std::string fresh_server() {
    std::string const url = from_environment("WEIR_TEST_OPENSEARCH");
    if (url.empty()) SKIP("WEIR_TEST_OPENSEARCH is not set: tests/services.sh starts it");
    ask(url, "DELETE", "/weir-test*?expand_wildcards=all");
    ask(url, "DELETE", "/_index_template/*");
    return url;
}

/// A text of JSON as it is.
std::string plain(std::string_view raw) {
    std::string text;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        char c = raw[at];
        if (c == '\\') {
            c = raw[++at];
            if (c == 'u') {
                c = static_cast<char>(std::stoul(std::string(raw.substr(at + 1, 4)), nullptr, 16));
                at += 4;
            } else if (std::size_t const known = std::string_view("bfnrt").find(c); known != std::string_view::npos) {
                c = "\b\f\n\r\t"[known];
            }
        }
        text += c;
    }
    return text;
}

/// Every document of an index, by its id.
table documents_in(std::string const& url, std::string const& index) {
    ask(url, "POST", "/" + index + "/_refresh");
    std::string const found = ask(url, "POST", "/" + index + "/_search", "{\"size\":10000}");
    table documents;
    weir::elasticsearch::detail::json_scan json(found);
    std::string_view ignored;
    auto const hit = [&](std::string_view) {
        std::string_view id, source;
        bool const read = json.take_object([&](std::string_view member) {
            if (member == "_id") return json.take_text(id);
            return json.take_value(member == "_source" ? source : ignored);
        });
        documents[plain(id)] = source;
        return read;
    };
    bool const read = json.take_object([&](std::string_view name) {
        if (name != "hits") return json.take_value(ignored);
        return json.take_object([&](std::string_view inner) {
            if (inner != "hits") return json.take_value(ignored);
            return json.take_array([&] { return hit({}); });
        });
    });
    CHECK(read);
    return documents;
}

struct view {
    std::string_view page;
    std::int64_t n;
    weir::timestamp at = noon;
};

weir::elasticsearch::options to(std::string const& url, write_mode mode = write_mode::upsert) {
    weir::elasticsearch::options options{.url = url, .index = "weir-test", .mode = mode, .replicas = 0};
    if (mode == write_mode::upsert) options.key = {"page"};
    return options;
}

template <class Item = view>
auto sent(weir::elasticsearch::options options, std::vector<Item> const& rows) {
    auto sink = drive<Item>(weir::elasticsearch::sink(std::move(options)));
    sink.tick(noon);
    for (Item const& one : rows) sink.poll(one);
    sink.end();
    sink.run_with_network();
    CHECK(sink.account().balanced());
    return sink;
}

TEST_CASE(
    "real opensearch: appended rows are documents of their own, those with an id of their content are there once") {
    std::string const url = fresh_server();
    auto const mode = GENERATE(write_mode::append, write_mode::append_once);
    auto options = to(url, mode);
    options.gzip = true;
    options.put_template = true;
    std::vector<view> rows;
    for (int i = 0; i < 500; ++i) rows.push_back({"/", i});
    for (int round = 0; round < 2; ++round) {
        auto const sink = sent(options, rows);
        CHECK(sink.reasons().empty());
    }
    table const found = documents_in(url, "weir-test");
    CHECK(found.size() == (mode == write_mode::append ? 1000 : 500));
    CHECK(found.begin()->second.find("\"at\":\"2024-01-15T12:00:00Z\"") != std::string::npos);
}

TEST_CASE(
    "real opensearch: rows upserted twice are the same documents, whatever is in the key, and texts come back byte by "
    "byte") {
    std::string const url = fresh_server();
    auto const texts = naughty_texts();
    std::vector<view> rows;
    std::size_t too_long = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        rows.push_back({texts[i], static_cast<std::int64_t>(i)});
        if (texts[i].size() > 500) ++too_long;
    }
    auto options = to(url);
    options.upper_case = true;
    options.times = weir::elasticsearch::time_format::epoch_millis;
    options.batch.rows = 10;
    for (int round = 0; round < 2; ++round) {
        auto sink = sent(options, rows);
        REQUIRE_FALSE(sink.flow().failure());
        CHECK(sink.account().dead_lettered <= too_long);
    }
    table const found = documents_in(url, "weir-test");
    CHECK(found.size() >= texts.size() - too_long);
    for (auto const& [id, source] : found) {
        weir::elasticsearch::detail::json_scan json(source);
        std::string_view page, number, ignored;
        json.take_object([&](std::string_view name) {
            if (name == "PAGE") return json.take_text(page);
            return json.take_value(name == "N" ? number : ignored);
        });
        CHECK(plain(page) == texts.at(std::stoul(std::string(number))));
    }
    CHECK(found.begin()->second.find("\"AT\":1705320000000") != std::string::npos);
}

struct click {
    std::string_view page;
    weir::timestamp at;
};

TEST_CASE("real opensearch: of rows that come anew the last stays, and what is taken back is deleted") {
    std::string const url = fresh_server();
    auto const counts = [] {
        return weir::from(weir::values<click>(
                   {{"/", noon}, {"/", noon + 1s}, {"/cart", noon + 2s}, {"/", noon + 3s}, {"/", noon + 61s}})) |
               weir::event_time<&click::at>(weir::bounded_out_of_orderness(5s)) | weir::key_by<&click::page>() |
               weir::window(weir::tumbling(1min), weir::drop_late, weir::emit::on_update) |
               weir::aggregate(weir::count().as<"clicks">());
    };
    auto options = to(url);
    options.key = {"page", "window_start"};
    options.omit = {"window_end"};
    options.index = "weir-test-%Y.%m";
    options.put_template = true;
    for (int round = 0; round < 2; ++round) {
        auto job = counts() | weir::elasticsearch::sink(options);
        CHECK(weir::run(job).exit_code() == 0);
        CHECK(documents_in(url, "weir-test-2024.01") ==
              table{{"/|2024-01-15T12:00:00Z", R"({"window_start":"2024-01-15T12:00:00Z","page":"/","clicks":3})"},
                    {"/cart|2024-01-15T12:00:00Z",
                     R"({"window_start":"2024-01-15T12:00:00Z","page":"/cart","clicks":1})"},
                    {"/|2024-01-15T12:01:00Z", R"({"window_start":"2024-01-15T12:01:00Z","page":"/","clicks":1})"}});
    }
    auto few = counts() | weir::filter([](auto const& row) { return row.template get<"clicks">() <= 2; }) |
               weir::elasticsearch::sink(options);
    CHECK(weir::run(few).exit_code() == 0);
    CHECK(documents_in(url, "weir-test-2024.01").size() == 2);

    CHECK_THAT(
        ask(url, "GET", "/weir-test-2024.01/_mapping"),
        ContainsSubstring(R"("clicks":{"type":"long"},"page":{"type":"keyword"},"window_start":{"type":"date"})"));
    CHECK_THAT(ask(url, "POST", "/weir-test-*/_search",
                   R"({"size":0,"aggs":{"m":{"date_histogram":{"field":"window_start","fixed_interval":"1m"},)"
                   R"("aggs":{"most":{"max":{"field":"clicks"}}}}}})"),
               ContainsSubstring(R"("key_as_string":"2024-01-15T12:00:00.000Z")"));
}

TEST_CASE(
    "real opensearch: a row that the mapping refuses is put aside with the server's words, the others are stored") {
    std::string const url = fresh_server();
    ask(url, "PUT", "/weir-test", R"({"mappings":{"properties":{"page":{"type":"ip"}}}})");
    std::vector<view> rows;
    for (int i = 0; i < 100; ++i) rows.push_back({i == 7 ? "no address" : i == 40 ? "" : "10.0.0.1", i});
    auto options = to(url, write_mode::append_once);
    auto sink = sent(options, rows);
    REQUIRE_FALSE(sink.flow().failure());
    REQUIRE(sink.reasons().size() == 2);
    CHECK_THAT(to_string(sink.reasons()[0]),
               ContainsSubstring(
                   "weir-test': HTTP 400, mapper_parsing_exception: failed to parse field [page] of type [ip]") &&
                   ContainsSubstring("'no address' is not an IP string literal"));
    CHECK_THAT(sink.payloads()[0], ContainsSubstring("{\"page\":\"no address\",\"n\":7,"));
    CHECK(sink.account().passed == 98);
    CHECK(documents_in(url, "weir-test").size() == 98);
}

TEST_CASE(
    "real opensearch: a read-only index is one clear error and no bad row, and takes everything once it is writable") {
    std::string const url = fresh_server();
    std::string const block = GENERATE("index.blocks.write", "index.blocks.read_only");
    ask(url, "PUT", "/weir-test");
    ask(url, "PUT", "/weir-test/_settings", "{\"" + block + "\":true}");
    auto sink = sent(to(url), {{"/", 1}, {"/cart", 2}});
    REQUIRE(sink.flow().failure());
    CHECK_THAT(to_string(*sink.flow().failure()),
               ContainsSubstring("elasticsearch: " + url + " index 'weir-test': HTTP 403, cluster_block_exception") &&
                   ContainsSubstring("the index is read-only: set its index.blocks.write"));
    CHECK(sink.payloads().empty());
    CHECK(sink.account().in_flight == 2);
    ask(url, "PUT", "/weir-test/_settings", "{\"" + block + "\":null}");
    CHECK(sent(to(url), {{"/", 1}, {"/cart", 2}}).account().passed == 2);
}

TEST_CASE("real opensearch: a disk that is full is waited for") {
    std::string const url = fresh_server();
    ask(url, "PUT", "/weir-test");
    ask(url, "PUT", "/weir-test/_settings", R"({"index.blocks.read_only_allow_delete":true})");
    auto sink = drive<view>(weir::elasticsearch::sink(to(url)));
    sink.tick(noon);
    sink.poll(view{"/", 1});
    sink.flow().end();
    for (int i = 0; i < 100'000 && sink.now() < noon + 1s && !sink.flow().failure(); ++i) {
        sink.tick(std::max(sink.now(), std::min(sink.flow().next_wake(), noon + 1s)));
        std::this_thread::yield();
    }
    REQUIRE_FALSE(sink.flow().failure());
    CHECK(sink.account().in_flight == 1);
    ask(url, "PUT", "/weir-test/_settings", R"({"index.blocks.read_only_allow_delete":null})");
    sink.run_with_network();
    CHECK(sink.account().passed == 1);
    CHECK(documents_in(url, "weir-test").size() == 1);
}

TEST_CASE("real opensearch: an index that is not there, or is closed, or cannot be, is one clear error") {
    std::string const url = fresh_server();
    auto const failure_of = [&](std::string index) {
        auto options = to(url);
        options.index = std::move(index);
        auto sink = sent(options, {{"/", 1}});
        REQUIRE(sink.flow().failure());
        CHECK(sink.account().in_flight == 1);
        return to_string(*sink.flow().failure());
    };
    CHECK_THAT(failure_of("absent-one"),
               ContainsSubstring("index_not_found_exception") && ContainsSubstring("create it first"));
    std::vector<weir::elasticsearch::fate> fates;
    std::string const deleted = ask(url, "POST", "/absent-one/_bulk?filter_path=errors,items.*.status,items.*.error,error,status",
                                    "{\"delete\":{\"_id\":\"1\"}}\n");
    CHECK(weir::elasticsearch::read_bulk_answer(
        deleted, [&](weir::elasticsearch::item_answer const& item) { fates.push_back(fate_of(item)); }));
    CHECK_THAT(deleted, ContainsSubstring("index_not_found_exception"));
    CHECK(fates == std::vector{weir::elasticsearch::fate::stored});
    CHECK_THAT(failure_of("Weir"), ContainsSubstring("an index's name holds an upper-case letter"));
    ask(url, "PUT", "/weir-test");
    ask(url, "POST", "/weir-test/_close");
    CHECK_THAT(failure_of("weir-test"),
               ContainsSubstring("index_closed_exception") && ContainsSubstring("open the index first"));
}

struct measured {
    weir::timestamp at;
    std::uint64_t total;
};

TEST_CASE("real opensearch: a data stream takes what is appended once, and says so to who does otherwise") {
    std::string const url = fresh_server();
    ask(url, "PUT", "/_index_template/stream",
        R"({"index_patterns":["weir-test-stream"],"data_stream":{},"priority":200,)"
        R"("template":{"settings":{"number_of_replicas":0}}})");
    auto options = to(url, write_mode::append);
    options.index = "weir-test-stream";
    options.rename = {{"at", "@timestamp"}};
    std::vector<measured> const rows{{noon, 1}, {noon, 2}, {noon + 1s, 2}};
    auto refused = sent(options, rows);
    REQUIRE(refused.flow().failure());
    CHECK_THAT(to_string(*refused.flow().failure()), ContainsSubstring("a data stream takes write_mode::append_once"));
    options.mode = write_mode::append_once;
    for (int round = 0; round < 2; ++round) CHECK(sent(options, rows).account().passed == 3);
    CHECK(documents_in(url, "weir-test-stream").size() == 3);
    ask(url, "DELETE", "/_data_stream/weir-test-stream");
}

TEST_CASE("real opensearch: a number beyond the type of the template is put aside, not cut") {
    std::string const url = fresh_server();
    auto options = to(url, write_mode::append);
    options.put_template = true;
    auto sink = sent<measured>(options, {{noon, 1}, {noon, ~std::uint64_t{0}}, {noon, 2}});
    CHECK(sink.account().passed == 2);
    REQUIRE(sink.reasons().size() == 1);
    CHECK_THAT(to_string(sink.reasons()[0]), ContainsSubstring("out of range of long"));
}

}  // namespace weir_test::integration_elasticsearch
