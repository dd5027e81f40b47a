// SPDX-License-Identifier: Apache-2.0
// needs: avro kafka libavro
// Avro through a real Kafka and a real schema registry: libavro writes what weir reads, and reads what weir writes.
#include <weir/adapter/avro.hpp>
#include <weir/adapter/kafka.hpp>

#include <avro.h>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/server_from_environment.hpp>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::integration_avro {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Catch::Matchers::ContainsSubstring;
using texts = std::vector<std::string>;

struct servers {
    std::string kafka = from_environment("WEIR_TEST_KAFKA");
    std::string registry = from_environment("WEIR_TEST_REGISTRY");
};

/// Asks the registry and waits for its answer.
weir::result<weir::avro::registry_answer> finish(weir::avro::registry& registry) {
    for (;;) {
        if (auto told = registry.poll(weir::timestamp{})) return *std::move(told);
        registry.wait(100ms);
    }
}

/// A topic of this run's own, with one partition.
std::string fresh_topic(std::string const& brokers) {
    std::string const name = "avro-" + std::to_string(std::random_device{}());
    rd_kafka_conf_t* const settings = rd_kafka_conf_new();
    rd_kafka_conf_set(settings, "bootstrap.servers", brokers.c_str(), nullptr, 0);
    char words[512];
    rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, words, sizeof words);
    REQUIRE(client != nullptr);
    rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), 1, 1, words, sizeof words);
    rd_kafka_queue_t* const answers = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, &topic, 1, nullptr, answers);
    rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, 30'000);
    REQUIRE(answer != nullptr);
    CHECK(rd_kafka_event_error(answer) == RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_event_destroy(answer);
    rd_kafka_queue_destroy(answers);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_destroy(client);
    return name;
}

/// A document that libavro writes: `fill` is given the record.
template <class Fill>
std::string written_by_libavro(std::string const& schema_text, Fill&& fill) {
    avro_schema_t schema = nullptr;
    REQUIRE(avro_schema_from_json_length(schema_text.data(), schema_text.size(), &schema) == 0);
    avro_value_iface_t* const how = avro_generic_class_from_schema(schema);
    avro_value_t value{};
    avro_generic_value_new(how, &value);
    fill([&](char const* name, auto const& content) {
        avro_value_t field{};
        REQUIRE(avro_value_get_by_name(&value, name, &field, nullptr) == 0);
        if constexpr (std::is_integral_v<std::decay_t<decltype(content)>>) avro_value_set_long(&field, content);
        else avro_value_set_string(&field, content);
    });
    char bytes[256];
    avro_writer_t const to = avro_writer_memory(bytes, sizeof bytes);
    REQUIRE(avro_value_write(to, &value) == 0);
    std::string text(bytes, static_cast<std::size_t>(avro_writer_tell(to)));
    avro_writer_free(to);
    avro_value_decref(&value);
    avro_value_iface_decref(how);
    avro_schema_decref(schema);
    return text;
}

std::string record_of(std::string_view fields) {
    return R"({"type":"record","name":"pageviews","namespace":"ksql","fields":[)" + std::string(fields) + "]}";
}
std::string const first_schema = record_of(R"({"name":"viewtime","type":"long"},{"name":"pageid","type":"string"})");
std::string const grown_schema =
    record_of(R"({"name":"viewtime","type":"long"},{"name":"country","type":"string","default":"?"},)"
              R"({"name":"pageid","type":"string"})");
std::string const shrunk_schema = record_of(R"({"name":"pageid","type":"string"})");
std::string const renamed_schema = record_of(R"({"name":"viewtime","type":"long"},{"name":"page","type":"string"})");
std::string const broken_schema = record_of(R"({"name":"viewtime","type":"string"},{"name":"pageid","type":"string"})");

struct pageview {
    std::int64_t viewtime = -1;
    std::string_view pageid;
};
struct late_pageview { std::string_view viewtime, pageid; };

}  // namespace weir_test::integration_avro

template <>
struct weir::members_of<weir_test::integration_avro::pageview> {
    using type = weir_test::integration_avro::pageview;
    static constexpr auto value = weir::members(weir::unrenamed<&type::viewtime>,
                                                weir::member<"pageid", &type::pageid>.with(weir::avro::aliases("page")));
};

namespace weir_test::integration_avro {

/// One record to be written.
struct goods {
    std::string value;
    std::optional<std::string> header{};
};

void write(servers const& at, std::string const& topic, std::vector<goods> const& all) {
    std::vector<weir::kafka::header> headers(1);
    auto job = weir::from(weir::values<goods>(all)) |
               weir::kafka::sink({.brokers = at.kafka, .topic = topic}, [&](goods const& each) {
                   weir::kafka::message made{.value = std::string_view(each.value)};
                   if (!each.header) return made;
                   headers[0] = {.name = "__value_schema_id", .value = std::string_view(*each.header)};
                   made.headers = headers;
                   return made;
               });
    auto const report = weir::run(job);
    INFO(to_string(report));
    REQUIRE(report.exit_code() == 0);
}

template <class T, class Note>
weir::report read(servers const& at, std::string const& topic, Note&& note) {
    auto job = weir::from(weir::kafka::source({.brokers = at.kafka, .topic = topic, .group = topic, .until_end = true})) |
               weir::avro::decode<T>({.registry = {.url = at.registry}}) | weir::call(note);
    return weir::run(job);
}

TEST_CASE("avro: schemas change in mid-stream, and one that does not fit stops the job with nothing lost") {
    servers const at;
    if (at.kafka.empty() || at.registry.empty()) SKIP("WEIR_TEST_KAFKA or WEIR_TEST_REGISTRY is not set");
    std::string const topic = fresh_topic(at.kafka);
    weir::avro::registry registry({.url = at.registry});
    auto const name_of = [&](std::string const& schema) {
        registry.enrol(weir::avro::subject_of_values(topic), schema);
        auto const told = finish(registry);
        if (!told) FAIL(to_string(told.problem()));
        weir::byte_buffer name;
        append_schema_id(*told->id, name);
        return std::string(name.view());
    };
    auto const view = [](std::string const& schema, std::int64_t time, char const* page) {
        return written_by_libavro(schema, [&](auto&& set) { set("viewtime", time), set("pageid", page); });
    };
    std::string const first = name_of(first_schema);
    std::string const shrunk = written_by_libavro(shrunk_schema, [](auto&& set) { set("pageid", "Page_3"); });
    std::string const grown = written_by_libavro(
        grown_schema, [](auto&& set) { set("viewtime", 20), set("country", "PL"), set("pageid", "Page_2"); });
    std::string const renamed = written_by_libavro(renamed_schema, [](auto&& set) { set("viewtime", 40), set("page", "Page_4"); });
    write(at, topic, {{first + view(first_schema, 10, "Page_1")},
                      {name_of(grown_schema) + grown},
                      {name_of(shrunk_schema) + shrunk},
                      {renamed, name_of(renamed_schema)},
                      {first + view(first_schema, 50, "Page_5")}});
    texts seen;
    auto const note = [&](pageview const& item) { seen.push_back(std::string(item.pageid) + "@" + std::to_string(item.viewtime)); };
    auto report = read<pageview>(at, topic, note);
    INFO(to_string(report));
    CHECK(report.exit_code() == 0);
    CHECK(seen == texts{"Page_1@10", "Page_2@20", "Page_3@-1", "Page_4@40", "Page_5@50"});

    std::string const broken = name_of(broken_schema);
    auto const late = written_by_libavro(broken_schema, [](auto&& set) { set("viewtime", "noon"), set("pageid", "Page_6"); });
    write(at, topic, {{broken + late}, {broken + late}});
    for (int attempt = 0; attempt < 2; ++attempt) {
        report = read<pageview>(at, topic, note);
        REQUIRE(report.failure);
        std::string const why = to_string(*report.failure);
        CHECK_THAT(why, ContainsSubstring(topic + "/0/5: subject '" + topic + "-value', schema id "));
        CHECK_THAT(why, ContainsSubstring("field 'viewtime': the writer's schema says string, the struct's member is long"));
    }
    CHECK(seen.size() == 5);
    // A job that can read it begins with the very record before which the other one stopped.
    texts later;
    report = read<late_pageview>(at, topic, [&](late_pageview const& item) { later.emplace_back(item.viewtime); });
    CHECK(report.exit_code() == 0);
    CHECK(later == texts{"noon", "noon"});
}

struct page_count {
    std::string_view page;
    std::int64_t views;
    weir::timestamp window_end;
    std::optional<double> score;
};

TEST_CASE("avro: what weir registers and writes to Kafka, libavro reads by the schema that the registry has") {
    servers const at;
    if (at.kafka.empty() || at.registry.empty()) SKIP("WEIR_TEST_KAFKA or WEIR_TEST_REGISTRY is not set");
    std::string const topic = fresh_topic(at.kafka);
    auto job = weir::from(weir::values<page_count>({{"/a", 1, weir::timestamp(1s), 0.5}, {"/b", -2, weir::timestamp(2s), {}}})) |
               weir::avro::encode({.registry = {.url = at.registry}, .subject = weir::avro::subject_of_values(topic)},
                                  &page_count::page) |
               weir::kafka::sink({.brokers = at.kafka, .topic = topic}, [](weir::avro::encoded const& made) {
                   return weir::kafka::message{.key = made.key, .value = made.value};
               });
    auto const report = weir::run(job);
    INFO(to_string(report));
    REQUIRE(report.exit_code() == 0);

    weir::avro::registry registry({.url = at.registry});
    registry.fetch_version(weir::avro::subject_of_values(topic));
    auto const registered = finish(registry);
    REQUIRE(registered);
    avro_schema_t schema = nullptr;
    REQUIRE(avro_schema_from_json_length(registered->schema.text.data(), registered->schema.text.size(), &schema) == 0);
    texts seen;
    auto reading = weir::from(weir::kafka::source({.brokers = at.kafka, .topic = topic, .until_end = true})) |
                   weir::call([&](weir::kafka::record const& record) {
                       std::string_view bytes = record.value();
                       weir::error why;
                       auto const id = weir::avro::take_schema_id(bytes, why);
                       CHECK(id == registered->id);
                       avro_value_iface_t* const how = avro_generic_class_from_schema(schema);
                       avro_value_t value{};
                       avro_generic_value_new(how, &value);
                       avro_reader_t const from = avro_reader_memory(bytes.data(), static_cast<std::int64_t>(bytes.size()));
                       CHECK(avro_value_read(from, &value) == 0);
                       char* text = nullptr;
                       avro_value_to_json(&value, 1, &text);
                       seen.push_back(std::string(record.key()) + " " + text);
                       std::free(text);
                       avro_reader_free(from);
                       avro_value_decref(&value);
                       avro_value_iface_decref(how);
                   });
    CHECK(weir::run(reading).exit_code() == 0);
    avro_schema_decref(schema);
    CHECK(seen == texts{R"(/a {"page": "/a", "views": 1, "window_end": 1000000, "score": {"double": 0.5}})",
                        R"(/b {"page": "/b", "views": -2, "window_end": 2000000, "score": null})"});
}

TEST_CASE("avro: a real registry's errors are told apart") {
    servers const at;
    if (at.registry.empty()) SKIP("WEIR_TEST_REGISTRY is not set");
    std::string const subject = "strict-" + std::to_string(std::random_device{}()) + "-value";
    weir::avro::registry registry({.url = at.registry});
    auto const problem = [&] {
        auto const told = finish(registry);
        return told ? "it was answered" : std::to_string(registry.error_code()) + " " + to_string(told.problem());
    };
    registry.look_up(subject, first_schema);
    CHECK_THAT(problem(), ContainsSubstring("40401 schema registry: ") && ContainsSubstring(subject));
    registry.fetch(weir::avro::schema_id(2'000'000'000));
    CHECK_THAT(problem(), ContainsSubstring("40403 "));
    weir::avro::registry elsewhere({.url = at.registry + "/nowhere"});
    elsewhere.fetch(weir::avro::schema_id(1));
    CHECK_THAT(to_string(finish(elsewhere).problem()), ContainsSubstring("no schema registry answers there: HTTP 404"));
    CHECK(elsewhere.error_code() == 404);
    registry.enrol(subject, first_schema);
    auto const enrolled = finish(registry);
    REQUIRE(enrolled);
    registry.look_up(subject, first_schema);
    CHECK(finish(registry)->id == enrolled->id);
    registry.fetch_version(subject, 9);
    CHECK_THAT(problem(), ContainsSubstring("40402 "));
    registry.enrol(subject, R"({"type":"record"})");
    CHECK_THAT(problem(), ContainsSubstring("422"));

    auto const strict = ask_server({.url = at.registry + "/config/" + subject,
                                    .method = "PUT",
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = R"({"compatibility":"BACKWARD"})"});
    REQUIRE(strict.status == 200);
    registry.check(subject, broken_schema);
    CHECK_FALSE(finish(registry)->compatible);
    registry.check(subject, grown_schema);
    CHECK(finish(registry)->compatible);
    registry.enrol(subject, broken_schema);
    CHECK_THAT(problem(), ContainsSubstring("409") && ContainsSubstring("compatibility level forbids this change"));
}

}  // namespace weir_test::integration_avro
