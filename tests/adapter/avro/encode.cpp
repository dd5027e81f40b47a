// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/avro/encode.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <support/scripted_http_server.hpp>
#include <thread>
#include <utility>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

namespace weir_test::adapter_avro_encode {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using namespace std::string_literals;
using Catch::Matchers::ContainsSubstring;
using reply = http_reply;
using texts = std::vector<std::string>;

struct count { std::string_view page; std::int64_t n; };

std::string const guid_text = "00112233-4455-6677-8899-aabbccddeeff";
std::string const answer_with_guid = R"({"id":258,"guid":")" + guid_text + "\"}";

void finish(auto& job) {
    auto const deadline = std::chrono::steady_clock::now() + 1min;
    while (!job.finished() && std::chrono::steady_clock::now() < deadline) {
        job.step(1000, weir::timestamp{});
        std::this_thread::yield();
    }
    REQUIRE(job.finished());
}

TEST_CASE("avro encode: the schema is registered first, and its id stands before each document") {
    scripted_http_server server(in_turn({reply::answer(200, answer_with_guid)}));
    texts seen;
    auto job = weir::from(weir::values<count>({{"a", 1}, {"b", -1}})) |
               weir::avro::encode({.registry = {.url = server.url()}, .subject = weir::avro::subject_of_values("counts")},
                                  &count::page) |
               weir::call([&](weir::avro::encoded const& made) {
                   CHECK(made.payload() == made.value);
                   CHECK(made.schema == "\0\0\0\1\2"sv);
                   seen.push_back(std::string(made.key.value()) + "=" + std::string(made.value));
               });
    finish(job);
    CHECK(seen == texts{"a="s + std::string("\0\0\0\1\2\2a\2", 8), "b="s + std::string("\0\0\0\1\2\2b\1", 8)});
    CHECK(job.report().balanced());
    auto const asked = server.requests();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].target == "/subjects/counts-value/versions");
    CHECK_THAT(asked[0].body, ContainsSubstring(R"({\"name\":\"page\",\"type\":\"string\"})"));
}

TEST_CASE("avro encode: until the registry has answered the source is held back") {
    scripted_http_server server(in_turn({reply::raw("", reply::then::silence)}));
    auto job = weir::from(weir::values<count>({{"a", 1}})) |
               weir::avro::encode({.registry = {.url = server.url()}, .subject = "s"}) |
               weir::call([](weir::avro::encoded const&) {});
    for (int i = 0; i < 5; ++i) CHECK(job.step(10, weir::timestamp{}) == weir::progress::held_up);
    CHECK(job.report().stages.at(1).count.in == 0);
}

TEST_CASE("avro encode: by header the document stands bare, and the schema goes by its GUID") {
    scripted_http_server server(in_turn({reply::answer(200, answer_with_guid)}));
    texts seen;
    auto job = weir::from(weir::values<count>({{"a", 1}})) |
               weir::avro::encode({.registry = {.url = server.url()},
                                   .subject = "s",
                                   .enrol = false,
                                   .where = weir::avro::framing::header}) |
               weir::call([&](weir::avro::encoded const& made) {
                   CHECK_FALSE(made.key);
                   seen = {std::string(made.schema), std::string(made.value)};
               });
    finish(job);
    CHECK(seen == texts{"\x01\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"s, "\2a\2"});
    CHECK(server.requests().at(0).target == "/subjects/s");
}

TEST_CASE("avro encode: what is pushed before the registry has answered waits in order") {
    scripted_http_server server(in_turn({reply::answer(200, R"({"id":1})")}));
    texts seen;
    auto job = weir::from(weir::push<count>()) | weir::avro::encode({.registry = {.url = server.url()}, .subject = "s"}) |
               weir::call([&](weir::avro::encoded const& made) { seen.emplace_back(made.value.substr(5)); });
    job.push(count{"a", 1});
    job.push(count{"b", 2});
    job.push(count{"\xff", 2});
    CHECK(seen.empty());
    job.stop();
    finish(job);
    CHECK(seen == texts{"\2a\2", "\2b\4"});
    CHECK(job.report().balanced());
    REQUIRE(job.report().dead_letters == 1);
    CHECK_THAT(to_string(job.report().dead_letter_samples.at(0)), ContainsSubstring("page: the text is no UTF-8"));
}

TEST_CASE("avro encode: a registry that refuses the schema stops the job") {
    scripted_http_server server(in_turn({reply::answer(409, R"({"error_code":409,"message":"incompatible"})")}));
    auto job = weir::from(weir::values<count>({{"a", 1}})) |
               weir::avro::encode({.registry = {.url = server.url()}, .subject = "s"}) |
               weir::call([](weir::avro::encoded const&) {});
    finish(job);
    REQUIRE(job.report().failure);
    CHECK_THAT(to_string(*job.report().failure),
               ContainsSubstring("subject 's': error 409: incompatible (the subject's compatibility"));
}

TEST_CASE("avro encode: what waits is bounded") {
    scripted_http_server server(in_turn({reply::answer(200, R"({"id":1})")}));
    auto job = weir::from(weir::push<count>()) |
               weir::avro::encode({.registry = {.url = server.url()}, .subject = "s", .most_held_bytes = 10}) |
               weir::call([](weir::avro::encoded const&) {});
    for (int i = 0; i < 10; ++i) job.push(count{"a", 1});
    finish(job);
    REQUIRE(job.report().failure);
    CHECK_THAT(to_string(*job.report().failure), ContainsSubstring("more than 10 bytes wait for the registry"));
}

}  // namespace weir_test::adapter_avro_encode
