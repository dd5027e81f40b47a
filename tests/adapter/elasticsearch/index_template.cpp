// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/elasticsearch/index_template.hpp>

#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test::adapter_elasticsearch_index_template {

using weir::elasticsearch::field_name_of;
using weir::elasticsearch::index_template;
using weir::elasticsearch::template_name_of;

enum class device { phone, desktop };
struct place {
    std::string city;
    float latitude;
};
struct visit {
    weir::timestamp at;
    std::optional<weir::timestamp> left;
    std::string_view page;
    std::vector<std::string> tags;
    device from;
    std::uint64_t clicks;
    std::optional<std::int8_t> rating;
    double score;
    bool bot;
    std::chrono::milliseconds stay;
    place where;
};

TEST_CASE("elasticsearch index template: every type of a column has its own in the index") {
    CHECK(
        index_template<visit>({.index = "visits", .shards = 3, .replicas = 0}) ==
        R"({"index_patterns":["visits"],"priority":100,"template":{"settings":{"number_of_shards":3,"number_of_replicas":0},)"
        R"("mappings":{"properties":{"at":{"type":"date"},"left":{"type":"date"},"page":{"type":"keyword"},)"
        R"("tags":{"type":"keyword"},"from":{"type":"keyword"},"clicks":{"type":"long"},"rating":{"type":"long"},)"
        R"("score":{"type":"double"},"bot":{"type":"boolean"},"stay":{"type":"long"},)"
        R"("where":{"properties":{"city":{"type":"keyword"},"latitude":{"type":"double"}}}}}}})");
}

TEST_CASE(
    "elasticsearch index template: fields are named as the documents name them, and all indices of a series are "
    "meant") {
    using row = weir::row<weir::column<"window_start", weir::timestamp>, weir::column<"page", std::string_view>,
                          weir::column<"n", int>>;
    weir::elasticsearch::options const chosen{
        .index = "pages-%Y.%m.%d", .rename = {{"window_start", "@timestamp"}}, .upper_case = true, .omit = {"n"}};
    CHECK(
        index_template<row>(chosen) ==
        R"({"index_patterns":["pages-*"],"priority":100,"template":{"settings":{"number_of_shards":1,"number_of_replicas":1},)"
        R"("mappings":{"properties":{"@timestamp":{"type":"date"},"PAGE":{"type":"keyword"}}}}})");
    CHECK(field_name_of(chosen, "window_start") == "@timestamp");
    CHECK(field_name_of(chosen, "page") == "PAGE");
    CHECK(field_name_of({}, "page") == "page");
    CHECK(template_name_of(chosen) == "weir-pages");
    CHECK(template_name_of({.index = "pages", .template_name = "mine"}) == "mine");
}

}  // namespace weir_test::adapter_elasticsearch_index_template
