// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/avro/decode.hpp>

#include <catch.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <support/scripted_http_server.hpp>
#include <thread>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/sink/dead_letter.hpp>
#include <weir/testing/scripted_source.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/merge.hpp>

namespace weir_test::adapter_avro_decode {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;
using texts = std::vector<std::string>;

/// A registry that knows these schemas, and counts who asks.
class scripted_registry {
public:
    explicit scripted_registry(std::map<int, std::string> schemas)
        : schemas_(std::move(schemas)), server_([this](http_request const& asked) { return answer(asked); }) {}

    [[nodiscard]] weir::avro::registry_options options() const { return {.url = server_.url()}; }
    [[nodiscard]] texts asked() const {
        texts all;
        for (auto const& each : server_.requests()) all.push_back(each.target);
        return all;
    }

private:
    reply answer(http_request const& asked) {
        for (auto const& [id, schema] : schemas_)
            if (asked.target.ends_with("/" + std::to_string(id)) || asked.target.ends_with("00000000000" + std::to_string(id))) {
                if (schema.starts_with("{\"schema\"")) return reply::answer(200, schema);
                std::string body = "{\"schema\":";
                weir::avro::detail::append_json_text(body, schema);
                return reply::answer(200, body + "}");
            }
        if (asked.target.starts_with("/subjects/")) return reply::answer(404, R"({"error_code":40401,"message":"Subject not found"})");
        return reply::answer(404, R"({"error_code":40403,"message":"Schema not found"})");
    }

    std::map<int, std::string> schemas_;
    scripted_http_server server_;
};

std::string record_of(std::string_view fields) {
    return R"({"type":"record","name":"ksql.pageviews","fields":[)" + std::string(fields) + "]}";
}
std::string const first_schema = record_of(R"({"name":"viewtime","type":"long"},{"name":"pageid","type":"string"})");
std::string const grown_schema = record_of(R"({"name":"viewtime","type":"long"},{"name":"country","type":"string"},)"
                                           R"({"name":"pageid","type":"string"})");
std::string const shrunk_schema = record_of(R"({"name":"pageid","type":"string"})");
std::string const renamed_schema = record_of(R"({"name":"viewtime","type":"long"},{"name":"page","type":"string"})");
std::string const broken_schema = record_of(R"({"name":"viewtime","type":"string"},{"name":"pageid","type":"string"})");

/// Payloads as Confluent's serializers write them: `framed(7) + ...`.
std::string framed(int id) { return {'\0', '\0', '\0', '\0', static_cast<char>(id)}; }

struct pageview {
    std::int64_t viewtime = -1;
    std::string_view pageid;
};

}  // namespace weir_test::adapter_avro_decode

template <>
struct weir::members_of<weir_test::adapter_avro_decode::pageview> {
    using type = weir_test::adapter_avro_decode::pageview;
    static constexpr auto value = weir::members(weir::unrenamed<&type::viewtime>,
                                                weir::member<"pageid", &type::pageid>.with(weir::avro::aliases("page")));
};

namespace weir_test::adapter_avro_decode {

/// Steps until the job has finished, by a clock that jumps over the pauses. Gives up after a minute of real time.
void finish(auto& job) {
    weir::timestamp now{};
    auto const deadline = std::chrono::steady_clock::now() + 1min;
    while (!job.finished() && std::chrono::steady_clock::now() < deadline) {
        job.step(1000, now);
        weir::timestamp const wake = job.next_wake();
        if (wake > now + 10ms && wake != weir::end_of_time) now = wake;
        else std::this_thread::yield();
    }
    REQUIRE(job.finished());
}

/// A job that notes its rows as `page@viewtime`, and its dead letters.
struct outcome {
    texts rows;
    texts letters;
    std::optional<weir::error> failure;
    weir::report report;
};

template <class Item = std::string>
outcome run(weir::testing::scripted_source<Item> source, weir::avro::decode_options options) {
    outcome seen;
    auto job = weir::from(std::move(source)) | weir::avro::decode<pageview>(std::move(options)) |
               weir::call([&](pageview const& row) {
                   seen.rows.push_back(std::string(row.pageid) + "@" + std::to_string(row.viewtime));
               });
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { seen.letters.push_back(weir::to_string(letter.why)); }));
    finish(job);
    seen.report = job.report();
    seen.failure = seen.report.failure;
    return seen;
}

TEST_CASE("avro decode: a schema gains a field, loses one that has a default, and renames one, in mid-stream") {
    scripted_registry registry({{1, first_schema}, {2, grown_schema}, {3, shrunk_schema}, {4, renamed_schema}});
    weir::testing::scripted_source<std::string> source;
    source.item(framed(1) + "\2\2a").item(framed(2) + "\4\4PL\2b").item(framed(1) + "\6\2c");
    source.end_poll();
    source.item(framed(3) + "\2d").item(framed(4) + "\x0a\2e").item(framed(2) + "\x0c\4PL\2f");
    auto const seen = run(std::move(source), {.registry = registry.options()});
    CHECK(seen.rows == texts{"a@1", "b@2", "c@3", "d@-1", "e@5", "f@6"});
    CHECK(seen.letters.empty());
    CHECK(seen.report.balanced());
    CHECK(registry.asked() == texts{"/schemas/ids/1", "/schemas/ids/2", "/schemas/ids/3", "/schemas/ids/4"});
}

TEST_CASE("avro decode: for schemas that are given the registry is not asked") {
    scripted_registry registry({{2, grown_schema}});
    weir::testing::scripted_source<std::string> source;
    source.item(framed(1) + "\2\2a").item(framed(2) + "\4\4PL\2b").item(framed(9) + "\2x\2c");
    auto const seen = run(std::move(source), {.registry = registry.options(),
                                              .schemas = {{weir::avro::schema_id(1), {first_schema}},
                                                          {weir::avro::schema_id(9), {broken_schema}}},
                                              .subject = "pageviews-value",
                                              .unreadable = weir::avro::unreadable_schema::dead_letter});
    CHECK(seen.rows == texts{"a@1", "b@2"});
    REQUIRE(seen.letters.size() == 1);
    CHECK_THAT(seen.letters[0], ContainsSubstring("subject 'pageviews-value', schema id 9, field 'viewtime'"));
    CHECK(registry.asked() == texts{"/schemas/ids/2"});
}

TEST_CASE("avro decode: a schema that cannot be read stops the job before its first record") {
    scripted_registry registry({{1, first_schema}, {9, broken_schema}});
    weir::testing::scripted_source<std::string> source;
    source.name_lane(0, "pageviews/0").item(framed(1) + "\2\2a");
    source.end_poll();
    source.item(framed(1) + "\4\2b").item(framed(9) + "\2x\2c").item("no record").item(framed(1) + "\6\2d");
    auto const progress = source.progress();
    auto const seen = run(std::move(source), {.registry = registry.options(), .subject = "pageviews-value"});
    REQUIRE(seen.failure);
    CHECK(weir::to_string(*seen.failure) ==
          "avro: pageviews/0/2: subject 'pageviews-value', schema id 9, field 'viewtime': the writer's schema says string, the "
          "struct's member is long (long)");
    CHECK(seen.rows == texts{"a@1", "b@2"});
    // What comes behind it is as if it had not been read: no dead letter, no acknowledgement.
    CHECK(seen.letters.empty());
    CHECK(progress->acknowledged <= progress->item_epochs.at(2));
    CHECK(seen.report.balanced());
    CHECK(seen.report.stages.at(1).count.in_flight == 3);
}

TEST_CASE("avro decode: or its records are put aside, and so are those of a schema that nobody knows") {
    scripted_registry registry({{1, first_schema}, {9, broken_schema}});
    weir::testing::scripted_source<std::string> source;
    source.item(framed(9) + "\2x\2c").item(framed(1) + "\2\2a").item(framed(8) + "?").item(framed(9) + "\2x\2c");
    auto const seen = run(std::move(source), {.registry = registry.options(),
                                              .unreadable = weir::avro::unreadable_schema::dead_letter});
    CHECK_FALSE(seen.failure);
    CHECK(seen.rows == texts{"a@1"});
    REQUIRE(seen.letters.size() == 3);
    CHECK_THAT(seen.letters[0],
               ContainsSubstring("avro: lane 0/0: schema id 9, field 'viewtime': the writer's schema says string"));
    CHECK_THAT(seen.letters[1], ContainsSubstring("schema id 8: error 40403: Schema not found"));
    CHECK(registry.asked().size() == 3);
}

TEST_CASE("avro decode: a schema of another language, or that refers to what is not there, is one that cannot be read") {
    std::string const other = R"({"schema":"syntax","schemaType":"PROTOBUF"})";
    std::string const dangling = R"({"schema":"\"x\"","references":[{"name":"x","subject":"gone","version":77}]})";
    std::string const endless = R"({"schema":"\"x\"","references":[{"name":"x","subject":"itself","version":6}]})";
    auto const read = [&](weir::avro::unreadable_schema policy, texts const& payloads) {
        scripted_registry registry({{1, first_schema}, {5, other}, {6, endless}, {7, dangling}});
        weir::testing::scripted_source<std::string> source;
        for (auto const& each : payloads) source.item(each);
        return run(std::move(source), {.registry = registry.options(), .unreadable = policy});
    };
    auto const aside = read(weir::avro::unreadable_schema::dead_letter,
                            {framed(5) + "x", framed(7) + "x", framed(6) + "x", framed(1) + "\2\2a", framed(5) + "y"});
    CHECK_FALSE(aside.failure);
    CHECK(aside.rows == texts{"a@1"});
    REQUIRE(aside.letters.size() == 4);
    CHECK_THAT(aside.letters[0], ContainsSubstring("the schema is of the type PROTOBUF, not AVRO"));
    CHECK_THAT(aside.letters[1], ContainsSubstring("error 40401"));
    CHECK_THAT(aside.letters[2], ContainsSubstring("refers to too many others"));
    CHECK(aside.report.balanced());
    auto const stopped = read(weir::avro::unreadable_schema::stop, {framed(1) + "\2\2a", framed(5) + "x"});
    REQUIRE(stopped.failure);
    CHECK_THAT(weir::to_string(*stopped.failure), ContainsSubstring("lane 0/1: ") && ContainsSubstring("PROTOBUF"));
}

TEST_CASE("avro decode: an unknown schema stops the job too, unless told otherwise") {
    scripted_registry registry({});
    weir::testing::scripted_source<std::string> source;
    source.item(framed(8) + "?");
    auto const seen = run(std::move(source), {.registry = registry.options()});
    REQUIRE(seen.failure);
    CHECK_THAT(weir::to_string(*seen.failure), ContainsSubstring("lane 0/0: ") && ContainsSubstring("id 8: error 40403") &&
                                             ContainsSubstring("the registry does not know this schema"));
}

TEST_CASE("avro decode: an address that is no registry's stops the job, and makes no dead letters of good records") {
    auto const [said, words] = GENERATE(table<reply, std::string>({
        {reply::answer(404, "<html>not found</html>"), "no schema registry answers there: HTTP 404: <html>not found</html>"},
        {reply::answer(404, ""), "no schema registry answers there: HTTP 404"},
        {reply::answer(404, R"({"error_code":404,"message":"HTTP 404 Not Found"})"), "no schema registry answers there: HTTP 404: HTTP 404 Not Found"},
        {reply::answer(404, R"({"error_code":0,"message":"Could not find resource"})"), "there: HTTP 404: Could not find resource"},
        {reply::answer(404, R"({"error":"no such route"})"), "no such route"},
    }));
    scripted_http_server server(in_turn({said}));
    weir::testing::scripted_source<std::string> source;
    source.item(GENERATE(framed(1), "\1" + std::string(16, 'g')) + "\2\2a");
    auto const progress = source.progress();
    auto const seen = run(std::move(source), {.registry = {.url = server.url()},
                                              .unreadable = weir::avro::unreadable_schema::dead_letter});
    REQUIRE(seen.failure);
    CHECK_THAT(weir::to_string(*seen.failure), ContainsSubstring(words) && ContainsSubstring("check registry_options::url"));
    CHECK(seen.letters.empty());
    CHECK(progress->acknowledged <= progress->item_epochs.at(0));
    CHECK(seen.report.balanced());
}

TEST_CASE("avro decode: a registry that is older than GUIDs does not know such a schema, and the job goes on") {
    scripted_http_server server([](http_request const& asked) {
        if (asked.target.starts_with("/schemas/guids/")) return reply::answer(404, R"({"error_code":404,"message":"HTTP 404"})");
        if (!asked.target.ends_with("/1")) return reply::answer(404, R"({"error_code":40403,"message":"Schema not found"})");
        std::string body = "{\"schema\":";
        weir::avro::detail::append_json_text(body, first_schema);
        return reply::answer(200, body + "}");
    });
    weir::testing::scripted_source<std::string> source;
    // Garbage may look like a GUID.
    for (char const c : {'g', 'g', 'h'}) source.item("\1" + std::string(16, c) + "?");
    source.item(framed(1) + "\2\2a");
    auto const seen = run(std::move(source), {.registry = {.url = server.url()},
                                              .unreadable = weir::avro::unreadable_schema::dead_letter});
    CHECK_FALSE(seen.failure);
    CHECK(seen.rows == texts{"a@1"});
    REQUIRE(seen.letters.size() == 3);
    CHECK_THAT(seen.letters[2], ContainsSubstring("schema guid 68686868-") && ContainsSubstring("does not know this schema, or none by GUID"));
    texts paths;
    for (auto const& each : server.requests()) paths.push_back(each.target.substr(0, each.target.rfind('/')));
    // That it is a registry is asked for once.
    CHECK(paths == texts{"/schemas/guids", "/schemas/ids", "/schemas/guids", "/schemas/ids"});
}

TEST_CASE("avro decode: of schemas that were refused only so many are kept, and the first is asked for again") {
    scripted_registry registry({{1, first_schema}, {9, broken_schema}});
    weir::testing::scripted_source<std::string> source;
    for (int const id : {9, 5, 6, 6, 5, 9, 7, 5, 9, 1, 7}) source.item(framed(id) + "\2\2a");
    auto const seen = run(std::move(source), {.registry = registry.options(),
                                              .unreadable = weir::avro::unreadable_schema::dead_letter,
                                              .most_refusals = 2});
    CHECK_FALSE(seen.failure);
    CHECK(seen.rows == texts{"a@1"});
    CHECK(seen.letters.size() == 10);
    CHECK(seen.report.balanced());
    texts ids;
    for (auto const& each : registry.asked()) ids.push_back(each.substr(each.rfind('/') + 1));
    // 9 was fetched and is kept by the registry's client; 5 is forgotten for 9 and 7, and asked for again.
    CHECK(ids == texts{"9", "5", "6", "7", "5", "1", "7"});
}

TEST_CASE("avro decode: a registry out of reach stops the job, with nothing acknowledged") {
    weir::testing::scripted_source<std::string> source;
    source.item(framed(1) + "\2\2a");
    auto const progress = source.progress();
    std::string const nobody = "http://127.0.0.1:" + std::to_string(scripted_http_server::closed_port());
    auto const seen = run(std::move(source), {.registry = {.url = nobody, .retry = {.most_attempts = 3}},
                                              .unreadable = weir::avro::unreadable_schema::dead_letter});
    REQUIRE(seen.failure);
    CHECK_THAT(weir::to_string(*seen.failure), ContainsSubstring("gave up after 3 attempts"));
    CHECK(seen.letters.empty());
    CHECK(progress->acknowledged <= progress->item_epochs.at(0));
}

TEST_CASE("avro decode: what is no record of a registry is a dead letter, in its turn") {
    scripted_registry registry({{1, first_schema}});
    weir::testing::scripted_source<std::string> source;
    source.item("").item(framed(1) + "\2\2a").item("{}").item(framed(1) + "\2").item(framed(1) + "\2\2a!").item(std::string(2, 0));
    auto const seen = run(std::move(source), {.registry = registry.options()});
    CHECK(seen.rows == texts{"a@1"});
    REQUIRE(seen.letters.size() == 5);
    CHECK_THAT(seen.letters[0], ContainsSubstring("lane 0/0: the payload is empty"));
    CHECK_THAT(seen.letters[1], ContainsSubstring("lane 0/2: the payload begins with the byte 123"));
    CHECK_THAT(seen.letters[2], ContainsSubstring("lane 0/3: pageid: the bytes end too early"));
    CHECK_THAT(seen.letters[3], ContainsSubstring("lane 0/4: something follows"));
    CHECK_THAT(seen.letters[4], ContainsSubstring("lane 0/5: the payload ends within its schema id"));
}

/// An item such as a Kafka record is: with headers, a key, a topic, and perhaps without a value.
struct message {
    struct header { std::optional<std::string_view> value; };
    struct header_list {
        std::string_view name, value;
        [[nodiscard]] std::optional<header> find(std::string_view wanted) const {
            return wanted == name ? std::optional(header{value}) : std::nullopt;
        }
    };
    std::string name{}, value{}, own_key{}, body{};
    bool tombstone = false;

    [[nodiscard]] header_list headers() const { return {name, value}; }
    [[nodiscard]] std::string_view topic() const { return "views"; }
    [[nodiscard]] std::string_view key() const { return own_key; }
    [[nodiscard]] bool has_key() const { return !own_key.empty(); }
    [[nodiscard]] bool is_tombstone() const { return tombstone; }
    [[nodiscard]] std::string_view payload() const { return body; }
};

TEST_CASE("avro decode: the schema is named by a number or a GUID, before the document or in a header") {
    scripted_registry registry({{1, first_schema}, {2, first_schema}});
    std::string const guid = "\1" + std::string(15, '\0') + '\2';
    weir::testing::scripted_source<message> source;
    source.item({.body = framed(1) + "\2\2a"}).item({.body = guid + "\4\2b"});
    source.item({.name = "__value_schema_id", .value = framed(1), .body = "\6\2c"});
    source.item({.name = "__value_schema_id", .value = guid, .body = "\x08\2d"});
    source.item({.name = "__key_schema_id", .value = "?", .body = framed(1) + "\x0a\2e"});
    source.item({.tombstone = true});
    source.item({.name = "__value_schema_id", .value = "?", .body = "\6\2c"});
    auto const seen = run(std::move(source), {.registry = registry.options()});
    CHECK(seen.rows == texts{"a@1", "b@2", "c@3", "d@4", "e@5"});
    REQUIRE(seen.letters.size() == 1);
    CHECK_THAT(seen.letters[0], ContainsSubstring("the header of the schema id"));
    CHECK(seen.report.stages.at(1).count.filtered == 1);
    CHECK(registry.asked() == texts{"/schemas/ids/1", "/schemas/guids/00000000-0000-0000-0000-000000000002"});
}

TEST_CASE("avro decode: the key may be what is decoded, and its subject is the topic's") {
    scripted_registry registry({{1, first_schema}});
    weir::testing::scripted_source<message> source;
    source.item({.own_key = framed(1) + "\2\2a", .body = "text"}).item({.body = "without a key"});
    source.item({.name = "__key_schema_id", .value = framed(5), .own_key = "\2\2a"});
    auto const seen = run(std::move(source), {.registry = registry.options(),
                                   .part = weir::avro::record_part::key,
                                   .nulls = weir::null_payload::dead_letter});
    CHECK(seen.rows == texts{"a@1"});
    CHECK(seen.letters.size() == 1);
    REQUIRE(seen.failure);
    CHECK_THAT(weir::to_string(*seen.failure), ContainsSubstring("subject 'views-key', schema id 5"));
}

/// Notes what comes, time included.
struct watching {
    texts* seen;
    void on_item(pageview const& row) { seen->push_back(std::string(row.pageid)); }
    void on_watermark(weir::timestamp w, auto&) {
        seen->push_back(w == weir::end_of_time ? "end of time" : std::to_string(w.time_since_epoch() / 1s));
    }
    void on_end(auto&) { seen->push_back("end"); }
};

TEST_CASE("avro decode: while a schema is fetched the source is held back, and time does not overtake") {
    scripted_registry registry({{1, first_schema}, {2, first_schema}});
    weir::testing::scripted_source<std::string, weir::timed> source;
    source.item(framed(1) + "\2\2a", weir::timestamp(1s)).watermark(weir::timestamp(2s));
    source.item(framed(2) + "\4\2b", weir::timestamp(3s)).watermark(weir::timestamp(4s));
    auto const progress = source.progress();
    texts seen;
    auto job = weir::from(std::move(source)) | weir::avro::decode<pageview>({.registry = registry.options()}) | watching{&seen};
    CHECK(job.step(100, weir::timestamp{}) == weir::progress::idle);
    CHECK_FALSE(job.stages().ready());
    CHECK(seen.empty());
    CHECK(progress->polls == 1);
    finish(job);
    CHECK(seen == texts{"a", "2", "b", "4", "end of time", "end"});
    CHECK(progress->kept_alive > 0);
}

/// Copies what it was given when the poll is over, and not before.
struct keeper {
    texts* seen;
    std::vector<std::string_view> views{};
    void on_item(pageview const& row) { views.push_back(row.pageid); }
    void settle(auto&) {
        for (std::string_view const view : std::exchange(views, {})) seen->emplace_back(view);
    }
};

TEST_CASE("avro decode: what was let out lives as long as what was read in the poll after it") {
    scripted_registry registry({{1, first_schema}});
    weir::testing::scripted_source<std::string> source;
    source.item(framed(1) + "\2\2a").end_poll().item(framed(1) + "\4\2b");
    texts seen;
    auto job = weir::from(std::move(source)) | weir::avro::decode<pageview>({.registry = registry.options()}) | keeper{&seen};
    finish(job);
    CHECK(seen == texts{"a", "b"});
}

TEST_CASE("avro decode: records that wait when the job is stopped, or stand in a merge, are not lost") {
    scripted_registry registry({{1, first_schema}});
    auto const source = [] {
        weir::testing::scripted_source<std::string> made;
        made.item(framed(1) + "\2\2a");
        return made;
    };
    texts seen;
    auto const note = [&](pageview const& row) { seen.push_back(std::string(row.pageid)); };
    auto const decoding = [&] { return weir::avro::decode<pageview>({.registry = registry.options()}); };
    auto endless = source();
    endless.endless();
    auto stopped = weir::from(std::move(endless)) | decoding() | weir::call(note);
    stopped.step(100, weir::timestamp{});
    stopped.stop();
    finish(stopped);
    CHECK(seen == texts{"a"});
    auto merged = weir::from(weir::merge((weir::from(source()) | decoding()).open(), (weir::from(source()) | decoding()).open())) |
                  weir::call(note);
    finish(merged);
    CHECK(seen == texts{"a", "a", "a"});
}

TEST_CASE("avro decode: what waits is bounded") {
    scripted_registry registry({{1, first_schema}});
    weir::testing::scripted_source<std::string> source;
    for (int i = 0; i < 100; ++i) source.item(framed(1) + "\2\2a");
    auto const seen = run(std::move(source), {.registry = registry.options(), .most_held_bytes = 100});
    REQUIRE(seen.failure);
    CHECK_THAT(weir::to_string(*seen.failure), ContainsSubstring("more than 100 bytes wait for their schema"));
    CHECK(seen.rows.empty());
    CHECK(seen.report.balanced());
}

TEST_CASE("avro decode: what waited and has gone on does not count, however many polls wait in turn") {
    scripted_registry registry({{1, first_schema}});
    weir::testing::scripted_source<std::string> source;
    for (int i = 2; i < 12; ++i) source.item(framed(i) + std::string(50, 'x')).end_poll();
    source.item(framed(1) + "\2\2a");
    auto const seen = run(std::move(source), {.registry = registry.options(),
                                              .unreadable = weir::avro::unreadable_schema::dead_letter,
                                              .most_held_bytes = 100});
    CHECK_FALSE(seen.failure);
    CHECK(seen.letters.size() == 10);
    CHECK(seen.rows == texts{"a@1"});
    CHECK(seen.report.balanced());
}

}  // namespace weir_test::adapter_avro_decode
