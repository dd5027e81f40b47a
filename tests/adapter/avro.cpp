// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/avro.hpp>

#include <catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <support/scripted_http_server.hpp>
#include <thread>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::adapter_avro {

using namespace std::chrono_literals;

struct written { std::string_view page; weir::timestamp at; std::optional<double> score; };
struct read_back { weir::timestamp at; std::string_view page; std::vector<int> tags = {7}; };

TEST_CASE("avro: what one job encodes another decodes, each by its own struct") {
    std::string registered;
    scripted_http_server server([&](http_request const& asked) {
        if (asked.method == "GET") return http_reply::answer(200, registered);
        registered = asked.body;
        return http_reply::answer(200, R"({"id":1})");
    });
    weir::avro::registry_options const registry{.url = server.url()};
    std::vector<std::string> seen;
    auto job = weir::from(weir::values<written>({{"/a", weir::timestamp(1us), 0.5}, {"/b", weir::timestamp(2us), {}}})) |
               weir::avro::encode({.registry = registry, .subject = "t-value"}) |
               weir::avro::decode<read_back>({.registry = registry}) | weir::call([&](read_back const& item) {
                   seen.push_back(std::string(item.page) + " " + std::to_string(item.at.time_since_epoch().count()) + " " +
                                  std::to_string(item.tags.at(0)));
               });
    auto const deadline = std::chrono::steady_clock::now() + 1min;
    while (!job.finished() && std::chrono::steady_clock::now() < deadline) {
        job.step(100, weir::timestamp{});
        std::this_thread::yield();
    }
    CHECK_FALSE(job.report().failure);
    CHECK(seen == std::vector<std::string>{"/a 1 7", "/b 2 7"});
}

}  // namespace weir_test::adapter_avro
